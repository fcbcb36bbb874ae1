//! What Meta would refuse about a template, known before it is submitted (Cloud API: templates, component grammar).
//!
//! [`lint`] is pure: it knows the body of `POST /{WABA}/message_templates` and nothing else. [`against`] adds what other templates of
//! the account say.

mod authentication;
mod body;
mod buttons;
mod carousel;
mod header;
mod rule;
mod wording;

use serde_json::{Map, Value};

pub use self::rule::{Rule, Severity};
use super::{language, variables};

/// Components that a template can have at all, with duplicates. More is refused without looking at them.
const COMPONENTS: usize = 20;

/// One thing that is wrong with a template, or could be better.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How sure it is that Meta refuses it.
    pub severity: Severity,
    /// Where, as a JSON path from the body's root: `components[1].buttons[0].url`.
    pub path: String,
    /// What fills the `{…}` of the rule's words: texts and numbers.
    pub parameters: Map<String, Value>,
}

impl Finding {
    /// A finding of a rule that the body alone does not show: of the account, or of the template that is changed.
    pub fn new<const N: usize>(rule: Rule, path: &str, parameters: [(&str, Value); N]) -> Self {
        let parameters = parameters
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        Self {
            rule,
            severity: rule.severity(),
            path: path.to_owned(),
            parameters: parameters.collect(),
        }
    }

    /// The finding in English.
    pub fn english(&self) -> String {
        let mut words = String::new();
        // `{{1}}` in a rule's words is meant as it stands: it is no parameter's name.
        let mut rest = self.rule.english();
        while let Some((before, after)) = rest.split_once('{') {
            words.push_str(before);
            let named = after
                .split_once('}')
                .and_then(|(name, rest)| Some((self.parameters.get(name)?, rest)));
            rest = match named {
                Some((Value::String(text), rest)) => {
                    words.push_str(text);
                    rest
                }
                Some((value, rest)) => {
                    words.push_str(&value.to_string());
                    rest
                }
                None => {
                    words.push('{');
                    after
                }
            };
        }
        words + rest
    }
}

/// What a template is for. Unknown and missing categories are checked as if they were `Utility`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Category {
    Marketing,
    Utility,
    Authentication,
}

/// The findings of one run, and what all checks need to know.
struct Lint {
    found: Vec<Finding>,
    category: Category,
    named: bool,
}

/// Checks the body of a template's creation. Findings come in the order of the body; none at all means that nothing is known
/// against it.
pub fn lint(template: &Value) -> Vec<Finding> {
    let mut lint = Lint {
        found: Vec::new(),
        category: match upper(template.get("category")).as_str() {
            "MARKETING" => Category::Marketing,
            "AUTHENTICATION" => Category::Authentication,
            _ => Category::Utility,
        },
        named: upper(template.get("parameter_format")) == "NAMED",
    };
    lint.name(template);
    lint.settings(template);
    lint.components(template);
    lint.found
}

/// Whether Meta takes it for all that is known.
pub fn is_acceptable(findings: &[Finding]) -> bool {
    findings
        .iter()
        .all(|finding| finding.severity != Severity::Refused)
}

/// Another template of the same account.
#[derive(Clone, Debug)]
pub struct Known<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its language.
    pub language: &'t str,
    /// Its category.
    pub category: &'t str,
    /// Its components.
    pub components: &'t [Value],
}

/// What the other templates of the account say against it: the same name and language, another category under the same name, the
/// same words under another name (authentication templates all have the same words).
pub fn against<'t>(template: &Value, others: impl IntoIterator<Item = Known<'t>>) -> Vec<Finding> {
    let own = |key: &str| template.get(key).and_then(Value::as_str).unwrap_or_default();
    let (name, language) = (own("name"), language::normal(own("language")));
    let category = own("category").to_uppercase();
    let words = words(list(template.get("components")));
    let mut lint = Lint {
        found: Vec::new(),
        category: Category::Utility,
        named: false,
    };
    for other in others {
        if other.name == name {
            if language::normal(other.language) == language {
                lint.add(Rule::DuplicateNameLanguage, "name", []);
            } else if !other.category.is_empty() && !other.category.eq_ignore_ascii_case(&category) {
                lint.add(
                    Rule::CategoryConflict,
                    "category",
                    [("category", other.category.to_uppercase().into())],
                );
            }
        } else if category != "AUTHENTICATION"
            && !words.0.is_empty()
            && words == self::words(other.components)
        {
            lint.add(
                Rule::DuplicateContent,
                "components",
                [("name", other.name.into())],
            );
        }
    }
    lint.found.dedup();
    lint.found
}

/// Body and footer, which no two templates may share.
pub fn words(components: &[Value]) -> (&str, &str) {
    let of = |kind: &str| {
        let part = components.iter().find(|part| upper(part.get("type")) == kind);
        part.map_or("", |part| text(part).trim())
    };
    (of("BODY"), of("FOOTER"))
}

impl Lint {
    fn add<const N: usize>(&mut self, rule: Rule, path: impl Into<String>, parameters: [(&str, Value); N]) {
        let path: String = path.into();
        self.found.push(Finding::new(rule, &path, parameters));
    }

    /// A text of at most `limit` characters.
    fn length(&mut self, rule: Rule, path: &str, text: &str, limit: usize) {
        let length = text.chars().count();
        if length > limit {
            self.add(rule, path, [("length", length.into()), ("limit", limit.into())]);
        }
    }

    fn name(&mut self, template: &Value) {
        let name = template.get("name").and_then(Value::as_str).unwrap_or_default();
        if name.is_empty() {
            return self.add(Rule::NameMissing, "name", []);
        }
        if !name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        {
            self.add(Rule::NameCharset, "name", [("value", short(name))]);
        }
        self.length(Rule::NameLength, "name", name, 512);
    }

    fn settings(&mut self, template: &Value) {
        let language = template
            .get("language")
            .and_then(Value::as_str)
            .unwrap_or_default();
        if !language::is_supported(language) {
            self.add(
                Rule::LanguageUnsupported,
                "language",
                [("value", short(language))],
            );
        }
        let category = upper(template.get("category"));
        if !matches!(category.as_str(), "MARKETING" | "UTILITY" | "AUTHENTICATION") {
            self.add(Rule::CategoryInvalid, "category", [("value", short(&category))]);
        }
        let format = template
            .get("parameter_format")
            .filter(|format| !format.is_null());
        if format.is_some() && !matches!(upper(format).as_str(), "NAMED" | "POSITIONAL") {
            self.add(Rule::ParameterFormatInvalid, "parameter_format", []);
        }
        if template.get("allow_category_change").is_some() {
            let field = "allow_category_change";
            self.add(Rule::FieldIgnored, field, [("field", field.into())]);
        }
        self.time_to_live(template);
    }

    fn time_to_live(&mut self, template: &Value) {
        let (minimum, maximum) = match self.category {
            Category::Authentication => (30, 900),
            Category::Utility => (30, 43_200),
            Category::Marketing => (43_200, 2_592_000),
        };
        let Some(given) = template
            .get("message_send_ttl_seconds")
            .filter(|given| !given.is_null())
        else {
            return;
        };
        // -1 asks for the 30 days that are the default elsewhere.
        let right = given
            .as_i64()
            .is_some_and(|given| given == -1 || (minimum..=maximum).contains(&given));
        if !right {
            let limits = [("minimum", minimum.into()), ("maximum", maximum.into())];
            self.add(Rule::TtlRange, "message_send_ttl_seconds", limits);
        }
    }

    fn components(&mut self, template: &Value) {
        let given = template.get("components");
        let components = list(given);
        let list_of_objects = given.is_none_or(Value::is_array) && components.iter().all(Value::is_object);
        if !list_of_objects || components.len() > COMPONENTS {
            return self.add(
                Rule::ComponentsInvalid,
                "components",
                [("limit", COMPONENTS.into())],
            );
        }
        let parts = self.sorted(components);
        if self.category == Category::Authentication {
            return self.authentication(&parts);
        }
        let has = |kind: &str| parts.iter().any(|part| part.kind == kind);
        let (offer, carousel) = (has("LIMITED_TIME_OFFER"), has("CAROUSEL"));
        for part in &parts {
            match part.kind.as_str() {
                "HEADER" => self.header(part.value, &part.path),
                "BODY" if offer => self.body(part.value, &part.path, 600, Rule::LtoBodyTooLong),
                "BODY" => self.body(part.value, &part.path, 1_024, Rule::BodyTooLong),
                "FOOTER" => self.footer(part.value, &part.path),
                "BUTTONS" => self.buttons(part.value, &part.path, 10),
                "CAROUSEL" => self.carousel(part.value, &part.path),
                _ => {}
            }
            if carousel && !matches!(part.kind.as_str(), "BODY" | "CAROUSEL") {
                self.add(
                    Rule::ComponentNotAllowed,
                    &part.path,
                    [("component", part.kind.as_str().into())],
                );
            }
        }
        if !has("BODY") {
            self.add(Rule::BodyMissing, "components", []);
        }
        if offer {
            self.offer(&parts);
        }
        self.wording(&parts);
    }

    /// The components with their types and paths. A type that is unknown or comes twice is a finding, and is not looked at further.
    fn sorted<'t>(&mut self, components: &'t [Value]) -> Vec<Part<'t>> {
        let mut parts: Vec<Part<'t>> = Vec::new();
        for (index, value) in components.iter().enumerate() {
            let (kind, path) = (upper(value.get("type")), format!("components[{index}]"));
            let duplicate = match kind.as_str() {
                "HEADER" => Rule::HeaderDuplicate,
                "BODY" => Rule::BodyDuplicate,
                "FOOTER" => Rule::FooterDuplicate,
                "BUTTONS" => Rule::ButtonsDuplicate,
                "CAROUSEL" | "LIMITED_TIME_OFFER" | "CALL_PERMISSION_REQUEST" => Rule::ComponentNotAllowed,
                _ => {
                    self.add(
                        Rule::ComponentTypeInvalid,
                        format!("{path}.type"),
                        [("value", short(&kind))],
                    );
                    continue;
                }
            };
            match parts.iter().any(|part| part.kind == kind) {
                true => self.add(duplicate, path, [("component", format!("second {kind}").into())]),
                false => parts.push(Part { kind, path, value }),
            }
        }
        parts
    }

    fn footer(&mut self, part: &Value, path: &str) {
        let (text, path) = (text(part), format!("{path}.text"));
        if text.trim().is_empty() {
            return self.add(Rule::FooterMissing, path, []);
        }
        self.length(Rule::FooterTooLong, &path, text, 60);
        if variables::pieces(text)
            .iter()
            .any(|piece| !matches!(piece, variables::Piece::Text(_)))
        {
            self.add(Rule::FooterVariables, &path, []);
        }
        if text.contains(['\n', '\r', '\t']) {
            self.add(Rule::FooterFormatting, &path, []);
        }
        if wording::emoji(text) > 0 {
            self.add(Rule::FooterEmoji, &path, []);
        }
    }
}

/// A component, its type in capitals and its path.
struct Part<'t> {
    kind: String,
    path: String,
    value: &'t Value,
}

fn upper(value: Option<&Value>) -> String {
    value
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_ascii_uppercase()
}

fn text(part: &Value) -> &str {
    part.get("text").and_then(Value::as_str).unwrap_or_default()
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A value to be shown, cut to 80 characters.
fn short(text: &str) -> Value {
    text.chars().take(80).collect::<String>().into()
}

#[cfg(test)]
mod tests;
