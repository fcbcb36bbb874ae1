//! The outline of a body: locates its parts, and parses only those that are read.

use std::{borrow::Cow, cell::Cell, fmt};

use serde::{
    Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Error, value::RawValue};

use super::{read, tree};

type Raw<'a> = &'a RawValue;

/// The raw values of these keys of an object; of a duplicate key the last one. None when the text
/// is no object.
///
/// # Errors
/// When it is not what strict JSON allows.
pub(super) fn fields<'a, const N: usize>(
    text: &'a str,
    keys: [&str; N],
) -> Result<Option<[Option<Raw<'a>>; N]>, Error> {
    struct Wanted<'k, const N: usize>([&'k str; N]);
    impl<'de, const N: usize> Visitor<'de> for Wanted<'_, N> {
        type Value = [Option<Raw<'de>>; N];

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
            let mut found = [None; N];
            while let Some(Key(key)) = object.next_key()? {
                match self.0.iter().position(|wanted| *wanted == key) {
                    Some(at) => found[at] = Some(object.next_value()?),
                    None => _ = object.next_value::<IgnoredAny>()?,
                }
            }
            Ok(found)
        }
    }
    if !text.trim_ascii_start().starts_with('{') {
        return Ok(None);
    }
    let mut from = serde_json::Deserializer::from_str(text);
    let found = from.deserialize_map(Wanted(keys))?;
    from.end()?;
    Ok(Some(found))
}

/// A key, copied only where it has escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// The raw elements of a list, the first `most` of them, and how many more there are. None when the text is
/// no list.
///
/// # Errors
/// When it is not what strict JSON allows.
pub(super) fn elements(text: &str, most: usize) -> Result<Option<(Vec<Raw<'_>>, usize)>, Error> {
    struct First(usize);
    impl<'de> Visitor<'de> for First {
        type Value = (Vec<Raw<'de>>, usize);

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
            let mut first = Vec::new();
            while first.len() < self.0
                && let Some(element) = list.next_element()?
            {
                first.push(element);
            }
            let mut more = 0;
            while list.next_element::<IgnoredAny>()?.is_some() {
                more += 1;
            }
            Ok((first, more))
        }
    }
    if !text.trim_ascii_start().starts_with('[') {
        return Ok(None);
    }
    serde_json::Deserializer::from_str(text)
        .deserialize_seq(First(most))
        .map(Some)
}

/// A short text, by the rules of [`read::text`]: none where it is missing, empty, or neither text nor number.
///
/// # Errors
/// When it is not what strict JSON allows, or a number that would lose digits.
pub(super) fn text<'a>(raw: Option<Raw<'a>>) -> Result<Option<Cow<'a, str>>, Error> {
    let Some(raw) = raw.map(RawValue::get) else {
        return Ok(None);
    };
    match raw.as_bytes() {
        [b'"', inner @ .., b'"'] if !inner.contains(&b'\\') => {
            Ok(Some(Cow::Borrowed(&raw[1..raw.len() - 1])).filter(|text| !text.is_empty()))
        }
        [b'"' | b'-' | b'0'..=b'9', ..] => match tree::read(raw, &Cell::new(1 << 16), 1 << 16) {
            Ok(value) => Ok(read::as_text(&value).map(Cow::Owned)),
            Err(tree::NoTree::TooLarge) => Ok(None),
            Err(tree::NoTree::Odd(error)) => Err(error),
        },
        _ => Ok(None),
    }
}
