//! Turns almost-JSON into strict JSON. WhatsApp signed the body, so one invalid string or number must not cost the messages
//! beside it.

/// Nesting depth at most; anything deeper becomes `null`. Nothing that is read is nested so deep.
const DEPTH: usize = 64;

/// The body as strict JSON, as far as that is possible:
///
/// - invalid characters become U+FFFD: bytes that are not UTF-8, lone surrogates, malformed `\u` escapes;
/// - a byte order mark, control characters between tokens and anything after the document are removed;
/// - control characters inside strings are escaped, and the backslash of unknown escapes is removed;
/// - a number that no 64-bit integer or float can hold, and every unknown word, becomes a string with the same text;
/// - what is nested deeper than 64 levels becomes `null`.
///
/// A truncated document stays truncated. Time and memory are proportional to the body.
pub(super) fn mend(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut mending = Mending {
        text: &text,
        at: 0,
        out: String::with_capacity(text.len() + 16),
    };
    mending.document();
    mending.out
}

struct Mending<'a> {
    text: &'a str,
    at: usize,
    out: String,
}

impl Mending<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn document(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'{' | b'[' if depth == DEPTH => self.skip_container(),
                b'{' | b'[' => {
                    depth += 1;
                    self.copy(byte);
                }
                b'}' | b']' => {
                    depth = depth.saturating_sub(1);
                    self.copy(byte);
                }
                b',' | b':' => self.copy(byte),
                b'"' => self.string(),
                _ if is_gap(byte) => self.at += 1,
                _ if self.text[self.at..].starts_with('\u{feff}') => {
                    self.at += '\u{feff}'.len_utf8();
                    continue;
                }
                _ => self.word(),
            }
            if depth == 0 && !self.out.is_empty() {
                return;
            }
        }
    }

    fn copy(&mut self, byte: u8) {
        self.out.push(char::from(byte));
        self.at += 1;
    }

    /// Skips a container, whatever is in it.
    fn skip_container(&mut self) {
        self.out.push_str("null");
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                b'"' => self.skip_string(),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// Skips a string after its opening quote.
    fn skip_string(&mut self) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'"' => return,
                b'\\' => self.at += 1,
                _ => {}
            }
        }
    }

    /// A number, `true`, `false`, `null`, or whatever is in their place.
    fn word(&mut self) {
        let rest = &self.text[self.at..];
        let ends = |c: char| {
            matches!(c, ',' | ':' | '{' | '}' | '[' | ']' | '"' | ' ' | '\u{feff}') || c.is_control()
        };
        let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
        self.at += word.len();
        if matches!(word, "true" | "false" | "null") || is_number(word) {
            self.out.push_str(word);
        } else {
            self.out.push_str(&serde_json::Value::from(word).to_string());
        }
    }

    fn string(&mut self) {
        self.copy(b'"');
        while let Some(c) = self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            match c {
                '"' => return self.copy(b'"'),
                '\\' => self.escape(),
                '\0'..='\u{1f}' => {
                    self.out.push_str(&format!("\\u{:04x}", u32::from(c)));
                    self.at += 1;
                }
                _ => {
                    self.out.push(c);
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// What a backslash begins.
    fn escape(&mut self) {
        self.at += 1;
        match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't')) => {
                self.out.push('\\');
                self.copy(byte);
            }
            Some(b'u') => self.code_unit(),
            // No known escape: only the backslash is dropped. The next character is read as usual.
            _ => {}
        }
    }

    fn code_unit(&mut self) {
        let Some(unit) = self.unit_at(self.at + 1) else {
            self.out.push('\u{fffd}');
            self.at += 1;
            return;
        };
        let follows = self.text.get(self.at + 5..self.at + 7) == Some("\\u");
        let low = if follows { self.unit_at(self.at + 7) } else { None };
        match (unit, low) {
            (0xd800..=0xdbff, Some(0xdc00..=0xdfff)) => self.copy_escaped(11),
            (0xd800..=0xdfff, _) => {
                self.out.push('\u{fffd}');
                self.at += 5;
            }
            _ => self.copy_escaped(5),
        }
    }

    /// Copies an escape, after its backslash, unchanged.
    fn copy_escaped(&mut self, length: usize) {
        self.out.push('\\');
        self.out.push_str(&self.text[self.at..self.at + length]);
        self.at += length;
    }

    /// Four hexadecimal digits.
    fn unit_at(&self, at: usize) -> Option<u16> {
        let digits = self.text.get(at..at + 4)?;
        let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(digits, 16).ok().filter(|_| hexadecimal)
    }
}

fn is_gap(byte: u8) -> bool {
    byte <= b' ' || byte == 0x7f
}

/// Whether it is a JSON number that keeps its digits when it is read.
fn is_number(word: &str) -> bool {
    let number = serde_json::from_str::<serde_json::Number>(word);
    number.is_ok_and(|number| super::tree::is_exact(&number))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn read(body: &[u8]) -> Value {
        let mended = mend(body);
        serde_json::from_str(&mended).unwrap_or_else(|error| panic!("{mended}: {error}"))
    }

    #[test]
    fn what_is_no_character_is_replaced() {
        for (body, expected) in [
            (&br#"{"a":"Zo\u00eb \ud83d"}"#[..], json!({"a": "Zoë \u{fffd}"})),
            (br#"{"a":"\udc4d x"}"#, json!({"a": "\u{fffd} x"})),
            (br#"{"a":"\ud83d\ud83d\udc4d"}"#, json!({"a": "\u{fffd}👍"})),
            (br#"{"a":"\ud83d\n"}"#, json!({"a": "\u{fffd}\n"})),
            (br#"{"\ud83d":1}"#, json!({"\u{fffd}": 1})),
            (br#"{"a":"\u12G4"}"#, json!({"a": "\u{fffd}12G4"})),
            (br#"{"a":"\u+123"}"#, json!({"a": "\u{fffd}+123"})),
            (b"{\"a\":\"x\xffy\"}", json!({"a": "x\u{fffd}y"})),
            (
                b"{\"a\xff\":\"\xed\xa0\xbd\"}",
                json!({"a\u{fffd}": "\u{fffd}\u{fffd}\u{fffd}"}),
            ),
            (br#"{"a":"\x \' \\ \" \/"}"#, json!({"a": "x ' \\ \" /"})),
            (b"{\"a\":\"1\n2\t3\x00\"}", json!({"a": "1\n2\t3\0"})),
        ] {
            assert_eq!(read(body), expected, "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn what_is_around_the_document_is_left_out() {
        for body in [
            &b"\xef\xbb\xbf{\"a\":1}"[..],
            b"{\"a\":1}\0\0\0",
            b"\0 {\"a\":1}",
            b"{\"a\":1} {\"a\":2}",
            b"{\"a\":1}]}, garbage \"",
            b"{\0\"a\"\x0b:\x7f1\xef\xbb\xbf}",
        ] {
            assert_eq!(read(body), json!({"a": 1}), "{}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn numbers_keep_their_digits() {
        for (word, expected) in [
            ("1e400", json!("1e400")),
            ("-1e400", json!("-1e400")),
            (
                "123456789012345678901234567890",
                json!("123456789012345678901234567890"),
            ),
            ("18446744073709551615", json!(u64::MAX)),
            ("-9223372036854775808", json!(i64::MIN)),
            ("-9223372036854775809", json!("-9223372036854775809")),
            ("007", json!("007")),
            ("+5", json!("+5")),
            (".5", json!(".5")),
            ("12.5", json!(12.5)),
            ("1e-400", json!(0.0)),
            ("NaN", json!("NaN")),
            ("-Infinity", json!("-Infinity")),
            ("undefined", json!("undefined")),
            ("true", json!(true)),
        ] {
            let body = format!("[{word}]");
            assert_eq!(read(body.as_bytes())[0], expected, "{word}");
        }
    }

    #[test]
    fn what_is_nested_too_deep_is_null() {
        for deep in [100, 100_000] {
            let inner = format!("{}\"]\"{}", "[{\"k\":".repeat(deep), "}]".repeat(deep));
            let body = format!("{{\"deep\":{inner},\"text\":\"kept\"}}");
            assert_eq!(read(body.as_bytes())["text"], "kept");
        }
    }

    #[test]
    fn what_ends_too_early_stays_so() {
        for body in [
            "",
            "{",
            r#"{"a":"x"#,
            r#"{"a":[1,2"#,
            r#"{"a":"\"#,
            r#"{"a":"\ud8"#,
            "<html>x",
        ] {
            let mended = mend(body.as_bytes());
            assert!(
                !serde_json::from_str::<Value>(&mended).is_ok_and(|it| it.is_object()),
                "{mended}"
            );
        }
    }

    proptest! {
        #[test]
        fn strict_json_keeps_its_meaning(text in "\\PC{0,40}", number in -9e18..9e18_f64, whole in any::<i64>()) {
            let value = json!({"t": text, "n": [number, whole], text.as_str(): null});
            let written = value.to_string();
            let strict: Value = serde_json::from_str(&written).unwrap();
            prop_assert_eq!(read(written.as_bytes()), strict);
        }

        #[test]
        fn survives_any_bytes(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = mend(&body);
        }

        #[test]
        fn survives_any_json_like_text(body in r#"[\[\]{},:"\\u0-9a-fdDe\. ]{0,80}"#) {
            let mended = mend(body.as_bytes());
            prop_assert!(mended.len() <= body.len() * 6 + 16);
        }
    }
}
