//! The button of an authentication template (Cloud API: templates, component grammar, buttons).

use serde_json::{Value, json};

fn of(part: &Value) -> &[Value] {
    part.get("buttons")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// That button once it exists: the code's address, which is why a send fills a `url` button.
pub(super) fn read_back(part: &Value) -> Value {
    let button = of(part).first().cloned().unwrap_or_default();
    let kind = button
        .get("otp_type")
        .and_then(Value::as_str)
        .unwrap_or("COPY_CODE")
        .to_uppercase();
    let shown = button.get("text").and_then(Value::as_str).unwrap_or("Copy code");
    let address = format!("https://www.whatsapp.com/otp/code/?otp_type={kind}&code=otp{{{{1}}}}");
    json!({"type": "BUTTONS", "buttons": [{"type": "URL", "text": shown, "url": address, "example": [
        address.replace("{{1}}", "123456")]}]})
}
