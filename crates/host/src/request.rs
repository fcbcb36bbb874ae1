//! Refuses headers that cannot be read and query parameters that no operation has. Ignoring them would answer a different
//! request than the one that was made.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Error, Result};
use poem::Request;
use serde_json::Value;

/// Headers that are used here and may be given once.
const SINGLE: &[&str] = &[
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Modified-Since",
    "If-Range",
    "If-Unmodified-Since",
    "Origin",
    "Range",
    "Sec-Fetch-Site",
    "X-Tenant-Id",
];
/// Headers that are used here and are lists, so they may be given several times.
const LISTS: &[&str] = &["Accept", "If-Match", "If-None-Match"];
/// Characters of an unknown parameter's name that an error repeats.
const NAME: usize = 64;

/// Checks that every used header can be read, and that single-valued ones are given once.
///
/// # Errors
/// 422 that names the header.
pub(crate) fn readable_headers(request: &Request) -> Result<()> {
    let headers = request.headers();
    for name in SINGLE.iter().chain(LISTS) {
        let values = headers.get_all(*name);
        if values.iter().any(|value| value.to_str().is_err()) {
            return Err(Error::invalid(*name, "must be printable ASCII characters"));
        }
        if SINGLE.contains(name) && values.iter().nth(1).is_some() {
            return Err(Error::invalid(*name, "is given more than once"));
        }
    }
    Ok(())
}

/// The query parameters of the operations at one path, by method; whether one may be given several times.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parameters(BTreeMap<String, BTreeMap<String, bool>>);

impl Parameters {
    /// As the OpenAPI document describes a path.
    pub(crate) fn of(item: &Value) -> Self {
        let operations = item.as_object().into_iter().flatten();
        let parameters = operations.map(|(method, operation)| {
            let all = operation["parameters"].as_array().into_iter().flatten();
            let in_query = all
                .filter(|parameter| parameter["in"] == "query")
                .filter_map(|parameter| {
                    let name = parameter["name"].as_str()?.to_owned();
                    Some((name, parameter["schema"]["type"] == "array"))
                });
            (method.to_uppercase(), in_query.collect())
        });
        Self(parameters.collect())
    }

    /// Checks the query of a request.
    ///
    /// # Errors
    /// 422 that names an unknown or repeated parameter.
    pub(crate) fn check(&self, request: &Request) -> Result<()> {
        // An unknown method is refused elsewhere.
        let Some(known) = self.0.get(request.method().as_str()) else {
            return Ok(());
        };
        let query = request.uri().query().unwrap_or_default();
        let mut seen = BTreeSet::new();
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            match known.get(&*name) {
                None => return Err(unknown(&name, known.keys())),
                Some(false) if seen.contains(&name) => {
                    return Err(Error::invalid(name, "is given more than once"));
                }
                Some(_) => seen.insert(name),
            };
        }
        Ok(())
    }
}

fn unknown<'a>(name: &str, known: impl Iterator<Item = &'a String>) -> Error {
    let known: Vec<_> = known.map(|name| format!("`{name}`")).collect();
    let message = match known.as_slice() {
        [] => "is not a parameter of this operation, which has none".to_owned(),
        known => format!(
            "is not a parameter of this operation; there are {}",
            known.join(", ")
        ),
    };
    let shown: String = name.chars().filter(|c| !c.is_control()).take(NAME).collect();
    Error::invalid(shown, message)
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderName, HeaderValue, Method, Uri};
    use serde_json::json;

    use super::*;

    fn with(headers: &[(&'static str, &[u8])]) -> Request {
        let mut request = Request::default();
        for (name, value) in headers {
            let name: HeaderName = name.parse().unwrap();
            request
                .headers_mut()
                .append(name, HeaderValue::from_bytes(value).unwrap());
        }
        request
    }

    #[test]
    fn a_header_that_cannot_be_read_is_not_absent() {
        for name in SINGLE.iter().chain(LISTS) {
            let error = readable_headers(&with(&[(name, "ñ-1".as_bytes())])).unwrap_err();
            assert_eq!(error.status().as_u16(), 422);
            assert!(error.detail().contains(name), "{error}");
        }
        for name in SINGLE {
            let error = readable_headers(&with(&[(name, b"a"), (name, b"a")])).unwrap_err();
            assert!(error.detail().contains(name), "{error}");
        }
        for name in LISTS {
            readable_headers(&with(&[(name, b"a"), (name, b"b")])).unwrap();
        }
        readable_headers(&with(&[
            ("x-unheard-of", "ñ".as_bytes()),
            ("idempotency-key", b"a-1"),
        ]))
        .unwrap();
    }

    #[test]
    fn a_parameter_that_does_not_exist_is_refused() {
        let parameters = Parameters::of(&json!({
            "get": { "parameters": [
                { "in": "query", "name": "limit", "schema": { "type": "integer" } },
                { "in": "query", "name": "tags", "schema": { "type": "array" } },
                { "in": "header", "name": "Idempotency-Key" },
            ] },
            "post": {},
        }));
        let check = |method: Method, query: &str| {
            let uri: Uri = format!("/contacts?{query}").parse().unwrap();
            parameters.check(&Request::builder().method(method).uri(uri).finish())
        };
        for query in ["", "limit=1", "tags=a&tags=b&limit=1", "limit"] {
            check(Method::GET, query).unwrap();
        }
        for query in [
            "limits=1",
            "Limit=1",
            "limit=1&limit=2",
            "Idempotency-Key=1",
            "%00=1",
            "=1",
        ] {
            assert_eq!(
                check(Method::GET, query).unwrap_err().status().as_u16(),
                422,
                "{query}"
            );
        }
        assert!(check(Method::POST, "limit=1").is_err());
        check(Method::PATCH, "limit=1").unwrap();
    }
}
