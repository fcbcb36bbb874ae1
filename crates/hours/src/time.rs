//! A time of day, to the minute.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A time of day from 00:00 to 24:00, written `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeOfDay(u16);

impl TimeOfDay {
    /// 00:00, at which a day begins.
    pub const MIDNIGHT: Self = Self(0);
    /// 24:00, at which a day ends.
    pub const DAY: Self = Self(24 * 60);

    /// Minutes from midnight, 0 to 1440.
    pub fn minutes(self) -> u16 {
        self.0
    }

    /// The time so many minutes after midnight; none beyond 1440.
    pub fn from_minutes(minutes: u16) -> Option<Self> {
        (minutes <= Self::DAY.0).then_some(Self(minutes))
    }
}

/// The text is not a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time from 00:00 to 24:00, such as 09:30")]
pub struct NotATime;

impl FromStr for TimeOfDay {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let (hour, minute) = text.split_once(':').ok_or(NotATime)?;
        let number = |part: &str| -> Result<u16, NotATime> {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            if !digits {
                return Err(NotATime);
            }
            part.parse().map_err(|_| NotATime)
        };
        let (hour, minute) = (number(hour)?, number(minute)?);
        if minute > 59 {
            return Err(NotATime);
        }
        Self::from_minutes(hour * 60 + minute).ok_or(NotATime)
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = NotATime;

    fn try_from(text: String) -> Result<Self, NotATime> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_alike() {
        for minutes in 0..=TimeOfDay::DAY.0 {
            let time = TimeOfDay(minutes);
            assert_eq!(time.to_string().parse(), Ok(time));
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "", "9:00", "09:0", "09:60", "24:01", "25:00", "09.00", "09:00:00", " 09:00", "+9:00", "0９:00",
            "-1:00",
        ] {
            assert_eq!(text.parse::<TimeOfDay>(), Err(NotATime), "{text:?}");
        }
    }
}
