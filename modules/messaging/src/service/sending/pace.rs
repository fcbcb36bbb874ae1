//! A number's rate limit. Tokens are taken in slices of a twentieth of a second from the limiter that all processes share, and
//! given to the waiting sends, the most urgent lane first (Cloud API: throughput).

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use contracts::messaging::Lane;
use kernel::{Limiter, Quota};
use tokio::{runtime::Handle, sync::oneshot, time::Instant};

/// Numbers that are remembered at most; beyond, idle ones are dropped.
const NUMBERS: usize = 10_000;
/// Refusals within this time slow down once.
const ONE_MOMENT: Duration = Duration::from_millis(500);
/// Tokens that are not used within this time expire.
const KEPT: Duration = Duration::from_millis(100);
/// Without another refusal the rate grows again, a tenth each time.
const GROWS_EVERY: Duration = Duration::from_secs(2);

/// The paces of all numbers this process sends from. Cloning shares them.
#[derive(Clone)]
pub(super) struct Paces {
    limiter: Arc<dyn Limiter>,
    numbers: Arc<Mutex<HashMap<String, Arc<Pace>>>>,
}

impl Paces {
    pub(super) fn new(limiter: Arc<dyn Limiter>) -> Self {
        Self {
            limiter,
            numbers: Arc::default(),
        }
    }

    /// The pace of a number: at most `per_second` messages a second over all processes. Call it on the main threads: slices are
    /// asked for on the runtime of the first caller, and on the bulk threads each answer would wait behind bulk sends.
    pub(super) fn of(&self, key: &str, per_second: u32) -> Arc<Pace> {
        let mut numbers = self
            .numbers
            .lock()
            .expect("no code panics while it holds this lock");
        if numbers.len() >= NUMBERS {
            numbers.retain(|_, pace| Arc::strong_count(pace) > 1);
        }
        let pace = numbers.entry(key.to_owned()).or_insert_with(|| {
            Arc::new(Pace {
                key: format!("send:{key}"),
                limiter: self.limiter.clone(),
                threads: Handle::current(),
                state: Mutex::new(State::new(per_second)),
            })
        });
        pace.state().per_second = per_second.max(1);
        pace.clone()
    }
}

/// One number's pace.
pub(super) struct Pace {
    key: String,
    limiter: Arc<dyn Limiter>,
    threads: Handle,
    state: Mutex<State>,
}

struct State {
    per_second: u32,
    // In tenths of the rate: additive increase, multiplicative decrease.
    tenths: u32,
    changed: Instant,
    rests_until: Option<Instant>,
    waiting: [VecDeque<oneshot::Sender<()>>; 3],
    pumping: bool,
    // Tokens that will be wanted soon.
    expected: usize,
    // Tokens that are not used yet, and when they were granted.
    spare: (u32, Instant),
}

impl State {
    fn new(per_second: u32) -> Self {
        Self {
            per_second: per_second.max(1),
            tenths: 10,
            changed: Instant::now(),
            rests_until: None,
            waiting: Default::default(),
            pumping: false,
            expected: 0,
            spare: (0, Instant::now()),
        }
    }

    fn queue(&mut self, lane: Lane) -> &mut VecDeque<oneshot::Sender<()>> {
        match lane {
            Lane::Interactive => &mut self.waiting[0],
            Lane::Transactional => &mut self.waiting[1],
            Lane::Bulk => &mut self.waiting[2],
        }
    }

    fn waits(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }

    /// Tokens that are not used and not expired. No send waits while there are any.
    fn spare_tokens(&self, now: Instant) -> u32 {
        let (tokens, granted) = self.spare;
        if now.saturating_duration_since(granted) > KEPT {
            0
        } else {
            tokens
        }
    }

    fn take_spare(&mut self, now: Instant) -> bool {
        let has_one = self.spare_tokens(now) > 0;
        self.spare.0 -= u32::from(has_one);
        has_one
    }

    /// The rate now, with a burst of a tenth of a second's worth. WhatsApp counts by the second, so an even rate stays within its
    /// limit, however late a request arrives there.
    fn quota(&mut self, now: Instant) -> Quota {
        if self.tenths < 10 && now.saturating_duration_since(self.changed) >= GROWS_EVERY {
            self.tenths += 1;
            self.changed = now;
        }
        let per_second = f64::from(self.per_second * self.tenths) / 10.0;
        Quota {
            per_second,
            burst: slice_of(per_second) * 2,
        }
    }
}

/// A twentieth of a second's worth, at least one.
fn slice_of(per_second: f64) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive and at most a few thousand"
    )]
    let slice = (per_second / 20.0) as u32;
    slice.max(1)
}

impl Pace {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .expect("no code panics while it holds this lock")
    }

    /// Resolves when one message may be sent.
    pub(super) async fn turn(self: &Arc<Self>, lane: Lane) {
        let (granted, turn) = oneshot::channel();
        {
            let mut state = self.state();
            if state.take_spare(Instant::now()) {
                return;
            }
            state.queue(lane).push_back(granted);
        }
        self.start_pump();
        // The pump outlives every waiter; should its task end with the runtime, nobody sends any more either.
        let _ = turn.await;
    }

    /// `turns` tokens will be wanted soon: the first slice of them is asked for already.
    pub(super) fn expects(self: &Arc<Self>, turns: usize) {
        if turns > 0 {
            self.state().expected = turns;
            self.start_pump();
        }
    }

    fn start_pump(self: &Arc<Self>) {
        if !std::mem::replace(&mut self.state().pumping, true) {
            self.threads.spawn(self.clone().pump());
        }
    }

    /// WhatsApp refused a message because it was too fast: 30 % less, after a pause of `rest`.
    pub(super) fn too_fast(&self, rest: Duration, now: Instant) {
        let mut state = self.state();
        state.spare.0 = 0;
        state.rests_until = Some(now + rest.min(Duration::from_secs(60)));
        if state.tenths == 10 || now.saturating_duration_since(state.changed) >= ONE_MOMENT {
            state.tenths = (state.tenths * 7 / 10).max(1);
            state.changed = now;
        }
    }

    /// Takes slices while sends wait, and the first slice of what is expected.
    async fn pump(self: Arc<Self>) {
        loop {
            let (quota, wanted, rests_until) = {
                let mut state = self.state();
                let wanted = state.waits().max(std::mem::take(&mut state.expected));
                if wanted == 0 {
                    state.pumping = false;
                    return;
                }
                let quota = state.quota(Instant::now());
                let slice = slice_of(quota.per_second);
                let wanted = u32::try_from(wanted).unwrap_or(u32::MAX).min(slice);
                (quota, wanted, state.rests_until.take())
            };
            if let Some(until) = rests_until {
                tokio::time::sleep_until(until).await;
            }
            match self.limiter.take(&self.key, quota, wanted).await {
                Ok(()) => self.grant(wanted),
                Err(wait) => tokio::time::sleep(wait.0).await,
            }
        }
    }

    fn grant(&self, tokens: u32) {
        let mut state = self.state();
        let mut left = tokens;
        for queue in &mut state.waiting {
            while left > 0
                && let Some(waiter) = queue.pop_front()
            {
                // The token of a send that was dropped goes to the next.
                if waiter.send(()).is_ok() {
                    left -= 1;
                }
            }
        }
        let now = Instant::now();
        let most = slice_of(f64::from(state.per_second));
        state.spare = ((state.spare_tokens(now) + left).min(most), now);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use kernel::{Bucket, Taken};

    use super::*;

    fn given() -> Taken {
        Taken {
            refused: None,
            levels: Vec::new(),
        }
    }

    /// Gives what is asked for and counts.
    #[derive(Default)]
    struct Generous(AtomicU32);

    #[async_trait::async_trait]
    impl Limiter for Generous {
        async fn take_each(&self, buckets: &[Bucket<'_>], n: u32) -> Taken {
            self.0.fetch_add(1, Ordering::SeqCst);
            assert!(
                buckets.iter().all(|bucket| n <= bucket.quota.burst),
                "more than the bucket ever holds"
            );
            given()
        }
    }

    #[tokio::test]
    async fn tokens_are_taken_in_slices_and_the_urgent_go_first() {
        let limiter = Arc::new(Generous::default());
        let pace = Paces::new(limiter.clone()).of("acme:1", 1_000);
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = tokio::task::JoinSet::new();
        // Nobody is served before all have asked: this runtime has one thread and the pump is a separate task.
        for (n, lane) in [
            (0, Lane::Bulk),
            (1, Lane::Bulk),
            (2, Lane::Interactive),
            (3, Lane::Transactional),
        ] {
            let (pace, order) = (pace.clone(), order.clone());
            tasks.spawn(async move {
                pace.turn(lane).await;
                order.lock().unwrap().push(n);
            });
        }
        while tasks.join_next().await.is_some() {}
        assert_eq!(*order.lock().unwrap(), [2, 3, 0, 1]);
        assert_eq!(limiter.0.load(Ordering::SeqCst), 1, "one call for all four");
    }

    #[tokio::test]
    async fn a_first_slice_is_there_when_it_is_expected_and_does_not_keep() {
        let limiter = Arc::new(Generous::default());
        let pace = Paces::new(limiter.clone()).of("acme:1", 1_000);
        let spare = async |turns| {
            pace.expects(turns);
            while pace.state().pumping {
                tokio::task::yield_now().await;
            }
            pace.state().spare
        };
        assert_eq!(spare(0).await.0, 0);
        let (tokens, granted) = spare(1).await;
        assert_eq!(tokens, 1, "one message wastes nobody's tokens");
        assert!(pace.state().take_spare(granted));
        let (tokens, granted) = spare(100).await;
        assert_eq!(tokens, 50, "a twentieth of a second's worth");
        assert_eq!(limiter.0.load(Ordering::SeqCst), 2);
        for _ in 0..25 {
            assert!(pace.state().take_spare(granted + KEPT));
        }
        let late = granted + KEPT + Duration::from_millis(1);
        assert!(!pace.state().take_spare(late), "it has expired");
        // What is not there is asked for as ever.
        pace.too_fast(Duration::ZERO, granted);
        assert!(!pace.state().take_spare(granted), "WhatsApp wants fewer");
        pace.turn(Lane::Bulk).await;
        assert_eq!(limiter.0.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn slices_are_asked_for_outside_the_bulk_threads() {
        #[derive(Default)]
        struct Where(Mutex<Vec<String>>);

        #[async_trait::async_trait]
        impl Limiter for Where {
            async fn take_each(&self, _: &[Bucket<'_>], _: u32) -> Taken {
                let thread = std::thread::current().name().unwrap_or_default().to_owned();
                self.0.lock().unwrap().push(thread);
                given()
            }
        }

        let asked = Arc::new(Where::default());
        let pace = Paces::new(asked.clone()).of("acme:1", 1_000);
        let bulk = super::super::threads::Threads::default();
        let turn = async move { pace.turn(Lane::Bulk).await };
        bulk.handle().spawn(turn).await.unwrap();
        let asked = asked.0.lock().unwrap();
        assert_eq!(asked.len(), 1);
        assert_ne!(asked[0], "bulk");
    }

    #[tokio::test]
    async fn refusals_slow_down_once_a_moment_and_the_pace_recovers() {
        let pace = Paces::new(Arc::new(Generous::default())).of("acme:1", 100);
        let rate = |now| pace.state().quota(now).per_second;
        let mut now = Instant::now();
        pace.too_fast(Duration::ZERO, now);
        pace.too_fast(Duration::ZERO, now);
        assert!((rate(now) - 70.0).abs() < 0.1);
        now += GROWS_EVERY;
        assert!((rate(now) - 80.0).abs() < 0.1);
        for _ in 0..20 {
            now += ONE_MOMENT;
            pace.too_fast(Duration::ZERO, now);
        }
        assert!(rate(now) >= 10.0, "it never stops by itself");
    }
}
