//! Conversion between values and wire JSON: the path of a value ([`At`]), reading and writing it ([`Wire`]), and [`object!`], which
//! declares an object's fields once for both directions.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::Invalid;

/// How unknown fields are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// From a caller: an unknown field is an error.
    Strict,
    /// From the database: an unknown field, of an older or newer version, is ignored.
    Lenient,
}

/// A path in the wire JSON. Costs nothing until it is displayed.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'p> {
    parent: Option<&'p At<'p>>,
    step: Step<'p>,
    reading: Reading,
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

impl<'p> At<'p> {
    /// The outermost place.
    pub(super) fn root(key: &'p str, reading: Reading) -> Self {
        Self {
            parent: None,
            step: Step::Key(key),
            reading,
        }
    }

    /// The field `key` of this place.
    pub(super) fn key(&'p self, key: &'p str) -> Self {
        Self {
            parent: Some(self),
            step: Step::Key(key),
            reading: self.reading,
        }
    }

    /// The element `index` of this place.
    pub(super) fn index(&'p self, index: usize) -> Self {
        Self {
            parent: Some(self),
            step: Step::Index(index),
            reading: self.reading,
        }
    }

    /// The index that an element states must be its position.
    pub(super) fn in_place(&self, key: &str, named: Option<u32>) -> Result<(), Invalid> {
        match (self.step, named) {
            (Step::Index(index), Some(named)) if usize::try_from(named) != Ok(index) => Err(self
                .key(key)
                .invalid(format!("must be {index}: they count from 0 in their order"))
                .found(named)),
            _ => Ok(()),
        }
    }

    /// A rule that is broken here.
    pub(super) fn invalid(&self, message: impl Into<String>) -> Invalid {
        Invalid::new(self.to_string(), message)
    }

    /// A rule with a number that is broken here.
    pub(super) fn limit(&self, limit: usize, actual: usize, message: impl Into<String>) -> Invalid {
        Invalid::limit(self.to_string(), limit, actual, message)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Key(key) if self.parent.is_some() => write!(f, ".{key}"),
            Step::Key(key) => f.write_str(key),
            Step::Index(index) => write!(f, "[{index}]"),
        }
    }
}

/// A value with a wire form.
pub(super) trait Wire: Sized {
    /// Reads it.
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid>;

    /// Writes it.
    fn write(&self) -> Value;

    /// What it is when its field is not there or `null`.
    fn absent(at: &At<'_>) -> Result<Self, Invalid> {
        Err(at.invalid("is missing"))
    }

    /// Writes it into an object; optional fields may be omitted.
    fn write_into(&self, key: &str, object: &mut Map<String, Value>) {
        object.insert(key.to_owned(), self.write());
    }
}

fn wrong(at: &At<'_>, value: &Value, expected: &str) -> Invalid {
    at.invalid(format!("must be {expected}")).found(value)
}

impl Wire for String {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        value
            .as_str()
            .map(ToOwned::to_owned)
            .ok_or_else(|| wrong(at, value, "a text"))
    }

    fn write(&self) -> Value {
        Value::from(self.as_str())
    }
}

impl Wire for bool {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        value.as_bool().ok_or_else(|| wrong(at, value, "true or false"))
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Wire for f64 {
    /// Numeric texts are numbers too, as WhatsApp takes them.
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let number = match value {
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            other => other.as_f64(),
        };
        number.ok_or_else(|| wrong(at, value, "a number"))
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl Wire for $number {
            fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
                crate::error::number(value)
                    .filter(|_| !value.is_f64())
                    .and_then(|number| <$number>::try_from(number).ok())
                    .ok_or_else(|| wrong(at, value, "a whole number"))
            }

            fn write(&self) -> Value {
                Value::from(*self)
            }
        }
    )*};
}

whole_numbers!(u32, i64);

impl Wire for Map<String, Value> {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        value
            .as_object()
            .cloned()
            .ok_or_else(|| wrong(at, value, "an object"))
    }

    fn write(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl<T: Wire> Wire for Option<T> {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        T::read(value, at).map(Some)
    }

    fn write(&self) -> Value {
        self.as_ref().map_or(Value::Null, Wire::write)
    }

    fn absent(_at: &At<'_>) -> Result<Self, Invalid> {
        Ok(None)
    }

    fn write_into(&self, key: &str, object: &mut Map<String, Value>) {
        if let Some(value) = self {
            value.write_into(key, object);
        }
    }
}

/// Nothing and no elements are the same; how many are needed is a limit like others.
impl<T: Wire> Wire for Vec<T> {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let items = value.as_array().ok_or_else(|| wrong(at, value, "a list"))?;
        items
            .iter()
            .enumerate()
            .map(|(index, item)| T::read(item, &at.index(index)))
            .collect()
    }

    fn write(&self) -> Value {
        self.iter().map(Wire::write).collect()
    }

    fn absent(_at: &At<'_>) -> Result<Self, Invalid> {
        Ok(Self::new())
    }

    fn write_into(&self, key: &str, object: &mut Map<String, Value>) {
        if !self.is_empty() {
            object.insert(key.to_owned(), self.write());
        }
    }
}

/// An object that is being read.
pub(super) struct Object<'v> {
    fields: &'v Map<String, Value>,
    at: &'v At<'v>,
}

impl<'v> Object<'v> {
    pub(super) fn of(value: &'v Value, at: &'v At<'v>) -> Result<Self, Invalid> {
        match value.as_object() {
            Some(fields) => Ok(Self { fields, at }),
            None => Err(wrong(at, value, "an object")),
        }
    }

    /// The field's own value; `null` is nothing.
    pub(super) fn value(&self, key: &str) -> Option<&'v Value> {
        self.fields.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn field<T: Wire>(&self, key: &str) -> Result<T, Invalid> {
        let at = self.at.key(key);
        match self.value(key) {
            Some(value) => T::read(value, &at),
            None => T::absent(&at),
        }
    }

    /// The field that names the kind, in small letters: WhatsApp takes both, and its examples have both.
    pub(super) fn tag(&self, key: &str) -> Result<String, Invalid> {
        Ok(self.field::<String>(key)?.to_lowercase())
    }

    /// Refuses other fields, unless the value comes from the database, where another version may have written it.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Invalid> {
        if self.at.reading == Reading::Lenient {
            return Ok(());
        }
        match self
            .fields
            .iter()
            .find(|(key, value)| !known.contains(&key.as_str()) && !value.is_null())
        {
            None => Ok(()),
            Some((key, value)) => {
                let known = known.join("`, `");
                Err(self
                    .at
                    .key(key)
                    .invalid(format!("is not a field here; there are `{known}`"))
                    .found(value))
            }
        }
    }
}

/// A kind that does not exist.
pub(super) fn no_such(at: &At<'_>, key: &str, found: &str, known: &str) -> Invalid {
    at.key(key)
        .invalid(format!("must be one of {known}"))
        .found(found)
}

/// Declares an object of the wire: its fields, once. `name as "key"` where the key is not the name.
macro_rules! object {
    (@key $field:ident) => { stringify!($field) };
    (@key $field:ident $key:literal) => { $key };
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident $(as $key:literal)? : $type:ty, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
        }

        impl $crate::message::wire::Wire for $name {
            fn read(
                value: &serde_json::Value,
                at: &$crate::message::wire::At<'_>,
            ) -> Result<Self, $crate::error::Invalid> {
                let object = $crate::message::wire::Object::of(value, at)?;
                let read = Self {
                    $( $field: object.field($crate::message::wire::object!(@key $field $($key)?))?, )*
                };
                object.only(&[$( $crate::message::wire::object!(@key $field $($key)?), )*])?;
                Ok(read)
            }

            fn write(&self) -> serde_json::Value {
                let mut object = serde_json::Map::new();
                $( $crate::message::wire::Wire::write_into(
                    &self.$field,
                    $crate::message::wire::object!(@key $field $($key)?),
                    &mut object,
                ); )*
                serde_json::Value::Object(object)
            }
        }
    };
}

pub(super) use object;
