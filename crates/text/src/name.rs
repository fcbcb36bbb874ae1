//! Names: of people, tags, keys, numbers. A name is something to see, on one line.

use std::borrow::Cow;

use crate::key::{is_ignorable, is_mark};

/// Why a text that somebody gives as a name is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameFault {
    /// It has no visible character: only blanks, invisible characters or marks without a base character.
    #[error("must have at least one visible character")]
    Invisible,
    /// It has line breaks or other control characters.
    #[error("must be on one line, without control characters")]
    Control,
}

/// Whether a text has a visible character: a letter, digit, sign or emoji. White space, control and format characters,
/// fillers (U+3164), variation selectors and marks without a base character are not visible.
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|c| {
        let blank = c.is_whitespace() || c.is_control() || is_blank_sign(c);
        !blank && !is_ignorable(c) && !is_mark(c)
    })
}

/// Characters that count as signs or letters in Unicode and show nothing: the empty Braille cell, the empty note, blank
/// hieroglyphs.
fn is_blank_sign(c: char) -> bool {
    matches!(c, '\u{2800}' | '\u{1d159}' | '\u{13441}' | '\u{13442}')
}

/// Returns the name without white space at both ends.
///
/// # Errors
/// When it has no visible character, or has control characters or line breaks. The caller checks the length.
pub fn given(text: &str) -> Result<&str, NameFault> {
    if !is_visible(text) {
        return Err(NameFault::Invisible);
    }
    let name = text.trim();
    if name.chars().any(is_break) {
        return Err(NameFault::Control);
    }
    Ok(name)
}

/// A name that others tell (profiles, address books): nothing of it is refused. Control characters and line breaks are one
/// blank; none where nothing is left to see.
pub fn told(text: &str) -> Option<Cow<'_, str>> {
    if !is_visible(text) {
        return None;
    }
    let name = text.trim();
    if !name.chars().any(is_break) {
        return Some(Cow::Borrowed(name));
    }
    let parts = name
        .split(is_break)
        .map(str::trim)
        .filter(|part| !part.is_empty());
    Some(Cow::Owned(parts.collect::<Vec<_>>().join(" ")))
}

fn is_break(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_no_name() {
        let nothing = [
            "",
            "   ",
            "\u{3164}",
            "\u{ffa0}",
            "\u{115f}",
            "\u{200e}",
            "\u{200b}",
            "\u{ad}",
            "\u{0}",
            "\u{1b}",
            "\n",
            "\u{2028}",
            "\u{301}",
            "\u{20e3}",
            "\u{fe0f}",
            "\u{feff}",
            "\u{2060}",
            "\u{2800}",
            "\u{e0041}",
            "\u{202e}\u{202c}",
            "\u{180e}",
            "\u{34f}",
            " \u{200d} \u{3164}",
        ];
        for text in nothing {
            assert_eq!(given(text), Err(NameFault::Invisible), "{text:?}");
            assert_eq!(told(text), None, "{text:?}");
        }
        for text in [
            "a",
            "7",
            "😀",
            "👩🏽\u{200d}💻",
            "ม้า",
            "ー",
            ".",
            "\u{f8ff}",
            "e\u{301}",
            "\u{202a}Ana\u{202c}",
        ] {
            assert_eq!(given(text), Ok(text));
            assert_eq!(told(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn a_name_is_one_line() {
        for text in [
            "a\nb",
            "a\u{0}b",
            "a\u{1b}[31mb",
            "a\r\nb",
            "a\tb",
            "a\u{2028}b",
            "a\u{85}b",
        ] {
            assert_eq!(given(text), Err(NameFault::Control), "{text:?}");
        }
        assert_eq!(given(" Ana\n"), Ok("Ana"));
        assert_eq!(told(" Ana\r\n\tLima\u{0}").as_deref(), Some("Ana Lima"));
    }

    proptest! {
        #[test]
        fn what_is_told_can_be_given(text in any::<String>()) {
            if let Some(name) = told(&text) {
                prop_assert_eq!(given(&name), Ok(&*name));
            }
        }
    }
}
