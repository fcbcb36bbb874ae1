//! Prometheus metrics: `/metrics`.

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Installs the recorder for this process. Once; a second call in the same process gets a recorder that nobody feeds.
///
/// # Errors
/// When the buckets are refused, which is a defect.
pub fn install() -> Result<PrometheusHandle, BuildError> {
    let seconds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
    ];
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &seconds)?
        .build_recorder();
    let handle = recorder.handle();
    // In tests many applications share a process; the first one's recorder wins and the others are read empty.
    let _ = metrics::set_global_recorder(recorder);
    Ok(handle)
}
