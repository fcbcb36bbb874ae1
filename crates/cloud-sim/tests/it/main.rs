//! The simulator against an in-process receiver, over real HTTP, in virtual time.

mod control;
mod graph;
mod outcomes;
mod stage;
mod story;
