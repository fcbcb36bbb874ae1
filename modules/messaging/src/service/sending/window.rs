//! How many requests of campaigns are under way at once: as many as WhatsApp, the network and this process serve without making
//! each wait for the others, and a little more.
//!
//! More under way than that makes nothing faster: the surplus waits where nobody has turns, in sockets and run queues, and a
//! campaign of a hundred messages waits behind a million. So the window closes when answers take longer than they do
//! without a crowd (the gradient that congestion control of networks goes by), and what it keeps out waits for its turn in
//! [`Places`](super::places::Places). WhatsApp being slow by itself does not close it for long: what "without a crowd" means is
//! measured anew all the time.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Never closes further: with so few under way nobody waits for anybody.
const LEAST: f64 = 64.0;
/// How much longer than without a crowd an answer may take.
const TOLERANCE: f64 = 1.5;
/// Answers are looked at together, so long and so many at least.
const SPELL: Duration = Duration::from_millis(100);
const ENOUGH: u32 = 20;
/// For how long a measured time says what is possible.
const HORIZON: Duration = Duration::from_secs(10);
/// A crowd hides how quick an answer could be, so every now and then the window is half closed for this many spells.
const LULL: u32 = 3;

/// The window.
#[derive(Debug)]
pub(super) struct Window {
    most: f64,
    size: f64,
    // Whether anybody waited since the last look.
    binding: bool,
    began: Instant,
    sum: Duration,
    count: u32,
    // Mean times of the last spells, for as long as the horizon reaches.
    means: VecDeque<(Instant, Duration)>,
    next_lull: Instant,
    lull: u32,
}

impl Window {
    /// Wide open.
    pub(super) fn new(most: usize, now: Instant) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let most = most as f64;
        Self {
            most,
            size: most,
            binding: false,
            began: now,
            sum: Duration::ZERO,
            count: 0,
            means: VecDeque::new(),
            next_lull: now + HORIZON,
            lull: 0,
        }
    }

    /// How many may be under way now.
    pub(super) fn size(&self) -> usize {
        let size = if self.lull > 0 { self.size / 2.0 } else { self.size };
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

    /// Somebody had to wait because so many are under way.
    pub(super) fn binds(&mut self) {
        self.binding = true;
    }

    /// A request has ended, after so long.
    pub(super) fn ended(&mut self, took: Duration, now: Instant) {
        self.sum += took;
        self.count += 1;
        if self.count < ENOUGH || now.saturating_duration_since(self.began) < SPELL.max(self.sum / self.count)
        {
            return;
        }
        let mean = self.sum / self.count;
        (self.began, self.sum, self.count) = (now, Duration::ZERO, 0);
        self.look(mean, now);
    }

    fn look(&mut self, mean: Duration, now: Instant) {
        self.means.push_back((now, mean));
        while self.means.front().is_some_and(|(at, _)| *at + HORIZON < now) {
            self.means.pop_front();
        }
        let binding = std::mem::take(&mut self.binding);
        if self.lull > 0 {
            self.lull -= 1;
            return;
        }
        let uncrowded = self.means.iter().map(|(_, mean)| *mean).min().unwrap_or(mean);
        let gradient = TOLERANCE * uncrowded.as_secs_f64() / mean.as_secs_f64().max(1e-6);
        // Opening without need would undo what was learnt.
        let opens = if binding { self.size.sqrt() } else { 0.0 };
        self.size = (self.size * gradient.clamp(0.5, 1.0) + opens).clamp(self.least(), self.most);
        if binding && now >= self.next_lull {
            self.next_lull = now + HORIZON * 4 / 5;
            self.lull = LULL;
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
            window.binds();
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let under_way = window.size() as f64;
            took = server.base.max(under_way / server.rate);
            *now += Duration::from_secs_f64(took / under_way);
            window.ended(Duration::from_secs_f64(took), *now);
        }
        (window.size(), took)
    }

    #[test]
    fn it_closes_to_what_is_served_at_once_and_a_little_more() {
        let mut now = Instant::now();
        let mut window = Window::new(1_600, now);
        // A tenth of a second and 5,000 a second: 500 are served at once.
        let crowded = Server {
            base: 0.1,
            rate: 5_000.0,
        };
        // The first answers come while few are under way.
        for _ in 0..ENOUGH {
            now += Duration::from_millis(10);
            window.ended(Duration::from_millis(100), now);
        }
        let (size, took) = under_load(&mut window, &crowded, &mut now, 5.0);
        assert!((550..=900).contains(&size), "{size}");
        assert!(took < 0.18, "{took}");
        // Nor does it forget in a crowd what is possible without.
        let mut worst = 0;
        for _ in 0..120 {
            worst = worst.max(under_load(&mut window, &crowded, &mut now, 0.5).0);
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
