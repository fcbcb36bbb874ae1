//! Where a message comes from.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// Where a message comes from: what may count it, and stop it, later. Written as `campaign:<id>`, `rule:<id>`, `user`, `api_key`,
/// `test` or `consent`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Origin {
    /// A campaign, by its id.
    Campaign(String),
    /// A rule of auto-reply, by its id.
    Rule(String),
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
    /// Characters of its text at most.
    pub const MAX: usize = 64;
    /// Characters of an id in it at most.
    pub const MAX_ID: usize = 48;

    /// Whether its messages are sent in bulk: they leave the conversation's place in the inbox alone.
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

/// A text that is no origin.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no origin of a message")]
pub struct UnknownOrigin(String);

impl FromStr for Origin {
    type Err = UnknownOrigin;

    fn from_str(text: &str) -> Result<Self, UnknownOrigin> {
        let unknown = || UnknownOrigin(text.chars().take(Self::MAX).collect());
        let id = |id: &str| {
            let fits = (1..=Self::MAX_ID).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_graphic());
            fits.then(|| id.to_owned()).ok_or_else(unknown)
        };
        match text.split_once(':') {
            Some(("campaign", rest)) => Ok(Self::Campaign(id(rest)?)),
            Some(("rule", rest)) => Ok(Self::Rule(id(rest)?)),
            Some(_) => Err(unknown()),
            None => match text {
                "user" => Ok(Self::User),
                "api_key" => Ok(Self::ApiKey),
                "test" => Ok(Self::Test),
                "consent" => Ok(Self::Consent),
                _ => Err(unknown()),
            },
        }
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
            Origin::Campaign("cmp_1".to_owned()),
            Origin::Rule("rul_1".to_owned()),
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
        assert!(format!("campaign:{}", "x".repeat(49)).parse::<Origin>().is_err());
    }
}
