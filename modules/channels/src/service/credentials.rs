//! Credentials as they are entered. They are copied from web pages, so white space around them is dropped; what Graph, a header or the
//! signature cannot take is refused when it is entered, not when it is used.

use kernel::{Error, Result};
use secrecy::{ExposeSecret, SecretString};

/// An access token or app secret: printable ASCII without blanks.
///
/// # Errors
/// 422 that names the field.
pub(super) fn token(field: &'static str, text: &SecretString, least: usize) -> Result<SecretString> {
    let text = text.expose_secret().trim();
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::invalid(
            field,
            "must be letters, digits and signs of ASCII, without blanks or line breaks",
        ));
    }
    long_enough(field, text, least)
}

/// A verify token: any text on one line.
///
/// # Errors
/// 422 that names the field.
pub(super) fn line(field: &'static str, text: &SecretString, least: usize) -> Result<SecretString> {
    let text = text.expose_secret().trim();
    if text::name::has_invisible(text) || text.contains(['\u{2028}', '\u{2029}']) {
        return Err(Error::invalid(
            field,
            "must be on one line, without control characters or invisible ones",
        ));
    }
    long_enough(field, text, least)
}

fn long_enough(field: &'static str, text: &str, least: usize) -> Result<SecretString> {
    if text.chars().count() < least {
        let message = format!("must have at least {least} characters besides blanks around it");
        return Err(Error::invalid(field, message));
    }
    Ok(SecretString::from(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_a_credential_is_dropped_and_what_cannot_be_sent_is_refused() {
        let secret = |text: &str| SecretString::from(text.to_owned());
        let of_token =
            |text: &str| token("access_token", &secret(text), 1).map(|it| it.expose_secret().to_owned());
        assert_eq!(of_token(" EAAB|x-1\r\n").unwrap(), "EAAB|x-1");
        for wrong in ["EA AB", "EA\nAB", "EAÄ", "EA\u{200b}B", "EA\u{7f}", " ", ""] {
            let refused = of_token(wrong).unwrap_err();
            assert_eq!(
                (refused.status().as_u16(), refused.code()),
                (422, "invalid_request"),
                "{wrong:?}"
            );
            assert!(refused.detail().contains("access_token"), "{refused}");
        }
        let of_line =
            |text: &str| line("verify_token", &secret(text), 8).map(|it| it.expose_secret().to_owned());
        assert_eq!(of_line("\tmein Schlüssel \n").unwrap(), "mein Schlüssel");
        for wrong in [
            "line one\nline two",
            "bell\u{7}bell",
            "unseen\u{200b}one",
            "a      b\u{2028}c",
            "  short  ",
        ] {
            assert!(of_line(wrong).is_err(), "{wrong:?}");
        }
    }
}
