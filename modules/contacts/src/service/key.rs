//! Identities as people type them, as WhatsApp shows them, and as they are stored.

use chrono::{DateTime, Utc};
use contracts::contacts::{ContactId, Sighting};
use kernel::{Error, Result};
use sea_orm::ActiveValue::Set;

use super::MAX_NAME;
use crate::{
    entity::identity::{self, Kind},
    error::ContactError,
};

/// The longest stored value, in characters.
const MAX_VALUE: usize = 190;
/// The longest portfolio id, in characters.
const MAX_SCOPE: usize = 64;

/// An identity, whoever it belongs to. The order is the order in which rows are written, the same in every transaction, so
/// that two that meet wait for each other instead of deadlocking.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) scope: String,
    pub(super) value: String,
}

impl Key {
    /// A phone number as a person writes it: with a plus or `00` and the country code, spaces and dashes as they like.
    ///
    /// Only its shape is checked. Whether a number is in use is WhatsApp's to say, and lists of valid ranges age.
    pub(super) fn phone(text: &str) -> Result<Self, ContactError> {
        let refused = |why: &str| {
            ContactError::InvalidPhone(format!(
                "{why}; write it with a plus and the country code, such as +447700900123"
            ))
        };
        let written =
            |c: char| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '(' | ')' | '-' | '.' | '/');
        let text = text.trim();
        let rest = text.strip_prefix('+').or_else(|| text.strip_prefix("00"));
        let rest = rest.ok_or_else(|| refused("has no country code"))?;
        if !rest.chars().all(written) {
            return Err(refused("has letters or signs that no phone number has"));
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        let parsed =
            phonenumber::parse(None, format!("+{digits}")).map_err(|_| refused("is not a phone number"))?;
        let mut number = parsed.format().mode(phonenumber::Mode::E164).to_string();
        // The zero of +44 (0)7700 is dialled inside the country only; in Italy it is part of the number.
        let code = parsed.code().value();
        let countries = phonenumber::metadata::DATABASE.by_code(&code).unwrap_or_default();
        let inside = countries.first().and_then(|country| country.national_prefix());
        let zero_at = code.to_string().len() + 1;
        if inside == Some("0") && number[zero_at..].starts_with('0') {
            number.remove(zero_at);
        }
        if !(9..=16).contains(&number.len()) {
            return Err(refused("must have 8 to 15 digits"));
        }
        Ok(Self {
            kind: Kind::Phone,
            scope: String::new(),
            value: number,
        })
    }

    /// A BSUID of an unknown portfolio, as a person writes it.
    pub(super) fn bsuid(text: &str) -> Result<Self, ContactError> {
        let value = text.trim();
        if value.is_empty() || value.chars().count() > MAX_VALUE || value.contains(char::is_whitespace) {
            return Err(ContactError::invalid(
                "bsuid",
                format!("must be 1 to {MAX_VALUE} characters without spaces"),
            ));
        }
        Ok(Self {
            kind: Kind::Bsuid,
            scope: String::new(),
            value: value.to_owned(),
        })
    }

    /// A username as a person writes it, with or without the `@`.
    pub(super) fn username(text: &str) -> Result<Self, ContactError> {
        username(text).ok_or_else(|| {
            ContactError::invalid("username", "must be 1 to 64 characters without spaces".to_owned())
        })
    }

    /// What to call it in a sentence.
    pub(super) fn what(&self) -> &'static str {
        match self.kind {
            Kind::Phone => "phone number",
            Kind::Bsuid => "BSUID",
            Kind::Username => "username",
        }
    }

    /// The row that gives it to a contact.
    pub(super) fn row(&self, contact: ContactId, learned_at: DateTime<Utc>) -> identity::ActiveModel {
        let Self { kind, scope, value } = self.clone();
        identity::ActiveModel {
            tenant_id: sea_orm::ActiveValue::NotSet,
            kind: Set(kind),
            scope: Set(scope),
            value: Set(value),
            contact_id: Set(contact),
            learned_at: Set(learned_at),
        }
    }
}

impl From<identity::Model> for Key {
    fn from(row: identity::Model) -> Self {
        let identity::Model {
            tenant_id: _,
            kind,
            scope,
            value,
            contact_id: _,
            learned_at: _,
        } = row;
        Self { kind, scope, value }
    }
}

fn username(text: &str) -> Option<Key> {
    let value = text.trim().trim_start_matches('@').to_lowercase();
    let fits = (1..=64).contains(&value.chars().count())
        && !value.contains(char::is_whitespace)
        && text::name::is_visible(&value);
    fits.then(|| Key {
        kind: Kind::Username,
        scope: String::new(),
        value,
    })
}

/// A sighting, read. What WhatsApp sends is not refused: what cannot be used is left out.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) bsuid: Option<Key>,
    /// The same BSUID as somebody typed it, without its portfolio.
    pub(super) bsuid_anywhere: Option<Key>,
    pub(super) phone: Option<Key>,
    pub(super) username: Option<Key>,
    pub(super) name: Option<String>,
    /// By WhatsApp; none where that is now.
    pub(super) at: Option<DateTime<Utc>>,
}

impl Seen {
    /// # Errors
    /// 500 when nothing in the sighting identifies anybody: the caller's mistake.
    pub(super) fn read(sighting: &Sighting) -> Result<Self> {
        let Sighting {
            portfolio,
            wa_id,
            bsuid,
            username: user,
            profile_name,
            seen_at,
        } = sighting;
        let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
        let phone = wa_id
            .as_ref()
            .map(digits)
            .filter(|it| (1..=32).contains(&it.len()));
        let phone = phone.map(|it| Key {
            kind: Kind::Phone,
            scope: String::new(),
            value: format!("+{it}"),
        });
        let bsuid = bsuid
            .as_deref()
            .map(str::trim)
            .filter(|it| !it.is_empty() && it.chars().count() <= MAX_VALUE);
        let scope: String = portfolio.trim().chars().take(MAX_SCOPE).collect();
        let scoped = |scope: String| {
            bsuid.map(|it| Key {
                kind: Kind::Bsuid,
                scope,
                value: it.to_owned(),
            })
        };
        let name = profile_name.as_deref().and_then(text::name::told);
        let seen = Self {
            bsuid_anywhere: scoped(String::new()).filter(|_| !scope.is_empty()),
            bsuid: scoped(scope),
            phone,
            username: user.as_deref().and_then(username),
            name: name.map(|it| it.chars().take(MAX_NAME).collect()),
            at: *seen_at,
        };
        if seen.keys().next().is_none() {
            return Err(Error::internal(
                "a sighting has neither a phone number nor a BSUID nor a username",
            ));
        }
        Ok(seen)
    }

    /// What the person is recognised by, the surest first. A username alone will do only when there is nothing else, since
    /// it may have been somebody else's yesterday.
    pub(super) fn keys(&self) -> impl Iterator<Item = &Key> {
        let last = self
            .username
            .as_ref()
            .filter(|_| self.bsuid.is_none() && self.phone.is_none());
        [self.bsuid.as_ref(), self.phone.as_ref(), last]
            .into_iter()
            .flatten()
    }

    /// Every key worth looking up.
    pub(super) fn lookups(&self) -> impl Iterator<Item = &Key> {
        [&self.bsuid, &self.bsuid_anywhere, &self.phone, &self.username]
            .into_iter()
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phone_numbers_are_read_as_people_write_them() {
        let cases = [
            ("+447700900123", Some("+447700900123")),
            (" +44 (0)7700 900-123 ", Some("+447700900123")),
            ("+44 07700 900123", Some("+447700900123")),
            ("+39 06 6982 0000", Some("+390669820000")),
            ("0044 7700 900123", Some("+447700900123")),
            ("+1 (202) 555-0143", Some("+12025550143")),
            ("+1.555.555.0123", Some("+15555550123")),
            ("07700 900123", None),
            ("447700900123", None),
            ("+44 7700", None),
            ("+44 7700 900 123 ext 5", None),
            ("+1 650 FLOWERS", None),
            ("+999 123 456 789", None),
            ("+4477009001234567", None),
            ("+", None),
            ("", None),
            ("hello", None),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Key::phone(text).ok().map(|key| key.value).as_deref(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn what_whatsapp_shows_is_taken_even_if_no_parser_knows_it() {
        let sighting = Sighting {
            wa_id: Some("99912345".into()),
            ..Sighting::default()
        };
        assert_eq!(Seen::read(&sighting).unwrap().phone.unwrap().value, "+99912345");
        assert!(Seen::read(&Sighting::default()).is_err());
    }
}
