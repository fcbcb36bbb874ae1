//! Contact cards on the way out.

use cloud_api::message::Content;
use text::phone::{self, Rules};

/// Whether a number on a card is written without its country code.
pub(super) fn needs_country(content: &Content) -> bool {
    let Content::Contacts(cards) = content else {
        return false;
    };
    let mut phones = cards.iter().flat_map(|card| &card.phones);
    phones.any(|one| {
        let typed = one.phone.as_deref().unwrap_or_default().trim_start();
        one.wa_id.is_none() && !typed.is_empty() && !typed.starts_with('+')
    })
}

/// Adds WhatsApp's id to phone numbers that were typed on a card: with it the card offers to write to the person. A number without
/// a country code is read as one of `country`. One that cannot be read with certainty stays as it was typed, without the offer.
pub(super) fn with_ids(content: Content, simulator: bool, country: Option<&str>) -> Content {
    let Content::Contacts(mut cards) = content else {
        return content;
    };
    let rules = Rules {
        simulator,
        default_country: country,
        ..Rules::default()
    };
    for one in cards.iter_mut().flat_map(|card| &mut card.phones) {
        if one.wa_id.is_none() {
            let read = one
                .phone
                .as_deref()
                .and_then(|text| phone::read(text, rules).ok());
            one.wa_id = read.map(|phone| phone.digits().to_owned());
        }
    }
    Content::Contacts(cards)
}

#[cfg(test)]
mod tests {
    use cloud_api::message::Contact;

    use super::*;

    #[test]
    fn a_number_that_is_read_gets_its_id_and_others_stay_as_they_are() {
        let of = |text: &str, country| {
            let card = Contact::named("Ana Lima").with_phone(text, "WORK");
            let Content::Contacts(cards) = with_ids(Content::Contacts(vec![card]), false, country) else {
                panic!("a card stays a card");
            };
            let phone = &cards[0].phones[0];
            (phone.phone.clone().unwrap(), phone.wa_id.clone())
        };
        for (typed, wa_id) in [
            ("+44 (0)7700 900123", Some("447700900123")),
            ("+7 812 640 00 77", Some("78126400077")),
            ("(202) 555-0143", None),
            ("ext. 12", None),
        ] {
            assert_eq!(
                of(typed, None),
                (typed.to_owned(), wa_id.map(ToOwned::to_owned)),
                "{typed}"
            );
        }
        let inside = of("07911 123456", Some("GB"));
        assert_eq!(
            inside,
            ("07911 123456".to_owned(), Some("447911123456".to_owned()))
        );
    }
}
