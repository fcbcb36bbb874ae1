//! Whether bytes are text, in any of the encodings that programs write.

/// UTF-8, UTF-16 with or without a byte order mark, UTF-32 with one, or a one-byte encoding such as Windows-1252.
pub(super) fn is_text(head: &[u8]) -> bool {
    match head {
        [] => false,
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => true,
        [0xFF, 0xFE, rest @ ..] => is_utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => is_utf16(rest, u16::from_be_bytes),
        _ if head.contains(&0) => is_unmarked_utf16(head),
        // Letters of UTF-8 and of one-byte encodings have no control characters among them; what is not text nearly always does.
        _ => !head
            .iter()
            .any(|byte| *byte < 0x20 && !is_blank(u32::from(*byte))),
    }
}

/// Without a mark only what has many letters of ASCII is taken for UTF-16: a zero in every second place and nowhere else.
fn is_unmarked_utf16(head: &[u8]) -> bool {
    let zeros = |first: usize| {
        head.iter()
            .skip(first)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let many = |zeros: usize| zeros * 8 >= head.len();
    match (zeros(0), zeros(1)) {
        _ if head.len() % 2 == 1 => false,
        (0, high) => many(high) && is_utf16(head, u16::from_le_bytes),
        (high, 0) => many(high) && is_utf16(head, u16::from_be_bytes),
        _ => false,
    }
}

fn is_utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> bool {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let mut letters = char::decode_utf16(units).peekable();
    if letters.peek().is_none() {
        return false;
    }
    while let Some(letter) = letters.next() {
        match letter {
            Ok(letter) if letter.is_control() && !is_blank(u32::from(letter)) => return false,
            // The head may end in the middle of a pair.
            Err(_) if letters.peek().is_some() => return false,
            _ => {}
        }
    }
    true
}

/// Control characters that occur in text: tabs, ends of lines and pages, backspace, DOS's end of file, escape sequences.
fn is_blank(code: u32) -> bool {
    matches!(code, 8..=13 | 0x1A | 0x1B | 0x85)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, bom: bool, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        let mark = bom.then_some(0xFEFF);
        mark.into_iter()
            .chain(text.encode_utf16())
            .flat_map(bytes)
            .collect()
    }

    #[test]
    fn text_in_every_encoding_is_text() {
        let letter = "Größe 3 €\r\nسعر\t😀";
        for bytes in [
            letter.as_bytes().to_vec(),
            utf16(letter, true, u16::to_le_bytes),
            utf16(letter, true, u16::to_be_bytes),
            utf16("Gr\u{f6}\u{df}e 3", false, u16::to_le_bytes),
            utf16("Gr\u{f6}\u{df}e 3", false, u16::to_be_bytes),
            b"Gr\xf6\xdfe 3 EUR, K\xe4se\r\n".to_vec(),
            b"\x82\xa0\x82\xa2 Shift_JIS".to_vec(),
            b"ends as DOS does\x1a".to_vec(),
            // Cut within a letter.
            "é".as_bytes()[..1].to_vec(),
        ] {
            assert!(is_text(&bytes), "{bytes:?}");
        }
    }

    #[test]
    fn other_bytes_are_none() {
        for bytes in [
            b"".as_slice(),
            b"\0\x01\x02",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
            b"\xff\xd8\xff\xe0\0\x10JFIF",
            b"PK\x03\x04\x14\0",
            b"\0\0\0\x18ftypisom\0\0\0\0isomiso2",
        ] {
            assert!(!is_text(bytes), "{bytes:?}");
        }
    }
}
