//! Values of headers and bodies.

use serde_json::{Map, Value};

use crate::{
    error::Invalid,
    message::{
        check,
        interactive::Product,
        plain::{DocumentFile, MediaSource, degrees},
        wire::{At, Object, Wire, no_such, object},
    },
};

/// Characters of a header and of a body at most, with their variables filled in.
const HEADER: usize = 60;
const BODY: usize = 1_024;

object! {
    /// A text for a variable: not empty, no line breaks, no tabs, at most 4 spaces in a row.
    pub struct Variable {
        /// The text.
        text: String,
        /// The variable's name, in templates whose variables have names.
        parameter_name: Option<String>,
    }
}

impl Variable {
    fn check(&self, at: &At<'_>, limit: usize) -> Result<(), Invalid> {
        let text = at.key("text");
        check::text(&text, &self.text, limit)?;
        check::one_line(&text, &self.text)?;
        check_name(self.parameter_name.as_deref(), at)
    }
}

fn check_name(name: Option<&str>, at: &At<'_>) -> Result<(), Invalid> {
    match name {
        Some(name) if !check::is_name(name) || !name.starts_with(|c: char| c.is_ascii_lowercase()) => Err(at
            .key("parameter_name")
            .invalid("only small letters, digits and _, with a letter first")
            .found(name)),
        _ => Ok(()),
    }
}

/// What a header gets.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum HeaderParameter {
    /// Its variable; the header is at most 60 characters long then.
    Text(Variable),
    /// A picture.
    Image(MediaSource),
    /// A video.
    Video(MediaSource),
    /// An animated picture (Marketing Messages API).
    Gif(MediaSource),
    /// A document.
    Document(DocumentFile),
    /// A place; all four fields are needed.
    Location(HeaderPlace),
    /// A product.
    Product(Product),
}

object! {
    /// A place in a header.
    pub struct HeaderPlace {
        /// Degrees, -90 to 90.
        latitude: f64,
        /// Degrees, -180 to 180.
        longitude: f64,
        /// Name of the place.
        name: String,
        /// Address of the place.
        address: String,
    }
}

impl HeaderParameter {
    /// A text for a variable without a name.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Variable {
            text: text.into(),
            parameter_name: None,
        })
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Video(_) => "video",
            Self::Gif(_) => "gif",
            Self::Document(_) => "document",
            Self::Location(_) => "location",
            Self::Product(_) => "product",
        }
    }

    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        let inside = at.key(self.kind());
        match self {
            Self::Text(variable) => variable.check(at, HEADER),
            Self::Image(source) | Self::Video(source) | Self::Gif(source) => source.check(&inside),
            Self::Document(file) => file.check(&inside),
            Self::Product(product) => product.check(&inside),
            Self::Location(place) => {
                degrees(&inside.key("latitude"), place.latitude, 90)?;
                degrees(&inside.key("longitude"), place.longitude, 180)?;
                check::required(&inside.key("name"), &place.name)?;
                check::required(&inside.key("address"), &place.address)
            }
        }
    }
}

impl Wire for HeaderParameter {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        let parameter = match kind.as_str() {
            "text" => {
                let variable = Variable {
                    text: object.field("text")?,
                    parameter_name: object.field("parameter_name")?,
                };
                object.only(&["type", "text", "parameter_name"])?;
                return Ok(Self::Text(variable));
            }
            "image" => Self::Image(object.field("image")?),
            "video" => Self::Video(object.field("video")?),
            "gif" => Self::Gif(object.field("gif")?),
            "document" => Self::Document(object.field("document")?),
            "location" => Self::Location(object.field("location")?),
            "product" => Self::Product(object.field("product")?),
            other => {
                let known = "text, image, video, gif, document, location, product";
                return Err(no_such(at, "type", other, known));
            }
        };
        object.only(&["type", parameter.kind()])?;
        Ok(parameter)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        object.insert("type".into(), self.kind().into());
        let inside = match self {
            Self::Text(variable) => {
                variable.parameter_name.write_into("parameter_name", &mut object);
                variable.text.write()
            }
            Self::Image(source) | Self::Video(source) | Self::Gif(source) => source.write(),
            Self::Document(file) => file.write(),
            Self::Location(place) => place.write(),
            Self::Product(product) => product.write(),
        };
        object.insert(self.kind().into(), inside);
        Value::Object(object)
    }
}

/// What a variable of a body gets.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyParameter {
    /// The variable's name, in templates whose variables have names.
    pub name: Option<String>,
    /// Its value.
    pub value: BodyValue,
}

/// The value of a variable of a body.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BodyValue {
    /// Text.
    Text(String),
    /// An amount, written as the customer's phone writes it (legacy; text does as well).
    Currency(Currency),
    /// A date (legacy; text does as well).
    DateTime(DateTime),
}

object! {
    /// An amount of money.
    pub struct Currency {
        /// As text, where the phone cannot write it.
        fallback_value: String,
        /// ISO 4217 code, three capital letters.
        code: String,
        /// The amount in thousandths.
        amount_1000: i64,
    }
}

object! {
    /// A date. Phones show the text; the other fields are of an older form of the API.
    pub struct DateTime {
        /// As text.
        fallback_value: String,
        /// 1 is Monday.
        day_of_week: Option<u32>,
        /// Year.
        year: Option<u32>,
        /// 1 is January.
        month: Option<u32>,
        /// 1 to 31.
        day_of_month: Option<u32>,
        /// 0 to 23.
        hour: Option<u32>,
        /// 0 to 59.
        minute: Option<u32>,
        /// `GREGORIAN`.
        calendar: Option<String>,
    }
}

impl BodyParameter {
    /// A text for a variable without a name.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            name: None,
            value: BodyValue::Text(text.into()),
        }
    }

    /// A text for a variable with a name.
    pub fn named(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            name: Some(name.into()),
            value: BodyValue::Text(text.into()),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            BodyValue::Text(text) => Some(text),
            _ => None,
        }
    }

    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check_name(self.name.as_deref(), at)?;
        match &self.value {
            BodyValue::Text(text) => {
                check::text(&at.key("text"), text, BODY)?;
                check::one_line(&at.key("text"), text)
            }
            BodyValue::Currency(money) => {
                let at = at.key("currency");
                check::text(&at.key("fallback_value"), &money.fallback_value, BODY)?;
                if money.code.len() == 3 && money.code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                    return Ok(());
                }
                Err(at
                    .key("code")
                    .invalid("must be three capital letters, such as GBP")
                    .found(&money.code))
            }
            BodyValue::DateTime(date) => {
                let at = at.key("date_time");
                check::text(&at.key("fallback_value"), &date.fallback_value, BODY)
            }
        }
    }
}

impl Wire for BodyParameter {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        let value = match kind.as_str() {
            "text" => BodyValue::Text(object.field("text")?),
            "currency" => BodyValue::Currency(object.field("currency")?),
            "date_time" => BodyValue::DateTime(object.field("date_time")?),
            other => return Err(no_such(at, "type", other, "text, currency, date_time")),
        };
        let parameter = Self {
            name: object.field("parameter_name")?,
            value,
        };
        object.only(&["type", &kind, "parameter_name"])?;
        Ok(parameter)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        let (kind, inside) = match &self.value {
            BodyValue::Text(text) => ("text", text.write()),
            BodyValue::Currency(money) => ("currency", money.write()),
            BodyValue::DateTime(date) => ("date_time", date.write()),
        };
        object.insert("type".into(), kind.into());
        self.name.write_into("parameter_name", &mut object);
        object.insert(kind.into(), inside);
        Value::Object(object)
    }
}

/// All values of a body: each by itself, all by position or all by name, and together not longer than a body may be.
pub(super) fn check_body(values: &[BodyParameter], at: &At<'_>) -> Result<(), Invalid> {
    let mut length = 0;
    for (index, value) in values.iter().enumerate() {
        let at = at.index(index);
        value.check(&at)?;
        length += value.as_text().map_or(0, |text| text.chars().count());
        if value.name.is_some() != values[0].name.is_some() {
            let rule = "a body's variables have names, or none of them has";
            return Err(at.key("parameter_name").invalid(rule));
        }
        if let Some(name) = value.name.as_deref()
            && values[..index]
                .iter()
                .any(|other| other.name.as_deref() == Some(name))
        {
            return Err(at
                .key("parameter_name")
                .invalid("every variable needs exactly one value")
                .found(name));
        }
    }
    if length > BODY {
        let message = format!("a body has at most {BODY} characters; the variables alone have {length}");
        return Err(at.limit(BODY, length, message));
    }
    Ok(())
}

object! {
    /// Another title for an address.
    pub struct TapTarget {
        /// The address.
        url: String,
        /// What is shown instead of it.
        title: String,
    }
}

object! {
    /// The one parameter of a tap target configuration.
    pub struct TapTargets {
        /// Always `tap_target_configuration`.
        kind as "type": Option<String>,
        /// The titles.
        tap_target_configuration: Vec<TapTarget>,
    }
}

pub(super) fn check_targets(targets: &[TapTarget], at: &At<'_>) -> Result<(), Invalid> {
    let at = at.key("tap_target_configuration");
    check::count(&at, "addresses", targets.len(), 1, 10)?;
    for (index, target) in targets.iter().enumerate() {
        let at = at.index(index);
        check::link(&at.key("url"), &target.url)?;
        check::required(&at.key("title"), &target.title)?;
    }
    Ok(())
}
