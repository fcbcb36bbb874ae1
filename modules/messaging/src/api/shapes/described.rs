//! JSON as the caller wrote it, described by a type.

use std::{borrow::Cow, marker::PhantomData};

use poem_openapi::{
    registry::{MetaSchemaRef, Registry},
    types::{ParseFromJSON, ParseResult, Type},
};
use serde::Deserialize;
use serde_json::Value;

/// The body as it came. `T` is what the description says of it; the checks are `cloud-api`'s, because they name the field's
/// path, its limit and what was found. Nothing but care holds the two together yet.
#[derive(Clone, Debug)]
pub struct Described<T>(pub Value, PhantomData<fn() -> T>);

/// One example: of which schema, and what.
#[derive(Deserialize)]
struct Example {
    schema: String,
    example: Value,
}

/// An example for every kind of message, and for every kind of interactive message.
const EXAMPLES: &str = include_str!("examples.json");

impl<T: Type> Type for Described<T> {
    const IS_REQUIRED: bool = T::IS_REQUIRED;

    type RawValueType = Self;

    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        T::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
        let examples: Vec<Example> = serde_json::from_str(EXAMPLES).unwrap_or_default();
        for Example { schema, example } in examples {
            if let Some(described) = registry.schemas.get_mut(&schema) {
                described.example = Some(example);
            }
        }
    }

    fn as_raw_value(&self) -> Option<&Self::RawValueType> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<T: Type> ParseFromJSON for Described<T> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        Ok(Self(value.unwrap_or_default(), PhantomData))
    }
}
