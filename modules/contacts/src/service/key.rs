//! Identities as people type them, as WhatsApp shows them, and as they are stored.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use contracts::contacts::{Bsuid, ContactId, Sighting};
use kernel::{Error, Result};
use sea_orm::ActiveValue::Set;
use text::phone::{Rules, may_be_same, read, variants};

use super::{MAX_NAME, known::Owners};
use crate::{
    entity::identity::{self, Kind},
    error::ContactError,
};

/// The longest stored value, in characters.
const MAX_VALUE: usize = 190;
/// The longest portfolio id, in characters.
const MAX_SCOPE: usize = 64;

/// An identity, without its contact. The order is the order in which rows are written, the same in every transaction, so
/// that two that meet wait for each other instead of deadlocking.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: Kind,
    pub(super) scope: String,
    pub(super) value: String,
}

impl Key {
    /// A phone number as a person writes it.
    pub(super) fn phone(text: &str, rules: Rules<'_>) -> Result<Self, ContactError> {
        let phone = read(text, rules).map_err(|why| ContactError::InvalidPhone(why.to_string()))?;
        Ok(Self::of_phone(phone.into_string()))
    }

    /// A phone number with its plus.
    pub(super) fn of_phone(value: String) -> Self {
        Self {
            kind: Kind::Phone,
            scope: String::new(),
            value,
        }
    }

    /// The same phone number in WhatsApp's other spellings.
    pub(super) fn spellings(&self) -> impl Iterator<Item = Self> + use<> {
        let of_phone = (self.kind == Kind::Phone).then(|| variants(&self.value));
        of_phone.into_iter().flatten().map(Self::of_phone)
    }

    /// A BSUID of an unknown portfolio, as a person writes it.
    pub(super) fn bsuid(text: &str) -> Result<Self, ContactError> {
        let bsuid =
            Bsuid::parse(text.trim()).map_err(|invalid| ContactError::invalid("bsuid", invalid.message))?;
        Ok(Self {
            kind: Kind::Bsuid,
            scope: String::new(),
            value: bsuid.as_str().to_owned(),
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

/// The phone number that WhatsApp writes as these digits.
pub(super) fn phone_of(wa_id: &str) -> Option<Key> {
    let digits: String = wa_id.chars().filter(char::is_ascii_digit).collect();
    let fits = (1..=32).contains(&digits.len());
    fits.then(|| Key::of_phone(format!("+{digits}")))
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
    /// The same phone as WhatsApp spells it elsewhere.
    pub(super) other_phone: Option<Key>,
    /// Under what else WhatsApp may know these phones.
    pub(super) spellings: Vec<Key>,
    /// Somebody typed the phone.
    pub(super) typed: bool,
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
            other_wa_id,
            typed,
            bsuid,
            username: user,
            profile_name,
            seen_at,
        } = sighting;
        let phone = wa_id.as_deref().and_then(phone_of);
        let other_phone = other_wa_id.as_deref().and_then(phone_of);
        let is_another = |other: &Key| {
            phone
                .as_ref()
                .is_some_and(|phone| phone != other && may_be_same(&phone.value, &other.value))
        };
        let other_phone = other_phone.filter(is_another);
        let phones = [&phone, &other_phone];
        let spellings: BTreeSet<Key> = phones.into_iter().flatten().flat_map(Key::spellings).collect();
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
            spellings: spellings
                .into_iter()
                .filter(|key| !phones.into_iter().flatten().any(|phone| phone == key))
                .collect(),
            phone,
            other_phone,
            typed: *typed,
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
        [
            self.bsuid.as_ref(),
            self.phone.as_ref(),
            self.other_phone.as_ref(),
            last,
        ]
        .into_iter()
        .flatten()
    }

    /// Who has the BSUID.
    pub(super) fn bsuid_owner(&self, owners: &Owners) -> Option<ContactId> {
        let bsuids = [&self.bsuid, &self.bsuid_anywhere];
        bsuids
            .into_iter()
            .flatten()
            .find_map(|key| owners.get(key).copied())
    }

    /// The phone in every spelling, WhatsApp's own first.
    pub(super) fn phones(&self) -> impl Iterator<Item = &Key> {
        let told = [&self.phone, &self.other_phone];
        told.into_iter().flatten().chain(&self.spellings)
    }

    /// Every key worth looking up.
    pub(super) fn lookups(&self) -> impl Iterator<Item = &Key> {
        [&self.bsuid, &self.bsuid_anywhere, &self.username]
            .into_iter()
            .flatten()
            .chain(self.phones())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
