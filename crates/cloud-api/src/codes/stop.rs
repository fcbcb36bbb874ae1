//! Which errors stop the number they came for, and for how long (Cloud API: error code table).

use std::time::Duration;

use super::Class;

/// WhatsApp blocks an account for a while. Of a number that may only answer it says so of templates.
pub const BLOCKED: i64 = 368;

/// For how long a number may not send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

/// Whether an error means that its number may not send.
pub fn stop_of(code: i64, class: Class) -> Option<Stop> {
    let minutes = |minutes: u64| Some(Stop::For(Duration::from_secs(minutes * 60)));
    match code {
        // One recipient's country, calls, a template that is not there yet: the number itself is fine.
        130_497 | 131_044 | 131_049 | 134_101 => None,
        // Throughput is being raised, or the account moved.
        131_057 => minutes(2),
        // Too much was reported as spam, or the messaging limit is used up.
        131_048 | BLOCKED => minutes(60),
        131_064 => minutes(24 * 60),
        _ if matches!(class, Class::Token | Class::Account) => Some(Stop::UntilMended),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_concerns_the_number_stops_it() {
        let stop = |code: i64| stop_of(code, super::super::find(code).unwrap().class);
        for code in [190, 131_031, 131_042, 131_045] {
            assert_eq!(stop(code), Some(Stop::UntilMended), "{code}: somebody has to act");
        }
        for code in [131_048, 368, 131_057, 131_064] {
            assert!(
                stop(code).is_some_and(|stop| stop.length().is_some()),
                "{code} ends by itself"
            );
        }
        for code in [
            100, 130_429, 130_497, 131_026, 131_047, 131_049, 131_050, 131_056, 132_001, 132_015,
        ] {
            assert_eq!(
                stop(code),
                None,
                "{code} is about a message, a person or a template"
            );
        }
    }
}
