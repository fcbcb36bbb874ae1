//! How many bulk requests are in flight at most: as many as WhatsApp, the network and this process serve without queueing, and a
//! few more.
//!
//! More requests in flight than that do not make sending faster: they wait in sockets and run queues, where tenants have no
//! turns, and a campaign of a hundred messages waits behind a million. So the window gets smaller when answers take longer than
//! they do without queueing (the gradient method of congestion control), and what does not fit waits for its turn in
//! `Slots`. When WhatsApp itself becomes slower, the window opens again: the baseline is measured anew all the
//! time.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Its smallest size: so few requests do not queue.
const LEAST: f64 = 64.0;
/// How much longer than the baseline an answer may take.
const TOLERANCE: f64 = 1.5;
/// Answers are averaged over at least this time and this many.
const SAMPLE: Duration = Duration::from_millis(100);
const SAMPLE_SIZE: u32 = 20;
/// The baseline is the shortest average of this time.
const HORIZON: Duration = Duration::from_secs(10);
/// While requests queue, nobody sees how quick an answer could be. So the window is halved for this many samples now and then.
const PROBE: u32 = 3;

/// The window.
#[derive(Debug)]
pub(super) struct Window {
    most: f64,
    size: f64,
    // Whether a message had to wait for it since the last sample.
    limiting: bool,
    began: Instant,
    sum: Duration,
    count: u32,
    // The average of each sample within the horizon.
    means: VecDeque<(Instant, Duration)>,
    next_probe: Instant,
    probing: u32,
}

impl Window {
    /// As large as it may be.
    pub(super) fn new(most: usize, now: Instant) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let most = most as f64;
        Self {
            most,
            size: most,
            limiting: false,
            began: now,
            sum: Duration::ZERO,
            count: 0,
            means: VecDeque::new(),
            next_probe: now + HORIZON,
            probing: 0,
        }
    }

    /// How many requests may be in flight now.
    pub(super) fn size(&self) -> usize {
        let size = if self.probing > 0 {
            self.size / 2.0
        } else {
            self.size
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a few thousand at most"
        )]
        let size = size.max(self.least()) as usize;
        size
    }

    fn least(&self) -> f64 {
        LEAST.min(self.most)
    }

    /// A message has to wait because the window is full.
    pub(super) fn limits(&mut self) {
        self.limiting = true;
    }

    /// A request has ended after `took`.
    pub(super) fn ended(&mut self, took: Duration, now: Instant) {
        self.sum += took;
        self.count += 1;
        if self.count < SAMPLE_SIZE
            || now.saturating_duration_since(self.began) < SAMPLE.max(self.sum / self.count)
        {
            return;
        }
        let mean = self.sum / self.count;
        (self.began, self.sum, self.count) = (now, Duration::ZERO, 0);
        self.adapt(mean, now);
    }

    fn adapt(&mut self, mean: Duration, now: Instant) {
        self.means.push_back((now, mean));
        while self.means.front().is_some_and(|(at, _)| *at + HORIZON < now) {
            self.means.pop_front();
        }
        let limiting = std::mem::take(&mut self.limiting);
        if self.probing > 0 {
            self.probing -= 1;
            return;
        }
        let baseline = self.means.iter().map(|(_, mean)| *mean).min().unwrap_or(mean);
        let gradient = TOLERANCE * baseline.as_secs_f64() / mean.as_secs_f64().max(1e-6);
        // Growing while nobody waits would lose what was measured.
        let opens = if limiting { self.size.sqrt() } else { 0.0 };
        self.size = (self.size * gradient.clamp(0.5, 1.0) + opens).clamp(self.least(), self.most);
        if limiting && now >= self.next_probe {
            self.next_probe = now + HORIZON * 4 / 5;
            self.probing = PROBE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that answers after `base` as long as it has no more than `rate` a second to do; what is more queues there.
    struct Server {
        base: f64,
        rate: f64,
    }

    /// Keeps the window full for so many seconds and tells its size and the answers' mean time at the end.
    fn under_load(window: &mut Window, server: &Server, now: &mut Instant, seconds: f64) -> (usize, f64) {
        let until = *now + Duration::from_secs_f64(seconds);
        let mut took = 0.0;
        while *now < until {
            window.limits();
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let in_flight = window.size() as f64;
            took = server.base.max(in_flight / server.rate);
            *now += Duration::from_secs_f64(took / in_flight);
            window.ended(Duration::from_secs_f64(took), *now);
        }
        (window.size(), took)
    }

    #[test]
    fn it_shrinks_to_what_is_served_without_queueing_and_a_few_more() {
        let mut now = Instant::now();
        let mut window = Window::new(1_600, now);
        // A tenth of a second and 5,000 a second: 500 are served at once.
        let server = Server {
            base: 0.1,
            rate: 5_000.0,
        };
        // The first answers come while few requests are in flight.
        for _ in 0..SAMPLE_SIZE {
            now += Duration::from_millis(10);
            window.ended(Duration::from_millis(100), now);
        }
        let (size, took) = under_load(&mut window, &server, &mut now, 5.0);
        assert!((550..=900).contains(&size), "{size}");
        assert!(took < 0.18, "{took}");
        // It keeps the baseline under load.
        let mut worst = 0;
        for _ in 0..120 {
            worst = worst.max(under_load(&mut window, &server, &mut now, 0.5).0);
        }
        assert!(worst <= 900, "{worst}");
    }

    #[test]
    fn a_slower_answer_does_not_keep_it_closed() {
        let mut now = Instant::now();
        let mut window = Window::new(1_600, now);
        let quick = Server {
            base: 0.1,
            rate: 5_000.0,
        };
        let slow = Server {
            base: 0.3,
            rate: 5_000.0,
        };
        under_load(&mut window, &quick, &mut now, 20.0);
        let (size, _) = under_load(&mut window, &slow, &mut now, 30.0);
        assert!(size >= 1_500, "{size} although 1,500 are served at once");
    }

    #[test]
    fn with_room_for_all_it_stays_open() {
        let mut now = Instant::now();
        let mut window = Window::new(1_600, now);
        let quick = Server {
            base: 0.1,
            rate: 50_000.0,
        };
        assert!(under_load(&mut window, &quick, &mut now, 30.0).0 >= 800);
        for n in 1..=500 {
            now += Duration::from_millis(20);
            window.ended(Duration::from_millis(if n % 50 == 0 { 30_000 } else { 100 }), now);
        }
        assert!(window.size() >= 64);
    }
}
