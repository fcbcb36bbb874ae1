//! Measures the simulator's processor time per message: sends `POST /messages` over bare sockets, receives the webhooks
//! and reads /proc:
//!
//! `cargo run --release -p cloud-sim --example simulator -- 127.0.0.1:8099 & cargo run --release -p cloud-sim --example load -- 127.0.0.1:8099 $! 10 64`
//!
//! The arguments: address and process id of the simulator, seconds, connections.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Clock ticks a second of /proc; 100 on every Linux that matters here.
const TICKS: f64 = 100.0;

#[derive(Default)]
struct Counts {
    sent: AtomicU64,
    refused: AtomicU64,
    webhooks: AtomicU64,
    updates: AtomicU64,
}

/// One HTTP message: its head and body, read by content length.
async fn message(socket: &mut TcpStream, buffer: &mut Vec<u8>) -> Result<Option<(usize, usize)>, Failure> {
    let mut known = 0_usize;
    loop {
        let from = known.saturating_sub(3);
        if let Some(at) = buffer[from..].windows(4).position(|w| w == b"\r\n\r\n") {
            let head = from + at + 4;
            let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
            let length = text
                .split("content-length:")
                .nth(1)
                .and_then(|rest| rest.split("\r\n").next()?.trim().parse().ok())
                .unwrap_or(0);
            while buffer.len() < head + length {
                if socket.read_buf(buffer).await? == 0 {
                    return Ok(None);
                }
            }
            return Ok(Some((head, length)));
        }
        known = buffer.len();
        if socket.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
}

async fn sink(listener: TcpListener, counts: Arc<Counts>) {
    while let Ok((mut socket, _)) = listener.accept().await {
        let counts = counts.clone();
        tokio::spawn(async move {
            let mut buffer = Vec::with_capacity(64 << 10);
            while let Ok(Some((head, length))) = message(&mut socket, &mut buffer).await {
                let body = &buffer[head..head + length];
                let updates = body.windows(12).filter(|w| *w == b"\"recipient_i").count();
                counts.webhooks.fetch_add(1, Relaxed);
                counts.updates.fetch_add(updates as u64, Relaxed);
                buffer.drain(..head + length);
                if socket
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                    .await
                    .is_err()
                {
                    return;
                }
            }
        });
    }
}

async fn call(address: &str, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
    let mut socket = TcpStream::connect(address).await?;
    let body = body.to_string();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::new();
    let (head, length) = message(&mut socket, &mut buffer)
        .await?
        .ok_or("the simulator hung up")?;
    Ok(serde_json::from_slice(&buffer[head..head + length])?)
}

async fn drive(
    address: String,
    phone: String,
    token: String,
    lane: u64,
    until: Instant,
    counts: Arc<Counts>,
) -> Result<(), Failure> {
    let mut socket = TcpStream::connect(&address).await?;
    socket.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(8 << 10);
    let mut n = 0_u64;
    while Instant::now() < until {
        n += 1;
        let to = 4_470_000_000_000 + lane * 1_000_000 + n % 20_000;
        let body = format!(
            "{{\"messaging_product\":\"whatsapp\",\"recipient_type\":\"individual\",\"to\":\"{to}\",\"type\":\"template\",\"template\":{{\
             \"name\":\"order_update\",\"language\":{{\"code\":\"en\"}},\"components\":[{{\"type\":\"body\",\"parameters\":[{{\"type\":\"text\",\
             \"text\":\"Ana\"}},{{\"type\":\"text\",\"text\":\"A-{n}\"}}]}},{{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"0\",\
             \"parameters\":[{{\"type\":\"text\",\"text\":\"A-{n}\"}}]}}]}},\"biz_opaque_callback_data\":\"m-{lane}-{n}\"}}"
        );
        let request = format!(
            "POST /v25.0/{phone}/messages HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await?;
        let (head, length) = message(&mut socket, &mut buffer)
            .await?
            .ok_or("the simulator hung up")?;
        let ok = buffer.starts_with(b"HTTP/1.1 200");
        if !ok && counts.refused.fetch_add(1, Relaxed) == 0 {
            eprintln!("{}", String::from_utf8_lossy(&buffer[head..head + length]));
        }
        counts.sent.fetch_add(u64::from(ok), Relaxed);
        buffer.drain(..head + length);
    }
    Ok(())
}

/// Processor seconds of a process, user and system, and its memory in MB.
fn used(pid: &str) -> Result<(f64, u64), Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let rest = stat.rsplit(')').next().unwrap_or_default();
    let ticks: f64 = rest
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|t| t.parse::<f64>().ok())
        .sum();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let rss = status.lines().find_map(|l| {
        l.strip_prefix("VmRSS:")?
            .split_whitespace()
            .next()?
            .parse::<u64>()
            .ok()
    });
    Ok((ticks / TICKS, rss.unwrap_or(0) / 1_024))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, pid, seconds, connections] = arguments.as_slice() else {
        return Err("wanted: ADDRESS PID SECONDS CONNECTIONS".into());
    };
    let (seconds, connections): (u64, u64) = (seconds.parse()?, connections.parse()?);
    let counts = Arc::new(Counts::default());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let hook = format!("http://{}/hook", listener.local_addr()?);
    tokio::spawn(sink(listener, counts.clone()));
    call(address, "POST", "/_sim/reset", &json!({"profile": "load"})).await?;
    call(
        address,
        "PATCH",
        "/_sim/config",
        &json!({"mps_default": 4_000_000_000_u32}),
    )
    .await?;
    let account = call(address, "POST", "/_sim/provision", &json!({"callback_url": hook})).await?;
    let text = |key: &str| account[key].as_str().unwrap_or_default().to_owned();
    let (before, _) = used(pid)?;
    let began = Instant::now();
    let until = began + Duration::from_secs(seconds);
    let lanes: Vec<_> = (0..connections)
        .map(|lane| {
            tokio::spawn(drive(
                address.clone(),
                text("phone_number_id"),
                text("access_token"),
                lane,
                until,
                counts.clone(),
            ))
        })
        .collect();
    for lane in lanes {
        lane.await??;
    }
    let sent = counts.sent.load(Relaxed);
    let sending = began.elapsed().as_secs_f64();
    let at_end = (counts.updates.load(Relaxed), counts.webhooks.load(Relaxed));
    call(address, "GET", "/_sim/settled?timeout_ms=60000", &json!({})).await?;
    let whole = began.elapsed().as_secs_f64();
    let (after, rss) = used(pid)?;
    let updates = counts.updates.load(Relaxed);
    println!(
        "{:.0} messages/s, {:.0} updates/s while sending, {:.0} updates/s overall; {} refused; {:.1} updates a webhook; \
         {:.1} µs of processor a message with its {:.1} updates; {rss} MB",
        sent as f64 / sending,
        at_end.0 as f64 / sending,
        updates as f64 / whole,
        counts.refused.load(Relaxed),
        updates as f64 / counts.webhooks.load(Relaxed).max(1) as f64,
        (after - before) * 1e6 / sent.max(1) as f64,
        updates as f64 / sent.max(1) as f64,
    );
    Ok(())
}
