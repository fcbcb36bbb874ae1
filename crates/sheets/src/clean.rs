//! A cell without what nobody typed into it.

use crate::MAX_CELL;

/// Takes away blanks and marks of direction around the text, control characters in it, and the apostrophe that an export puts
/// before what a spreadsheet would calculate.
pub(crate) fn clean(cell: &mut String) {
    if cell.len() > MAX_CELL {
        let mut end = MAX_CELL;
        while !cell.is_char_boundary(end) {
            end -= 1;
        }
        cell.truncate(end);
    }
    if cell.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        *cell = cell.replace("\r\n", "\n").replace('\r', "\n");
        cell.retain(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    }
    let trimmed = cell.trim_matches(is_around);
    let bare = match trimmed.strip_prefix('\'') {
        Some(rest) if is_formula(rest) => rest.trim_start(),
        _ => trimmed,
    };
    if bare.len() != cell.len() {
        *cell = bare.to_owned();
    }
}

/// Whether a spreadsheet would calculate the cell, without the blanks and apostrophes before it.
pub(crate) fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches(|c: char| c.is_whitespace() || c == '\'')
        .starts_with(['=', '+', '-', '@'])
}

/// What stands around a text unseen.
fn is_around(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_typed_goes() {
        for (written, read) in [
            ("  Ana\u{a0}", "Ana"),
            ("\u{feff}phone", "phone"),
            ("\u{200f}بو\u{200f}", "بو"),
            ("An\0a", "Ana"),
            ("a\r\nb\rc", "a\nb\nc"),
            ("'=1+1", "=1+1"),
            ("''=1+1", "'=1+1"),
            ("'tHooft", "'tHooft"),
        ] {
            let mut cell = written.to_owned();
            clean(&mut cell);
            assert_eq!(cell, read);
        }
    }
}
