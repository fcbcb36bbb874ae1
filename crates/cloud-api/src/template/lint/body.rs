//! Bodies, and the variables of bodies and headers.

use serde_json::Value;

use super::{Lint, Rule, list, short, text, wording};
use crate::template::variables::{self, Piece};

/// Emoji of a body at most.
const EMOJI: usize = 10;

impl Lint {
    pub(super) fn body(&mut self, part: &Value, path: &str, limit: usize, too_long: Rule) {
        let (shown, at) = (text(part), format!("{path}.text"));
        if shown.trim().is_empty() {
            return self.add(Rule::BodyMissing, at, []);
        }
        self.length(too_long, &at, shown, limit);
        self.blanks(shown, &at);
        let count = wording::emoji(shown);
        if count > EMOJI {
            self.add(
                Rule::BodyEmojiLimit,
                &at,
                [("count", count.into()), ("limit", EMOJI.into())],
            );
        }
        let names = self.variables(shown, &at);
        if !names.is_empty() {
            self.places(shown, &at, names.len());
        }
        self.examples(part, path, "body_text", &names);
    }

    fn blanks(&mut self, shown: &str, at: &str) {
        let lines = shown.replace("\r\n", "\n");
        if lines.contains("\n\n\n") {
            self.add(Rule::BodyNewlines, at, []);
        }
        if shown.contains("     ") || shown.contains('\t') {
            self.add(Rule::BodySpaces, at, []);
        }
    }

    /// Names of the variables; what is wrong with one of them is a finding.
    pub(super) fn variables<'t>(&mut self, shown: &'t str, at: &str) -> Vec<&'t str> {
        let mut numbers = Vec::new();
        for piece in variables::pieces(shown) {
            match piece {
                Piece::Text(_) => {}
                Piece::Broken(braces) => self.add(Rule::VariableMalformed, at, [("value", short(braces))]),
                Piece::Variable(name) => self.variable(name, at, &mut numbers),
            }
        }
        let spaced = shown.contains("{{ ") || shown.contains(" }}");
        let names = variables::names(shown);
        if spaced && let Some(name) = names.first() {
            self.add(Rule::VariableSpaces, at, [("value", short(name))]);
        }
        numbers.sort_unstable();
        numbers.dedup();
        if let Some((wanted, _)) = (1..).zip(&numbers).find(|(wanted, number)| wanted != *number) {
            let value = format!("{{{{{}}}}}", numbers[wanted - 1]);
            self.add(Rule::VariableNotSequential, at, [("value", value.into())]);
        }
        names
    }

    fn variable(&mut self, name: &str, at: &str, numbers: &mut Vec<usize>) {
        let digits = name.bytes().all(|byte| byte.is_ascii_digit());
        let rule = match (self.named, variables::position(name)) {
            (false, Some(number)) => return numbers.push(number),
            (false, None) if digits => Rule::VariableNotSequential,
            (false, None) if variables::is_name(name) => Rule::VariableMixed,
            (false, None) => Rule::VariableMalformed,
            (true, _) if digits => Rule::VariableMixed,
            (true, _) if variables::is_name(name) => return,
            (true, _) => Rule::VariableName,
        };
        self.add(rule, at, [("value", short(&format!("{{{{{name}}}}}")))]);
    }

    /// Where variables stand, and how many words there are between them.
    fn places(&mut self, shown: &str, at: &str, variables: usize) {
        let pieces = variables::pieces(shown.trim());
        let words: usize = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => wording::words(text),
                _ => 0,
            })
            .sum();
        if words == 0 {
            return self.add(Rule::BodyOnlyVariables, at, []);
        }
        let is_variable = |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Variable(_)));
        let is_mark =
            |piece: Option<&Piece<'_>>| matches!(piece, Some(Piece::Text(text)) if wording::words(text) == 0);
        if is_variable(pieces.first()) || is_variable(pieces.last()) {
            self.add(Rule::VariableEdges, at, []);
        } else if is_mark(pieces.first()) || is_mark(pieces.last()) {
            self.add(Rule::VariablePunctuation, at, []);
        }
        let touching = pieces
            .windows(2)
            .any(|pair| matches!(pair, [Piece::Variable(_), Piece::Variable(_)]));
        let spaced = pieces.windows(3).any(
            |three| matches!(three, [Piece::Variable(_), Piece::Text(text), Piece::Variable(_)] if text.trim().is_empty() && !text.contains('\n')),
        );
        if touching || spaced {
            self.add(Rule::VariableAdjacent, at, []);
        }
        let needed = 2 * variables + 1;
        if words < needed {
            let counts = [
                ("words", words.into()),
                ("variables", variables.into()),
                ("needed", needed.into()),
            ];
            self.add(Rule::VariableDensity, at, counts);
        }
    }

    /// One sample for each variable, under `<key>` by position or `<key>_named_params` by name.
    pub(super) fn examples(&mut self, part: &Value, path: &str, key: &str, names: &[&str]) {
        let at = format!("{path}.example");
        if names.is_empty() {
            return;
        }
        let example = part.get("example");
        let samples = match self.named {
            true => named(list(example.and_then(|it| it.get(format!("{key}_named_params"))))),
            false => positional(example.and_then(|it| it.get(key)), names.len()),
        };
        if samples.is_empty() {
            return self.add(Rule::ExampleMissing, at, []);
        }
        let known = |name: &&str| !self.named || samples.iter().any(|(sample, _)| sample == name);
        if samples.len() != names.len() || !names.iter().all(known) {
            let counts = [("given", samples.len().into()), ("wanted", names.len().into())];
            return self.add(Rule::ExampleCount, at, counts);
        }
        for (name, sample) in &samples {
            if sample.trim().is_empty() {
                self.add(Rule::ExampleEmpty, &at, [("variable", short(name))]);
            }
        }
    }
}

fn named(given: &[Value]) -> Vec<(String, String)> {
    let field = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    given
        .iter()
        .map(|value| (field(value, "param_name"), field(value, "example")))
        .collect()
}

/// `[["Ana", "A-77"]]`, or the flat list or single text that older clients write.
fn positional(given: Option<&Value>, wanted: usize) -> Vec<(String, String)> {
    let texts: Vec<&str> = match given {
        Some(Value::Array(rows)) if rows.iter().any(Value::is_array) => list(rows.first())
            .iter()
            .map(|value| value.as_str().unwrap_or_default())
            .collect(),
        Some(Value::Array(flat)) => flat
            .iter()
            .map(|value| value.as_str().unwrap_or_default())
            .collect(),
        Some(Value::String(one)) if wanted == 1 => vec![one.as_str()],
        _ => Vec::new(),
    };
    (1..)
        .zip(texts)
        .map(|(number, text): (usize, _)| (number.to_string(), text.to_owned()))
        .collect()
}
