//! Keyset pages: bounded, without totals and without offsets.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use poem_openapi::{
    Object,
    types::{ParseFromJSON, ToJSON, Type},
};
use uuid::Uuid;

use crate::{Error, Result};

/// How many rows a page has when nobody says.
pub const DEFAULT_LIMIT: u64 = 50;
/// The most rows a page may have.
pub const MAX_LIMIT: u64 = 200;

/// One page of a list.
#[derive(Clone, Debug, Object, serde::Serialize)]
#[oai(skip_serializing_if_is_none)]
pub struct Page<T: Type + ParseFromJSON + ToJSON> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// Pass it as `after` for the following page. Absent on the last one.
    pub next: Option<String>,
}

impl<T: Type + ParseFromJSON + ToJSON> Page<T> {
    /// The page that shows these rows; `rows` are a list's answer: the rows and the next cursor.
    pub fn of<R>(rows: (Vec<R>, Option<String>), shape: impl FnMut(R) -> T) -> Self {
        Self {
            items: rows.0.into_iter().map(shape).collect(),
            next: rows.1,
        }
    }
}

/// Where a page starts: after the row with this instant and id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The sort key; for lists sorted by id alone, the Unix epoch.
    pub at: DateTime<Utc>,
    /// The row's id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// A cursor for a list sorted by id.
    pub fn by_id(id: Uuid) -> Self {
        Self {
            at: DateTime::UNIX_EPOCH,
            id,
        }
    }

    /// Opaque text for the wire. It holds a mark of the list, by its name.
    pub fn encode(&self, list: &str) -> String {
        let mut bytes = [0u8; 28];
        bytes[..4].copy_from_slice(&mark(list));
        bytes[4..12].copy_from_slice(&self.at.timestamp_micros().to_be_bytes());
        bytes[12..].copy_from_slice(self.id.as_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::encode`] wrote for the same list.
    ///
    /// # Errors
    /// 422 on `after` for anything else.
    pub fn decode(list: &str, text: &str) -> Result<Self> {
        let refused = || {
            Error::invalid(
                "after",
                "is not a cursor of this list; pass `next` of the previous page unchanged",
            )
        };
        let bytes: [u8; 28] = URL_SAFE_NO_PAD
            .decode(text)
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or_else(refused)?;
        let (of_list, rest) = bytes.split_at(4);
        if of_list != mark(list) {
            return Err(refused());
        }
        let (at, id) = rest.split_at(8);
        let micros = i64::from_be_bytes(at.try_into().map_err(|_| refused())?);
        Ok(Self {
            at: DateTime::from_timestamp_micros(micros).ok_or_else(refused)?,
            id: Uuid::from_slice(id).map_err(|_| refused())?,
        })
    }
}

/// Tells the cursors of lists apart: FNV-1a of the list's name.
fn mark(list: &str) -> [u8; 4] {
    let mixed = list.bytes().fold(0x811c_9dc5_u32, |mix, byte| {
        (mix ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    mixed.to_be_bytes()
}

/// What a list was asked for.
#[derive(Clone, Copy, Debug)]
pub struct PageQuery {
    /// The list's name; its cursors are no other list's.
    pub list: &'static str,
    /// Rows wanted, 1 to [`MAX_LIMIT`].
    pub limit: u64,
    /// Where to start.
    pub after: Option<Cursor>,
}

impl PageQuery {
    /// From the query string's `limit` and `after`, for the list of this name.
    ///
    /// # Errors
    /// 422 when `limit` is out of its range, or `after` is no cursor of this list.
    pub fn new(list: &'static str, limit: Option<u64>, after: Option<String>) -> Result<Self> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::invalid("limit", format!("must be from 1 to {MAX_LIMIT}")));
        }
        let after = after.map(|after| Cursor::decode(list, &after));
        Ok(Self {
            list,
            limit,
            after: after.transpose()?,
        })
    }

    /// How many rows to fetch: one more than wanted tells whether a next page exists, without a COUNT.
    pub fn fetch(&self) -> u64 {
        self.limit + 1
    }

    /// Cuts the surplus row off and makes the cursor of the next page from the last row kept.
    pub fn cut<R>(&self, rows: &mut Vec<R>, key: impl Fn(&R) -> Cursor) -> Option<String> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        if rows.len() <= limit {
            return None;
        }
        rows.truncate(limit);
        rows.last().map(|row| key(row).encode(self.list))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cursor_survives_the_wire(micros in 0i64..4_000_000_000_000_000, id in any::<u128>()) {
            let cursor = Cursor { at: DateTime::from_timestamp_micros(micros).unwrap(), id: Uuid::from_u128(id) };
            prop_assert_eq!(Cursor::decode("rows", &cursor.encode("rows")).unwrap(), cursor);
            prop_assert!(Cursor::decode("lines", &cursor.encode("rows")).is_err());
        }

        #[test]
        fn rubbish_is_a_422(text in "\\PC{0,40}") {
            if let Err(error) = Cursor::decode("rows", &text) {
                prop_assert_eq!(error.status().as_u16(), 422);
            }
        }
    }

    #[test]
    fn the_last_page_has_no_next() {
        let query = PageQuery {
            list: "rows",
            limit: 2,
            after: None,
        };
        let key = |n: &u128| Cursor::by_id(Uuid::from_u128(*n));
        assert_eq!(query.cut(&mut vec![1, 2], key), None);
        let mut rows = vec![1, 2, 3];
        assert_eq!(query.cut(&mut rows, key), Some(key(&2).encode("rows")));
        assert_eq!(rows, [1, 2]);
    }
}
