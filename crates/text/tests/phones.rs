//! The reader of phone numbers: its cases, and what holds for every text.

use proptest::prelude::*;
use text::phone::{Refused, Rules, may_be_same, read, search_forms, variants};

const CASES: &str = include_str!("phones.txt");

/// A text with its escapes read.
fn unescaped(text: &str) -> String {
    let text = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(code) = rest.strip_prefix("u{") {
            let end = code.find('}').expect("an escape ends");
            let code_point = u32::from_str_radix(&code[..end], 16).expect("hexadecimal");
            out.push(char::from_u32(code_point).expect("a character"));
            rest = &code[end + 1..];
        } else {
            let c = rest.chars().next().expect("something is escaped");
            out.push(match c {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            });
            rest = &rest[c.len_utf8()..];
        }
    }
    out + rest
}

fn rules(word: &str) -> Rules<'_> {
    let none = Rules::default();
    match word {
        "-" => none,
        "sim" => Rules {
            simulator: true,
            ..none
        },
        "bare" => Rules { bare: true, ..none },
        country => Rules {
            default_country: Some(country),
            ..none
        },
    }
}

/// The name of the variant.
fn word(why: &Refused) -> String {
    let debug = format!("{why:?}");
    let end = debug
        .find(|c: char| !c.is_ascii_alphanumeric())
        .unwrap_or(debug.len());
    debug[..end].to_owned()
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for line in CASES.lines() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let parts: Vec<&str> = line.split(" | ").collect();
        let [country, written, expected] = parts.as_slice() else {
            panic!("three columns: {line}");
        };
        count += 1;
        let got = match read(&unescaped(written), rules(country)) {
            Ok(phone) => phone.into_string(),
            Err(why) => word(&why),
        };
        if got != *expected {
            wrong.push(format!("{country} | {written} | {expected}, but got {got}"));
        }
    }
    assert!(count > 150, "the cases are read: {count}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every refusal is a sentence that goes on from the name of the field, and repeats nothing of what was written.
#[test]
fn refusals_say_why() {
    for (written, sentence) in [
        (
            "07911 123456",
            "has no country code; write it with a plus and the country code, such as +447700900123",
        ),
        (
            "447700900124",
            "has no plus; if 44 is its country code, write it with a plus in front",
        ),
        (
            "4477009001",
            "has no country code; write it with a plus and the country code, such as +447700900123",
        ),
        (
            "+44 7911",
            "has 4 digits after the country code +44, where numbers have 7, 9 or 10",
        ),
        ("+44 7911 ***456", "has hidden digits; the whole number is needed"),
        ("14/03/2026", "is a date, not a phone number"),
        ("   ", "is empty"),
    ] {
        let why = read(written, Rules::default()).unwrap_err();
        assert_eq!(why.to_string(), sentence, "{written}");
    }
    let long = "1".repeat(5_000);
    assert_eq!(read(&long, Rules::default()), Err(Refused::TooMuchText));
}

#[test]
fn other_spellings_of_whatsapp_are_known() {
    for (one, other) in [
        ("+5531988888801", "+553188888801"),
        ("553188888801", "5531988888801"),
        ("+5215550000009", "+525550000009"),
        ("+541123456777", "+5491123456777"),
    ] {
        assert_eq!(variants(one), [other], "{one}");
        assert_eq!(variants(other), [one], "{other}");
    }
    assert!(may_be_same("999003000013", "+99903000013"));
    assert!(may_be_same("5531988888801", "553188888801"));
    assert!(!may_be_same("447700900123", "447700900124"));
    assert!(!may_be_same("12025550143", "442025550143"));
    for alone in [
        "+447700900123",
        "+552134567890",
        "+5210",
        "+",
        "",
        "hello",
        "+55é1",
    ] {
        assert!(variants(alone).is_empty(), "{alone}");
    }
}

#[test]
fn a_search_knows_every_spelling() {
    let rules = Rules::default();
    for written in [
        "+44 7700 900123",
        "07700 900123",
        "+44 (0)7700 900123",
        "0044 7700 900123",
        "00447700900123",
        "447700900123",
        "(0)7700-900123",
        "\u{202a}+44 7700 900123\u{202c}",
        "+44\u{2011}7700\u{2011}900123",
        "\u{ff0b}44 7700 900123",
        "tel:+447700900123",
        "https://wa.me/447700900123",
        "7700 900",
        "+44 (0)7700",
        "0123",
    ] {
        let forms = search_forms(written, rules);
        assert!(
            forms.iter().any(|form| "447700900123".contains(form.as_str())),
            "{written:?}: {forms:?}"
        );
    }
    let brazil = search_forms("+55 31 98888-8801", rules);
    assert!(brazil.contains(&"553188888801".to_owned()), "{brazil:?}");
    for no_number in ["Ana Lima", "", "12", "room 101 on the left", "+"] {
        assert!(search_forms(no_number, rules).is_empty(), "{no_number}");
    }
}

fn some_country() -> impl Strategy<Value = Option<&'static str>> {
    proptest::option::of(proptest::sample::select(vec![
        "GB", "US", "DE", "IT", "RU", "BY", "BR", "MX", "AR", "IN", "JM", "JE", "SM", "BJ", "CI", "HU", "KZ",
        "ZZ", "é", "",
    ]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// No text brings the reader down; what it answers is E.164, and is read as itself.
    #[test]
    fn any_text_is_read_or_refused(
        text in prop_oneof![
            ".{0,40}",
            "[+0-9 ()./,x#-]{0,24}",
            "\\+[1-9][0-9]{5,15}",
            "(\\+|00|0)?[1-9][0-9]{1,2} ?\\(?0?\\)?[0-9 -]{4,14}",
        ],
        country in some_country(),
        simulator: bool,
        bare: bool,
    ) {
        let rules = Rules { default_country: country, simulator, bare };
        if let Ok(phone) = read(&text, rules) {
            let digits = phone.digits();
            prop_assert!((7..=15).contains(&digits.len()));
            prop_assert!(digits.bytes().all(|c| c.is_ascii_digit()));
            prop_assert_eq!(phone.as_str(), format!("+{digits}"));
            prop_assert_eq!(read(phone.as_str(), rules), Ok(phone.clone()));
            let alone = Rules { default_country: None, ..rules };
            prop_assert_eq!(read(phone.as_str(), alone), Ok(phone.clone()));
            for other in variants(phone.as_str()) {
                prop_assert_eq!(variants(&other), [phone.as_str().to_owned()]);
            }
        }
        let forms = search_forms(&text, rules);
        prop_assert!(forms.len() <= 8);
        prop_assert!(forms.iter().all(|form| form.bytes().all(|c| c.is_ascii_digit())));
    }
}
