//! Tests that no single crate can contain: flows across modules, tenant isolation, dependencies between crates. They are in
//! `it/`, one file per subject; this library is empty. What several of them need is in `testkit`.
