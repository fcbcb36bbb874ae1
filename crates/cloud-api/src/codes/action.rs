//! What the platform does about an error of a send by itself (Cloud API: error code table).

use std::time::Duration;

use super::Class;

/// WhatsApp blocks an account for a while. For a number that may only answer it means that templates are blocked.
pub const BLOCKED: i64 = 368;

/// What the platform does by itself. Sending acts on it and the API reports it, so nothing is promised that is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Sends the message again with backoff, a few times.
    Retry,
    /// Sends more slowly from this number, and the message again.
    SlowDownNumber,
    /// Sends the message again after a while; others are not affected.
    SlowDownContact,
    /// Stops the number.
    Stop(Stop),
    /// Nothing: the message fails.
    Fail,
}

/// For how long a number may not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stop {
    /// It ends by itself.
    For(Duration),
    /// Until somebody has done something.
    UntilMended,
}

impl Stop {
    /// How long; none if somebody has to do something first.
    pub fn length(self) -> Option<Duration> {
        match self {
            Self::For(length) => Some(length),
            Self::UntilMended => None,
        }
    }
}

/// What the platform does about this error of a send.
pub fn action_of(code: i64, class: Class) -> Action {
    let minutes = |minutes: u64| Action::Stop(Stop::For(Duration::from_secs(minutes * 60)));
    match (code, class) {
        // Too many to the same person.
        (131_056, _) => Action::SlowDownContact,
        // Throughput is being raised, or the account moved.
        (131_057, _) => minutes(2),
        // Too much was reported as spam, or the messaging limit is used up.
        (131_048 | BLOCKED, _) => minutes(60),
        (131_064, _) => minutes(24 * 60),
        // One recipient's country, calls, a template that is not there yet: the number itself is fine.
        (130_497 | 131_044 | 131_049 | 134_101, _) => Action::Fail,
        (_, Class::Retry) => Action::Retry,
        (_, Class::RateLimited) => Action::SlowDownNumber,
        (_, Class::Token | Class::Account) => Action::Stop(Stop::UntilMended),
        (_, Class::Later | Class::Fix | Class::Never) => Action::Fail,
    }
}

/// Whether an error stops the number it came for, and for how long.
pub fn stop_of(code: i64, class: Class) -> Option<Stop> {
    match action_of(code, class) {
        Action::Stop(stop) => Some(stop),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(code: i64) -> Action {
        action_of(code, super::super::find(code).unwrap().class)
    }

    #[test]
    fn only_what_concerns_the_number_stops_it() {
        for code in [33, 190, 131_031, 131_042, 131_045] {
            assert_eq!(
                action(code),
                Action::Stop(Stop::UntilMended),
                "{code}: somebody has to act"
            );
        }
        for code in [131_048, 368, 131_057, 131_064] {
            assert!(
                matches!(action(code), Action::Stop(Stop::For(_))),
                "{code} ends by itself"
            );
        }
        for code in [100, 130_497, 131_026, 131_047, 131_049, 131_050, 132_001, 132_015] {
            assert_eq!(
                action(code),
                Action::Fail,
                "{code} is about a message, a person or a template"
            );
        }
        assert_eq!(action(131_056), Action::SlowDownContact);
        assert_eq!(action(130_429), Action::SlowDownNumber);
        assert_eq!(action(131_000), Action::Retry);
    }
}
