//! One test binary, one module per subject.

mod arrows;
