//! Lists of people as files: reads CSV and XLSX as people have them, and writes both.
//!
//! [`sniff`] says what a file is, [`read`] goes through its records in bounded memory, [`people::Reader`] makes people of them. The
//! same three calls make a preview and an import.

pub mod people;
pub mod write;

mod clean;
mod delimited;
mod encoding;
mod guess;
mod sniff;
mod workbook;

use std::{
    io::{Read, Seek},
    ops::ControlFlow,
};

pub use guess::Meaning;
pub use sniff::{Column, Encoding, Header, Kind, Layout, Overrides, RawRow, Sheet, Sniffed, sniff};

/// The most columns of a file.
pub const MAX_COLUMNS: usize = 1_000;
/// The longest record of a text file, in bytes of UTF-8.
pub const MAX_RECORD: usize = 1 << 20;
/// The longest cell that is kept, in bytes; Excel's own is 32,767 characters.
pub const MAX_CELL: usize = 128 << 10;

/// A file that can be read from anywhere.
pub trait File: Read + Seek + Send {}

impl<T: Read + Seek + Send> File for T {}

/// Why a whole file is refused, in words for whoever gave it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No visible character in it.
    #[error("The file is empty.")]
    EmptyFile,
    /// A header and nothing else.
    #[error("The file has a header but no rows.")]
    NoRows,
    /// Text of another kind: a web page, JSON.
    #[error("This is not a table but a web page or another kind of text. Save it as CSV or XLSX.")]
    NotCsv,
    /// Another kind of file.
    #[error("Only CSV and XLSX files can be read. Save it as one of them, without a password.")]
    UnsupportedFormat,
    /// A workbook that cannot be opened.
    #[error("The workbook is damaged or was not uploaded completely. Open it, save it again and upload it.")]
    CorruptFile,
    /// XML that defines its own entities.
    #[error("The workbook has definitions that could be an attack. Save it as CSV.")]
    UnsafeXml,
    /// Something in it is larger than it may be.
    #[error("{0}")]
    TooLarge(String),
    /// The sheet that was asked for is not there.
    #[error("The workbook has no sheet of this name.")]
    NoSuchSheet,
    /// The encoding that was asked for is not known.
    #[error("This encoding is not known.")]
    NoSuchEncoding,
    /// The file cannot be read at the moment.
    #[error("The file cannot be read: {0}")]
    Io(#[from] std::io::Error),
}

impl FileError {
    /// A stable name: `empty_file`, `too_large`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::EmptyFile => "empty_file",
            Self::NoRows => "no_rows",
            Self::NotCsv => "not_csv",
            Self::UnsupportedFormat => "unsupported_format",
            Self::CorruptFile => "corrupt_file",
            Self::UnsafeXml => "unsafe_xml",
            Self::TooLarge(_) => "too_large",
            Self::NoSuchSheet => "no_such_sheet",
            Self::NoSuchEncoding => "no_such_encoding",
            Self::Io(_) => "unreadable",
        }
    }
}

/// What is wrong with the form of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// More filled cells than columns: a separator inside a cell has moved them.
    TooManyFields,
    /// Text follows a closing quote.
    MalformedQuotes,
    /// A quote is never closed.
    UnterminatedQuote,
    /// Bytes that are no text in the file's encoding.
    UndecodableText,
}

impl Problem {
    /// A stable name: `too_many_fields`.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooManyFields => "too_many_fields",
            Self::MalformedQuotes => "malformed_quotes",
            Self::UnterminatedQuote => "unterminated_quote",
            Self::UndecodableText => "undecodable_text",
        }
    }
}

/// A row of the file after its header. Blank ones are not counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// 1 for the first after the header.
    pub number: u64,
    /// Where it begins: a line of the text, a row of the sheet. 1 for the first.
    pub line: u64,
    /// Its cells, cleaned; short rows are filled up with empty ones.
    pub cells: Vec<String>,
    /// What is wrong with it.
    pub problem: Option<Problem>,
}

/// Goes through the records until `each` breaks off. Memory does not grow with the file, but for a workbook's shared texts.
///
/// # Errors
/// What makes the rest unreadable.
pub fn read(
    mut file: impl File,
    layout: &Layout,
    mut each: impl FnMut(Record) -> ControlFlow<()>,
) -> Result<(), FileError> {
    let mut number = 0;
    let mut after_header = layout.header_line.is_none();
    raw(&mut file, layout, |row| {
        if !after_header {
            after_header = Some(row.line) == layout.header_line;
            return ControlFlow::Continue(());
        }
        number += 1;
        each(record(row, number, layout.width))
    })
}

/// Goes through all rows that are not blank, those above the header too.
pub(crate) fn raw(
    file: &mut impl File,
    layout: &Layout,
    mut each: impl FnMut(Raw) -> ControlFlow<()>,
) -> Result<(), FileError> {
    let each = |mut row: Raw| {
        row.cells.iter_mut().for_each(clean::clean);
        match row.cells.iter().all(String::is_empty) {
            true => ControlFlow::Continue(()),
            false => each(row),
        }
    };
    match &layout.kind {
        sniff::Form::Text {
            encoding,
            skip,
            delimiter,
        } => delimited::read(file, encoding, *skip, *delimiter, each),
        sniff::Form::Workbook { sheet } => workbook::read(file, sheet, each),
    }
}

/// A row as it stands in the file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raw {
    pub(crate) line: u64,
    pub(crate) cells: Vec<String>,
    pub(crate) problem: Option<Problem>,
}

fn record(row: Raw, number: u64, width: usize) -> Record {
    let Raw {
        line,
        mut cells,
        problem,
    } = row;
    let more = cells.iter().skip(width).any(|cell| !cell.is_empty());
    let undecodable = cells
        .iter()
        .any(|cell| cell.contains(char::REPLACEMENT_CHARACTER));
    let problem = problem
        .or(undecodable.then_some(Problem::UndecodableText))
        .or(more.then_some(Problem::TooManyFields));
    if cells.len() < width {
        cells.resize(width, String::new());
    } else if !more {
        cells.truncate(width);
    }
    Record {
        number,
        line,
        cells,
        problem,
    }
}
