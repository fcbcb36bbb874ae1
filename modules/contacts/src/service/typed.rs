//! People who are addressed by a phone number that somebody typed.

use contracts::contacts::{Resolved, Sighting};
use kernel::{Error, Result, TenantTx};
use text::phone::{self, Rules};

use super::{key::Key, known, learn};

/// See [`contracts::contacts::ContactDirectory::addressed`].
pub(super) async fn addressed(
    tx: &mut TenantTx,
    rules: Rules<'_>,
    portfolio: &str,
    field: &'static str,
    text: &str,
) -> Result<Resolved> {
    // As inside the tenant's country; else as a whole number, as WhatsApp and programs write them.
    let abroad = Rules {
        default_country: None,
        bare: true,
        ..rules
    };
    let read = match rules.default_country {
        Some(_) => phone::read(text, rules).or_else(|why| phone::read(text, abroad).map_err(|_| why)),
        None => phone::read(text, abroad),
    };
    let as_it_stands = phone::as_it_stands(text);
    // Nearly always both are the same, and nothing has to be looked up twice.
    let known = match &as_it_stands {
        Some(digits) if read.as_ref().ok().map(phone::Phone::digits) != Some(digits) => {
            let key = Key::of_phone(format!("+{digits}"));
            let owners = known::owners(tx, std::iter::once(&key)).await?;
            owners.contains_key(&key).then(|| digits.clone())
        }
        _ => None,
    };
    let digits = match (known, read) {
        (Some(digits), _) => digits,
        (None, Ok(phone)) => phone.digits().to_owned(),
        (None, Err(why)) => return Err(Error::invalid(field, why.to_string()).with_code("invalid_phone")),
    };
    let sighting = Sighting {
        portfolio: portfolio.to_owned(),
        wa_id: Some(digits),
        typed: true,
        ..Sighting::default()
    };
    learn::resolve(tx, &[sighting]).await
}
