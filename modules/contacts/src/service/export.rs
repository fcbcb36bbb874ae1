//! Contacts as a file that imports back: read page by page, so that memory does not grow with their number.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Seek, SeekFrom},
};

use chrono::SecondsFormat;
use futures_util::{Stream, stream};
use kernel::{Error, PageQuery, Result, TenantDb};
use sheets::write::{Csv, XLSX_ROWS, Xlsx};

use super::{
    Attributes,
    read::{Contact, Filter, list_contacts},
};
use crate::error::ContactError;

/// The most columns of free fields: a file with more could not be imported again.
const MAX_FIELDS: usize = 500;
/// Contacts that are read at a time: the most of a list.
const PAGE: u64 = 200;
/// The columns that every file has, before the free fields.
const COLUMNS: [&str; 8] = [
    "Phone",
    "Name",
    "Username",
    "BSUID",
    "Tags",
    "Marketing",
    "Note",
    "Created",
];

/// A form of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text with commas.
    Csv,
    /// A workbook.
    Xlsx,
}

/// Contacts that are read page by page.
struct Pages {
    db: TenantDb,
    filter: Filter,
    after: Option<String>,
    ended: bool,
}

impl Pages {
    fn new(db: &TenantDb, filter: &Filter) -> Self {
        Self {
            db: db.clone(),
            filter: filter.clone(),
            after: None,
            ended: false,
        }
    }

    async fn next(&mut self) -> Result<Option<Vec<Contact>>, ContactError> {
        if self.ended {
            return Ok(None);
        }
        let page = PageQuery::new("contacts", Some(PAGE), self.after.take())?;
        let (contacts, after) = list_contacts(&self.db, self.filter.clone(), page).await?;
        self.ended = after.is_none();
        self.after = after;
        Ok(Some(contacts))
    }
}

/// The names of the free fields that any of the contacts has: they become columns.
///
/// # Errors
/// 422 `too_many_fields` when there are more than [`MAX_FIELDS`]; the database's.
pub(crate) async fn fields(db: &TenantDb, filter: &Filter) -> Result<Vec<String>, ContactError> {
    let mut fields = BTreeSet::new();
    let mut pages = Pages::new(db, filter);
    while let Some(contacts) = pages.next().await? {
        for contact in contacts {
            fields.extend(attributes(&contact)?.into_keys());
        }
        if fields.len() > MAX_FIELDS {
            return Err(ContactError::TooManyFields(MAX_FIELDS));
        }
    }
    Ok(fields.into_iter().collect())
}

/// The file as CSV, in pieces.
pub(crate) fn csv(
    db: &TenantDb,
    filter: &Filter,
    fields: Vec<String>,
) -> impl Stream<Item = std::io::Result<Vec<u8>>> + Send + use<> {
    let begin = (Pages::new(db, filter), fields, true);
    stream::try_unfold(begin, |(mut pages, fields, first)| async move {
        let mut csv = match first {
            true => Csv::new(Vec::new())?,
            false => Csv::bare(Vec::new()),
        };
        if first {
            csv.row(header(&fields))?;
        }
        let Some(contacts) = pages.next().await.map_err(std::io::Error::other)? else {
            return Ok(None);
        };
        for contact in &contacts {
            let cells = row(contact, &fields).map_err(std::io::Error::other)?;
            csv.row(cells.iter().map(String::as_str))?;
        }
        Ok(Some((csv.finish()?, (pages, fields, false))))
    })
}

/// The file as a workbook, in a temporary file.
///
/// # Errors
/// 422 `too_many_contacts` for more than a sheet has rows; the database's.
pub(crate) async fn xlsx(
    db: &TenantDb,
    filter: &Filter,
    fields: &[String],
) -> Result<std::fs::File, ContactError> {
    let broken = |error: std::io::Error| ContactError::Kernel(Error::internal(error.to_string()));
    let mut book = Xlsx::new().map_err(broken)?;
    book.row(header(fields)).map_err(broken)?;
    let mut pages = Pages::new(db, filter);
    let mut rows = 1;
    while let Some(contacts) = pages.next().await? {
        for contact in &contacts {
            rows += 1;
            if rows > XLSX_ROWS {
                return Err(ContactError::TooManyContacts(XLSX_ROWS - 1));
            }
            let cells = row(contact, fields)?;
            book.row(cells.iter().map(String::as_str)).map_err(broken)?;
        }
    }
    let written = tokio::task::spawn_blocking(move || {
        let mut file = tempfile::tempfile()?;
        book.finish(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    });
    let written = written.await.map_err(|error| broken(error.into()))?;
    written.map_err(broken)
}

fn header(fields: &[String]) -> impl Iterator<Item = &str> {
    COLUMNS.into_iter().chain(fields.iter().map(String::as_str))
}

fn attributes(contact: &Contact) -> Result<Attributes> {
    Ok(serde_json::from_str(&contact.row.attributes)?)
}

fn row(contact: &Contact, fields: &[String]) -> Result<Vec<String>> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut attributes: BTreeMap<String, String> = attributes(contact)?;
    let mut cells = vec![
        text(&contact.phone),
        text(&contact.row.name),
        text(&contact.username),
        text(&contact.bsuid),
        contact.tags.join("; "),
        text(&contact.row.marketing),
        text(&contact.row.note),
        contact.row.created_at.to_rfc3339_opts(SecondsFormat::Secs, true),
    ];
    cells.extend(
        fields
            .iter()
            .map(|field| attributes.remove(field).unwrap_or_default()),
    );
    Ok(cells)
}
