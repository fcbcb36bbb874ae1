//! Ids as the wire has them: opaque strings, never numbers (Cloud API: conventions). Blanks around them are left out: MySQL and
//! MariaDB ignore trailing blanks when they compare, SQLite does not, and no id of WhatsApp's has any.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

macro_rules! string_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The owned text of the id.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self(trimmed(value))
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self(value.trim().to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

/// The same text, and only copied if it has blanks around it.
fn trimmed(text: String) -> String {
    let inner = text.trim();
    if inner.len() == text.len() {
        text
    } else {
        inner.to_owned()
    }
}

string_id!(
    /// Id of a business phone number: 15 to 17 decimal digits.
    PhoneNumberId
);
string_id!(
    /// Id of a WhatsApp Business Account: 15 to 17 decimal digits.
    WabaId
);
string_id!(
    /// Id of one message, `wamid.` and base64. Opaque, up to 256 characters, **not** safe in a URL path.
    Wamid
);
string_id!(
    /// Id of an uploaded or received media object.
    MediaId
);

/// A phone number of a person as bare E.164 digits: 7 to 15 digits, country code first, no `+`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Msisdn(String);

impl Msisdn {
    /// Reads a number as people write it. A leading `+`, spaces, `-`, `.`, `(` and `)` are dropped.
    ///
    /// # Errors
    /// Anything else that is not a digit, a leading `0` (no country code starts so, and the platform
    /// refuses `00`), fewer than 7 or more than 15 digits (Cloud API: messages, `to`).
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let trimmed = text.trim();
        let body = trimmed.strip_prefix('+').unwrap_or(trimmed);
        let mut digits = String::with_capacity(15);
        let mut count = 0;
        for c in body.chars() {
            match c {
                '0'..='9' if count >= 15 => count += 1,
                '0'..='9' => {
                    digits.push(c);
                    count += 1;
                }
                ' ' | '-' | '.' | '(' | ')' | '\u{a0}' => {}
                _ => {
                    let rule = "only digits, spaces, + - ( ) are allowed in a phone number";
                    return Err(Invalid::new("to", rule).found(text));
                }
            }
        }
        if digits.starts_with('0') {
            let rule = "a phone number starts with its country code, not with 0";
            return Err(Invalid::new("to", rule).found(text));
        }
        if count > 15 {
            let rule = "a phone number has at most 15 digits";
            return Err(Invalid::limit("to", 15, count, rule));
        }
        if count < 7 {
            let rule = "a phone number with its country code has at least 7 digits";
            return Err(Invalid::limit("to", 7, count, rule));
        }
        Ok(Self(digits))
    }

    /// The bare digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Msisdn {
    type Error = Invalid;

    fn try_from(value: String) -> Result<Self, Invalid> {
        Self::parse(&value)
    }
}

impl From<Msisdn> for String {
    fn from(value: Msisdn) -> Self {
        value.0
    }
}

/// A business-scoped user id: two capital letters, a dot, optionally `ENT.`, then 1 to 128 letters and digits
/// (Cloud API: BSUID and usernames), for example `GB.55500011122233`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bsuid(String);

impl Bsuid {
    /// Checks the shape only; whether the user exists is known to Meta alone.
    ///
    /// # Errors
    /// When the text does not have the shape above.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let bad = || {
            let rule = "a WhatsApp user ID is two capital letters, a dot, then letters and digits, such as GB.91827364550192";
            Invalid::new("recipient", rule).found(text)
        };
        let bytes = text.as_bytes();
        if bytes.len() < 4 || !bytes[..2].iter().all(u8::is_ascii_uppercase) || bytes[2] != b'.' {
            return Err(bad());
        }
        // The first two bytes are ASCII letters and the third a dot, so index 3 is a character boundary.
        let rest = text[3..].strip_prefix("ENT.").unwrap_or(&text[3..]);
        if rest.is_empty() || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(bad());
        }
        if rest.len() > 128 {
            let rule = "a WhatsApp user ID has at most 128 letters and digits after its country";
            return Err(Invalid::limit("recipient", 128, rest.len(), rule));
        }
        Ok(Self(text.to_owned()))
    }

    /// The id as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True for a parent id, which spans linked portfolios (`GB.ENT.…`).
    pub fn is_parent(&self) -> bool {
        self.0[3..].starts_with("ENT.")
    }
}

impl fmt::Display for Bsuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Bsuid {
    type Error = Invalid;

    fn try_from(value: String) -> Result<Self, Invalid> {
        Self::parse(&value)
    }
}

impl From<Bsuid> for String {
    fn from(value: Bsuid) -> Self {
        value.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn phone_numbers_as_people_write_them() {
        assert_eq!(
            Msisdn::parse("+44 (7700) 900-123").unwrap().as_str(),
            "447700900123"
        );
        for bad in [
            "",
            "0044770090",
            "12345",
            "1234567890123456",
            "447700x00123",
            "GB.555",
            "++447700900123",
        ] {
            assert!(Msisdn::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn bsuids() {
        assert_eq!(
            Bsuid::parse("GB.91827364550192").unwrap().as_str(),
            "GB.91827364550192"
        );
        assert!(Bsuid::parse("US.ENT.5a").unwrap().is_parent());
        for bad in [
            "",
            "GB.",
            "gb.1",
            "GB.ENT.",
            "GB.1 2",
            "447700900123",
            "ÅB.1",
            "GB.1-2",
        ] {
            assert!(Bsuid::parse(bad).is_err(), "{bad}");
        }
        assert!(Bsuid::parse(&format!("GB.{}", "1".repeat(129))).is_err());
    }

    proptest! {
        #[test]
        fn parsers_survive_any_text(text in ".{0,200}") {
            if let Ok(number) = Msisdn::parse(&text) {
                prop_assert_eq!(Msisdn::parse(number.as_str()).unwrap(), number);
            }
            if let Ok(id) = Bsuid::parse(&text) {
                prop_assert!(Msisdn::parse(id.as_str()).is_err());
            }
        }
    }
}
