//! Templates with their variables filled in (Cloud API: template send).

mod button;
mod card;
mod parameter;

use serde_json::{Map, Value, json};

pub use self::{
    button::{Button, ButtonAction, FlowAction, MultiProduct},
    card::TemplateCard,
    parameter::{BodyParameter, Currency, DateTime, HeaderParameter, TapTarget, Variable},
};
use super::{
    Recipient, check,
    wire::{At, Object, Wire, no_such, object},
};
use crate::error::Invalid;

/// Buttons of a template, and so of a send, at most.
const BUTTONS: usize = 10;

/// What a template is for, where the sender knows it. Not on the wire: WhatsApp keeps it with the template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// News and offers.
    Marketing,
    /// What a customer has asked for.
    Utility,
    /// One-time passwords; not to a BSUID.
    Authentication,
}

/// An approved template with its variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// 1 to 512 small letters, digits and `_`.
    pub name: String,
    /// The language it was approved in, exactly: `en` is not `en_US`.
    pub language: Language,
    /// Values for its variables, in any order.
    pub components: Vec<Component>,
    /// What it is for, if that is known. Never read from the wire and never written to it.
    pub category: Option<Category>,
}

object! {
    /// The language of a template.
    pub struct Language {
        /// Such as `en`, `en_US`, `pt_BR`.
        code: String,
        /// `deterministic`, the only one there is and the default.
        policy: Option<String>,
    }
}

/// Values for one part of a template. Parts without variables are left out.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Component {
    /// The variable or the file of the header.
    Header(HeaderParameter),
    /// The variables of the body: all by position, or all by name.
    Body(Vec<BodyParameter>),
    /// The variable of one button.
    Button(Button),
    /// The cards, as many as the template has.
    Carousel(Vec<TemplateCard>),
    /// When the offer ends, in milliseconds since 1970.
    LimitedTimeOffer {
        /// The end.
        expiration_time_ms: i64,
    },
    /// Another title for the address that a press opens (selected businesses).
    TapTarget(Vec<TapTarget>),
}

impl Template {
    /// A template without variables.
    pub fn new(name: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            language: Language {
                code: language.into(),
                policy: None,
            },
            components: Vec::new(),
            category: None,
        }
    }

    /// A one-time password: it goes into the body and into the button, whatever kind of button that is (Cloud API:
    /// authentication templates).
    pub fn authentication(
        name: impl Into<String>,
        language: impl Into<String>,
        code: impl Into<String>,
    ) -> Self {
        let code = code.into();
        let template = Self::new(name, language)
            .with_body([code.clone()])
            .with_button(0, ButtonAction::url(code));
        Self {
            category: Some(Category::Authentication),
            ..template
        }
    }

    /// With values for one component more.
    #[must_use]
    pub fn with(mut self, component: Component) -> Self {
        self.components.push(component);
        self
    }

    /// With the variables of the body, by position.
    #[must_use]
    pub fn with_body<T: Into<String>>(self, values: impl IntoIterator<Item = T>) -> Self {
        let values = values.into_iter().map(|text| BodyParameter::text(text.into()));
        self.with(Component::Body(values.collect()))
    }

    /// With the variable of the button at an index.
    #[must_use]
    pub fn with_button(self, index: u32, action: ButtonAction) -> Self {
        self.with(Component::Button(Button {
            index: Some(index),
            action,
        }))
    }

    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let name = at.key("name");
        check::text(&name, &self.name, 512)?;
        if !check::is_name(&self.name) {
            return Err(name.invalid("only small letters, digits and _").found(&self.name));
        }
        self.language.check(&at.key("language"))?;
        let components = at.key("components");
        check_once(&self.components, &components)?;
        for (index, component) in self.components.iter().enumerate() {
            component.check(&components.index(index))?;
        }
        if self.category == Some(Category::Authentication) {
            self.check_password(&components)?;
        }
        Ok(())
    }

    /// The longest one-time password that WhatsApp takes.
    fn check_password(&self, at: &At<'_>) -> Result<(), Invalid> {
        for (index, component) in self.components.iter().enumerate() {
            let Component::Body(values) = component else {
                continue;
            };
            if let Some(text) = values.first().and_then(BodyParameter::as_text) {
                let (at, parameters) = (at.index(index), "parameters");
                let at = at.key(parameters);
                check::at_most(&at.index(0).key("text"), text, 15)?;
            }
        }
        Ok(())
    }

    /// A one-time password needs a phone number (error 131062 otherwise).
    pub(super) fn check_recipient(&self, to: &Recipient) -> Result<(), Invalid> {
        match (to, self.category) {
            (Recipient::Bsuid(id), Some(Category::Authentication)) => Err(Invalid::new(
                "recipient",
                "an authentication template needs a phone number and cannot go to a BSUID",
            )
            .found(id)),
            _ => Ok(()),
        }
    }
}

impl Language {
    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let code = at.key("code");
        check::required(&code, &self.code)?;
        let (language, country) = self
            .code
            .split_once('_')
            .map_or((self.code.as_str(), None), |(a, b)| (a, Some(b)));
        let language = (2..=3).contains(&language.len()) && language.bytes().all(|b| b.is_ascii_lowercase());
        let country = country
            .is_none_or(|it| (2..=3).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_uppercase()));
        if !language || !country {
            return Err(code
                .invalid("must be a language, with or without a country, such as en or en_US")
                .found(&self.code));
        }
        match self.policy.as_deref() {
            None | Some("deterministic") => Ok(()),
            Some(other) => Err(no_such(at, "policy", other, "deterministic")),
        }
    }
}

/// Refuses duplicate components and duplicate button indexes.
fn check_once(components: &[Component], at: &At<'_>) -> Result<(), Invalid> {
    let buttons = components
        .iter()
        .filter(|component| matches!(component, Component::Button(_)))
        .count();
    check::count(at, "buttons", buttons, 0, BUTTONS)?;
    for (index, component) in components.iter().enumerate() {
        let repeats = |other: &Component| match (component, other) {
            (Component::Button(one), Component::Button(other)) => one.index == other.index,
            _ => component.kind() == other.kind(),
        };
        if components[..index].iter().any(repeats) {
            let at = at.index(index);
            return Err(match component {
                Component::Button(button) => {
                    let shown = button
                        .index
                        .map_or_else(|| "none".to_owned(), |index| index.to_string());
                    at.key("index")
                        .invalid("every button needs a different index")
                        .found(shown)
                }
                other => at
                    .key("type")
                    .invalid("a template has only one of these")
                    .found(other.kind()),
            });
        }
    }
    Ok(())
}

impl Wire for Template {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let components: Vec<Read> = object.field("components")?;
        let template = Self {
            name: object.field("name")?,
            language: object.field("language")?,
            components: components.into_iter().filter_map(|read| read.0).collect(),
            category: None,
        };
        object.only(&["name", "language", "components"])?;
        Ok(template)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        object.insert("name".into(), self.name.as_str().into());
        object.insert("language".into(), self.language.write());
        if !self.components.is_empty() {
            let components = self.components.iter().map(Component::write);
            object.insert("components".into(), components.collect());
        }
        Value::Object(object)
    }
}

/// A component that has been read; none for a header without parameters, which says nothing.
struct Read(Option<Component>);

impl Wire for Read {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        Component::read(value, at).map(Self)
    }

    fn write(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, Component::write)
    }
}

impl Component {
    /// The wire name of its type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Header(_) => "header",
            Self::Body(_) => "body",
            Self::Button(_) => "button",
            Self::Carousel(_) => "carousel",
            Self::LimitedTimeOffer { .. } => "limited_time_offer",
            Self::TapTarget(_) => "tap_target_configuration",
        }
    }

    fn read(value: &Value, at: &At<'_>) -> Result<Option<Self>, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        let component = match kind.as_str() {
            "header" => match only_one::<HeaderParameter>(&object, at)? {
                Some(parameter) => Self::Header(parameter),
                None => return Ok(None),
            },
            "body" => Self::Body(object.field("parameters")?),
            "button" => {
                let button = Button::read(&object, at)?;
                object.only(&["type", "sub_type", "index", "parameters"])?;
                return Ok(Some(Self::Button(button)));
            }
            "carousel" => {
                let cards = object.field("cards")?;
                object.only(&["type", "cards"])?;
                return Ok(Some(Self::Carousel(cards)));
            }
            "limited_time_offer" => {
                let offer = only_one::<Offer>(&object, at)?;
                let offer = offer.ok_or_else(|| at.key("parameters").invalid("is missing"))?;
                Self::LimitedTimeOffer {
                    expiration_time_ms: offer.limited_time_offer.expiration_time_ms,
                }
            }
            "tap_target_configuration" => {
                let targets = only_one::<parameter::TapTargets>(&object, at)?;
                Self::TapTarget(targets.unwrap_or_default().tap_target_configuration)
            }
            other => {
                let known = "header, body, button, carousel, limited_time_offer, tap_target_configuration";
                return Err(no_such(at, "type", other, known));
            }
        };
        object.only(&["type", "parameters"])?;
        Ok(Some(component))
    }

    fn write(&self) -> Value {
        let parameters = match self {
            Self::Header(parameter) => json!([parameter.write()]),
            Self::Body(parameters) => parameters.write(),
            Self::Button(button) => return button.write(),
            Self::Carousel(cards) => {
                return json!({"type": "carousel", "cards": card::write(cards)});
            }
            Self::LimitedTimeOffer { expiration_time_ms } => json!([{
                "type": "limited_time_offer",
                "limited_time_offer": {"expiration_time_ms": expiration_time_ms},
            }]),
            Self::TapTarget(targets) => json!([{
                "type": "tap_target_configuration",
                "tap_target_configuration": targets.write(),
            }]),
        };
        json!({"type": self.kind(), "parameters": parameters})
    }

    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let parameters = at.key("parameters");
        match self {
            Self::Header(parameter) => parameter.check(&parameters.index(0)),
            Self::Body(values) => parameter::check_body(values, &parameters),
            Self::Button(button) => button.check(at),
            Self::Carousel(cards) => card::check(cards, &at.key("cards")),
            Self::LimitedTimeOffer { expiration_time_ms } => {
                if *expiration_time_ms > 0 {
                    return Ok(());
                }
                let offer = parameters.index(0);
                let offer = offer.key("limited_time_offer");
                Err(offer
                    .key("expiration_time_ms")
                    .invalid("must be a time after 1970")
                    .found(expiration_time_ms))
            }
            Self::TapTarget(targets) => parameter::check_targets(targets, &parameters.index(0)),
        }
    }
}

object! {
    /// The one parameter of a limited-time offer.
    pub struct Offer {
        /// Always `limited_time_offer`.
        kind as "type": Option<String>,
        /// When it ends.
        limited_time_offer: OfferEnd,
    }
}

object! {
    /// When an offer ends.
    pub struct OfferEnd {
        /// Milliseconds since 1970.
        expiration_time_ms: i64,
    }
}

/// The one parameter of a part that has at most one.
fn only_one<T: Wire>(object: &Object<'_>, at: &At<'_>) -> Result<Option<T>, Invalid> {
    let mut parameters: Vec<T> = object.field("parameters")?;
    check::count(&at.key("parameters"), "parameters", parameters.len(), 0, 1)?;
    Ok(parameters.pop())
}
