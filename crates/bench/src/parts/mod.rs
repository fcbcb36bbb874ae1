//! The measurements, one file each.

pub mod bounds;
pub mod caps;
pub mod fairness;
pub mod flatness;
pub mod ingest;
pub mod live;
pub mod memory;
pub mod send;
pub mod templates;
