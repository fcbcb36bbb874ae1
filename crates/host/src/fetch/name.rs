//! The name that a server gives a file: `Content-Disposition` (RFC 6266).

/// The name, if there is one that can be read: `filename*` in UTF-8, else `filename`.
pub(super) fn file_name(header: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(header);
    let mut plain = None;
    for (name, value) in parameters(&text) {
        if name.eq_ignore_ascii_case("filename*") {
            let encoded = value
                .split_once('\'')
                .filter(|(charset, _)| charset.eq_ignore_ascii_case("utf-8"));
            let encoded = encoded.and_then(|(_, rest)| rest.split_once('\''));
            let decoded =
                encoded.and_then(|(_, name)| percent_encoding::percent_decode_str(name).decode_utf8().ok());
            if let Some(decoded) = decoded.filter(|name| !name.is_empty()) {
                return Some(decoded.into_owned());
            }
        } else if name.eq_ignore_ascii_case("filename") {
            plain = Some(value).filter(|name| !name.is_empty());
        }
    }
    plain
}

/// `; name=token` and `; name="quoted"`, in their order.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut letters = text.chars();
    // The type comes first.
    letters.by_ref().find(|letter| *letter == ';');
    loop {
        let name: String = letters.by_ref().take_while(|letter| *letter != '=').collect();
        let (mut value, mut quoted, mut escaped) = (String::new(), false, false);
        let mut ended = true;
        for letter in letters.by_ref() {
            match letter {
                _ if escaped => {
                    value.push(letter);
                    escaped = false;
                }
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                ';' if !quoted => {
                    ended = false;
                    break;
                }
                _ => value.push(letter),
            }
        }
        found.push((name.trim().to_owned(), value.trim().to_owned()));
        if ended {
            return found;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_as_servers_write_them() {
        for (header, name) in [
            ("attachment; filename=\"Invoice 42.pdf\"", Some("Invoice 42.pdf")),
            ("attachment; filename=invoice.pdf", Some("invoice.pdf")),
            ("inline;FILENAME=a.pdf ; size=3", Some("a.pdf")),
            ("attachment; filename=\"a;b\\\"c.pdf\"", Some("a;b\"c.pdf")),
            (
                "attachment; filename=\"Gr__e.pdf\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.pdf",
                Some("Größe.pdf"),
            ),
            (
                "attachment; filename*=iso-8859-1''Gr%F6%DFe.pdf; filename=plain.pdf",
                Some("plain.pdf"),
            ),
            (
                "attachment; filename*=UTF-8''%FF; filename=plain.pdf",
                Some("plain.pdf"),
            ),
            ("attachment; filename=\"Größe.pdf\"", Some("Größe.pdf")),
            ("attachment; filename=\"\"", None),
            ("attachment", None),
            ("", None),
            (";;;===", None),
            ("attachment; filename=\"open", Some("open")),
        ] {
            assert_eq!(file_name(header.as_bytes()).as_deref(), name, "{header}");
        }
    }
}
