//! Parts of a body as trees of values, with a memory limit: three megabytes of small objects would become several hundred.

use std::{cell::Cell, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Memory of a value in a list or object, in bytes.
const VALUE: usize = size_of::<Value>();
/// Memory of a non-empty object, in bytes: a node of its map has room for eleven entries.
const OBJECT: usize = 11 * (size_of::<String>() + VALUE) + 64;

/// Why there is no tree.
#[derive(Debug)]
pub(super) enum NoTree {
    /// It would take more room than there is.
    TooLarge,
    /// It is not what strict JSON allows, or a number would lose digits.
    Odd(serde_json::Error),
}

/// Reads a text as a tree and takes what it needs from `room`, in bytes; no part may take more than `most`.
pub(super) fn read(text: &str, room: &Cell<usize>, most: usize) -> Result<Value, NoTree> {
    let before = room.get();
    let part = Cell::new(before.min(most));
    let tree = Tree { room: &part };
    let value = tree.deserialize(&mut serde_json::Deserializer::from_str(text));
    match value {
        Ok(value) => {
            room.set(before - (before.min(most) - part.get()));
            Ok(value)
        }
        Err(_) if part.get() == 0 => Err(NoTree::TooLarge),
        Err(error) => Err(NoTree::Odd(error)),
    }
}

/// Whether a number keeps its digits as it was read: integers beyond 64 bits would be rounded.
pub(super) fn is_exact(number: &Number) -> bool {
    !number.is_f64() || number.as_f64().is_some_and(|float| float.abs() < 9.2e18)
}

#[derive(Clone, Copy)]
struct Tree<'r> {
    room: &'r Cell<usize>,
}

impl Tree<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        match self.room.get().checked_sub(bytes) {
            Some(left) if left > 0 => {
                self.room.set(left);
                Ok(())
            }
            _ => {
                self.room.set(0);
                Err(E::custom("takes more room than a part of a webhook may"))
            }
        }
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        self.take(VALUE)?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).filter(is_exact);
        number
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number that would lose digits"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        self.take(value.len())?;
        Ok(value.into())
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        self.take(value.len())?;
        Ok(value.into())
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(self)? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let first = values.is_empty();
            self.take(key.len() + if first { OBJECT } else { VALUE })?;
            values.insert(key, object.next_value_seed(self)?);
        }
        Ok(values.into())
    }
}

/// Reads a kept part again, as long as its tree takes no more than `most` bytes.
pub fn bounded(text: &str, most: usize) -> Option<Value> {
    read(text, &Cell::new(most), most).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_is_read_and_what_does_not_is_told() {
        let text = r#"{"a":[1,-2,2.5,true,null,"x"],"a":{"b":""}}"#;
        assert_eq!(bounded(text, 10_000), Some(json!({"a": {"b": ""}})));
        let many = format!("[{}]", vec!["{}"; 100_000].join(","));
        let room = Cell::new(1 << 20);
        assert!(matches!(read(&many, &room, 1 << 20), Err(NoTree::TooLarge)));
        assert_eq!(room.get(), 1 << 20, "what was not read takes nothing");
        assert!(read("[1]", &room, 1 << 20).is_ok());
        assert!(room.get() < 1 << 20);
        for odd in [r#""\ud83d""#, "1e400", "123456789012345678901234567890", "[1"] {
            assert!(matches!(read(odd, &room, 1 << 20), Err(NoTree::Odd(_))), "{odd}");
        }
    }
}
