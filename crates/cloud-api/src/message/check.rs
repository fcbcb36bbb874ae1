//! The rules that many fields share. Meta counts characters, not bytes.

use super::wire::At;
use crate::error::Invalid;

/// Characters of a web address at most. WhatsApp names no number; this one is ours.
const LINK: usize = 2_048;

/// Something other than blanks.
pub(super) fn required(at: &At<'_>, text: &str) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(at.limit(1, 0, "must not be empty"));
    }
    Ok(())
}

/// At most so many characters.
pub(super) fn at_most(at: &At<'_>, text: &str, limit: usize) -> Result<(), Invalid> {
    let count = text.chars().count();
    if count > limit {
        return Err(at.limit(limit, count, format!("at most {limit} characters, has {count}")));
    }
    Ok(())
}

/// One to so many characters, and not blanks alone.
pub(super) fn text(at: &At<'_>, text: &str, limit: usize) -> Result<(), Invalid> {
    required(at, text)?;
    at_most(at, text, limit)
}

/// As [`text`], where it may be left out.
pub(super) fn text_if(at: &At<'_>, found: Option<&str>, limit: usize) -> Result<(), Invalid> {
    found.map_or(Ok(()), |found| text(at, found, limit))
}

/// From `min` to `max` elements of a list.
pub(super) fn count(at: &At<'_>, what: &str, found: usize, min: usize, max: usize) -> Result<(), Invalid> {
    if found < min {
        return Err(at.limit(min, found, format!("at least {min} {what}, has {found}")));
    }
    if found > max {
        return Err(at.limit(max, found, format!("at most {max} {what}, has {found}")));
    }
    Ok(())
}

/// A whole number between two others.
pub(super) fn between(at: &At<'_>, found: u32, min: u32, max: u32) -> Result<(), Invalid> {
    if (min..=max).contains(&found) {
        return Ok(());
    }
    let limit = if found < min { min } else { max };
    let message = format!("from {min} to {max}, is {found}");
    Err(at.limit(limit as usize, found as usize, message))
}

/// A public web address.
pub(super) fn link(at: &At<'_>, text: &str) -> Result<(), Invalid> {
    at_most(at, text, LINK)?;
    let good = url::Url::parse(text)
        .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some());
    if good {
        return Ok(());
    }
    Err(at
        .invalid("must be an http or https address, with its scheme")
        .found(text))
}

/// What a template takes for a variable: no line breaks, tabs or more than 4 spaces in a row (Cloud API: template send).
pub(super) fn one_line(at: &At<'_>, text: &str) -> Result<(), Invalid> {
    if text.contains(['\n', '\r', '\t']) {
        return Err(at
            .invalid("no line breaks and no tabs in a variable")
            .found(text.escape_debug()));
    }
    let most = text.split(|c| c != ' ').map(str::len).max().unwrap_or_default();
    if most > 4 {
        return Err(at.limit(4, most, format!("at most 4 spaces in a row, has {most}")));
    }
    Ok(())
}

/// Only capital or small letters, digits and `_`, as a template's or variable's name has them.
pub(super) fn is_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a pair of WhatsApp's markup signs would change how it looks.
pub(super) fn has_markup(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let inside = |at: usize| letters.get(at).is_some_and(|c| !c.is_whitespace());
    let outside = |at: Option<usize>| {
        at.and_then(|at| letters.get(at))
            .is_none_or(|c| !c.is_alphanumeric())
    };
    ['*', '_', '~', '`'].iter().any(|sign| {
        let opens = |at: &usize| letters[*at] == *sign && outside(at.checked_sub(1)) && inside(at + 1);
        let closes = |at: &usize| {
            letters[*at] == *sign && outside(Some(at + 1)) && at.checked_sub(1).is_some_and(inside)
        };
        let Some(open) = (0..letters.len()).find(opens) else {
            return false;
        };
        (open + 2..letters.len()).any(|at| closes(&at))
    })
}

/// One emoji, however long its sequence: flags, families, skin tones, keycaps (Cloud API: reaction).
pub(super) fn is_emoji(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let flag = |c: char| ('\u{1f1e6}'..='\u{1f1ff}').contains(&c);
    match letters.as_slice() {
        [first, second] if flag(*first) && flag(*second) => return true,
        [key, rest @ ..] if key.is_ascii_digit() || matches!(key, '#' | '*') => {
            return matches!(rest, ['\u{20e3}'] | ['\u{fe0f}', '\u{20e3}']);
        }
        _ => {}
    }
    let mut wants_base = true;
    for letter in letters {
        let joins = letter == '\u{200d}';
        let modifies = matches!(letter, '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}');
        match (wants_base, joins, modifies) {
            (true, false, false) if is_base(letter) => wants_base = false,
            (false, true, _) => wants_base = true,
            (false, false, true) => {}
            _ => return false,
        }
    }
    !wants_base
}

fn is_base(letter: char) -> bool {
    let range = matches!(letter, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}');
    range && !letter.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_told_from_text() {
        for one in ["👍", "❤️", "👍🏽", "🇬🇧", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "☺", "🏳️‍🌈", "©"]
        {
            assert!(is_emoji(one), "{one}");
        }
        for other in [
            "", "a", "ok", "👍👍", "👍 ", "1", "é", "中", "—", "\u{200d}", "👍a", ":)",
        ] {
            assert!(!is_emoji(other), "{other}");
        }
    }

    #[test]
    fn markup_needs_a_pair_around_something() {
        for marked in ["*Yes*", "a _b_ c", "~x~", "`code`"] {
            assert!(has_markup(marked), "{marked}");
        }
        for plain in ["Yes", "2 * 3 * 4", "snake_case_name", "*", "**", "", "5* hotel"] {
            assert!(!has_markup(plain), "{plain}");
        }
    }
}
