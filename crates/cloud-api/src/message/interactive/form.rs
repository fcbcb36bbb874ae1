//! Buttons that open something: an address, a flow, a form, a call.

use serde_json::{Map, Value};

use crate::{
    error::Invalid,
    message::{
        check,
        wire::{At, no_such, object},
    },
};

object! {
    /// A button that opens an address.
    pub struct CtaUrl {
        /// Label, 1 to 20 characters.
        display_text: String,
        /// The http(s) address.
        url: String,
    }
}

impl CtaUrl {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::text(&at.key("display_text"), &self.display_text, 20)?;
        check::link(&at.key("url"), &self.url)
    }
}

object! {
    /// A form for a postal address. Numbers in India (and Singapore) only.
    pub struct Address {
        /// Two letters: `IN`.
        country: String,
        /// What is filled in already, by field: `name`, `phone_number`, `in_pin_code`, `city`, …
        values: Option<Map<String, Value>>,
        /// Addresses to choose one of.
        saved_addresses: Vec<SavedAddress>,
        /// What was wrong with an earlier answer, by field.
        validation_errors: Option<Map<String, Value>>,
    }
}

object! {
    /// An address to choose.
    pub struct SavedAddress {
        /// Comes back when it is chosen.
        id: String,
        /// Its fields.
        value: Map<String, Value>,
    }
}

impl Address {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let country = at.key("country");
        if self.country.len() != 2 || !self.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            return Err(country
                .invalid("must be two capital letters, such as IN")
                .found(&self.country));
        }
        for (index, address) in self.saved_addresses.iter().enumerate() {
            let at = at.key("saved_addresses");
            let at = at.index(index);
            check::required(&at.key("id"), &address.id)?;
        }
        Ok(())
    }
}

object! {
    /// A button that opens a flow: by its id or by its name.
    pub struct Flow {
        /// Version of the message: `3`.
        flow_message_version: String,
        /// Label, 1 to 30 characters; 20 are safe on every phone.
        flow_cta: String,
        /// Id of the flow, unless it has a name.
        flow_id: Option<String>,
        /// Name of the flow, unless it has an id.
        flow_name: Option<String>,
        /// Comes back with the answers.
        flow_token: Option<String>,
        /// `published` (the default) or `draft`.
        mode: Option<String>,
        /// `navigate` (the default) or `data_exchange`.
        flow_action: Option<String>,
        /// First screen and its data; for `navigate`.
        flow_action_payload: Option<FlowPayload>,
    }
}

object! {
    /// Where a flow begins.
    pub struct FlowPayload {
        /// Id of the screen.
        screen: Option<String>,
        /// Data for it; not empty when given.
        data: Option<Map<String, Value>>,
    }
}

impl Flow {
    /// A published flow that begins at its first screen.
    pub fn published(id: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            flow_message_version: "3".to_owned(),
            flow_cta: label.into(),
            flow_id: Some(id.into()),
            ..Self::default()
        }
    }

    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::required(&at.key("flow_message_version"), &self.flow_message_version)?;
        check::text(&at.key("flow_cta"), &self.flow_cta, 30)?;
        match (&self.flow_id, &self.flow_name) {
            (Some(id), None) => check::required(&at.key("flow_id"), id)?,
            (None, Some(name)) => check::required(&at.key("flow_name"), name)?,
            (Some(_), Some(_)) => {
                return Err(at.invalid("needs exactly one of `flow_id` and `flow_name`, has both"));
            }
            (None, None) => {
                return Err(at.invalid("needs exactly one of `flow_id` and `flow_name`, has none"));
            }
        }
        one_of(at, "mode", self.mode.as_deref(), &["published", "draft"])?;
        one_of(
            at,
            "flow_action",
            self.flow_action.as_deref(),
            &["navigate", "data_exchange"],
        )
    }
}

object! {
    /// A button that calls the business.
    pub struct VoiceCall {
        /// Label, 1 to 20 characters.
        display_text: Option<String>,
        /// How long it can be pressed, 1 to 43200 minutes.
        ttl_minutes: Option<u32>,
        /// Comes back with the call, up to 512 characters.
        payload: Option<String>,
    }
}

impl VoiceCall {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::text_if(&at.key("display_text"), self.display_text.as_deref(), 20)?;
        if let Some(minutes) = self.ttl_minutes {
            check::between(&at.key("ttl_minutes"), minutes, 1, 43_200)?;
        }
        check::text_if(&at.key("payload"), self.payload.as_deref(), 512)
    }
}

fn one_of(at: &At<'_>, key: &str, found: Option<&str>, known: &[&str]) -> Result<(), Invalid> {
    match found {
        Some(found) if !known.contains(&found) => Err(no_such(at, key, found, &known.join(", "))),
        _ => Ok(()),
    }
}
