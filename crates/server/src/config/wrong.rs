//! Errors of a configuration, without any of its values: a mistyped password must not end up in a log.

use std::path::Path;

use figment::{
    Error,
    error::Kind,
    value::{Dict, Value},
};
use url::Url;

use super::load::{DEFAULTS, PREFIX};

/// What a setting must be, where the type of its default is not enough.
const EXPECTED: &[(&str, &str)] = &[
    ("listen", "an IP address with a port, such as \"127.0.0.1:8080\""),
    (
        "public_url",
        "an address without a password, such as \"https://wa.example.com\"",
    ),
    (
        "database_url",
        "empty or like \"mysql://user:password@host:3306/name\", with special characters of the password percent-encoded",
    ),
    (
        "redis_url",
        "empty or like \"redis://:password@host:6379\", with special characters of the password percent-encoded",
    ),
    ("database_connections", "a whole number, 1 or more"),
    ("redis_connections", "a whole number, 4 or more"),
    ("redis_wait_ms", "a whole number, 1 or more"),
    ("api_rate", "a whole number, 1 or more"),
    ("api_burst", "a whole number, 1 or more"),
    (
        "encryption_keys",
        "a list of texts, each \"<id>:<64 hexadecimal digits>\" with a different id",
    ),
    ("log", "`info`, `debug`, or a filter such as \"info,host=debug\""),
    ("log_format", "\"text\" or \"json\""),
    ("graph_url", "an address such as \"https://graph.facebook.com\""),
    (
        "allowed_hosts",
        "a list of host names such as \"app.example.com\", without scheme, port or path",
    ),
    (
        "metrics_listen",
        "empty or an IP address with a port, such as \"127.0.0.1:9464\"",
    ),
    (
        "trusted_proxies",
        "a list of IP addresses or networks, such as [\"127.0.0.1\", \"172.16.0.0/12\"]",
    ),
    (
        "simulator.reach",
        "a list of loopback hosts, such as [\"127.0.0.1:9000\", \"localhost\"]",
    ),
    (
        "media.url",
        "empty or like \"file:///folder\" or \"s3://bucket/prefix\", without access keys",
    ),
    (
        "media.endpoint",
        "empty or an address without a password, such as \"https://minio.example:9000\"",
    ),
    ("media.fetch_ports", "a list of numbers from 0 to 65535"),
    (
        "media.fetch_networks",
        "a list of networks, such as [\"10.1.2.0/24\"]",
    ),
    (
        "simulator.url",
        "empty or an address such as \"http://127.0.0.1:9090\"",
    ),
    (
        "simulator.profile",
        "\"realistic\", \"fast\", \"chaos\" or \"load\"",
    ),
];

/// All errors, one sentence each.
pub(super) fn explain(error: Error, file: Option<&Path>) -> String {
    let complaints: Vec<String> = error.into_iter().map(|error| complaint(&error, file)).collect();
    complaints.join("; ")
}

/// Key and expected type. Anything else in the error may contain a value.
fn complaint(error: &Error, file: Option<&Path>) -> String {
    // An item of a list is named by its list.
    let path: Vec<&str> = error
        .path
        .iter()
        .map(String::as_str)
        .take_while(|part| !part.bytes().all(|byte| byte.is_ascii_digit()))
        .collect();
    match &error.kind {
        Kind::UnknownField(name, _) => {
            // The path may end with the name already.
            let named = path.last() == Some(&name.as_str());
            let rest = (!named).then_some(name.as_str());
            let path: Vec<&str> = path.iter().copied().chain(rest).collect();
            let place = place(&path, file);
            format!(
                "{} is no setting{place}. config.default.toml explains every setting",
                key(&path)
            )
        }
        Kind::MissingField(name) => format!("`{name}` is missing"),
        Kind::DuplicateField(name) => format!("`{name}` is set twice"),
        _ if path.is_empty() => "a setting has a value of the wrong kind".to_owned(),
        _ => format!("{}{} must be {}", key(&path), place(&path, file), expected(&path)),
    }
}

/// A setting whose value was read but is invalid.
pub(super) fn value(key: &str) -> anyhow::Error {
    let path: Vec<&str> = key.split('.').collect();
    anyhow::anyhow!("`{key}` must be {}", expected(&path))
}

/// An http or https address with a host and without a password.
///
/// # Errors
/// What the setting must be.
pub(super) fn address(key: &str, text: &str) -> anyhow::Result<Url> {
    Url::parse(text)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .ok_or_else(|| value(key))
}

/// The name as in the file, unless it does not look like a name: then it may be a value in the wrong place.
fn key(path: &[&str]) -> String {
    let plain = |part: &&str| {
        (1..=48).contains(&part.len())
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    if path.iter().all(plain) {
        format!("`{}`", path.join("."))
    } else {
        "a name".to_owned()
    }
}

/// The variable that set it, or the file.
fn place(path: &[&str], file: Option<&Path>) -> String {
    let name = format!("{PREFIX}{}", path.join("__"));
    let set = std::env::vars_os().find(|(known, _)| {
        let known = known.to_string_lossy();
        // A table as a whole (WAPRO_MEDIA={…}) sets what is in it.
        known.len() > PREFIX.len()
            && (known.eq_ignore_ascii_case(&name)
                || name
                    .to_ascii_uppercase()
                    .starts_with(&format!("{known}__").to_ascii_uppercase()))
    });
    match (set, file) {
        (Some((known, _)), _) => format!(" (environment variable {})", known.to_string_lossy()),
        (None, Some(file)) => format!(" (file {})", file.display()),
        (None, None) => String::new(),
    }
}

/// What a setting must be.
fn expected(path: &[&str]) -> &'static str {
    let name = path.join(".");
    if let Some((_, expected)) = EXPECTED.iter().find(|(known, _)| *known == name) {
        return expected;
    }
    match default_of(path) {
        Some(Value::String(..)) => {
            "text in quotes (in the environment, digits alone need them too: '\"123\"')"
        }
        Some(Value::Bool(..)) => "true or false",
        Some(Value::Num(..)) => "a whole number that is not negative",
        Some(Value::Array(..)) => "a list",
        Some(Value::Dict(..)) => "a table of settings",
        _ => "of another kind",
    }
}

fn default_of(path: &[&str]) -> Option<Value> {
    let defaults: Dict = toml::from_str(DEFAULTS).ok()?;
    let mut found = Value::from(defaults);
    for part in path {
        found = found.into_dict()?.remove(*part)?;
    }
    Some(found)
}

/// Line and column of a byte, in words.
pub(super) fn position(text: &str, byte: usize) -> String {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    format!(": see line {line}, column {column}")
}
