//! A new password: typed twice without being shown, or the first line of standard input. Never an argument, which every user of the
//! machine could read.

use std::io::{BufRead, IsTerminal, stdin};

use anyhow::{Context, ensure};
use secrecy::{ExposeSecret, SecretString};
use tokio::signal::unix::{SignalKind, signal};

/// Bytes of a line that are read at most; longer passwords are refused anyway.
const LINE: u64 = 4096;

/// Asks for a new password of `whom`. To be called within a Tokio runtime.
///
/// # Errors
/// When the two differ, or nothing came.
pub(super) fn new_password(whom: &str) -> anyhow::Result<SecretString> {
    if !stdin().is_terminal() {
        return first_line(stdin().lock());
    }
    // Ctrl-C would end the process at once and leave the terminal without echo. Once the signal is handled here, the question ends
    // with an error instead, after the terminal is as it was.
    let _handled = signal(SignalKind::interrupt()).context("Ctrl-C cannot be handled")?;
    let ask = |prompt: String| {
        rpassword::prompt_password(prompt)
            .map(SecretString::from)
            .context("no password could be read from the terminal")
    };
    let first = ask(format!("New password for {whom}: "))?;
    let second = ask("The same again: ".to_owned())?;
    ensure!(
        first.expose_secret() == second.expose_secret(),
        "the two passwords differ; nothing was changed"
    );
    Ok(first)
}

fn first_line(input: impl BufRead) -> anyhow::Result<SecretString> {
    let mut line = String::new();
    input
        .take(LINE)
        .read_line(&mut line)
        .context("no password could be read from standard input")?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(
        !password.is_empty(),
        "no password came on standard input; run the command in a terminal to be asked for it"
    );
    Ok(SecretString::from(password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_without_its_end() {
        for (input, wanted) in [
            ("correct horse", "correct horse"),
            ("correct horse\n", "correct horse"),
            ("correct horse\r\n", "correct horse"),
            (" spaces count \nsecond line", " spaces count "),
        ] {
            let read = first_line(input.as_bytes()).unwrap();
            assert_eq!(read.expose_secret(), wanted);
        }
        for input in [&b""[..], b"\n", b"\r\n", b"\xff\xfe\n"] {
            assert!(first_line(input).is_err());
        }
        let long = first_line(&vec![b'x'; 1 << 20][..]).unwrap();
        assert_eq!(long.expose_secret().len(), 4096);
    }
}
