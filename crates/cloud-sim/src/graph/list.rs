//! Field selection and pages of rows (Cloud API: reads, writes, paging).

use serde_json::{Value, json};

use super::{Call, Refusal, Reply};
use crate::core::Core;

/// The top-level names of `fields=a,b{c,d}`; an unknown one is an error.
fn fields(call: &Call, node: &str, known: &[&str]) -> Result<Option<Vec<String>>, Refusal> {
    let Some(text) = call.query.get("fields").filter(|f| !f.trim().is_empty()) else {
        return Ok(None);
    };
    let mut names: Vec<String> = vec![String::new()];
    let mut depth = 0_u32;
    for c in text.chars() {
        match c {
            '{' | '(' => depth += 1,
            '}' | ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => names.push(String::new()),
            c if depth == 0 && !c.is_whitespace() => {
                if let Some(last) = names.last_mut() {
                    last.push(c);
                }
            }
            _ => {}
        }
    }
    names.retain(|n| !n.is_empty());
    for name in &mut names {
        // `name.limit(1)` asks for an edge in place, `name.invalidate(true)` for a new one.
        name.truncate(name.find('.').unwrap_or(name.len()));
        if !known.contains(&name.as_str()) {
            return Err(Refusal::parameter(format!(
                "Tried accessing nonexisting field ({name}) on node type ({node})"
            )));
        }
    }
    Ok(Some(names))
}

fn picked(node: Value, wanted: Option<&[String]>, default: &[&str]) -> Value {
    let Value::Object(object) = node else { return node };
    let keep = |key: &str| match wanted {
        Some(names) => key == "id" || names.iter().any(|n| n == key),
        None => default.is_empty() || default.contains(&key),
    };
    Value::Object(object.into_iter().filter(|(key, _)| keep(key)).collect())
}

pub(super) fn pick(
    call: &Call,
    name: &str,
    node: Value,
    known: &[&str],
    default: &[&str],
) -> Result<Reply, Refusal> {
    let wanted = fields(call, name, known)?;
    Ok(Reply::Ok(picked(node, wanted.as_deref(), default)))
}

/// A page of rows with opaque cursors; the end of the list has no `next`.
pub(super) fn page(
    core: &Core,
    call: &Call,
    rows: Vec<Value>,
    name: &str,
    known: &[&str],
    default: &[&str],
) -> Result<Reply, Refusal> {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let wanted = fields(call, name, known)?;
    let limit = match call.query.get("limit") {
        None => 25,
        Some(text) => match text.parse::<usize>() {
            Ok(n) if n > 0 => n.min(1_000),
            _ => return Err(Refusal::parameter("Param limit must be a positive integer.")),
        },
    };
    let cursor = |at: usize| URL_SAFE_NO_PAD.encode(format!("sim:{at}"));
    let place = |text: &String| -> Option<usize> {
        String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?)
            .ok()?
            .strip_prefix("sim:")?
            .parse()
            .ok()
    };
    let bad = || Refusal::parameter("Invalid cursors values. Please make sure you provide a valid cursor.");
    let start = match (call.query.get("after"), call.query.get("before")) {
        (Some(text), _) if !text.is_empty() => place(text).ok_or_else(bad)? + 1,
        (_, Some(text)) if !text.is_empty() => place(text).ok_or_else(bad)?.saturating_sub(limit),
        _ => 0,
    };
    let total = rows.len();
    let data: Vec<Value> = rows
        .into_iter()
        .skip(start)
        .take(limit)
        .map(|row| picked(row, wanted.as_deref(), default))
        .collect();
    let mut body = json!({"data": data});
    if let Some(last) = data.len().checked_sub(1).map(|n| start + n) {
        let mut paging = json!({"cursors": {"before": cursor(start), "after": cursor(last)}});
        let path = format!(
            "{}/{}/{}",
            core.config.public_url,
            call.version,
            call.path.join("/")
        );
        if last + 1 < total {
            paging["next"] = json!(format!("{path}?limit={limit}&after={}", cursor(last)));
        }
        if start > 0 {
            paging["previous"] = json!(format!("{path}?limit={limit}&before={}", cursor(start)));
        }
        body["paging"] = paging;
    }
    Ok(Reply::Ok(body))
}
