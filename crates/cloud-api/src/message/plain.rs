//! Files, places and reactions (Cloud API: text and media).

use serde_json::{Map, Value};

use super::{
    check,
    wire::{At, Object, Wire, object},
};
use crate::{error::Invalid, ids::MediaId};

/// Where the file of a media message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MediaSource {
    /// A public http(s) address; Meta fetches it after accepting the message and caches it for 10 minutes.
    Link(String),
    /// An uploaded file.
    Id(MediaId),
}

impl MediaSource {
    /// The source among the fields of an object.
    pub(super) fn among(object: &Object<'_>, at: &At<'_>) -> Result<Self, Invalid> {
        let text = |key: &str| object.field::<Option<String>>(key);
        match (text("id")?, text("link")?) {
            (Some(id), None) => Ok(Self::Id(MediaId::from(id))),
            (None, Some(link)) => Ok(Self::Link(link)),
            (Some(_), Some(_)) => Err(at.invalid("needs exactly one of `id` and `link`, has both")),
            (None, None) => Err(at.invalid("needs exactly one of `id` and `link`, has none")),
        }
    }

    pub(super) fn write_among(&self, object: &mut Map<String, Value>) {
        match self {
            Self::Link(link) => object.insert("link".into(), link.as_str().into()),
            Self::Id(id) => object.insert("id".into(), id.as_str().into()),
        };
    }

    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        match self {
            Self::Link(link) => check::link(&at.key("link"), link),
            Self::Id(id) => check::required(&at.key("id"), id.as_str()),
        }
    }
}

/// A file alone, as headers have it.
impl Wire for MediaSource {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let source = Self::among(&object, at)?;
        object.only(&["id", "link"])?;
        Ok(source)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        self.write_among(&mut object);
        Value::Object(object)
    }
}

/// A document as headers have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFile {
    /// The file.
    pub source: MediaSource,
    /// Decides the name and the icon that are shown.
    pub filename: Option<String>,
}

impl DocumentFile {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        self.source.check(at)
    }
}

impl Wire for DocumentFile {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let file = Self {
            source: MediaSource::among(&object, at)?,
            filename: object.field("filename")?,
        };
        object.only(&["id", "link", "filename"])?;
        Ok(file)
    }

    fn write(&self) -> Value {
        let mut object = Map::new();
        self.source.write_among(&mut object);
        self.filename.write_into("filename", &mut object);
        Value::Object(object)
    }
}

object! {
    /// A place on the map.
    pub struct Place {
        /// Degrees, -90 to 90.
        latitude: f64,
        /// Degrees, -180 to 180.
        longitude: f64,
        /// Name of the place.
        name: Option<String>,
        /// Address of the place.
        address: Option<String>,
    }
}

impl Place {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        degrees(&at.key("latitude"), self.latitude, 90)?;
        degrees(&at.key("longitude"), self.longitude, 180)
    }
}

/// An angle within bounds on both sides of zero.
pub(super) fn degrees(at: &At<'_>, found: f64, limit: u16) -> Result<(), Invalid> {
    if (-f64::from(limit)..=f64::from(limit)).contains(&found) {
        return Ok(());
    }
    let mut invalid = at
        .invalid(format!("must be between -{limit} and {limit}, is {found}"))
        .found(found);
    invalid.limit = Some(usize::from(limit));
    Err(invalid)
}
