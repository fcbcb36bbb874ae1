//! Which encoding a text has.

use std::io::{Read, Seek, SeekFrom};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE};

use crate::FileError;

/// How much of a file is looked at. What comes later and does not fit is a matter of its rows.
const LOOKED_AT: u64 = 16 << 20;

/// What was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) encoding: &'static Encoding,
    /// Bytes of the mark at the beginning.
    pub(crate) mark: u64,
    /// Whether nothing else is possible.
    pub(crate) certain: bool,
}

/// The encoding of this name, in any of its usual spellings.
pub(crate) fn named(name: &str) -> Result<&'static Encoding, FileError> {
    let plain = name.trim().to_lowercase();
    if matches!(plain.as_str(), "mac_roman" | "mac-roman" | "macroman") {
        return Ok(MACINTOSH);
    }
    Encoding::for_label(plain.as_bytes()).ok_or(FileError::NoSuchEncoding)
}

/// Looks at the file.
pub(crate) fn detect(file: &mut (impl Read + Seek)) -> Result<Found, FileError> {
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![0; 64 << 10];
    let mut text = Utf8::default();
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let (mut looked, mut first, mut ends) = (0, true, Ends::default());
    while looked < LOOKED_AT {
        let read = fill(file, &mut buffer)?;
        let bytes = &buffer[..read];
        if first {
            first = false;
            if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
                return Ok(Found {
                    encoding,
                    mark: mark as u64,
                    certain: true,
                });
            }
            if let Some(encoding) = utf16(&bytes[..read.min(4_096)]) {
                return Ok(Found {
                    encoding,
                    mark: 0,
                    certain: true,
                });
            }
        }
        if read == 0 {
            break;
        }
        looked += read as u64;
        text.feed(bytes);
        ends.feed(bytes);
        if !bytes.is_ascii() {
            detector.feed(bytes, false);
        }
    }
    Ok(text.verdict().unwrap_or_else(|| {
        detector.feed(b"", true);
        let encoding = match ends.old_mac() {
            true => MACINTOSH,
            false => detector.guess(None, Utf8Detection::Deny),
        };
        Found {
            encoding,
            mark: 0,
            certain: false,
        }
    }))
}

fn fill(file: &mut impl Read, buffer: &mut [u8]) -> Result<usize, FileError> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    Ok(filled)
}

/// UTF-16 without its mark: separators, digits and ends of lines have a zero byte on one side, whatever the script.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let pairs = bytes.len() / 2;
    if pairs < 4 {
        return None;
    }
    let zeros = |side: usize| bytes.chunks_exact(2).filter(|pair| pair[side] == 0).count();
    let (high, low) = (zeros(0), zeros(1));
    let many = |count: usize| count * 10 > pairs;
    match (many(high), many(low)) {
        (false, true) if high * 20 <= low => Some(UTF_16LE),
        (true, false) if low * 20 <= high => Some(UTF_16BE),
        _ => None,
    }
}

/// How lines end.
#[derive(Default)]
struct Ends {
    returns: u64,
    feeds: u64,
}

impl Ends {
    fn feed(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.returns += u64::from(*byte == b'\r');
            self.feeds += u64::from(*byte == b'\n');
        }
    }

    /// Lines that end in CR alone come from the Macs that had an encoding of their own.
    fn old_mac(&self) -> bool {
        self.returns > 0 && self.feeds == 0
    }
}

/// Whether bytes are UTF-8.
#[derive(Default)]
struct Utf8 {
    carried: Vec<u8>,
    letters: u64,
    faults: u64,
}

impl Utf8 {
    fn feed(&mut self, bytes: &[u8]) {
        let mut joined = std::mem::take(&mut self.carried);
        joined.extend_from_slice(bytes);
        let mut rest = joined.as_slice();
        while !rest.is_empty() {
            let Err(error) = std::str::from_utf8(rest) else {
                self.letters += letters(rest);
                return;
            };
            self.letters += letters(&rest[..error.valid_up_to()]);
            match error.error_len() {
                Some(length) => {
                    self.faults += 1;
                    rest = &rest[error.valid_up_to() + length..];
                }
                None => {
                    self.carried = rest[error.valid_up_to()..].to_vec();
                    return;
                }
            }
        }
    }

    /// A few wrong bytes among many right letters are faults of their rows.
    fn verdict(&self) -> Option<Found> {
        (self.faults == 0 || self.letters > self.faults * 2 || (self.faults == 1 && self.letters > 0))
            .then_some(Found {
                encoding: UTF_8,
                mark: 0,
                certain: true,
            })
    }
}

/// How many characters are longer than a byte.
fn letters(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte >= 0xc0).count() as u64
}
