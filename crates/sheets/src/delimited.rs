//! Text with separators. The crate `csv` reads such files too, but it neither says which quotes are wrong nor goes on after one that
//! is never closed: a single bad row would swallow the rest of the file.

use std::{
    io::{Read, SeekFrom},
    ops::ControlFlow,
};

use encoding_rs::{CoderResult, Decoder, Encoding};

use crate::{File, FileError, MAX_COLUMNS, MAX_RECORD, Problem, Raw};

/// Bytes that are decoded at a time.
const CHUNK: usize = 64 << 10;
/// The most quotes that are never closed: each costs a look at what follows.
const MAX_OPEN: u32 = 1_000;

/// Goes through the rows after the first `skip` bytes.
pub(crate) fn read(
    file: &mut impl File,
    encoding: &'static Encoding,
    skip: u64,
    delimiter: u8,
    mut each: impl FnMut(Raw) -> ControlFlow<()>,
) -> Result<(), FileError> {
    file.seek(SeekFrom::Start(skip))?;
    let mut rows = Rows::new(file, encoding, delimiter);
    while let Some(row) = rows.next_row()? {
        if each(row).is_break() {
            break;
        }
    }
    Ok(())
}

/// A text that is cut into rows.
struct Rows<R> {
    file: R,
    decoder: Decoder,
    bytes: Vec<u8>,
    text: String,
    /// How much of the text is done.
    at: usize,
    line: u64,
    ended: bool,
    open: u32,
    delimiter: u8,
}

impl<R: Read> Rows<R> {
    fn new(file: R, encoding: &'static Encoding, delimiter: u8) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_without_bom_handling(),
            bytes: vec![0; CHUNK],
            text: String::new(),
            at: 0,
            line: 1,
            ended: false,
            open: 0,
            delimiter,
        }
    }

    fn next_row(&mut self) -> Result<Option<Raw>, FileError> {
        loop {
            let rest = &self.text[self.at..];
            if rest.is_empty() && self.ended {
                return Ok(None);
            }
            let cut = cut(rest, self.delimiter, self.ended);
            let full = rest.len() > MAX_RECORD;
            match cut {
                Cut::More { .. } if !full && !self.ended => self.fill()?,
                Cut::More { open: false } => {
                    return Err(FileError::TooLarge(format!(
                        "Line {} is longer than a megabyte: this does not look like a list of people.",
                        self.line
                    )));
                }
                Cut::More { open: true } | Cut::Astray => return self.unterminated().map(Some),
                Cut::Columns => {
                    return Err(FileError::TooLarge(format!(
                        "Line {} has more than {MAX_COLUMNS} columns.",
                        self.line
                    )));
                }
                Cut::Row {
                    cells,
                    length,
                    problem,
                } => return Ok(Some(self.took(cells, length, problem))),
            }
        }
    }

    fn took(&mut self, cells: Vec<String>, length: usize, problem: Option<Problem>) -> Raw {
        let line = self.line;
        self.line += lines(&self.text[self.at..self.at + length]);
        self.at += length;
        Raw { line, cells, problem }
    }

    /// Takes the one line on which the quote was opened.
    fn unterminated(&mut self) -> Result<Raw, FileError> {
        self.open += 1;
        if self.open > MAX_OPEN {
            return Err(FileError::NotCsv);
        }
        let rest = &self.text[self.at..];
        let end = rest.find(['\n', '\r']).unwrap_or(rest.len());
        let length = end + usize::from(end < rest.len()) + usize::from(rest[end..].starts_with("\r\n"));
        if end > MAX_RECORD {
            return Err(FileError::TooLarge(format!(
                "Line {} is longer than a megabyte.",
                self.line
            )));
        }
        let cells = rest[..end]
            .split(char::from(self.delimiter))
            .take(MAX_COLUMNS)
            .map(str::to_owned)
            .collect();
        Ok(self.took(cells, length, Some(Problem::UnterminatedQuote)))
    }

    fn fill(&mut self) -> Result<(), FileError> {
        self.text.drain(..self.at);
        self.at = 0;
        let read = self.file.read(&mut self.bytes)?;
        self.ended = read == 0;
        let room = self
            .decoder
            .max_utf8_buffer_length(read)
            .ok_or(FileError::CorruptFile)?;
        self.text.reserve(room);
        let (result, _, _) = self
            .decoder
            .decode_to_string(&self.bytes[..read], &mut self.text, self.ended);
        debug_assert_eq!(result, CoderResult::InputEmpty);
        Ok(())
    }
}

/// What stands at the beginning of a text.
enum Cut {
    /// A whole row.
    Row {
        cells: Vec<String>,
        length: usize,
        problem: Option<Problem>,
    },
    /// A row that goes on, inside quotes or not.
    More { open: bool },
    /// A quote that ends in the middle of another row.
    Astray,
    /// Too many cells.
    Columns,
}

/// Cuts the first row off.
fn cut(text: &str, delimiter: u8, ended: bool) -> Cut {
    let bytes = text.as_bytes();
    let (mut cells, mut at, mut problem) = (Vec::new(), 0, None);
    loop {
        if cells.len() >= MAX_COLUMNS {
            return Cut::Columns;
        }
        let blank = |byte: &&u8| **byte == b' ' || (**byte == b'\t' && delimiter != b'\t');
        let first = at + bytes[at..].iter().take_while(blank).count();
        let mut cell = String::new();
        let mut from = at;
        if bytes.get(first) == Some(&b'"') {
            let Some(closed) = quoted(text, first + 1, &mut cell) else {
                return Cut::More { open: true };
            };
            if closed == bytes.len() && !ended {
                return Cut::More { open: true };
            }
            from = closed + bytes[closed..].iter().take_while(blank).count();
        }
        let is_end = |byte: &u8| *byte == delimiter || *byte == b'\n' || *byte == b'\r';
        let end = bytes[from..].iter().position(is_end).map(|it| from + it);
        let tail = &text[from..end.unwrap_or(bytes.len())];
        if from > at && bytes.get(first) == Some(&b'"') && !tail.is_empty() {
            if cell.contains(['\n', '\r']) {
                return Cut::Astray;
            }
            problem = Some(Problem::MalformedQuotes);
        }
        cell.push_str(tail);
        let Some(end) = end else {
            if !ended {
                return Cut::More { open: false };
            }
            cells.push(cell);
            return Cut::Row {
                cells,
                length: bytes.len(),
                problem,
            };
        };
        cells.push(cell);
        if bytes[end] == delimiter {
            at = end + 1;
            continue;
        }
        if bytes[end] == b'\r' && end + 1 == bytes.len() && !ended {
            return Cut::More { open: false };
        }
        let length = end + 1 + usize::from(bytes[end..].starts_with(b"\r\n"));
        return Cut::Row {
            cells,
            length,
            problem,
        };
    }
}

/// Reads to the closing quote; answers where the text behind it begins.
fn quoted(text: &str, mut at: usize, cell: &mut String) -> Option<usize> {
    loop {
        let quote = at + text[at..].find('"')?;
        cell.push_str(&text[at..quote]);
        if text.as_bytes().get(quote + 1) != Some(&b'"') {
            return Some(quote + 1);
        }
        cell.push('"');
        at = quote + 2;
    }
}

/// How many ends of lines are in a text.
fn lines(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends =
        |(at, byte): (usize, &u8)| *byte == b'\n' && (at == 0 || bytes[at - 1] != b'\r') || *byte == b'\r';
    bytes.iter().enumerate().filter(|it| ends(*it)).count() as u64
}
