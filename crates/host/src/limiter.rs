//! Rate limits: governor in process, one Lua script on Redis across processes.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc, sync::Mutex, time::Duration};

use deadpool_redis::redis::Script;
use governor::{
    RateLimiter,
    clock::{Clock as _, DefaultClock, Reference as _},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::{
        StateStore,
        keyed::{DefaultKeyedStateStore, ShrinkableKeyedStateStore},
    },
};
use kernel::{Bucket, Level, Limiter, Quota, Taken, Wait};

use crate::redis::{Held, Redis};

/// The limiter for the profile: shared through Redis when there is one, with the first part of its keys.
pub fn limiter(redis: Option<(Redis, String)>) -> Arc<dyn Limiter> {
    match redis {
        Some((redis, prefix)) => Arc::new(Shared::new(&redis, prefix)),
        None => Arc::new(InProcess::default()),
    }
}

/// A quota as a map key: a governor limiter has one quota for all its keys.
type Shape = (u64, u32);

/// The state of the buckets, shared with the limiter over it: a level can be read without taking anything.
#[derive(Clone, Default)]
struct Store(Arc<DefaultKeyedStateStore<String>>);

impl StateStore for Store {
    type Key = String;

    fn measure_and_replace<T, F, E>(&self, key: &String, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, f)
    }
}

impl ShrinkableKeyedStateStore<String> for Store {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// All buckets of one quota.
struct Buckets {
    limiter: RateLimiter<String, Store, DefaultClock, StateInformationMiddleware>,
    store: Store,
    /// From when the store counts its time.
    start: <DefaultClock as governor::clock::Clock>::Instant,
}

impl Buckets {
    fn new(quota: Quota) -> Self {
        let each = Duration::from_secs_f64(1.0 / quota.per_second.max(1e-6));
        let burst = NonZeroU32::new(quota.burst).unwrap_or(NonZeroU32::MIN);
        let governor = governor::Quota::with_period(each)
            .unwrap_or(governor::Quota::per_second(NonZeroU32::MIN))
            .allow_burst(burst);
        let (clock, store) = (DefaultClock::default(), Store::default());
        Self {
            start: clock.now(),
            limiter: RateLimiter::new(governor, store.clone(), clock),
            store,
        }
    }

    /// The bucket's level; nothing is taken.
    fn level(&self, Bucket { key, quota }: Bucket<'_>) -> Level {
        // The store keeps when a bucket is full, and an error leaves it as it is.
        let full_at = self
            .store
            .measure_and_replace(&key.to_owned(), Err::<((), Nanos), _>)
            .err()
            .flatten()
            .unwrap_or_default();
        let now = self.limiter.clock().now().duration_since(self.start);
        let full_in = Duration::from(full_at.saturating_sub(now));
        level(quota, i64::try_from(full_in.as_micros()).unwrap_or(i64::MAX))
    }
}

/// Token buckets of this process.
#[derive(Default)]
pub struct InProcess {
    by_quota: Mutex<HashMap<Shape, Arc<Buckets>>>,
}

impl InProcess {
    fn of(&self, quota: Quota) -> Arc<Buckets> {
        let shape = (quota.per_second.to_bits(), quota.burst);
        let mut limiters = self
            .by_quota
            .lock()
            .expect("no code panics while it holds this lock");
        let buckets = limiters
            .entry(shape)
            .or_insert_with(|| Arc::new(Buckets::new(quota)));
        // Keys come from outside (addresses, accounts): full buckets are removed before they accumulate.
        if buckets.store.0.len() > 50_000 {
            buckets.limiter.retain_recent();
        }
        buckets.clone()
    }

    /// The bucket's level, and how long to wait if it is not enough.
    fn take_one(&self, Bucket { key, quota }: Bucket<'_>, n: NonZeroU32) -> (Level, Option<Wait>) {
        let buckets = self.of(quota);
        let limiter = &buckets.limiter;
        match limiter.check_key_n(&key.to_owned(), n) {
            Ok(Ok(state)) => (Level::of(quota, state.remaining_burst_capacity()), None),
            Ok(Err(not_until)) => {
                let wait = not_until.wait_time_from(limiter.clock().now());
                (short_by(quota, n, wait), Some(Wait(wait)))
            }
            // More than the bucket's capacity: the longest wait.
            Err(_) => (Level::of(quota, quota.burst), Some(Wait(quota.refill(n.get())))),
        }
    }
}

/// The level of a bucket that will hold `n` after `wait`.
fn short_by(quota: Quota, n: NonZeroU32, wait: Duration) -> Level {
    let missing = (wait.as_secs_f64() * quota.per_second).ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion of a float saturates, which is the limit here"
    )]
    let missing = missing as u32;
    Level::of(quota, n.get().saturating_sub(missing))
}

#[async_trait::async_trait]
impl Limiter for InProcess {
    async fn take_each(&self, buckets: &[Bucket<'_>], n: u32) -> Taken {
        let mut taken = Taken {
            refused: None,
            levels: Vec::with_capacity(buckets.len()),
        };
        let Some(n) = NonZeroU32::new(n) else {
            return taken;
        };
        for bucket in buckets {
            if taken.refused.is_some() {
                taken.levels.push(self.of(bucket.quota).level(*bucket));
                continue;
            }
            let (level, refused) = self.take_one(*bucket, n);
            taken.levels.push(level);
            taken.refused = refused;
        }
        taken
    }
}

/// Token buckets that all processes share. While Redis is unavailable each process limits itself to half the rate.
struct Shared {
    // One for all requests: checking a connection for each would be a second round trip.
    redis: Held,
    prefix: String,
    script: Script,
    fallback: InProcess,
}

/// The generic cell rate algorithm by Redis' own clock, over several buckets: all of them grant, or none. KEYS: the buckets.
/// ARGV: the units wanted of each; then for each bucket microseconds a unit and burst. Answers the microseconds to wait (0 when
/// the units were given), then for each bucket the microseconds until it is full.
const GCRA: &str = r"
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local n = tonumber(ARGV[1])
local wait, before, after = 0, {}, {}
for i, key in ipairs(KEYS) do
  local each, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
  local full_at = tonumber(redis.call('GET', key) or now)
  if full_at < now then full_at = now end
  before[i], after[i] = full_at, full_at + each * n
  wait = math.max(wait, after[i] - now - each * burst)
end
local answer = {wait}
for i, key in ipairs(KEYS) do
  if wait > 0 then
    answer[i + 1] = before[i] - now
  else
    redis.call('SET', key, string.format('%.0f', after[i]), 'PX', math.ceil((after[i] - now) / 1000) + 1)
    answer[i + 1] = after[i] - now
  end
end
return answer";

impl Shared {
    fn new(redis: &Redis, prefix: String) -> Self {
        Self {
            redis: redis.held(),
            prefix,
            script: Script::new(GCRA),
            fallback: InProcess::default(),
        }
    }

    /// Microseconds to wait, and until each bucket is full; none if Redis does not answer.
    async fn ask(&self, buckets: &[Bucket<'_>], n: u32) -> Option<Vec<i64>> {
        let mut call = self.script.prepare_invoke();
        call.arg(n);
        for Bucket { key, quota } in buckets {
            call.key(format!("{}:limit:{key}", self.prefix));
            call.arg(micros_a_unit(*quota).round()).arg(quota.burst.max(1));
        }
        call.invoke_async(&mut self.redis.clone()).await.ok()
    }
}

fn micros_a_unit(quota: Quota) -> f64 {
    1_000_000.0 / quota.per_second.max(1e-6)
}

/// The level of a bucket that is full in so many microseconds.
fn level(quota: Quota, micros: i64) -> Level {
    let full_in = Duration::from_micros(micros.unsigned_abs());
    let missing = full_in.as_secs_f64() * quota.per_second;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion of a float saturates, which is the limit here"
    )]
    // Microseconds a unit were rounded: a hair less than a whole unit is that unit.
    let missing = (missing - 0.001).ceil().max(0.0) as u32;
    Level {
        remaining: quota.burst.saturating_sub(missing),
        full_in,
    }
}

#[async_trait::async_trait]
impl Limiter for Shared {
    async fn take_each(&self, buckets: &[Bucket<'_>], n: u32) -> Taken {
        // A limiter that hangs is worse than one that estimates.
        let asked = tokio::time::timeout(Duration::from_millis(250), self.ask(buckets, n)).await;
        if let Ok(Some(answer)) = asked
            && let Some((wait, full_in)) = answer.split_first()
        {
            let levels = buckets.iter().zip(full_in);
            return Taken {
                refused: (*wait > 0).then(|| Wait(Duration::from_micros(wait.unsigned_abs()))),
                levels: levels
                    .map(|(bucket, micros)| level(bucket.quota, *micros))
                    .collect(),
            };
        }
        let halved: Vec<Bucket<'_>> = buckets.iter().map(|bucket| halved(*bucket, n)).collect();
        self.fallback.take_each(&halved, n).await
    }
}

fn halved(Bucket { key, quota }: Bucket<'_>, n: u32) -> Bucket<'_> {
    let quota = Quota {
        per_second: quota.per_second / 2.0,
        burst: (quota.burst / 2).max(n),
    };
    Bucket { key, quota }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::RedisOptions;

    /// Tests for both kinds of limiter, with buckets of this prefix.
    async fn behaves(limiter: &dyn Limiter, name: &str) {
        let (a, b) = (format!("{name}a"), format!("{name}b"));
        let quota = Quota::per_minute(2);
        for _ in 0..2 {
            assert_eq!(limiter.take(&a, quota, 1).await, Ok(()));
        }
        let wait = limiter.take(&a, quota, 1).await.unwrap_err();
        assert!((1..=30).contains(&wait.seconds()), "{wait:?}");
        assert_eq!(
            limiter.take(&b, quota, 2).await,
            Ok(()),
            "another key has its own bucket"
        );

        // Two buckets at once, and what is left of each.
        let (own, shared) = (format!("{name}own"), format!("{name}shared"));
        let (narrow, wide) = (Quota::per_minute(3), Quota::per_hour(2));
        let both = [
            Bucket {
                key: &own,
                quota: narrow,
            },
            Bucket {
                key: &shared,
                quota: wide,
            },
        ];
        for left in [[2, 1], [1, 0]] {
            let taken = limiter.take_each(&both, 1).await;
            assert_eq!(taken.refused, None);
            let levels: Vec<u32> = taken.levels.iter().map(|level| level.remaining).collect();
            assert_eq!(levels, left);
        }
        let turned = [both[1], both[0]];
        let taken = limiter.take_each(&turned, 1).await;
        assert!(taken.refused.is_some());
        let levels: Vec<u32> = taken.levels.iter().map(|level| level.remaining).collect();
        assert_eq!(
            levels,
            [0, 1],
            "the bucket behind the one that refuses is told too"
        );
        let taken = limiter.take_each(&both, 1).await;
        let wait = taken.refused.expect("the second bucket is empty").seconds();
        assert!((1..=1_800).contains(&wait), "{wait}");
        assert_eq!(taken.levels[1].remaining, 0);
        let full = taken.levels[1].full_in.as_secs();
        assert!((3_500..=3_600).contains(&full), "{full}");
    }

    #[tokio::test]
    async fn in_process_it_behaves() {
        behaves(&InProcess::default(), "").await;
    }

    #[tokio::test]
    async fn more_than_a_bucket_holds_is_refused() {
        let limiter = InProcess::default();
        let wait = limiter.take("a", Quota::per_minute(2), 3).await.unwrap_err();
        assert_eq!(wait.seconds(), 90);
        assert_eq!(limiter.take("a", Quota::per_minute(2), 2).await, Ok(()));
    }

    #[test]
    fn a_level_is_read_back_from_the_time_until_full() {
        // 7 a second: a unit is 142,857 microseconds, rounded.
        let quota = Quota {
            per_second: 7.0,
            burst: 10,
        };
        let remaining = |units: i64| level(quota, units * 142_857).remaining;
        assert_eq!(
            (0..=10).map(remaining).collect::<Vec<_>>(),
            [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
        );
        assert_eq!(
            level(quota, 142_857 + 70_000).remaining,
            8,
            "a part of a unit is not there"
        );
    }

    /// Through the Redis that the test command starts; without one there is nothing to test.
    #[tokio::test]
    async fn through_redis_it_behaves_and_a_refusal_takes_nothing() {
        let Ok(url) = std::env::var("WAPRO_TEST_REDIS_URL") else {
            return;
        };
        let redis = Redis::new(&RedisOptions {
            url,
            connections: 1,
            wait: Duration::from_secs(5),
        })
        .unwrap();
        let prefix = format!("test-limiter-{}", uuid::Uuid::new_v4().simple());
        let shared = Shared::new(&redis, prefix);
        behaves(&shared, "").await;
        // The refused request above took nothing from the first bucket.
        let own = Bucket {
            key: "own",
            quota: Quota::per_minute(3),
        };
        let taken = shared.take_each(&[own], 1).await;
        assert_eq!((taken.refused, taken.levels[0].remaining), (None, 0));
    }
}
