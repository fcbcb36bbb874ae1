//! The crowd steps aside for somebody new. A small campaign that begins beside a large one goes through a dozen short waits, each
//! on a processor that the large one keeps busy; if that one rests meanwhile, they are shorter. It rests for a moment only, and
//! not often: however many campaigns begin, most of the time is the crowd's.

use std::time::Duration;

use tokio::time::Instant;

/// How long it takes from "somebody new has work" until their first messages are on the wire, on a busy machine.
const MOMENT: Duration = Duration::from_millis(40);
/// From one stepping aside to the next.
const EVERY: Duration = Duration::from_millis(500);

/// Whether the crowd stands aside.
#[derive(Debug, Default)]
pub(super) struct Aside {
    until: Option<Instant>,
    again_at: Option<Instant>,
}

impl Aside {
    /// Steps aside, unless it does or did so a short while ago. Answers until when.
    pub(super) fn step(&mut self, now: Instant) -> Option<Instant> {
        if self.until.is_some() || self.again_at.is_some_and(|at| now < at) {
            return None;
        }
        self.again_at = Some(now + EVERY);
        self.until = Some(now + MOMENT);
        self.until
    }

    /// The moment is over.
    pub(super) fn back(&mut self) {
        self.until = None;
    }

    /// Until when it stands aside, if it does.
    pub(super) fn until(&self) -> Option<Instant> {
        self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn for_a_moment_and_not_again_for_a_while() {
        let began = Instant::now();
        let mut aside = Aside::default();
        assert_eq!(aside.until(), None);
        let until = aside.step(began);
        assert_eq!(until, Some(began + MOMENT));
        assert_eq!((aside.step(began), aside.until()), (None, until));
        aside.back();
        assert_eq!((aside.step(began + EVERY / 2), aside.until()), (None, None));
        let until = aside.step(began + EVERY);
        assert_eq!((until, aside.until()), (Some(began + EVERY + MOMENT), until));
        // Should nobody have told it that the first moment is over, a second one does not begin in it.
        assert_eq!(aside.step(began + EVERY * 3), None);
    }
}
