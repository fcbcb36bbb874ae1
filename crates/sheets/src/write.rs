//! Writes lists. No cell is ever a formula to a spreadsheet, and what is written reads back as it was.

use std::io::{self, Write};

use rust_xlsxwriter::Workbook;

use crate::clean::is_formula;

/// The most rows of a workbook's sheet, the header included.
pub const XLSX_ROWS: u32 = 1_048_576;
/// The most characters of a workbook's cell.
const XLSX_CELL: usize = 32_767;

/// Writes CSV: UTF-8 with a mark, commas, CRLF.
pub struct Csv<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Csv<W> {
    /// Into `out`.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(b"\xef\xbb\xbf")?;
        Ok(Self::bare(out))
    }

    /// Into `out`, without the mark: the rest of a file that was begun before.
    pub fn bare(out: W) -> Self {
        let writer = csv::WriterBuilder::new()
            .flexible(true)
            .terminator(csv::Terminator::CRLF)
            .from_writer(out);
        Self { writer }
    }

    /// Writes a row.
    ///
    /// # Errors
    /// Those of the writer below.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for cell in cells {
            // Reading takes one apostrophe away, so what has some of its own gets one more.
            match is_formula(cell) {
                true => self.writer.write_field(format!("'{cell}"))?,
                false => self.writer.write_field(cell)?,
            }
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// Writes what is left and gives `out` back.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(|error| error.into_error())
    }
}

/// Writes a workbook of one sheet; rows go to a temporary file as they come.
pub struct Xlsx {
    book: Workbook,
    row: u32,
}

impl Xlsx {
    /// An empty one.
    ///
    /// # Errors
    /// When there is no room for temporary files.
    pub fn new() -> io::Result<Self> {
        let mut book = Workbook::new();
        book.add_worksheet_with_constant_memory()
            .map_err(io::Error::other)?;
        Ok(Self { book, row: 0 })
    }

    /// Writes a row; every cell is a text.
    ///
    /// # Errors
    /// When the sheet is full.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        if self.row >= XLSX_ROWS {
            return Err(io::Error::other("a sheet has at most 1,048,576 rows"));
        }
        let sheet = self.book.worksheet_from_index(0).map_err(io::Error::other)?;
        for (column, cell) in (0..).zip(cells) {
            let fits: String;
            let cell = match cell.chars().nth(XLSX_CELL) {
                Some(_) => {
                    fits = cell.chars().take(XLSX_CELL).collect();
                    fits.as_str()
                }
                None => cell,
            };
            sheet
                .write_string(self.row, column, cell)
                .map_err(io::Error::other)?;
        }
        self.row += 1;
        Ok(())
    }

    /// Writes the file.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn finish(mut self, out: impl Write + Send) -> io::Result<()> {
        self.book.save_to_writer(out).map_err(io::Error::other)
    }
}
