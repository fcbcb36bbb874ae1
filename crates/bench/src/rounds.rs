//! Measured time windows, and summaries of several.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use crate::{
    proc::{Cpu, Watch, load_average},
    report::{Latency, Row, Whose},
};

/// One measured window.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round {
    /// How long, seconds.
    pub seconds: f64,
    /// What was counted in it.
    pub count: u64,
    /// Processor time used in it.
    pub cpu: Cpu,
    /// Load average before and after.
    pub load: (f64, f64),
}

impl Round {
    /// Counted a second.
    pub fn rate(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "millions at most")]
        let count = self.count as f64;
        count / self.seconds.max(1e-9)
    }
}

/// Counts for `seconds`, and what the watched processes use meanwhile. When nothing more is counted for half a second the
/// window ends with the last change: what there was to do is done.
///
/// # Errors
/// The counter's.
pub async fn window<F>(seconds: f64, watch: &Watch, count: impl Fn() -> F) -> anyhow::Result<Round>
where
    F: Future<Output = anyhow::Result<u64>>,
{
    let load_before = load_average();
    let cpu = watch.cpu();
    let (began, first) = (Instant::now(), count().await?);
    let (mut last, mut last_at, mut last_cpu) = (first, Instant::now(), watch.cpu());
    loop {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let now = count().await?;
        if now > last {
            (last, last_at, last_cpu) = (now, Instant::now(), watch.cpu());
        }
        let dry = last > first && last_at.elapsed() > Duration::from_millis(500);
        if began.elapsed().as_secs_f64() >= seconds || dry {
            // A contender slower than the sampling must not gain by it: its window is the whole time.
            let (end, used) = if dry {
                (last_at, last_cpu)
            } else {
                (Instant::now(), watch.cpu())
            };
            return Ok(Round {
                seconds: (end - began).as_secs_f64(),
                count: last - first,
                cpu: used.since(cpu),
                load: (load_before, load_average()),
            });
        }
    }
}

/// The rounds of one contender.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// In the order in which they were run.
    pub rounds: Vec<Round>,
}

impl Series {
    /// One more.
    pub fn add(&mut self, round: Round) {
        self.rounds.push(round);
    }

    /// Rates, in order.
    pub fn rates(&self) -> Vec<f64> {
        self.rounds.iter().map(Round::rate).collect()
    }

    /// The median rate.
    pub fn rate(&self) -> f64 {
        median(&self.rates())
    }

    /// The median of the ratios, round by round.
    pub fn ratio(&self, other: &Self) -> f64 {
        let ratios: Vec<f64> = self
            .rounds
            .iter()
            .zip(&other.rounds)
            .map(|(ours, theirs)| ours.rate() / theirs.rate().max(1e-9))
            .collect();
        median(&ratios)
    }

    /// Microseconds for each counted, over all rounds.
    pub fn cpu_us(&self) -> Cpu {
        let used = self
            .rounds
            .iter()
            .fold(Cpu::default(), |sum, round| sum.plus(round.cpu));
        used.per(self.rounds.iter().map(|round| round.count).sum())
    }

    /// As a row.
    pub fn row(&self, goal: &'static str, whose: Whose, what: impl Into<String>, unit: &'static str) -> Row {
        Row {
            rounds: self.rates(),
            cpu_us: Some(self.cpu_us()),
            load: self.rounds.iter().map(|round| round.load).collect(),
            ..Row::new(goal, whose, what, self.rate(), unit)
        }
    }
}

/// The middle value; the mean of the two in the middle when there is an even number; 0 of none.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}

/// A histogram of microseconds up to two minutes, with three digits.
pub type Histogram = hdrhistogram::Histogram<u64>;

/// An empty histogram.
pub fn histogram() -> Histogram {
    Histogram::new_with_bounds(1, 120_000_000, 3)
        .expect("the bounds are in order and three digits are allowed")
}

/// Notes a duration.
pub fn record(histogram: &mut Histogram, took: Duration) {
    histogram.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(1));
}

/// What a histogram says.
pub fn latency(histogram: &Histogram) -> Latency {
    #[expect(clippy::cast_precision_loss, reason = "two minutes at most")]
    let ms = |micros: u64| micros as f64 / 1_000.0;
    Latency {
        p50_ms: ms(histogram.value_at_quantile(0.5)),
        p99_ms: ms(histogram.value_at_quantile(0.99)),
        max_ms: ms(histogram.max()),
        count: histogram.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_the_rounds_not_the_ratio_of_medians() {
        let series = |counts: [u64; 3]| Series {
            rounds: counts
                .map(|count| Round {
                    seconds: 1.0,
                    count,
                    ..Round::default()
                })
                .into(),
        };
        let (ours, theirs) = (series([10, 40, 90]), series([10, 20, 30]));
        assert!((ours.ratio(&theirs) - 2.0).abs() < 1e-9);
        assert!((median(&[4.0, 1.0]) - 2.5).abs() < 1e-9 && median(&[]) == 0.0);
    }

    #[tokio::test]
    async fn a_window_ends_with_the_work_when_that_is_done_before() {
        let began = Instant::now();
        let count = || async move { Ok(u64::try_from(began.elapsed().as_millis()).unwrap_or(0).min(200)) };
        let round = window(10.0, &Watch::default(), count).await.unwrap();
        assert!(round.seconds < 1.0 && round.count <= 200, "{round:?}");
        assert!(began.elapsed() < Duration::from_secs(5));
    }

    #[test]
    fn a_histogram_tells_milliseconds() {
        let mut histogram = histogram();
        for ms in 1..=100 {
            record(&mut histogram, Duration::from_millis(ms));
        }
        let told = latency(&histogram);
        assert!((told.p50_ms - 50.0).abs() < 0.5 && (told.p99_ms - 99.0).abs() < 0.5 && told.count == 100);
    }
}
