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

/// Whether a text has characters that are not seen by themselves: control and format characters, fillers, blank signs. Two texts
/// that differ only in them look the same.
pub fn has_invisible(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_control() || is_ignorable(c) || is_blank_sign(c))
}

/// Text as it is shown beside other text: without the characters that turn its direction (U+202A to U+202E, U+2066 to U+2069),
/// with which `gpj.exe` shows as `exe.jpg` and what stands behind it is turned too. The marks that Arabic and Hebrew need (U+200E,
/// U+200F, U+061C) and joiners stay.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.chars().any(turns_direction) {
        Cow::Owned(text.chars().filter(|c| !turns_direction(*c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn turns_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the name as it is [`shown`], without white space at both ends.
///
/// # Errors
/// When it has no visible character, or has control characters or line breaks. The caller checks the length.
pub fn given(text: &str) -> Result<Cow<'_, str>, NameFault> {
    if !is_visible(text) {
        return Err(NameFault::Invisible);
    }
    let name = trimmed(shown(text));
    if name.chars().any(is_break) {
        return Err(NameFault::Control);
    }
    Ok(name)
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// A name that others tell (profiles, address books): nothing of it is refused. It is as it is [`shown`]; control characters and
/// line breaks are one blank; none where nothing is left to see.
pub fn told(text: &str) -> Option<Cow<'_, str>> {
    if !is_visible(text) {
        return None;
    }
    let name = trimmed(shown(text));
    if !name.chars().any(is_break) {
        return Some(name);
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
            "\u{200f}שלום\u{200e}",
        ] {
            assert_eq!(given(text).as_deref(), Ok(text));
            assert_eq!(told(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn nothing_turns_the_direction_of_what_stands_beside_it() {
        for (text, kept) in [
            ("\u{202e}gpj.exe", "gpj.exe"),
            (" \u{2066} Ana\u{202c}\u{2069} ", "Ana"),
            ("A\u{202d}na", "Ana"),
        ] {
            assert_eq!(given(text).as_deref(), Ok(kept), "{text:?}");
            assert_eq!(told(text).as_deref(), Some(kept), "{text:?}");
        }
        for whole in ["شركة\u{200f} 24", "👩\u{200d}💻", "نیم\u{200c}فاصله", "\u{61c}5"] {
            assert_eq!(shown(whole), whole);
        }
    }

    #[test]
    fn what_is_not_seen_is_found() {
        for text in [
            "a\u{200b}@example.com",
            "a\u{ad}",
            "\u{feff}a",
            "a\u{2800}",
            "a\u{7f}",
            "a\u{202e}",
        ] {
            assert!(has_invisible(text), "{text:?}");
        }
        for text in ["a@example.com", "é", "e\u{301}", "م\u{64b}", ""] {
            assert!(!has_invisible(text), "{text:?}");
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
        assert_eq!(given(" Ana\n").as_deref(), Ok("Ana"));
        assert_eq!(told(" Ana\r\n\tLima\u{0}").as_deref(), Some("Ana Lima"));
    }

    proptest! {
        #[test]
        fn what_is_told_can_be_given(text in any::<String>()) {
            if let Some(name) = told(&text) {
                prop_assert_eq!(given(&name), Ok(name.clone()));
                prop_assert_eq!(shown(&name), &*name);
            }
        }
    }
}
