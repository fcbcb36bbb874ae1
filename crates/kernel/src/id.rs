//! Typed ids with a readable prefix: a contact's id prints `con_0199…` and can never be passed where a message's is wanted.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// What every id type of the house can do. Implemented by the [`id!`](crate::id!) macro only.
pub trait Id: Copy + Send + Sync + std::fmt::Display + 'static {
    /// What the id's text starts with, without the underscore.
    const PREFIX: &'static str;
    /// Wraps a UUID.
    fn from_uuid(uuid: Uuid) -> Self;
    /// The UUID inside.
    fn uuid(self) -> Uuid;
}

/// What every id made at this time or later is not below: ids are in the order of time, to the millisecond.
pub fn first_at<I: Id>(at: DateTime<Utc>) -> I {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or_default();
    I::from_uuid(Uuid::from_u128(millis << 80))
}

/// Reads `prefix_<32 hex digits>`.
///
/// # Errors
/// A sentence that says what such an id looks like.
pub fn parse(prefix: &str, text: &str) -> Result<Uuid, String> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|rest| rest.len() == 32 && !rest.contains(|c: char| c.is_ascii_uppercase()))
        .and_then(|rest| Uuid::try_parse(rest).ok())
        .ok_or_else(|| format!("expected an id that looks like {prefix}_ and 32 hexadecimal digits"))
}

/// Declares an id type: `id!(/// A contact. ContactId, "con");`
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name($crate::reexport::uuid::Uuid);

        const _: () = {
            use std::borrow::Cow;
            use $crate::reexport::{poem_openapi, sea_orm, serde, serde_json, uuid::Uuid};
            use poem_openapi::{registry::{MetaSchema, MetaSchemaRef}, types};

            impl $crate::id::Id for $name {
                const PREFIX: &'static str = $prefix;
                fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
                fn uuid(self) -> Uuid { self.0 }
            }
            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    write!(f, concat!($prefix, "_{}"), self.0.simple())
                }
            }
            impl std::fmt::Debug for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { std::fmt::Display::fmt(self, f) }
            }
            impl std::str::FromStr for $name {
                type Err = String;
                fn from_str(text: &str) -> Result<Self, String> { $crate::id::parse($prefix, text).map(Self) }
            }
            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.collect_str(self) }
            }
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                    let text = <Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                    text.parse().map_err(serde::de::Error::custom)
                }
            }

            impl From<$name> for sea_orm::Value {
                fn from(id: $name) -> Self { sea_orm::Value::Uuid(Some(id.0)) }
            }
            impl sea_orm::TryGetable for $name {
                fn try_get_by<I: sea_orm::ColIdx>(row: &sea_orm::QueryResult, index: I) -> Result<Self, sea_orm::TryGetError> {
                    <Uuid as sea_orm::TryGetable>::try_get_by(row, index).map(Self)
                }
            }
            impl sea_orm::sea_query::ValueType for $name {
                fn try_from(v: sea_orm::Value) -> Result<Self, sea_orm::sea_query::ValueTypeErr> {
                    <Uuid as sea_orm::sea_query::ValueType>::try_from(v).map(Self)
                }
                fn type_name() -> String { stringify!($name).to_owned() }
                fn array_type() -> sea_orm::sea_query::ArrayType { sea_orm::sea_query::ArrayType::Uuid }
                fn column_type() -> sea_orm::ColumnType { sea_orm::ColumnType::Uuid }
            }
            impl sea_orm::sea_query::Nullable for $name {
                fn null() -> sea_orm::Value { sea_orm::Value::Uuid(None) }
            }
            impl sea_orm::TryFromU64 for $name {
                fn try_from_u64(_: u64) -> Result<Self, sea_orm::DbErr> {
                    Err(sea_orm::DbErr::ConvertFromU64(stringify!($name)))
                }
            }

            impl types::Type for $name {
                const IS_REQUIRED: bool = true;
                type RawValueType = Self;
                type RawElementValueType = Self;
                fn name() -> Cow<'static, str> { concat!("string_", $prefix, "_id").into() }
                fn schema_ref() -> MetaSchemaRef {
                    MetaSchemaRef::Inline(Box::new(MetaSchema {
                        example: Some(serde_json::Value::String(
                            concat!($prefix, "_0199c0a4d2c87b1e9a3f5d6e7f809112").to_owned())),
                        ..MetaSchema::new_with_format("string", concat!($prefix, "-id"))
                    }))
                }
                fn as_raw_value(&self) -> Option<&Self> { Some(self) }
                fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
                    Box::new(std::iter::once(self))
                }
            }
            impl types::ParseFromJSON for $name {
                fn parse_from_json(value: Option<serde_json::Value>) -> types::ParseResult<Self> {
                    match value.unwrap_or_default() {
                        serde_json::Value::String(text) => text.parse::<Self>().map_err(types::ParseError::custom),
                        other => Err(types::ParseError::expected_type(other)),
                    }
                }
            }
            impl types::ParseFromParameter for $name {
                fn parse_from_parameter(text: &str) -> types::ParseResult<Self> {
                    text.parse::<Self>().map_err(types::ParseError::custom)
                }
            }
            impl types::ToJSON for $name {
                fn to_json(&self) -> Option<serde_json::Value> { Some(serde_json::Value::String(self.to_string())) }
            }
        };
    };
}

id!(
    /// A tenant: one business with its own numbers, people and data.
    TenantId,
    "ten"
);
id!(
    /// A person who signs in. A user may belong to several tenants.
    UserId,
    "usr"
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn text_and_value_are_the_same_id(raw in any::<u128>()) {
            let id = TenantId::from_uuid(Uuid::from_u128(raw));
            prop_assert_eq!(id.to_string().parse::<TenantId>(), Ok(id));
        }

        #[test]
        fn anything_else_is_refused_without_a_panic(text in "\\PC{0,60}") {
            prop_assert!(text.parse::<TenantId>().is_err());
        }
    }

    #[test]
    fn ids_are_in_the_order_of_time() {
        let (clock, hand) = crate::Clock::manual("2026-05-01T10:00:00.000Z".parse().unwrap());
        let earlier: TenantId = clock.new_id();
        hand.advance(chrono::TimeDelta::milliseconds(1));
        let first: TenantId = first_at(clock.now());
        assert!(earlier < first && first <= clock.new_id());
    }

    #[test]
    fn one_kind_of_id_is_not_another() {
        let user = UserId::from_uuid(Uuid::from_u128(7)).to_string();
        assert!(user.parse::<TenantId>().unwrap_err().contains("ten_"));
    }
}
