//! How a template looks on the phone, for the API: of templates, of previews and of messages.

use cloud_api::template::render::{File, Header, Shown, ShownButton};
use poem_openapi::{Enum, Object, types::Any};
use serde_json::Value;

/// A template as the phone shows it. A text without a value shows its braces.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ShownTemplate", skip_serializing_if_is_none)]
pub struct ShownTemplate {
    /// The header, if there is one.
    pub header: Option<ShownHeader>,
    /// The body. WhatsApp's formatting (`*bold*`) stands in it as it was written.
    pub body: String,
    /// The footer, if there is one.
    pub footer: Option<String>,
    /// The buttons, in order.
    pub buttons: Vec<ShownTemplateButton>,
    /// The title of a limited-time offer.
    pub offer: Option<String>,
    /// The cards of a carousel.
    pub cards: Option<Vec<ShownTemplate>>,
}

/// What stands above the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "ShownHeaderType", rename_all = "lowercase")]
pub enum ShownHeaderType {
    /// A line of text.
    Text,
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A document.
    Document,
    /// An animated picture.
    Gif,
    /// A place.
    Location,
    /// A product of a catalogue.
    Product,
}

/// The header of a template as the phone shows it: the fields that belong to its type, as far as they are known.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ShownHeader", skip_serializing_if_is_none)]
pub struct ShownHeader {
    /// What it is.
    #[oai(rename = "type")]
    pub kind: ShownHeaderType,
    /// Of `text`: the line.
    pub text: Option<String>,
    /// Of a file: WhatsApp's id, or the `media_id` of an upload here.
    pub id: Option<String>,
    /// Of a file: its address.
    pub link: Option<String>,
    /// Of `document`: its name.
    pub filename: Option<String>,
    /// Of `location`: its name.
    pub name: Option<String>,
    /// Of `location`: its address.
    pub address: Option<String>,
    /// Of `location`: degrees, as they were given.
    pub latitude: Option<Any<Value>>,
    /// Of `location`: degrees, as they were given.
    pub longitude: Option<Any<Value>>,
    /// Of `product`: its id in the catalogue.
    pub product_retailer_id: Option<String>,
}

/// A button of a template as the phone shows it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ShownTemplateButton", skip_serializing_if_is_none)]
pub struct ShownTemplateButton {
    /// Its type, in capitals: QUICK_REPLY, URL, PHONE_NUMBER, COPY_CODE, …
    #[oai(rename = "type")]
    pub kind: String,
    /// Its label.
    pub text: String,
    /// Where a link button leads.
    pub url: Option<String>,
    /// Whom a call button calls.
    pub phone_number: Option<String>,
    /// What a quick reply sends back.
    pub payload: Option<String>,
    /// What a code button copies.
    pub code: Option<String>,
}

impl From<Shown> for ShownTemplate {
    fn from(shown: Shown) -> Self {
        let Shown {
            header,
            body,
            footer,
            buttons,
            offer,
            cards,
        } = shown;
        Self {
            header: header.map(Into::into),
            body,
            footer,
            buttons: buttons.into_iter().map(Into::into).collect(),
            offer,
            cards: (!cards.is_empty()).then(|| cards.into_iter().map(Into::into).collect()),
        }
    }
}

impl From<ShownButton> for ShownTemplateButton {
    fn from(button: ShownButton) -> Self {
        let ShownButton {
            kind,
            text,
            url,
            phone_number,
            payload,
            code,
        } = button;
        Self {
            kind,
            text,
            url,
            phone_number,
            payload,
            code,
        }
    }
}

impl ShownHeader {
    fn new(kind: ShownHeaderType) -> Self {
        Self {
            kind,
            text: None,
            id: None,
            link: None,
            filename: None,
            name: None,
            address: None,
            latitude: None,
            longitude: None,
            product_retailer_id: None,
        }
    }

    fn file(kind: ShownHeaderType, file: File) -> Self {
        let File { id, link, filename } = file;
        Self {
            id,
            link,
            filename,
            ..Self::new(kind)
        }
    }
}

impl From<Header> for ShownHeader {
    fn from(header: Header) -> Self {
        let known = |value: Value| (!value.is_null()).then_some(Any(value));
        match header {
            Header::Text { text } => Self {
                text: Some(text),
                ..Self::new(ShownHeaderType::Text)
            },
            Header::Image(file) => Self::file(ShownHeaderType::Image, file),
            Header::Video(file) => Self::file(ShownHeaderType::Video, file),
            Header::Document(file) => Self::file(ShownHeaderType::Document, file),
            Header::Gif(file) => Self::file(ShownHeaderType::Gif, file),
            Header::Location {
                name,
                address,
                latitude,
                longitude,
            } => Self {
                name: Some(name).filter(|name| !name.is_empty()),
                address: Some(address).filter(|address| !address.is_empty()),
                latitude: known(latitude),
                longitude: known(longitude),
                ..Self::new(ShownHeaderType::Location)
            },
            Header::Product { product_retailer_id } => Self {
                product_retailer_id,
                ..Self::new(ShownHeaderType::Product)
            },
        }
    }
}
