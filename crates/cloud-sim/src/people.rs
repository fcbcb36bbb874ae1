//! Finds the person behind a recipient or sender, or creates one.

use serde_json::{Map, Value, json};

use crate::config::SimConfig;
use crate::entities::{Persona, User};
use crate::ids;
use crate::world::World;

const FIRST: &[&str] = &[
    "Ana", "Bo", "Cleo", "Dara", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jo", "Kai", "Lea", "Mo", "Nia", "Oto",
    "Pia",
];
const LAST: &[&str] = &[
    "Lima", "Li", "Novak", "Okoro", "Silva", "Meyer", "Haddad", "Rossi", "Khan", "Moreau", "Sato", "Byrne",
];

/// The number whose wa_id differs from the digits that were sent to.
const OTHER_WA_ID: &str = "999003000013";

/// WhatsApp's canonical form of digits that were sent to (Cloud API: wa_id normalisation).
pub fn canonical(digits: &str) -> String {
    if digits == OTHER_WA_ID {
        // Drops a digit, as Brazil's ninth digit is dropped.
        return format!("{}{}", &digits[..4], &digits[5..]);
    }
    // Mexico: 52 1 … and 52 … are the same phone.
    if digits.len() == 13 && digits.starts_with("521") {
        return format!("52{}", &digits[3..]);
    }
    digits.to_owned()
}

/// The BSUID of a person, who is created when the phone or id is new.
pub fn find_or_create(world: &mut World, config: &SimConfig, key: &str, name: Option<&str>) -> String {
    let is_bsuid = cloud_api::Bsuid::parse(key).is_ok();
    let wa_id = (!is_bsuid).then(|| canonical(&key.chars().filter(char::is_ascii_digit).collect::<String>()));
    let found = world
        .user(wa_id.as_deref().unwrap_or(key))
        .map(|u| u.user_id.clone());
    if let Some(user_id) = found {
        if let (Some(name), Some(user)) = (name, world.users.get_mut(&user_id)) {
            user.name = name.to_owned();
        }
        return user_id;
    }
    let user_id = match &wa_id {
        Some(wa_id) => ids::bsuid(&mut world.dice, wa_id),
        None => key.to_owned(),
    };
    let made_up = || {
        let n = world.users.len();
        format!(
            "{} {}",
            FIRST[n % FIRST.len()],
            LAST[(n / FIRST.len() + n) % LAST.len()]
        )
    };
    let name = name.map_or_else(made_up, str::to_owned);
    // The username user shows neither phone nor wa_id in webhooks.
    let hide_phone = key == "999003000014";
    let username = (hide_phone || is_bsuid).then(|| name.to_lowercase().replace(' ', "."));
    let persona = Persona {
        online: config.default_online,
        reads: config.default_reads,
        on_whatsapp: wa_id
            .as_ref()
            .is_none_or(|wa_id| !world.left_numbers.contains(wa_id)),
        ..Persona::default()
    };
    let user = User {
        user_id: user_id.clone(),
        wa_id,
        name,
        username,
        hide_phone,
        persona,
        ..User::default()
    };
    world.add_user(user, config.max_users);
    user_id
}

/// The parent BSUID of a person, which linked portfolios share (Cloud API: BSUID and usernames).
pub fn parent(user_id: &str) -> String {
    match user_id.split_once('.') {
        Some((country, own)) => format!("{country}.ENT.{own}"),
        None => user_id.to_owned(),
    }
}

/// `contacts[]` element of a webhook.
pub fn contact(user: &User, config: &SimConfig, phone: bool, username: bool) -> Value {
    let mut profile = Map::new();
    profile.insert("name".into(), json!(user.name));
    if let Some(name) = user.username.as_ref().filter(|_| username) {
        profile.insert("username".into(), json!(name));
    }
    let mut contact = Map::new();
    contact.insert("profile".into(), Value::Object(profile));
    if let Some(wa_id) = user.wa_id.as_ref().filter(|_| phone && !user.hide_phone) {
        contact.insert("wa_id".into(), json!(wa_id));
    }
    if config.bsuid || !contact.contains_key("wa_id") {
        contact.insert("user_id".into(), json!(user.user_id));
        if config.parent_bsuid {
            contact.insert("parent_user_id".into(), json!(parent(&user.user_id)));
        }
    }
    Value::Object(contact)
}

/// True for phones in the EEA, the UK, Japan and South Korea, where the marketing cap does not apply.
pub fn is_cap_free(wa_id: &str) -> bool {
    const CODES: &[&str] = &[
        "30", "31", "32", "33", "34", "351", "352", "353", "354", "356", "357", "358", "359", "36", "370",
        "371", "372", "385", "386", "39", "40", "420", "421", "423", "43", "44", "45", "46", "47", "48",
        "49", "81", "82",
    ];
    CODES.iter().any(|code| wa_id.starts_with(code))
}

/// True for phones of the United States: `1` and an area code that is neither Canadian nor Caribbean.
pub fn is_us(wa_id: &str) -> bool {
    const ELSEWHERE: &[&str] = &[
        "204", "226", "236", "242", "246", "249", "250", "257", "263", "264", "268", "284", "289", "306",
        "343", "345", "354", "365", "367", "368", "382", "387", "403", "416", "418", "428", "431", "437",
        "438", "441", "450", "460", "468", "473", "474", "506", "514", "519", "537", "548", "568", "579",
        "581", "584", "587", "604", "613", "639", "647", "649", "658", "664", "672", "683", "705", "709",
        "721", "742", "753", "758", "767", "778", "780", "782", "784", "807", "809", "819", "825", "829",
        "849", "867", "868", "869", "873", "876", "879", "902", "905", "942",
    ];
    wa_id.len() == 11 && wa_id.starts_with('1') && !ELSEWHERE.contains(&&wa_id[1..4])
}
