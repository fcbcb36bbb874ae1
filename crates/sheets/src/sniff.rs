//! What a file is: its kind, encoding, separator, header and columns.

use std::{collections::HashMap, io::SeekFrom, ops::ControlFlow};

use serde::{Deserialize, Serialize};

use crate::{File, FileError, Meaning, Problem, Raw, encoding, guess, raw, workbook};

/// Rows that are looked at to decide.
const LOOKED_AT: usize = 100;
/// Rows that are shown as they stand.
const SHOWN: usize = 25;
/// Rows among which the header is.
const HEADER_WITHIN: usize = 20;
/// The separators that people use, the likeliest first.
const DELIMITERS: &[u8] = b",;\t|";
/// Sheets that are looked into.
const SHEETS: usize = 20;

/// What somebody says about the file; what they do not say is found out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overrides {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The encoding of a text: `utf-8`, `windows-1256`.
    pub encoding: Option<String>,
    /// The separator of a text, one ASCII character.
    pub delimiter: Option<char>,
    /// The header.
    pub header: Option<Header>,
}

/// Where the header is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Header {
    /// There is none.
    None,
    /// On this line of the text or row of the sheet, 1 for the first.
    Line(u64),
}

/// The kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text with separators.
    Csv,
    /// A workbook.
    Xlsx,
}

/// The encoding of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    /// Its name: `utf-8`, `windows-1256`.
    pub name: String,
    /// Whether the file begins with its mark.
    pub bom: bool,
    /// Whether it is sure. If not, somebody should look at the rows before they are used.
    pub certain: bool,
}

/// A sheet of a workbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its name.
    pub name: String,
    /// Whether the workbook hides it.
    pub hidden: bool,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// What the header calls it; empty where it says nothing.
    pub name: String,
    /// What it seems to be about. No two columns have the same but names.
    pub guess: Option<Meaning>,
}

/// A row as it stands in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawRow {
    /// Its line or row, 1 for the first.
    pub line: u64,
    /// Its cells, cleaned.
    pub cells: Vec<String>,
}

/// How the file is read.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(crate) kind: Form,
    pub(crate) header_line: Option<u64>,
    pub(crate) width: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Form {
    Text {
        encoding: &'static encoding_rs::Encoding,
        skip: u64,
        delimiter: u8,
    },
    Workbook {
        sheet: String,
    },
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Sniffed {
    /// The kind.
    pub kind: Kind,
    /// Of a text.
    pub encoding: Option<Encoding>,
    /// Of a text.
    pub delimiter: Option<char>,
    /// Of a workbook, in their order.
    pub sheets: Vec<Sheet>,
    /// The sheet that is read.
    pub sheet: Option<String>,
    /// Where the header is; none if there is none.
    pub header_line: Option<u64>,
    /// The columns.
    pub columns: Vec<Column>,
    /// The first rows that are not blank, the header and those above it too. At most 25.
    pub raw: Vec<RawRow>,
    /// For [`crate::read`].
    pub layout: Layout,
}

/// Looks at the beginning of a file.
///
/// # Errors
/// Why it cannot be read at all.
pub fn sniff(mut file: impl File, overrides: &Overrides) -> Result<Sniffed, FileError> {
    let mut head = [0; 1024];
    file.seek(SeekFrom::Start(0))?;
    let mut read = 0;
    while read < head.len() {
        match file.read(&mut head[read..])? {
            0 => break,
            more => read += more,
        }
    }
    let head = &head[..read];
    match head {
        [] => Err(FileError::EmptyFile),
        _ if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") => book(&mut file, overrides),
        _ if is_binary(head) => Err(FileError::UnsupportedFormat),
        _ => text(&mut file, overrides),
    }
}

/// Old workbooks and those with a password, PDF, archives, pictures.
fn is_binary(head: &[u8]) -> bool {
    const MAGIC: &[&[u8]] = &[
        b"\xd0\xcf\x11\xe0",
        b"%PDF",
        b"\x1f\x8b",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"GIF8",
        b"Rar!",
        b"7z\xbc\xaf",
        b"{\\rtf",
        b"SQLite format",
    ];
    MAGIC.iter().any(|magic| head.starts_with(magic))
}

fn text(file: &mut impl File, overrides: &Overrides) -> Result<Sniffed, FileError> {
    let mut found = encoding::detect(file)?;
    if let Some(name) = &overrides.encoding {
        let encoding = encoding::named(name)?;
        found.mark = if encoding == found.encoding { found.mark } else { 0 };
        found.encoding = encoding;
        found.certain = true;
    }
    let form = |delimiter: u8, skip: u64| Layout {
        kind: Form::Text {
            encoding: found.encoding,
            skip,
            delimiter,
        },
        header_line: None,
        width: 0,
    };
    let first = look(file, &form(b'\n', found.mark))?;
    let beginning: String =
        first
            .iter()
            .flat_map(|row| row.cells.first())
            .take(3)
            .fold(String::new(), |mut it, cell| {
                it.push_str(cell);
                it
            });
    refuse_other_text(&beginning)?;
    let told = first.first().and_then(|row| told_delimiter(row.cells.first()?));
    let mut best: Option<(u8, Vec<Raw>, f64)> = None;
    let given = overrides.delimiter.and_then(|it| u8::try_from(it).ok()).or(told);
    let candidates: Vec<u8> = given.map_or_else(|| DELIMITERS.to_vec(), |it| vec![it]);
    for delimiter in candidates {
        let rows = match look(file, &form(delimiter, found.mark)) {
            Err(FileError::TooLarge(_)) if given.is_none() && delimiter != b',' => continue,
            rows => rows?,
        };
        let score = fit(&rows);
        if best.as_ref().is_none_or(|(_, _, other)| score > *other) {
            best = Some((delimiter, rows, score));
        }
    }
    let (delimiter, mut rows, _) = best.ok_or(FileError::NotCsv)?;
    let mut layout = form(delimiter, found.mark);
    if told.is_some() && !rows.is_empty() {
        let hint = rows.remove(0);
        // The hint is no row. With a header it is above it; without one it must not be read as the first.
        layout.header_line = Some(hint.line);
    }
    let sniffed = Sniffed {
        kind: Kind::Csv,
        encoding: Some(Encoding {
            name: found.encoding.name().to_lowercase(),
            bom: found.mark > 0,
            certain: found.certain,
        }),
        delimiter: Some(char::from(delimiter)),
        sheets: Vec::new(),
        sheet: None,
        header_line: None,
        columns: Vec::new(),
        raw: Vec::new(),
        layout,
    };
    described(sniffed, &rows, overrides)
}

/// Excel's first line `sep=;`.
fn told_delimiter(line: &str) -> Option<u8> {
    let value = line.trim_matches('"').strip_prefix("sep=")?;
    match value.as_bytes() {
        [] => Some(b'\t'),
        [one] => Some(*one),
        _ => None,
    }
}

fn refuse_other_text(beginning: &str) -> Result<(), FileError> {
    let lower: String = beginning.chars().take(400).collect::<String>().to_lowercase();
    let starts = [
        "<!doctype",
        "<html",
        "<table",
        "<?xml",
        "<body",
        "<head",
        "<meta",
        "{\"",
        "[{",
        "{ \"",
    ];
    match starts.iter().any(|it| lower.starts_with(it)) {
        true => Err(FileError::NotCsv),
        false => Ok(()),
    }
}

fn look(file: &mut impl File, layout: &Layout) -> Result<Vec<Raw>, FileError> {
    let mut rows = Vec::new();
    raw(file, layout, |row| {
        rows.push(row);
        match rows.len() < LOOKED_AT {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    })?;
    Ok(rows)
}

/// How well the rows fit each other: most have the same number of cells, and more than one.
fn fit(rows: &[Raw]) -> f64 {
    let mode = usual(rows.iter().map(|row| row.cells.len()));
    if mode < 2 {
        return 0.0;
    }
    let share = |count: usize| count as f64 / rows.len().max(1) as f64;
    let same = rows
        .iter()
        .filter(|row| row.cells.len() == mode && row.problem.is_none())
        .count();
    let bad = rows.iter().filter(|row| row.problem.is_some()).count();
    share(same) - share(bad) + (mode as f64).min(50.0) / 1_000.0
}

/// The number that occurs most; of several the largest.
fn usual(numbers: impl Iterator<Item = usize>) -> usize {
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for number in numbers {
        *counts.entry(number).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(number, count)| (*count, *number));
    most.map_or(0, |(number, _)| number)
}

fn book(file: &mut impl File, overrides: &Overrides) -> Result<Sniffed, FileError> {
    let sheets = workbook::sheets(file)?;
    let layout = |sheet: &str| Layout {
        kind: Form::Workbook {
            sheet: sheet.to_owned(),
        },
        header_line: None,
        width: 0,
    };
    let mut chosen: Option<(u32, Sniffed, Vec<Raw>)> = None;
    let wanted = overrides.sheet.as_deref();
    if wanted.is_some_and(|name| !sheets.iter().any(|sheet| sheet.name == name)) {
        return Err(FileError::NoSuchSheet);
    }
    let is_candidate = |sheet: &&Sheet| match wanted {
        Some(name) => sheet.name == name,
        None => !sheet.hidden,
    };
    for sheet in sheets.iter().filter(is_candidate).take(SHEETS) {
        let layout = layout(&sheet.name);
        let rows = look(file, &layout)?;
        let sniffed = Sniffed {
            kind: Kind::Xlsx,
            encoding: None,
            delimiter: None,
            sheets: sheets.clone(),
            sheet: Some(sheet.name.clone()),
            header_line: None,
            columns: Vec::new(),
            raw: Vec::new(),
            layout,
        };
        let phones = rows
            .iter()
            .flat_map(|row| &row.cells)
            .filter(|cell| guess::looks_like_phone(cell));
        let score = match rows.is_empty() {
            true => 0,
            false => 1 + u32::try_from(phones.count()).unwrap_or(u32::MAX - 1),
        };
        if chosen.as_ref().is_none_or(|(other, ..)| score > *other) {
            chosen = Some((score, sniffed, rows));
        }
    }
    let (_, sniffed, rows) = chosen.ok_or(FileError::EmptyFile)?;
    described(sniffed, &rows, overrides)
}

/// Header and columns.
fn described(mut sniffed: Sniffed, rows: &[Raw], overrides: &Overrides) -> Result<Sniffed, FileError> {
    if rows.is_empty() {
        return Err(FileError::EmptyFile);
    }
    let header = match overrides.header {
        Some(Header::None) => None,
        Some(Header::Line(line)) => rows.iter().position(|row| row.line == line),
        None => header(rows),
    };
    let data = &rows[header.map_or(0, |at| at + 1)..];
    if data.is_empty() {
        return Err(FileError::NoRows);
    }
    let fitting = data
        .iter()
        .filter(|row| row.problem != Some(Problem::UnterminatedQuote));
    let (names, width) = match header {
        Some(at) => (rows[at].cells.clone(), rows[at].cells.len()),
        None => {
            let width = usual(fitting.map(|row| row.cells.len()));
            (vec![String::new(); width], width)
        }
    };
    if let Some(at) = header {
        sniffed.header_line = Some(rows[at].line);
        sniffed.layout.header_line = Some(rows[at].line);
    }
    sniffed.layout.width = width;
    sniffed.columns = columns(names, data);
    sniffed.raw = rows
        .iter()
        .take(SHOWN)
        .map(|row| RawRow {
            line: row.line,
            cells: row.cells.clone(),
        })
        .collect();
    Ok(sniffed)
}

/// The row that names the columns: the first with a known name, else the first as wide as most, unless it is data itself.
fn header(rows: &[Raw]) -> Option<usize> {
    let filled = |row: &Raw| row.cells.iter().filter(|cell| !cell.is_empty()).count();
    let mode = usual(rows.iter().map(filled));
    for (at, row) in rows.iter().enumerate().take(HEADER_WITHIN) {
        let is_data = row.cells.iter().any(|cell| guess::looks_like_data(cell));
        let known = row.cells.iter().any(|cell| guess::by_name(cell).is_some());
        if is_data && filled(row) + 1 >= mode {
            return None;
        }
        if !is_data
            && (filled(row) >= mode || known && filled(row) * 2 >= mode && (filled(row) > 1 || mode == 1))
        {
            return Some(at);
        }
    }
    None
}

fn columns(names: Vec<String>, data: &[Raw]) -> Vec<Column> {
    let is_filled = |at: usize| {
        data.iter()
            .any(|row| row.cells.get(at).is_some_and(|cell| !cell.is_empty()))
    };
    let mut columns: Vec<Column> = names
        .into_iter()
        .map(|name| Column {
            guess: guess::by_name(&name),
            name: name.split_whitespace().collect::<Vec<_>>().join(" "),
        })
        .collect();
    while columns.last().is_some_and(|it| it.name.is_empty()) && !is_filled(columns.len() - 1) {
        columns.pop();
    }
    let mut taken = Vec::new();
    for column in &mut columns {
        if let Some(meaning) = column.guess.filter(|it| *it != Meaning::Name) {
            match taken.contains(&meaning) {
                true => column.guess = None,
                false => taken.push(meaning),
            }
        }
    }
    if !taken.contains(&Meaning::Phone) {
        let phones = |at: usize| {
            let cells = data
                .iter()
                .filter_map(|row| row.cells.get(at))
                .filter(|cell| !cell.is_empty());
            let (all, phones) = cells.fold((0, 0), |(all, phones), cell| {
                (all + 1, phones + usize::from(guess::looks_like_phone(cell)))
            });
            (phones * 2 > all).then_some(phones)
        };
        let most = (0..columns.len())
            .filter(|at| columns[*at].guess.is_none())
            .filter_map(|at| Some((phones(at)?, at)))
            .max_by_key(|(count, at)| (*count, usize::MAX - at));
        if let Some((_, at)) = most {
            columns[at].guess = Some(Meaning::Phone);
        }
    }
    columns
}
