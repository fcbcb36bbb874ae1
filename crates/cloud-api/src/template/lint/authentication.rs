//! Authentication templates: WhatsApp writes them, but for three settings (Cloud API: authentication templates).

use serde_json::Value;

use super::{Lint, Part, Rule, list, short, text, upper};

impl Lint {
    pub(super) fn authentication(&mut self, parts: &[Part<'_>]) {
        for part in parts {
            match part.kind.as_str() {
                "HEADER" => self.add(Rule::AuthHeader, &part.path, []),
                "BODY" if !text(part.value).is_empty() => {
                    self.add(Rule::AuthCustomBody, format!("{}.text", part.path), [])
                }
                "BODY" => {}
                "FOOTER" => self.expiry(part.value, &part.path),
                "BUTTONS" => self.one_time_password(part.value, &part.path),
                other => self.add(
                    Rule::ComponentNotAllowed,
                    &part.path,
                    [("component", other.into())],
                ),
            }
        }
        if !parts.iter().any(|part| part.kind == "BODY") {
            self.add(Rule::BodyMissing, "components", []);
        }
        if !parts.iter().any(|part| part.kind == "BUTTONS") {
            self.add(Rule::AuthButton, "components", []);
        }
    }

    fn expiry(&mut self, part: &Value, path: &str) {
        if !text(part).is_empty() {
            self.add(Rule::AuthCustomFooter, format!("{path}.text"), []);
        }
        let minutes = part.get("code_expiration_minutes");
        if !minutes
            .and_then(Value::as_i64)
            .is_some_and(|minutes| (1..=90).contains(&minutes))
        {
            let limits = [("minimum", 1.into()), ("maximum", 90.into())];
            self.add(
                Rule::AuthExpiryRange,
                format!("{path}.code_expiration_minutes"),
                limits,
            );
        }
    }

    fn one_time_password(&mut self, part: &Value, path: &str) {
        let (buttons, at) = (list(part.get("buttons")), format!("{path}.buttons"));
        let [button] = buttons else {
            let at = if buttons.len() > 1 { format!("{at}[1]") } else { at };
            return self.add(Rule::AuthButton, at, []);
        };
        let at = format!("{at}[0]");
        if upper(button.get("type")) != "OTP" {
            return self.add(Rule::AuthButton, at, []);
        }
        for label in ["text", "autofill_text"] {
            if let Some(shown) = button.get(label).and_then(Value::as_str) {
                self.label(shown, &format!("{at}.{label}"), Rule::ButtonTextMissing);
            }
        }
        match upper(button.get("otp_type")).as_str() {
            "COPY_CODE" => {}
            "ONE_TAP" => self.apps(button, &at),
            "ZERO_TAP" => {
                if button.get("zero_tap_terms_accepted") != Some(&Value::Bool(true)) {
                    self.add(Rule::OtpTerms, format!("{at}.zero_tap_terms_accepted"), []);
                }
                self.apps(button, &at);
            }
            other => self.add(Rule::OtpType, format!("{at}.otp_type"), [("value", short(other))]),
        }
    }

    /// The apps that take the code; an older form names one beside the button's type.
    fn apps(&mut self, button: &Value, at: &str) {
        const LIMIT: usize = 5;
        let apps = list(button.get("supported_apps"));
        if apps.is_empty() {
            match button.get("package_name").is_some() {
                true => self.app(button, at),
                false => self.add(Rule::OtpAppsMissing, format!("{at}.supported_apps"), []),
            }
        }
        if apps.len() > LIMIT {
            let counts = [("count", apps.len().into()), ("limit", LIMIT.into())];
            return self.add(Rule::OtpAppsLimit, format!("{at}.supported_apps"), counts);
        }
        for (index, app) in apps.iter().enumerate() {
            self.app(app, &format!("{at}.supported_apps[{index}]"));
        }
    }

    fn app(&mut self, app: &Value, at: &str) {
        const HASH: usize = 11;
        let field = |key: &str| app.get(key).and_then(Value::as_str).unwrap_or_default();
        let package = field("package_name");
        let parts: Vec<&str> = package.split('.').collect();
        let is_part = |part: &&str| {
            part.starts_with(|first: char| first.is_ascii_alphabetic())
                && part
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        if parts.len() < 2 || !parts.iter().all(is_part) {
            self.add(
                Rule::OtpPackage,
                format!("{at}.package_name"),
                [("value", short(package))],
            );
        }
        let hash = field("signature_hash");
        let right = hash.len() == HASH
            && hash
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='));
        if !right {
            self.add(
                Rule::OtpHash,
                format!("{at}.signature_hash"),
                [("limit", HASH.into())],
            );
        }
    }
}
