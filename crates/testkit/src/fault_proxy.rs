//! A TCP proxy that delays, cuts or drops the traffic to a service.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream, tcp},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// The proxy's current faults. A change applies to open connections at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// Delay of each chunk towards the service.
    pub there: Duration,
    /// Delay of each chunk back.
    pub back: Duration,
    /// Data towards the service is dropped; connections stay open.
    pub hole_there: bool,
    /// Data from the service is dropped.
    pub hole_back: bool,
    /// New connections are reset.
    pub refuse: bool,
    cuts: u64,
    forgotten: u64,
}

/// A running proxy; it stops when this value is dropped.
#[derive(Debug)]
pub struct FaultProxy {
    /// Where it listens.
    pub address: SocketAddr,
    weather: watch::Sender<Weather>,
    task: JoinHandle<()>,
}

impl FaultProxy {
    /// Starts one in front of `target`, without faults.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (weather, told) = watch::channel(Weather::default());
        let task = tokio::spawn(accept(listener, target, told));
        Self {
            address,
            weather,
            task,
        }
    }

    /// Changes the faults.
    pub fn weather(&self, change: impl FnOnce(&mut Weather)) {
        self.weather.send_modify(change);
    }

    /// Ends all faults.
    pub fn fair(&self) {
        self.weather(|weather| {
            *weather = Weather {
                cuts: weather.cuts,
                forgotten: weather.forgotten,
                ..Weather::default()
            };
        });
    }

    /// From now on nothing passes on the connections that are open now, in either direction; they stay open. New ones work.
    pub fn forget(&self) {
        self.weather(|weather| weather.forgotten += 1);
    }

    /// Resets every connection that is open now.
    pub fn cut(&self) {
        self.weather(|weather| weather.cuts += 1);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, target: SocketAddr, weather: watch::Receiver<Weather>) {
    let mut open = JoinSet::new();
    loop {
        tokio::select! {
            Ok((near, _)) = listener.accept() => {
                let told = *weather.borrow();
                if told.refuse {
                    reset(&near);
                } else {
                    open.spawn(carry(near, target, weather.clone(), told));
                }
            }
            Some(_) = open.join_next() => {}
        }
    }
}

/// Makes the following close a reset instead of an orderly close.
fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

async fn carry(near: TcpStream, target: SocketAddr, weather: watch::Receiver<Weather>, opened: Weather) {
    let Ok(far) = TcpStream::connect(target).await else {
        reset(&near);
        return;
    };
    for end in [&near, &far] {
        let _ = end.set_nodelay(true);
    }
    let mut told = weather.clone();
    let (mut near, mut far) = (near, far);
    let cut = {
        let (near_read, near_write) = near.split();
        let (far_read, far_write) = far.split();
        tokio::select! {
            () = pour(near_read, far_write, &weather, |now| (now.there, now.hole_there || now.forgotten != opened.forgotten)) => false,
            () = pour(far_read, near_write, &weather, |now| (now.back, now.hole_back || now.forgotten != opened.forgotten)) => false,
            _ = told.wait_for(|now| now.cuts != opened.cuts) => true,
        }
    };
    if cut {
        reset(&near);
        reset(&far);
    }
}

async fn pour(
    mut from: tcp::ReadHalf<'_>,
    mut to: tcp::WriteHalf<'_>,
    weather: &watch::Receiver<Weather>,
    way: impl Fn(&Weather) -> (Duration, bool),
) {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let read = match from.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(read) => read,
        };
        let (delay, hole) = way(&weather.borrow());
        if hole {
            continue;
        }
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        if to.write_all(&piece[..read]).await.is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn echo() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let (mut read, mut write) = stream.split();
                    let _ = tokio::io::copy(&mut read, &mut write).await;
                });
            }
        });
        address
    }

    async fn said(stream: &mut TcpStream) -> Option<Duration> {
        let began = std::time::Instant::now();
        stream.write_all(b"?").await.ok()?;
        let mut answer = [0];
        let read = tokio::time::timeout(Duration::from_millis(400), stream.read_exact(&mut answer)).await;
        read.ok()?.ok()?;
        Some(began.elapsed())
    }

    #[tokio::test]
    async fn slow_swallowed_cut_refused_and_fair_again() {
        let proxy = FaultProxy::before(echo().await).await;
        let mut stream = TcpStream::connect(proxy.address).await.unwrap();
        assert!(said(&mut stream).await.is_some());
        proxy.weather(|weather| {
            (weather.there, weather.back) = (Duration::from_millis(40), Duration::from_millis(30))
        });
        assert!(said(&mut stream).await.unwrap() >= Duration::from_millis(70));
        proxy.weather(|weather| {
            *weather = Weather {
                hole_there: true,
                ..Weather::default()
            }
        });
        assert_eq!(said(&mut stream).await, None);
        proxy.fair();
        assert!(said(&mut stream).await.is_some(), "what was open still is");
        proxy.cut();
        let mut nothing = [0];
        let ended = stream.read(&mut nothing).await;
        assert_eq!(ended.unwrap_err().kind(), std::io::ErrorKind::ConnectionReset);
        proxy.weather(|weather| weather.refuse = true);
        let mut refused = TcpStream::connect(proxy.address).await.unwrap();
        assert_eq!(said(&mut refused).await, None);
        proxy.fair();
        let mut again = TcpStream::connect(proxy.address).await.unwrap();
        assert!(said(&mut again).await.is_some());
    }
}
