//! What a slot is filled with for which nobody has chosen anything: a name where one is plainly meant.

use cloud_api::template::{
    render::{Slot, SlotKind, Source},
    variables::{Piece, pieces, position},
};
use contracts::{contacts::ContactField, templates::SlotSource};
use serde_json::Value;

/// Names of variables that mean a first name, or a name to be addressed by.
const NAMES: [&str; 12] = [
    "first_name",
    "firstname",
    "fname",
    "given_name",
    "name",
    "customer_name",
    "customer",
    "client_name",
    "nombre",
    "nome",
    "vorname",
    "prenom",
];

/// Names of variables that mean the whole name.
const WHOLE_NAMES: [&str; 3] = ["full_name", "fullname", "contact_name"];

/// First names that samples often have.
const SAMPLES: [&str; 42] = [
    "ahmed",
    "aisha",
    "ali",
    "amy",
    "ana",
    "andrew",
    "anna",
    "ben",
    "carlos",
    "david",
    "emma",
    "fatima",
    "hassan",
    "jane",
    "jessica",
    "joao",
    "john",
    "jose",
    "juan",
    "lisa",
    "maria",
    "mark",
    "mary",
    "michael",
    "mohammed",
    "mona",
    "omar",
    "pablo",
    "peter",
    "priya",
    "rahul",
    "raj",
    "sam",
    "sara",
    "sarah",
    "sofia",
    "susan",
    "tom",
    "أحمد",
    "سارة",
    "محمد",
    "فاطمة",
];

/// Words after which somebody's name follows.
const GREETINGS: [&str; 16] = [
    "hi",
    "hello",
    "hey",
    "dear",
    "hola",
    "olá",
    "oi",
    "hallo",
    "bonjour",
    "salut",
    "ciao",
    "مرحبا",
    "مرحباً",
    "أهلا",
    "أهلاً",
    "عزيزي",
];

/// A name where the variable's own name says so, or its sample, or the greeting before it. A variable whose name or sample says
/// something else is asked for.
pub(super) fn of(source: Source<'_>, slot: &Slot) -> Option<SlotSource> {
    if slot.kind != SlotKind::Text {
        return None;
    }
    let variable = slot.variable.as_deref()?;
    let sample = slot.example.as_deref().unwrap_or_default().trim();
    let may_be_name = sample.is_empty() || is_known_name(sample) || is_like_a_name(sample);
    let is_numbered = position(variable).is_some();
    let says_name = match is_numbered {
        true => is_known_name(sample) || (slot.card.is_none() && is_greeted(source, slot)),
        false => NAMES.contains(&variable),
    };
    let field = match may_be_name {
        true if WHOLE_NAMES.contains(&variable) => ContactField::Name,
        true if says_name => ContactField::FirstName,
        _ => return None,
    };
    Some(SlotSource::Contact {
        field,
        fallback: None,
    })
}

fn is_known_name(sample: &str) -> bool {
    SAMPLES.contains(&sample.to_lowercase().as_str())
}

/// One to three words of letters, each with a capital where its script has capitals.
fn is_like_a_name(sample: &str) -> bool {
    let is_word = |word: &str| {
        let begins = word.chars().next().is_some_and(|first| !first.is_lowercase());
        begins
            && word
                .chars()
                .all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '.'))
    };
    let words: Vec<&str> = sample.split_whitespace().collect();
    (1..=3).contains(&words.len()) && words.iter().all(|word| is_word(word))
}

/// Whether it stands behind a greeting: `Hi {{1}}`.
fn is_greeted(source: Source<'_>, slot: &Slot) -> bool {
    let is_body = |part: &&Value| {
        part["type"]
            .as_str()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("BODY"))
    };
    let body = source.components.iter().find(is_body);
    let text = body.and_then(|body| body["text"].as_str()).unwrap_or_default();
    let pieces = pieces(text);
    if !slot.key.starts_with("body_") {
        return false;
    }
    pieces.windows(2).any(|two| match two {
        [Piece::Text(before), Piece::Variable(name)] if Some(*name) == slot.variable.as_deref() => {
            let letters = |c: char| !c.is_alphabetic();
            let last = before
                .split_whitespace()
                .last()
                .unwrap_or_default()
                .trim_matches(letters);
            GREETINGS.contains(&last.to_lowercase().as_str())
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use contracts::templates::Mapping;
    use serde_json::json;

    use super::{super::effective, *};

    fn first_name() -> SlotSource {
        SlotSource::Contact {
            field: ContactField::FirstName,
            fallback: None,
        }
    }

    fn mapping_of(body: Value) -> Mapping {
        let template = json!({"components": [body]});
        effective(Source::of(&template), Mapping::new())
    }

    #[test]
    fn a_first_name_is_recognised_by_name_sample_and_greeting() {
        let named = mapping_of(json!({"type": "BODY", "text": "A {{first_name}} b {{order}} c"}));
        assert_eq!(
            named,
            Mapping::from([("body_first_name".to_owned(), first_name())])
        );
        let sampled =
            json!({"type": "BODY", "text": "For {{1}}: {{2}}.", "example": {"body_text": [["Ana", "A-77"]]}});
        assert_eq!(
            mapping_of(sampled),
            Mapping::from([("body_1".to_owned(), first_name())])
        );
        let greeted = json!({"type": "BODY", "text": "Hello {{1}}, your order {{2}} left."});
        assert_eq!(
            mapping_of(greeted),
            Mapping::from([("body_1".to_owned(), first_name())])
        );
        let arabic = json!({"type": "BODY", "text": "مرحباً {{1}}، طلبك {{2}} جاهز."});
        assert_eq!(
            mapping_of(arabic),
            Mapping::from([("body_1".to_owned(), first_name())])
        );
        assert!(mapping_of(json!({"type": "BODY", "text": "The train to {{1}} leaves."})).is_empty());
    }

    #[test]
    fn what_says_something_else_is_asked_for() {
        let sampled = |text: &str, sample: &str| {
            mapping_of(json!({"type": "BODY", "text": text, "example": {"body_text": [[sample]]}}))
        };
        for sample in [
            "12",
            "A-77",
            "20 June",
            "19.99 €",
            "SAVE10",
            "your order",
            "2026-01-05",
        ] {
            assert!(sampled("Hello {{1}}, it is here.", sample).is_empty(), "{sample}");
        }
        for sample in ["Ana", "ana", "Mary Ann", "O'Neil", "José", "سارة", "李明"] {
            let mapping = sampled("Hello {{1}}, it is here.", sample);
            assert_eq!(mapping["body_1"], first_name(), "{sample}");
        }
        let named = |name: &str, sample: &str| {
            let params = json!([{"param_name": name, "example": sample}]);
            mapping_of(
                json!({"type": "BODY", "text": format!("Hello {{{{{name}}}}}, it is here."),
                "example": {"body_text_named_params": params}}),
            )
        };
        for (name, sample) in [
            ("order", "Ana"),
            ("code", "Ana"),
            ("date", "Monday"),
            ("username", "ana77"),
            ("name", "A-77"),
        ] {
            assert!(named(name, sample).is_empty(), "{name} {sample}");
        }
        assert_eq!(named("first_name", "Ana")["body_first_name"], first_name());
        assert_eq!(named("customer_name", "")["body_customer_name"], first_name());
    }
}
