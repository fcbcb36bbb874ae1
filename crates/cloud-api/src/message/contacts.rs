//! Contact cards (Cloud API: text and media, contacts).

use super::{
    check,
    wire::{At, object},
};
use crate::error::Invalid;

/// Cards of one message at most.
const CARDS: usize = 257;

object! {
    /// One contact card.
    pub struct Contact {
        /// The name; needed.
        name: ContactName,
        /// Phone numbers.
        phones: Vec<ContactPhone>,
        /// E-mail addresses.
        emails: Vec<ContactEmail>,
        /// Web addresses.
        urls: Vec<ContactUrl>,
        /// Postal addresses.
        addresses: Vec<ContactAddress>,
        /// Where the person works.
        org: Option<ContactOrganisation>,
        /// Year, month and day, `1990-05-20`.
        birthday: Option<String>,
    }
}

object! {
    /// The name on a card: as it is shown, and at least one of its parts.
    pub struct ContactName {
        /// As it is shown; needed.
        formatted_name: String,
        /// First name.
        first_name: Option<String>,
        /// Last name.
        last_name: Option<String>,
        /// Middle name.
        middle_name: Option<String>,
        /// Before the name, such as `Dr`.
        prefix: Option<String>,
        /// After the name, such as `Jr`.
        suffix: Option<String>,
    }
}

object! {
    /// A phone number on a card.
    pub struct ContactPhone {
        /// As people write it.
        phone: Option<String>,
        /// `HOME`, `WORK`, `CELL`, `MAIN`, `IPHONE` or any other word.
        kind as "type": Option<String>,
        /// WhatsApp id of the person: the card then offers to write to it.
        wa_id: Option<String>,
    }
}

object! {
    /// An e-mail address on a card.
    pub struct ContactEmail {
        /// The address.
        email: Option<String>,
        /// `HOME`, `WORK` or any other word.
        kind as "type": Option<String>,
    }
}

object! {
    /// A web address on a card.
    pub struct ContactUrl {
        /// The address.
        url: Option<String>,
        /// `HOME`, `WORK` or any other word.
        kind as "type": Option<String>,
    }
}

object! {
    /// A postal address on a card.
    pub struct ContactAddress {
        /// Street and number.
        street: Option<String>,
        /// City.
        city: Option<String>,
        /// State or region.
        state: Option<String>,
        /// Postal code.
        zip: Option<String>,
        /// Country in words.
        country: Option<String>,
        /// Country as two letters.
        country_code: Option<String>,
        /// `HOME`, `WORK` or any other word.
        kind as "type": Option<String>,
    }
}

object! {
    /// Where the person works.
    pub struct ContactOrganisation {
        /// Company.
        company: Option<String>,
        /// Department.
        department: Option<String>,
        /// Title.
        title: Option<String>,
    }
}

impl Contact {
    /// A card with a name: the first word is the first name, the others the last.
    pub fn named(name: &str) -> Self {
        let (first, last) = name.split_once(' ').map_or((name, None), |(a, b)| (a, Some(b)));
        Self {
            name: ContactName {
                formatted_name: name.to_owned(),
                first_name: Some(first.to_owned()),
                last_name: last.map(ToOwned::to_owned),
                ..ContactName::default()
            },
            ..Self::default()
        }
    }

    /// With one phone number more.
    #[must_use]
    pub fn with_phone(mut self, phone: &str, kind: &str) -> Self {
        self.phones.push(ContactPhone {
            phone: Some(phone.to_owned()),
            kind: Some(kind.to_owned()),
            wa_id: None,
        });
        self
    }

    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        self.name.check(&at.key("name"))?;
        for (index, phone) in self.phones.iter().enumerate() {
            let at = at.key("phones");
            let at = at.index(index);
            if phone.phone.is_none() && phone.wa_id.is_none() {
                return Err(at.invalid("needs `phone` or `wa_id`"));
            }
        }
        match &self.birthday {
            Some(day) if !is_day(day) => Err(at
                .key("birthday")
                .invalid("must be year, month and day, such as 1990-05-20")
                .found(day)),
            _ => Ok(()),
        }
    }
}

impl ContactName {
    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::required(&at.key("formatted_name"), &self.formatted_name)?;
        let parts = [
            &self.first_name,
            &self.last_name,
            &self.middle_name,
            &self.prefix,
            &self.suffix,
        ];
        if parts.into_iter().flatten().any(|part| !part.trim().is_empty()) {
            return Ok(());
        }
        Err(at.invalid("needs a part of the name beside `formatted_name`, for example `first_name`"))
    }
}

pub(super) fn check(cards: &[Contact], at: &At<'_>) -> Result<(), Invalid> {
    check::count(at, "contacts", cards.len(), 1, CARDS)?;
    for (index, card) in cards.iter().enumerate() {
        card.check(&at.index(index))?;
    }
    Ok(())
}

fn is_day(text: &str) -> bool {
    let mut parts = text.split('-');
    let mut part = |digits: usize, from: u16, to: u16| {
        parts.next().is_some_and(|part| {
            part.len() == digits
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part
                    .parse()
                    .is_ok_and(|number: u16| (from..=to).contains(&number))
        })
    };
    part(4, 1, 9_999) && part(2, 1, 12) && part(2, 1, 31) && parts.next().is_none()
}
