//! Interactive messages: header, body, footer, and what can be done (Cloud API: interactive).

mod carousel;
mod form;
mod product;
mod reply;

use serde_json::{Map, Value};

pub(super) use self::product::check_sections;
pub use self::{
    carousel::{Card, CardAction, CardHeader, QuickReply},
    form::{Address, CtaUrl, Flow, SavedAddress, VoiceCall},
    product::{CatalogMessage, Product, ProductItem, ProductList, ProductSection},
    reply::{List, ReplyButton, Row, Section},
};
use super::{
    check,
    plain::{DocumentFile, MediaSource},
    wire::{At, Object, Wire, no_such, object},
};
use crate::error::Invalid;

/// Characters of a body at most. The documents say 4096 for lists; 1024 is what is enforced.
const BODY: usize = 1_024;
/// Characters of a header and of a footer at most.
const HEADER: usize = 60;
const FOOTER: usize = 60;

/// An interactive message.
#[derive(Clone, Debug, PartialEq)]
pub struct Interactive {
    /// Above the body; not with every action.
    pub header: Option<Header>,
    /// 1 to 1024 characters; only a single product may go without.
    pub body: Option<String>,
    /// Up to 60 characters; not with every action.
    pub footer: Option<String>,
    /// What can be done.
    pub action: Action,
}

/// What stands above the body.
#[derive(Clone, Debug, PartialEq)]
pub enum Header {
    /// 1 to 60 characters.
    Text(String),
    /// A picture.
    Image(MediaSource),
    /// A video.
    Video(MediaSource),
    /// A document.
    Document(DocumentFile),
}

/// What can be done with an interactive message; decides its type.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Action {
    /// `button`: 1 to 3 reply buttons.
    Buttons(Vec<ReplyButton>),
    /// `list`: up to 10 rows to choose one of.
    List(List),
    /// `cta_url`: a button that opens an address.
    CtaUrl(CtaUrl),
    /// `location_request_message`: a button that sends a location.
    LocationRequest,
    /// `address_message`: a form for a postal address; numbers in India (and Singapore).
    Address(Address),
    /// `flow`: a button that opens a flow.
    Flow(Flow),
    /// `product`: one product of a catalogue.
    Product(Product),
    /// `product_list`: up to 30 products of a catalogue.
    ProductList(ProductList),
    /// `catalog_message`: a button that opens the catalogue.
    CatalogMessage(CatalogMessage),
    /// `carousel`: 2 to 10 cards side by side.
    Carousel(Vec<Card>),
    /// `call_permission_request`: asks whether the business may call.
    CallPermissionRequest,
    /// `voice_call`: a button that calls the business.
    VoiceCall(VoiceCall),
    /// `request_contact_info`: asks a person with a username for the phone number.
    RequestContactInfo,
    /// `order_details`: an order to pay (India, Brazil); its parameters as they are.
    OrderDetails(Map<String, Value>),
    /// `order_status`: news of such an order; its parameters as they are.
    OrderStatus(Map<String, Value>),
}

object! {
    /// The object that body and footer are on the wire.
    pub struct Words {
        /// What it says.
        text: String,
    }
}

impl Interactive {
    /// A message with a body and an action.
    pub fn new(body: impl Into<String>, action: Action) -> Self {
        Self {
            header: None,
            body: Some(body.into()),
            footer: None,
            action,
        }
    }

    /// With reply buttons: pairs of id and title.
    pub fn buttons<'t>(
        body: impl Into<String>,
        buttons: impl IntoIterator<Item = (&'t str, &'t str)>,
    ) -> Self {
        let button = |(id, title): (&str, &str)| ReplyButton {
            id: id.to_owned(),
            title: title.to_owned(),
        };
        Self::new(body, Action::Buttons(buttons.into_iter().map(button).collect()))
    }

    /// With a button that opens an address.
    pub fn cta_url(body: impl Into<String>, label: impl Into<String>, url: impl Into<String>) -> Self {
        let action = CtaUrl {
            display_text: label.into(),
            url: url.into(),
        };
        Self::new(body, Action::CtaUrl(action))
    }

    /// With a header.
    #[must_use]
    pub fn with_header(self, header: Header) -> Self {
        Self {
            header: Some(header),
            ..self
        }
    }

    /// With a footer.
    #[must_use]
    pub fn with_footer(self, footer: impl Into<String>) -> Self {
        Self {
            footer: Some(footer.into()),
            ..self
        }
    }

    /// Every limit, the frame's first.
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let body = at.key("body");
        match &self.body {
            Some(text) => check::text(&body.key("text"), text, BODY)?,
            None if matches!(self.action, Action::Product(_)) => {}
            None => return Err(body.key("text").invalid("is missing")),
        }
        let footer = at.key("footer");
        check::text_if(&footer.key("text"), self.footer.as_deref(), FOOTER)?;
        let header = at.key("header");
        if let Some(found) = &self.header {
            found.check(&header)?;
        }
        self.check_frame(&header, &footer)?;
        self.action.check(&at.key("action"))
    }

    /// Which actions go with which header and footer.
    fn check_frame(&self, header: &At<'_>, footer: &At<'_>) -> Result<(), Invalid> {
        let kind = self.action.kind();
        let wrong = |rule: &str| {
            let invalid = header.key("type").invalid(format!("a `{kind}` {rule}"));
            Err(match &self.header {
                Some(found) => invalid.found(found.kind()),
                None => invalid,
            })
        };
        match (&self.action, &self.header) {
            (Action::LocationRequest | Action::Product(_) | Action::Carousel(_), Some(_)) => {
                return wrong("has no header");
            }
            (Action::List(_), Some(Header::Image(_) | Header::Video(_) | Header::Document(_))) => {
                return wrong("has a header of text only");
            }
            (Action::ProductList(_), found) if !matches!(found, Some(Header::Text(_))) => {
                return wrong("needs a header of text");
            }
            _ => {}
        }
        match self.action {
            Action::LocationRequest | Action::Carousel(_) if self.footer.is_some() => {
                Err(footer.invalid(format!("a `{kind}` has no footer")))
            }
            _ => Ok(()),
        }
    }
}

impl Wire for Interactive {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        let words = |key: &str| Ok(object.field::<Option<Words>>(key)?.map(|words| words.text));
        let read = Self {
            header: object.field("header")?,
            body: words("body")?,
            footer: words("footer")?,
            action: Action::read(&kind, object.value("action"), at)?,
        };
        object.only(&["type", "header", "body", "footer", "action"])?;
        Ok(read)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), self.action.kind().into());
        self.header.write_into("header", &mut object);
        let words = |text: &String| Words { text: text.clone() };
        self.body.as_ref().map(words).write_into("body", &mut object);
        self.footer.as_ref().map(words).write_into("footer", &mut object);
        object.insert("action".into(), self.action.write());
        Value::Object(object)
    }
}

impl Header {
    /// The wire name of its type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Document(_) => "document",
        }
    }

    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let at = at.key(self.kind());
        match self {
            Self::Text(text) => check::text(&at, text, HEADER),
            Self::Image(source) | Self::Video(source) => source.check(&at),
            Self::Document(file) => file.check(&at),
        }
    }
}

impl Wire for Header {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        let header = match kind.as_str() {
            "text" => Self::Text(object.field("text")?),
            "image" => Self::Image(object.field("image")?),
            "video" => Self::Video(object.field("video")?),
            "document" => Self::Document(object.field("document")?),
            other => return Err(no_such(at, "type", other, "text, image, video, document")),
        };
        object.only(&["type", header.kind()])?;
        Ok(header)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), self.kind().into());
        let inside = match self {
            Self::Text(text) => text.write(),
            Self::Image(source) | Self::Video(source) => source.write(),
            Self::Document(file) => file.write(),
        };
        object.insert(self.kind().into(), inside);
        Value::Object(object)
    }
}

/// All types, for the error that names them.
const TYPES: &str = "button, list, cta_url, location_request_message, address_message, flow, product, product_list, \
                     catalog_message, carousel, call_permission_request, voice_call, request_contact_info, order_details, \
                     order_status";

impl Action {
    /// The wire name of the message's type.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Buttons(_) => "button",
            Self::List(_) => "list",
            Self::CtaUrl(_) => "cta_url",
            Self::LocationRequest => "location_request_message",
            Self::Address(_) => "address_message",
            Self::Flow(_) => "flow",
            Self::Product(_) => "product",
            Self::ProductList(_) => "product_list",
            Self::CatalogMessage(_) => "catalog_message",
            Self::Carousel(_) => "carousel",
            Self::CallPermissionRequest => "call_permission_request",
            Self::VoiceCall(_) => "voice_call",
            Self::RequestContactInfo => "request_contact_info",
            Self::OrderDetails(_) => "order_details",
            Self::OrderStatus(_) => "order_status",
        }
    }

    /// The `name` inside the action, of those that have one.
    fn name(&self) -> Option<&'static str> {
        Some(match self {
            Self::Buttons(_)
            | Self::List(_)
            | Self::Product(_)
            | Self::ProductList(_)
            | Self::Carousel(_) => return None,
            Self::LocationRequest => "send_location",
            Self::OrderDetails(_) => "review_and_pay",
            Self::OrderStatus(_) => "review_order",
            other => other.kind(),
        })
    }

    fn read(kind: &str, value: Option<&Value>, message: &At<'_>) -> Result<Self, Invalid> {
        let at = message.key("action");
        if !TYPES.split(", ").any(|known| known == kind) {
            return Err(no_such(message, "type", kind, TYPES));
        }
        let value = value.ok_or_else(|| at.invalid("is missing"))?;
        let action = match kind {
            "button" => {
                let object = Object::of(value, &at)?;
                let buttons = object.field("buttons")?;
                object.only(&["buttons"])?;
                return Ok(Self::Buttons(buttons));
            }
            "carousel" => {
                let object = Object::of(value, &at)?;
                let cards = object.field("cards")?;
                object.only(&["cards"])?;
                return Ok(Self::Carousel(cards));
            }
            "list" => return Ok(Self::List(Wire::read(value, &at)?)),
            "product" => return Ok(Self::Product(Wire::read(value, &at)?)),
            "product_list" => return Ok(Self::ProductList(Wire::read(value, &at)?)),
            "cta_url" => Self::CtaUrl(parameters(value, &at)?),
            "location_request_message" => Self::LocationRequest,
            "address_message" => Self::Address(parameters(value, &at)?),
            "flow" => Self::Flow(parameters(value, &at)?),
            "catalog_message" => {
                Self::CatalogMessage(parameters::<Option<_>>(value, &at)?.unwrap_or_default())
            }
            "call_permission_request" => Self::CallPermissionRequest,
            "voice_call" => Self::VoiceCall(parameters::<Option<_>>(value, &at)?.unwrap_or_default()),
            "request_contact_info" => Self::RequestContactInfo,
            "order_details" => Self::OrderDetails(parameters(value, &at)?),
            // `order_status`, the last of them.
            _ => Self::OrderStatus(parameters(value, &at)?),
        };
        action.check_name(value, &at)?;
        Ok(action)
    }

    /// The name must be the type's own; beside it only the parameters that have been read may stand.
    fn check_name(&self, value: &Value, at: &At<'_>) -> Result<(), Invalid> {
        let object = Object::of(value, at)?;
        let expected = self.name().unwrap_or_default();
        let name = object.tag("name")?;
        if name != expected {
            let message = format!("must be `{expected}` for the type `{}`", self.kind());
            return Err(at.key("name").invalid(message).found(name));
        }
        let bare = matches!(
            self,
            Self::LocationRequest | Self::CallPermissionRequest | Self::RequestContactInfo
        );
        object.only(if bare { &["name"] } else { &["name", "parameters"] })
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        if let Some(name) = self.name() {
            object.insert("name".into(), name.into());
        }
        let parameters = match self {
            Self::Buttons(buttons) => {
                object.insert("buttons".into(), buttons.write());
                None
            }
            Self::Carousel(cards) => {
                object.insert("cards".into(), carousel::write(cards));
                None
            }
            Self::List(list) => return list.write(),
            Self::Product(product) => return product.write(),
            Self::ProductList(list) => return list.write(),
            Self::LocationRequest | Self::CallPermissionRequest | Self::RequestContactInfo => None,
            Self::CtaUrl(parameters) => Some(parameters.write()),
            Self::Address(parameters) => Some(parameters.write()),
            Self::Flow(parameters) => Some(parameters.write()),
            Self::CatalogMessage(parameters) => Some(parameters.write()),
            Self::VoiceCall(parameters) => Some(parameters.write()),
            Self::OrderDetails(parameters) | Self::OrderStatus(parameters) => Some(parameters.write()),
        };
        // An empty object is the same as none.
        if let Some(parameters) =
            parameters.filter(|value| value.as_object().is_some_and(|map| !map.is_empty()))
        {
            object.insert("parameters".into(), parameters);
        }
        Value::Object(object)
    }

    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let parameters = at.key("parameters");
        match self {
            Self::Buttons(buttons) => reply::check(buttons, &at.key("buttons")),
            Self::List(list) => list.check(at),
            Self::CtaUrl(cta) => cta.check(&parameters),
            Self::Address(address) => address.check(&parameters),
            Self::Flow(flow) => flow.check(&parameters),
            Self::Product(product) => product.check(at),
            Self::ProductList(list) => list.check(at),
            Self::CatalogMessage(catalog) => catalog.check(&parameters),
            Self::Carousel(cards) => carousel::check(cards, &at.key("cards")),
            Self::VoiceCall(call) => call.check(&parameters),
            Self::LocationRequest | Self::CallPermissionRequest | Self::RequestContactInfo => Ok(()),
            Self::OrderDetails(parameters) | Self::OrderStatus(parameters) if parameters.is_empty() => {
                Err(at.key("parameters").invalid("is missing"))
            }
            Self::OrderDetails(_) | Self::OrderStatus(_) => Ok(()),
        }
    }
}

fn parameters<T: Wire>(action: &Value, at: &At<'_>) -> Result<T, Invalid> {
    Object::of(action, at)?.field("parameters")
}
