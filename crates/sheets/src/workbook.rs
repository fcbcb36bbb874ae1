//! Workbooks. Their parts are unpacked and counted before anything opens them: what a part says of its own size is not believed.

use std::{
    io::{BufReader, Read, SeekFrom},
    ops::ControlFlow,
};

use calamine::{DataRef, Reader as _, SheetType, SheetVisible, Xlsx};
use zip::ZipArchive;

use crate::{File, FileError, MAX_COLUMNS, Raw, Sheet};

/// Bytes of the texts that cells share, unpacked.
const SHARED: u64 = 64 << 20;
/// Texts that cells share.
const SHARED_TEXTS: u64 = 3_000_000;
/// Bytes of one sheet, unpacked.
const SHEET: u64 = 512 << 20;
/// Bytes of any other part that is read.
const OTHER: u64 = 16 << 20;
/// Files in the archive.
const PARTS: usize = 10_000;
/// Bytes between two tags: a cell has 32,767 characters, and what is between tags is held in memory.
const BETWEEN_TAGS: u64 = 8 << 20;
/// From here on the part may not be more than [`RATIO`] times its packed size.
const RATIO_FROM: u64 = 32 << 20;
/// How much smaller a packed part of real data may be.
const RATIO: u64 = 200;

/// The sheets of the workbook, in their order.
pub(crate) fn sheets(file: &mut impl File) -> Result<Vec<Sheet>, FileError> {
    inspect(file)?;
    guarded(|| {
        let book = open(file)?;
        let sheets = book.sheets_metadata().iter();
        Ok(sheets
            .filter(|sheet| sheet.typ == SheetType::WorkSheet)
            .map(|sheet| Sheet {
                name: sheet.name.clone(),
                hidden: sheet.visible != SheetVisible::Visible,
            })
            .collect())
    })
}

/// Goes through the rows of a sheet. The workbook has been inspected.
pub(crate) fn read(
    file: &mut impl File,
    sheet: &str,
    mut each: impl FnMut(Raw) -> ControlFlow<()>,
) -> Result<(), FileError> {
    guarded(|| {
        let mut book = open(file)?;
        if !book.sheet_names().iter().any(|name| name == sheet) {
            return Err(FileError::NoSuchSheet);
        }
        let mut cells = book
            .worksheet_cells_reader(sheet)
            .map_err(|_| FileError::CorruptFile)?;
        let mut row = Raw::default();
        while let Some(cell) = cells.next_cell().map_err(|_| FileError::CorruptFile)? {
            let text = text(cell.get_value());
            if text.is_empty() {
                continue;
            }
            let (line, column) = cell.get_position();
            let (line, column) = (u64::from(line) + 1, column as usize);
            if column >= MAX_COLUMNS {
                return Err(FileError::TooLarge(format!(
                    "Row {line} has more than {MAX_COLUMNS} columns."
                )));
            }
            if line != row.line {
                if row.line > 0 && each(std::mem::take(&mut row)).is_break() {
                    return Ok(());
                }
                row.line = line;
            }
            if row.cells.len() <= column {
                row.cells.resize(column + 1, String::new());
            }
            row.cells[column] = text;
        }
        if row.line > 0 {
            let _ = each(row);
        }
        Ok(())
    })
}

fn open<F: File>(file: &mut F) -> Result<Xlsx<BufReader<&mut F>>, FileError> {
    file.seek(SeekFrom::Start(0))?;
    Xlsx::new(BufReader::new(file)).map_err(|_| FileError::CorruptFile)
}

/// A damaged workbook must not end the process, whatever its reader makes of it.
fn guarded<T>(work: impl FnOnce() -> Result<T, FileError>) -> Result<T, FileError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).unwrap_or(Err(FileError::CorruptFile))
}

/// A cell as it is read: whole numbers without a point, days as 2026-12-31.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(at) => match at.as_datetime().filter(|_| at.is_datetime()) {
            Some(at) if at.time() == Default::default() => at.date().to_string(),
            Some(at) => at.to_string(),
            None => number_text(at.as_f64()),
        },
    }
}

/// Spreadsheets keep 15 digits; what has more is shown so that nobody takes it for exact.
fn number_text(number: f64) -> String {
    if number.abs() < 1e15 {
        format!("{number}")
    } else {
        format!("{number:E}").replace('E', "E+")
    }
}

/// Unpacks every part that will be read, without keeping it.
fn inspect(file: &mut impl File) -> Result<(), FileError> {
    file.seek(SeekFrom::Start(0))?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|_| FileError::CorruptFile)?;
    if archive.len() > PARTS {
        return Err(too_large());
    }
    let mut names = Vec::with_capacity(archive.len());
    for name in archive.file_names() {
        names.push(name.map_err(|_| FileError::CorruptFile)?.into_owned());
    }
    let has = |name: &str| names.iter().any(|it| it.eq_ignore_ascii_case(name));
    if !has("xl/workbook.xml") {
        return Err(FileError::UnsupportedFormat);
    }
    for name in names {
        let lower = name.to_lowercase();
        if !(lower.ends_with(".xml") || lower.ends_with(".rels")) {
            continue;
        }
        let limits = if lower.starts_with("xl/worksheets/") {
            (SHEET, u64::MAX)
        } else if lower.ends_with("sharedstrings.xml") {
            (SHARED, SHARED_TEXTS)
        } else {
            (OTHER, u64::MAX)
        };
        let mut part = archive.by_name(&name).map_err(|_| FileError::CorruptFile)?;
        let packed = part.compressed_size();
        unpack(&mut part, packed, limits)?;
    }
    Ok(())
}

fn unpack(part: &mut impl Read, packed: u64, (most, texts): (u64, u64)) -> Result<(), FileError> {
    let mut buffer = vec![0; 64 << 10];
    let (mut count, mut found, mut without_tag) = (0_u64, 0_u64, 0_u64);
    let mut carried: Vec<u8> = Vec::new();
    loop {
        let read = match part.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => read,
            Err(_) => return Err(FileError::CorruptFile),
        };
        let bytes = &buffer[..read];
        count += read as u64;
        if count > most || (count > RATIO_FROM && count / RATIO > packed) {
            return Err(too_large());
        }
        for run in bytes.split(|byte| *byte == b'<').enumerate() {
            let (at, run) = run;
            without_tag = if at == 0 { without_tag } else { 0 } + run.len() as u64;
            if without_tag > BETWEEN_TAGS {
                return Err(too_large());
            }
            found += u64::from(
                at > 0 && (run.starts_with(b"si>") || run.starts_with(b"si/") || run.starts_with(b"si ")),
            );
            if at > 0 && (run.starts_with(b"!DOCTYPE") || run.starts_with(b"!ENTITY")) {
                return Err(FileError::UnsafeXml);
            }
        }
        if found > texts {
            return Err(too_large());
        }
        // A declaration may lie across two pieces.
        carried.extend_from_slice(&bytes[..read.min(16)]);
        if carried
            .windows(8)
            .any(|it| it == b"<!DOCTYP" || it == b"<!ENTITY")
        {
            return Err(FileError::UnsafeXml);
        }
        carried = bytes[read.saturating_sub(16)..].to_vec();
    }
}

fn too_large() -> FileError {
    FileError::TooLarge("The workbook unpacks to more than can be read. Save the sheet as CSV.".to_owned())
}
