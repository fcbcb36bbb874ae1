//! Where a message comes from.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where a message comes from, so that its messages can be counted and stopped later. Written as `campaign:<id>`, `rule:<id>`,
/// `user`, `api_key`, `test` or `consent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Origin {
    /// A campaign, by its id: [`Origin::campaign`].
    Campaign(OriginId),
    /// An auto-reply rule, by its id: [`Origin::rule`].
    Rule(OriginId),
    /// A person, in the inbox.
    User,
    /// A program, by the API.
    ApiKey,
    /// Somebody who tries out a template or a campaign.
    Test,
    /// The answer to somebody who opted in or out.
    Consent,
}

impl Origin {
    /// A campaign's messages.
    ///
    /// # Errors
    /// As [`OriginId::new`].
    pub fn campaign(id: impl fmt::Display) -> Result<Self, UnknownOrigin> {
        OriginId::new(id).map(Self::Campaign)
    }

    /// An auto-reply rule's messages.
    ///
    /// # Errors
    /// As [`OriginId::new`].
    pub fn rule(id: impl fmt::Display) -> Result<Self, UnknownOrigin> {
        OriginId::new(id).map(Self::Rule)
    }

    /// Whether its messages stay out of the inbox: they do not move conversations and are not sent to live clients. This alone
    /// decides it; a [`Lane`](super::Lane) only says how urgent a message is and whether it may wait.
    pub fn is_bulk(&self) -> bool {
        matches!(self, Self::Campaign(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Campaign(id) => write!(f, "campaign:{id}"),
            Self::Rule(id) => write!(f, "rule:{id}"),
            Self::User => f.write_str("user"),
            Self::ApiKey => f.write_str("api_key"),
            Self::Test => f.write_str("test"),
            Self::Consent => f.write_str("consent"),
        }
    }
}

/// The id in an origin: 1 to 48 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OriginId(String);

impl OriginId {
    /// Characters at most.
    pub const MAX: usize = 48;

    /// Checks an id.
    ///
    /// # Errors
    /// When it is empty, too long, or has other characters.
    pub fn new(id: impl fmt::Display) -> Result<Self, UnknownOrigin> {
        let id = id.to_string();
        let fits = (1..=Self::MAX).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_graphic());
        if fits {
            Ok(Self(id))
        } else {
            Err(UnknownOrigin::of(&id))
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OriginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is not an origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an origin of a message")]
pub struct UnknownOrigin(String);

impl UnknownOrigin {
    /// Keeps the beginning of the text.
    fn of(text: &str) -> Self {
        Self(text.chars().take(64).collect())
    }
}

impl FromStr for Origin {
    type Err = UnknownOrigin;

    fn from_str(text: &str) -> Result<Self, UnknownOrigin> {
        let known = match text.split_once(':') {
            Some(("campaign", id)) => Self::campaign(id).ok(),
            Some(("rule", id)) => Self::rule(id).ok(),
            Some(_) => None,
            None => match text {
                "user" => Some(Self::User),
                "api_key" => Some(Self::ApiKey),
                "test" => Some(Self::Test),
                "consent" => Some(Self::Consent),
                _ => None,
            },
        };
        known.ok_or_else(|| UnknownOrigin::of(text))
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl TryFrom<String> for Origin {
    type Error = UnknownOrigin;

    fn try_from(text: String) -> Result<Self, UnknownOrigin> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_text_is_read_again() {
        let origins = [
            Origin::campaign("cmp_1").unwrap(),
            Origin::rule("rul_1").unwrap(),
            Origin::User,
            Origin::ApiKey,
            Origin::Test,
            Origin::Consent,
        ];
        for origin in origins {
            assert_eq!(origin.to_string().parse(), Ok(origin));
        }
        for text in [
            "",
            "campaign",
            "campaign:",
            "rule:a b",
            "user:1",
            "Campaign:1",
            "campaign:é",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }

    #[test]
    fn an_id_is_checked_however_an_origin_is_made() {
        let longest = "x".repeat(OriginId::MAX);
        let origin = Origin::campaign(&longest).unwrap();
        assert_eq!(origin.to_string().parse(), Ok(origin));
        for id in ["", "a b", "é", "a\n", &format!("{longest}x")] {
            assert!(Origin::campaign(id).is_err(), "{id}");
            assert!(Origin::rule(id).is_err(), "{id}");
            assert!(format!("campaign:{id}").parse::<Origin>().is_err(), "{id}");
        }
        let error = Origin::campaign("x".repeat(10_000)).unwrap_err();
        assert!(error.to_string().len() < 120);
    }
}
