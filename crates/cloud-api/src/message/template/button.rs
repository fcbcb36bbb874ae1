//! Values of a template's buttons.

use serde_json::{Map, Value, json};

use crate::{
    error::Invalid,
    message::{
        check,
        interactive::{CatalogMessage, ProductSection, check_sections},
        wire::{At, Object, Wire, no_such, object},
    },
};

/// The variable of one button.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    /// Its place among the template's buttons, from 0 to 9. A call button may go without.
    pub index: Option<u32>,
    /// What it gets; decides `sub_type`.
    pub action: ButtonAction,
}

/// What a button gets.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ButtonAction {
    /// `quick_reply`: what comes back when it is pressed, 1 to 256 characters (128 in the documents).
    QuickReply {
        /// The payload.
        payload: String,
    },
    /// `url`: what is appended to the template's address. One-time passwords go here too.
    Url {
        /// The end of the address, 1 to 2000 characters.
        suffix: String,
        /// Shows a payment link with more about it (India).
        payment_link_preview: Option<bool>,
    },
    /// `copy_code`: the code to copy, 1 to 15 characters.
    CopyCode {
        /// The code.
        coupon_code: String,
    },
    /// `flow`: opens a flow.
    Flow(FlowAction),
    /// `catalog`: opens the catalogue.
    Catalog(CatalogMessage),
    /// `mpm`: opens up to 30 products.
    MultiProduct(MultiProduct),
    /// `voice_call`: calls the business.
    VoiceCall {
        /// How long it can be pressed, 1 to 43200 minutes.
        ttl_minutes: Option<u32>,
        /// Comes back with the call, up to 512 characters.
        payload: Option<String>,
    },
    /// `order_details`: an order to pay (India), as it is.
    OrderDetails(Map<String, Value>),
}

object! {
    /// How a flow begins.
    pub struct FlowAction {
        /// Comes back with the answers.
        flow_token: Option<String>,
        /// Data for its first screen.
        flow_action_data: Option<Map<String, Value>>,
    }
}

object! {
    /// Products to show.
    pub struct MultiProduct {
        /// Product whose picture is shown.
        thumbnail_product_retailer_id: String,
        /// Up to 10, with 30 products in total.
        sections: Vec<ProductSection>,
    }
}

impl ButtonAction {
    /// The end of a button's address.
    pub fn url(suffix: impl Into<String>) -> Self {
        Self::Url {
            suffix: suffix.into(),
            payment_link_preview: None,
        }
    }

    /// What comes back when a quick reply is pressed.
    pub fn quick_reply(payload: impl Into<String>) -> Self {
        Self::QuickReply {
            payload: payload.into(),
        }
    }

    /// The wire name of its kind.
    pub fn sub_type(&self) -> &'static str {
        match self {
            Self::QuickReply { .. } => "quick_reply",
            Self::Url { .. } => "url",
            Self::CopyCode { .. } => "copy_code",
            Self::Flow(_) => "flow",
            Self::Catalog(_) => "catalog",
            Self::MultiProduct(_) => "mpm",
            Self::VoiceCall { .. } => "voice_call",
            Self::OrderDetails(_) => "order_details",
        }
    }

    fn parameters(&self) -> Vec<Value> {
        let action = |action: Value| json!({"type": "action", "action": action});
        match self {
            Self::QuickReply { payload } => vec![json!({"type": "payload", "payload": payload})],
            Self::Url {
                suffix,
                payment_link_preview,
            } => {
                let mut object = Map::new();
                object.insert("type".into(), "text".into());
                object.insert("text".into(), suffix.as_str().into());
                payment_link_preview.write_into("payment_link_preview", &mut object);
                vec![Value::Object(object)]
            }
            Self::CopyCode { coupon_code } => {
                vec![json!({"type": "coupon_code", "coupon_code": coupon_code})]
            }
            Self::Flow(flow) => vec![action(flow.write())],
            Self::Catalog(catalog) => vec![action(catalog.write())],
            Self::MultiProduct(products) => vec![action(products.write())],
            Self::VoiceCall { ttl_minutes, payload } => {
                let minutes = ttl_minutes.map(|it| json!({"type": "ttl_minutes", "ttl_minutes": it}));
                let payload = payload
                    .as_ref()
                    .map(|it| json!({"type": "payload", "payload": it}));
                minutes.into_iter().chain(payload).collect()
            }
            Self::OrderDetails(order) => vec![action(json!({"order_details": order}))],
        }
    }
}

object! {
    /// Whatever a button's parameter may hold, before its kind is known.
    pub struct Parameter {
        /// Which of the others is set.
        kind as "type": Option<String>,
        /// What comes back.
        payload: Option<String>,
        /// End of an address.
        text: Option<String>,
        /// Of an address.
        payment_link_preview: Option<bool>,
        /// A code to copy.
        coupon_code: Option<String>,
        /// Of a call.
        ttl_minutes: Option<u32>,
        /// What is opened.
        action: Option<Map<String, Value>>,
    }
}

/// The types that parameters of each kind of button have.
fn types_of(sub_type: &str) -> Option<&'static [&'static str]> {
    Some(match sub_type {
        "quick_reply" => &["payload"],
        "url" => &["text"],
        "copy_code" => &["coupon_code"],
        "flow" | "catalog" | "mpm" | "order_details" => &["action"],
        "voice_call" => &["ttl_minutes", "payload"],
        _ => return None,
    })
}

impl Button {
    pub(super) fn read(object: &Object<'_>, at: &At<'_>) -> Result<Self, Invalid> {
        let sub_type = object.tag("sub_type")?;
        let Some(types) = types_of(&sub_type) else {
            let known = "quick_reply, url, copy_code, flow, catalog, mpm, voice_call, order_details";
            return Err(no_such(at, "sub_type", &sub_type, known));
        };
        let parameters: Vec<Parameter> = object.field("parameters")?;
        let place = at.key("parameters");
        let least = usize::from(!matches!(sub_type.as_str(), "voice_call" | "flow" | "catalog"));
        check::count(&place, "parameters", parameters.len(), least, types.len())?;
        let mut all = Parameter::default();
        for (index, parameter) in parameters.into_iter().enumerate() {
            parameter.belongs(types, &place.index(index))?;
            all = all.or(parameter);
        }
        let first = place.index(0);
        let needed =
            |key: &str, found: Option<String>| found.ok_or_else(|| first.key(key).invalid("is missing"));
        let action = match sub_type.as_str() {
            "quick_reply" => ButtonAction::QuickReply {
                payload: needed("payload", all.payload)?,
            },
            "url" => ButtonAction::Url {
                suffix: needed("text", all.text)?,
                payment_link_preview: all.payment_link_preview,
            },
            "copy_code" => ButtonAction::CopyCode {
                coupon_code: needed("coupon_code", all.coupon_code)?,
            },
            "voice_call" => ButtonAction::VoiceCall {
                ttl_minutes: all.ttl_minutes,
                payload: all.payload,
            },
            opened => {
                let value = Value::Object(all.action.unwrap_or_default());
                let at = first.key("action");
                match opened {
                    "flow" => ButtonAction::Flow(Wire::read(&value, &at)?),
                    "catalog" => ButtonAction::Catalog(Wire::read(&value, &at)?),
                    "mpm" => ButtonAction::MultiProduct(Wire::read(&value, &at)?),
                    _ => ButtonAction::OrderDetails(Object::of(&value, &at)?.field("order_details")?),
                }
            }
        };
        Ok(Self {
            index: object.field("index")?,
            action,
        })
    }

    pub(super) fn write(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), "button".into());
        object.insert("sub_type".into(), self.action.sub_type().into());
        if let Some(index) = self.index {
            // A text, as WhatsApp's own examples have it; numbers are read too.
            object.insert("index".into(), index.to_string().into());
        }
        object.insert("parameters".into(), self.action.parameters().into());
        Value::Object(object)
    }

    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        match self.index {
            Some(index) => check::between(&at.key("index"), index, 0, 9)?,
            None if matches!(self.action, ButtonAction::VoiceCall { .. }) => {}
            None => return Err(at.key("index").invalid("is missing")),
        }
        let parameters = at.key("parameters");
        let at = parameters.index(0);
        let opened = at.key("action");
        match &self.action {
            ButtonAction::QuickReply { payload } => check::text(&at.key("payload"), payload, 256),
            ButtonAction::Url { suffix, .. } => {
                check::text(&at.key("text"), suffix, 2_000)?;
                check::one_line(&at.key("text"), suffix)
            }
            ButtonAction::CopyCode { coupon_code } => check::text(&at.key("coupon_code"), coupon_code, 15),
            ButtonAction::Flow(_) => Ok(()),
            ButtonAction::Catalog(catalog) => catalog.check(&opened),
            ButtonAction::MultiProduct(products) => {
                let thumbnail = opened.key("thumbnail_product_retailer_id");
                check::required(&thumbnail, &products.thumbnail_product_retailer_id)?;
                check_sections(&products.sections, &opened.key("sections"))
            }
            ButtonAction::VoiceCall { ttl_minutes, payload } => {
                if let Some(minutes) = ttl_minutes {
                    check::between(&at.key("ttl_minutes"), *minutes, 1, 43_200)?;
                }
                check::text_if(&at.key("payload"), payload.as_deref(), 512)
            }
            ButtonAction::OrderDetails(order) if order.is_empty() => {
                Err(opened.key("order_details").invalid("must not be empty"))
            }
            ButtonAction::OrderDetails(_) => Ok(()),
        }
    }
}

impl Parameter {
    fn belongs(&self, types: &[&str], at: &At<'_>) -> Result<(), Invalid> {
        let Some(kind) = self.kind.as_deref() else {
            return Err(at.key("type").invalid("is missing"));
        };
        if !types.iter().any(|known| known.eq_ignore_ascii_case(kind)) {
            return Err(no_such(at, "type", kind, &types.join(", ")));
        }
        let holds = [
            ("payload", self.payload.is_some()),
            ("text", self.text.is_some()),
            ("coupon_code", self.coupon_code.is_some()),
            ("ttl_minutes", self.ttl_minutes.is_some()),
            ("action", self.action.is_some()),
        ];
        for (key, there) in holds {
            if there && !key.eq_ignore_ascii_case(kind) {
                let message = format!("does not belong to a parameter of type `{kind}`");
                return Err(at.key(key).invalid(message));
            }
        }
        Ok(())
    }

    /// Both together; each field has the first value that was given.
    fn or(self, other: Self) -> Self {
        Self {
            kind: self.kind.or(other.kind),
            payload: self.payload.or(other.payload),
            text: self.text.or(other.text),
            payment_link_preview: self.payment_link_preview.or(other.payment_link_preview),
            coupon_code: self.coupon_code.or(other.coupon_code),
            ttl_minutes: self.ttl_minutes.or(other.ttl_minutes),
            action: self.action.or(other.action),
        }
    }
}
