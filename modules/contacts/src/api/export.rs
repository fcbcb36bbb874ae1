//! Contacts as a file.

use kernel::{Can, Result};
use poem::Body;
use poem_openapi::{Enum, OpenApi, param::Query, payload::Attachment};

use super::Tag;
use crate::{
    permission::ExportContacts,
    service::{self, ExportFormat, Filter},
};

/// A form of file.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case", rename = "ExportFormat")]
enum FormatIn {
    /// Text with commas: UTF-8 with a byte order mark, CRLF. Cells that a spreadsheet would calculate begin with an apostrophe.
    Csv,
    /// A workbook of at most 1,048,575 contacts; every cell is a text.
    Xlsx,
}

pub(crate) struct ExportApi;

#[OpenApi(tag = "Tag::Contacts")]
impl ExportApi {
    /// Export contacts
    ///
    /// All that the list with the same `search` and `tag` shows, newest first, as a file: phone number, name, username, BSUID, tags
    /// (separated by semicolons), the choice about marketing, note, when they were first known, and a column for each free field
    /// that any of them has, at most 500 (422 `too_many_fields`). It imports back to the same contacts.
    #[oai(path = "/contacts/export", method = "get", operation_id = "export_contacts")]
    async fn export_contacts(
        &self,
        can: Can<ExportContacts>,
        /// The form of the file; `csv` if absent.
        format: Query<Option<FormatIn>>,
        /// Only contacts that contain this text.
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// Only contacts with the tag of this name.
        #[oai(validator(max_length = 64))]
        tag: Query<Option<String>>,
    ) -> Result<Attachment<Body>> {
        let filter = Filter {
            search: search.0,
            tag: tag.0,
        };
        let fields = service::export_fields(can.db(), &filter).await?;
        let (body, name) = match format.0.unwrap_or(FormatIn::Csv).into() {
            ExportFormat::Csv => {
                let pieces = service::export_csv(can.db(), &filter, fields);
                (Body::from_bytes_stream(pieces), "contacts.csv")
            }
            ExportFormat::Xlsx => {
                let file = service::export_xlsx(can.db(), &filter, &fields).await?;
                (
                    Body::from_async_read(tokio::fs::File::from_std(file)),
                    "contacts.xlsx",
                )
            }
        };
        Ok(Attachment::new(body).filename(name))
    }
}

impl From<FormatIn> for ExportFormat {
    fn from(format: FormatIn) -> Self {
        match format {
            FormatIn::Csv => Self::Csv,
            FormatIn::Xlsx => Self::Xlsx,
        }
    }
}
