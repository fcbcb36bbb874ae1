//! The tests that belong to no single crate: journeys across modules, the walls between tenants, the arrows between
//! crates. They are in `it/`, one file per subject; this library is empty. What several of them need is in `testkit`.
