//! The commands of the binary, one file each.

pub mod admin;
pub mod describe;
pub mod doctor;
pub mod migrate;
pub mod run;
pub mod seed;
pub mod serve;
pub mod simulator;
pub mod vault;
