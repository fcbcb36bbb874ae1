//! Variables in the texts of a template: `{{1}}` or `{{first_name}}` (Cloud API: templates, component grammar).

/// A part of a template's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text that stays as it is.
    Text(&'t str),
    /// A variable: what is between the braces, without blanks around it. Any name, also one that WhatsApp refuses.
    Variable(&'t str),
    /// Double braces that are no variable: not closed, not opened, or empty.
    Broken(&'t str),
}

/// Splits a text into its parts, in order. Joined together, with the braces, they are the text.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("}}")).min() {
        let (before, braces) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        let (piece, used) = braced(braces);
        pieces.push(piece);
        rest = &braces[used..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// The part that begins with double braces, and its length in bytes.
fn braced(text: &str) -> (Piece<'_>, usize) {
    let inside = text.get(2..).unwrap_or_default();
    let end = if text.starts_with("{{") {
        inside.find(['{', '}'])
    } else {
        None
    };
    match end {
        Some(end) if inside[end..].starts_with("}}") => {
            let (name, used) = (inside[..end].trim(), end + 4);
            match name.is_empty() {
                true => (Piece::Broken(&text[..used]), used),
                false => (Piece::Variable(name), used),
            }
        }
        _ => (Piece::Broken(&text[..2]), 2),
    }
}

/// Names of the variables, each once, in order of their first appearance.
pub fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Variable(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The number of a positional variable, from 1.
pub fn position(name: &str) -> Option<usize> {
    match name.bytes().all(|byte| byte.is_ascii_digit()) && !name.starts_with('0') {
        true => name.parse().ok(),
        false => None,
    }
}

/// Whether a named variable may have this name: small letters, digits and `_`, a letter first.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn variables_are_found() {
        assert_eq!(names("Hello {{1}}, {{ 2 }} and {{1}}"), ["1", "2"]);
        assert_eq!(names("{{10}}{{1}}"), ["10", "1"]);
        for broken in [
            "Hello {{1}, x",
            "Hello {{}}",
            "Hello {{ }}",
            "1}} there",
            "{{a{b}}",
            "{{1",
        ] {
            assert!(names(broken).is_empty(), "{broken}");
            assert!(
                pieces(broken).iter().any(|p| matches!(p, Piece::Broken(_))),
                "{broken}"
            );
        }
        assert_eq!(pieces("a {1} b"), [Piece::Text("a {1} b")]);
    }

    #[test]
    fn positions_are_ascii_numbers_from_one() {
        assert_eq!(position("10"), Some(10));
        for not in ["0", "01", "١", "1a", "", "-1", "99999999999999999999999"] {
            assert_eq!(position(not), None, "{not}");
        }
    }

    proptest! {
        #[test]
        fn nothing_of_a_text_is_lost(text in "[a{} 1é]{0,40}") {
            let joined: String = pieces(&text).iter().map(|piece| match piece {
                Piece::Text(text) | Piece::Broken(text) => (*text).to_owned(),
                Piece::Variable(name) => format!("{{{{{name}}}}}"),
            }).collect();
            let without = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without(&joined), without(&text));
        }
    }
}
