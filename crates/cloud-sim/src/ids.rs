//! Ids in Meta's formats (Cloud API: messages endpoint, `wamid`; simulator world model).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::rng::Dice;

/// A message id: base64 of a small binary record with the person's id and an upper-case hex id.
pub fn wamid(dice: &mut Dice, person: &str, outbound: bool, counter: u64) -> String {
    let id = format!(
        "{}{:010X}",
        hex::encode_upper(dice.bytes::<4>()),
        counter & 0xFF_FFFF_FFFF
    );
    let person: String = person.chars().take(40).collect();
    let mut raw = vec![0x1C, 0x18, person.len() as u8];
    raw.extend_from_slice(person.as_bytes());
    raw.extend_from_slice(&[
        0x15,
        0x02,
        0x00,
        if outbound { 0x11 } else { 0x12 },
        0x18,
        id.len() as u8,
    ]);
    raw.extend_from_slice(id.as_bytes());
    raw.push(0);
    format!("wamid.{}", STANDARD.encode(raw))
}

/// `A` and 22 url-safe characters.
pub fn fbtrace(dice: &mut Dice) -> String {
    let mut text = URL_SAFE_NO_PAD.encode(dice.bytes::<17>());
    text.truncate(22);
    format!("A{text}")
}

/// An access token in Meta's format.
pub fn token(dice: &mut Dice) -> String {
    format!("EAAsim{}", hex::encode(dice.bytes::<24>()))
}

/// A 32-digit hex string.
pub fn hex_id(dice: &mut Dice) -> String {
    hex::encode(dice.bytes::<16>())
}

/// A BSUID for a phone: the country of its dialling code (ZZ when it is not one of the common ones) and digits.
pub fn bsuid(dice: &mut Dice, wa_id: &str) -> String {
    let country = COUNTRIES
        .iter()
        .find(|(code, _)| wa_id.starts_with(code))
        .map_or("ZZ", |(_, country)| country);
    format!(
        "{country}.{}",
        10_000_000_000_000 + dice.below(89_999_999_999_999)
    )
}

/// Dialling codes of the countries that tests and demos use most; longer codes first where one is a prefix of another.
pub const COUNTRIES: &[(&str, &str)] = &[
    ("971", "AE"),
    ("966", "SA"),
    ("972", "IL"),
    ("351", "PT"),
    ("353", "IE"),
    ("358", "FI"),
    ("420", "CZ"),
    ("234", "NG"),
    ("254", "KE"),
    ("233", "GH"),
    ("380", "UA"),
    ("852", "HK"),
    ("20", "EG"),
    ("27", "ZA"),
    ("30", "GR"),
    ("31", "NL"),
    ("32", "BE"),
    ("33", "FR"),
    ("34", "ES"),
    ("36", "HU"),
    ("39", "IT"),
    ("40", "RO"),
    ("41", "CH"),
    ("43", "AT"),
    ("44", "GB"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("48", "PL"),
    ("49", "DE"),
    ("51", "PE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("60", "MY"),
    ("61", "AU"),
    ("62", "ID"),
    ("63", "PH"),
    ("64", "NZ"),
    ("65", "SG"),
    ("66", "TH"),
    ("81", "JP"),
    ("82", "KR"),
    ("84", "VN"),
    ("86", "CN"),
    ("90", "TR"),
    ("91", "IN"),
    ("92", "PK"),
    ("94", "LK"),
    ("98", "IR"),
    ("1", "US"),
    ("7", "RU"),
];
