//! The life of a number: adding, verifying, registering, PIN, name (Cloud API: phone number node).

use serde_json::{Value, json};

use super::nodes::MANAGEMENT;
use super::nodes::need;
use super::phone::callback_shape;
use super::templates::body_of;
use super::{Call, Refusal, Reply};
use crate::core::Core;
use crate::entities::{Phone, Waba};
use crate::life::Life;

const HOUR_MS: i64 = 3_600_000;
/// Registrations and deregistrations in 72 hours.
const REGISTRATIONS: usize = 10;
/// Wrong PINs before the number is locked.
const PIN_TRIES: u32 = 5;
/// How long it is locked.
const PIN_LOCK_MS: i64 = 12 * HOUR_MS;
/// Verification codes an hour.
const CODES: usize = 5;
/// Countries in which data may be kept.
const REGIONS: &[&str] = &[
    "AU", "ID", "IN", "JP", "SG", "KR", "DE", "CH", "GB", "BR", "BH", "ZA", "AE", "CA",
];

fn done() -> Result<Reply, Refusal> {
    Ok(Reply::Ok(json!({"success": true})))
}

fn six_digits(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `POST /{WABA}/phone_numbers {cc, phone_number, verified_name}`
pub(super) fn add(core: &mut Core, call: &Call, waba: &Waba) -> Result<Reply, Refusal> {
    let field = |key: &str| call.field(key).unwrap_or_default();
    // Clients also call it country_code.
    let cc = call
        .field("cc")
        .or_else(|| call.field("country_code"))
        .unwrap_or_default();
    let digits: String = format!("{cc}{}", field("phone_number"))
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    if cc.is_empty() || !(7..=15).contains(&digits.len()) {
        return Err(Refusal::parameter(
            "Param phone_number with cc must be a phone number of 7 to 15 digits.",
        ));
    }
    if field("verified_name").is_empty() {
        return Err(Refusal::parameter("The parameter verified_name is required."));
    }
    if core.world.phones.values().any(|p| p.digits == digits) {
        return Err(Refusal::parameter(
            "This phone number is already used by an account.",
        ));
    }
    if core.is_restricted(waba, "RESTRICTED_ADD_PHONE_NUMBER_ACTION") {
        return Err(Refusal::of(368, None));
    }
    if core.world.phones.len() >= 20_000 {
        return Err(Refusal::parameter(
            "There are as many numbers as the simulator keeps.",
        ));
    }
    let id = core.world.id(33);
    let phone = Phone {
        id: id.clone(),
        waba_id: waba.id.clone(),
        display_phone_number: crate::provision::display(&digits),
        digits,
        verified_name: field("verified_name"),
        status: "PENDING".into(),
        code_verification_status: "NOT_VERIFIED".into(),
        name_status: "PENDING_REVIEW".into(),
        ..Phone::default()
    };
    core.world.phones.insert(id.clone(), phone);
    Ok(Reply::Ok(json!({"id": id})))
}

/// The operations on a number's registration; `None` for other edges.
pub(super) fn of_phone(
    core: &mut Core,
    call: &Call,
    phone: &Phone,
    edge: &str,
) -> Option<Result<Reply, Refusal>> {
    Some(match edge {
        "request_code" => request_code(core, call, phone),
        "verify_code" => verify_code(core, call, phone),
        "register" => register(core, call, phone),
        "deregister" => deregister(core, phone),
        _ => return None,
    })
}

fn change(core: &mut Core, id: &str, change: impl FnOnce(&mut Phone)) {
    if let Some(phone) = core.world.phones.get_mut(id) {
        change(phone);
    }
}

fn request_code(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    if !call
        .field("code_method")
        .is_some_and(|m| matches!(m.as_str(), "SMS" | "VOICE"))
    {
        return Err(Refusal::parameter(
            "Param code_method must be one of {SMS, VOICE}",
        ));
    }
    if call.field("language").is_none() {
        return Err(Refusal::parameter("The parameter language is required."));
    }
    if phone.code_verification_status == "VERIFIED" {
        return Err(Refusal::of(
            136_024,
            Some("The phone number is verified already.".into()),
        ));
    }
    if !core.within(&format!("code/{}", phone.id), HOUR_MS, CODES) {
        return Err(Refusal::of(
            136_024,
            Some("Too many verification codes were requested.".into()),
        ));
    }
    let code = format!("{:06}", core.world.dice.below(1_000_000));
    change(core, &phone.id, |p| p.code = Some(code));
    done()
}

fn verify_code(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    let given: String = call
        .field("code")
        .unwrap_or_default()
        .chars()
        .filter(|c| *c != '-')
        .collect();
    if !six_digits(&given) {
        return Err(Refusal::parameter("Param code must be 6 digits."));
    }
    if phone.code.as_deref() != Some(given.as_str()) {
        return Err(Refusal::of(
            136_025,
            Some("The verification code is wrong.".into()),
        ));
    }
    change(core, &phone.id, |p| {
        p.code = None;
        p.code_verification_status = "VERIFIED".into();
    });
    done()
}

fn register(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    if call.field("messaging_product").as_deref() != Some("whatsapp") {
        return Err(Refusal::parameter("The parameter messaging_product is required."));
    }
    let pin = call.field("pin").unwrap_or_default();
    if !six_digits(&pin) {
        return Err(Refusal::parameter("Param pin must be 6 digits."));
    }
    if call
        .field("data_localization_region")
        .is_some_and(|r| !REGIONS.contains(&r.as_str()))
    {
        return Err(Refusal::parameter(format!(
            "Param data_localization_region must be one of {{{}}}",
            REGIONS.join(", ")
        )));
    }
    if phone.code_verification_status != "VERIFIED" {
        return Err(Refusal::of(133_006, None));
    }
    let now = core.now();
    if phone.pin_locked_until > now {
        let minutes = (phone.pin_locked_until - now + 59_999) / 60_000;
        return Err(Refusal::of(
            133_008,
            Some(format!("Too many PIN guesses. Wait {minutes} minutes.")),
        ));
    }
    count_registration(core, phone)?;
    if phone.pin.as_ref().is_some_and(|known| *known != pin) {
        let tries = phone.pin_tries + 1;
        change(core, &phone.id, |p| {
            p.pin_tries = tries;
            if tries >= PIN_TRIES {
                p.pin_tries = 0;
                p.pin_locked_until = now + PIN_LOCK_MS;
            }
        });
        return Err(Refusal::of(133_005, None));
    }
    change(core, &phone.id, |p| {
        p.pin = Some(pin);
        p.pin_tries = 0;
        p.status = "CONNECTED".into();
        p.onboarded_at = now;
    });
    core.plan_name_review(&phone.id);
    done()
}

fn deregister(core: &mut Core, phone: &Phone) -> Result<Reply, Refusal> {
    if phone.coexistence {
        return Err(Refusal::parameter(
            "A number that is also used in the WhatsApp Business app cannot be deregistered.",
        ));
    }
    if phone.status != "CONNECTED" {
        return Err(Refusal::of(133_010, None));
    }
    count_registration(core, phone)?;
    change(core, &phone.id, |p| p.status = "DISCONNECTED".into());
    done()
}

fn count_registration(core: &mut Core, phone: &Phone) -> Result<(), Refusal> {
    if core.within(&format!("register/{}", phone.id), 72 * HOUR_MS, REGISTRATIONS) {
        return Ok(());
    }
    Err(Refusal::of(133_016, None))
}

/// `POST /{PNID}`: the PIN, another name, or the callback of the number.
pub(super) fn configure(core: &mut Core, call: &Call, phone: &Phone) -> Result<Reply, Refusal> {
    need(core, call, MANAGEMENT)?;
    let body = body_of(call)?;
    if let Some(pin) = body.get("pin") {
        let pin = pin.as_str().map_or_else(|| pin.to_string(), str::to_owned);
        if !six_digits(&pin) {
            return Err(Refusal::parameter("Param pin must be 6 digits."));
        }
        change(core, &phone.id, |p| p.pin = Some(pin));
        return done();
    }
    if let Some(name) = body.get("new_display_name") {
        let name = name
            .as_str()
            .map(str::trim)
            .filter(|n| (3..=512).contains(&n.chars().count()));
        let name = name
            .ok_or_else(|| Refusal::parameter("Param new_display_name must be 3 to 512 characters long."))?
            .to_owned();
        change(core, &phone.id, |p| {
            p.new_display_name = Some(name);
            p.new_name_status = "PENDING_REVIEW".into();
        });
        core.plan_name_review(&phone.id);
        return done();
    }
    let Some(hook) = body.get("webhook_configuration") else {
        return Err(Refusal::parameter(
            "The parameter webhook_configuration is required.",
        ));
    };
    let text = |key: &str| {
        hook.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let url = text("override_callback_uri");
    let id = phone.id.clone();
    if url.is_empty() {
        change(core, &id, |p| p.override_callback_uri = None);
        return done();
    }
    callback_shape(&url)?;
    let stored = url.clone();
    Ok(Reply::Handshake {
        url,
        verify_token: text("verify_token"),
        commit: Box::new(move |core| {
            change(core, &id, |p| p.override_callback_uri = Some(stored));
            json!({"success": true})
        }),
    })
}

impl Core {
    /// A pending name takes as long to be reviewed as a template.
    pub fn plan_name_review(&mut self, phone_id: &str) {
        let waits = self
            .world
            .phones
            .get(phone_id)
            .is_some_and(|p| p.name_status == "PENDING_REVIEW" || p.new_name_status == "PENDING_REVIEW");
        if waits {
            let due = self.now() + i64::try_from(self.config.review_ms).unwrap_or(i64::MAX / 4);
            self.plan_life(
                due,
                Life::NameReview {
                    phone: phone_id.to_owned(),
                },
            );
        }
    }
}
