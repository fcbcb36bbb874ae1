//! Cases of template creation and rendering, one per line: `{"id", "kind": "create" | "render", "input", "expect"}`.
//!
//! `tests/templates.jsonl` is ours. `TEMPLATE_CASES=<file>` runs another file of the same form, prints what differs and how many pass;
//! cases with `"confidence": "low"` are counted by themselves.

use std::{collections::BTreeMap, fs, path::Path};

use cloud_api::template::{
    lint::{self, Known},
    render::{self, Source},
};
use serde_json::{Value, json};

fn read(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a file of cases");
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).expect("a case is a line of JSON"))
        .collect()
}

/// What differs from the expectation, if anything.
fn check(case: &Value) -> Result<(), String> {
    match case["kind"].as_str() {
        Some("create") => create(&case["input"], &case["expect"]),
        Some("render") => render_case(&case["input"], &case["expect"]),
        _ => Ok(()),
    }
}

fn create(input: &Value, expect: &Value) -> Result<(), String> {
    let existing = input["existing"].as_array().cloned().unwrap_or_default();
    let known: Vec<Known<'_>> = existing
        .iter()
        .map(|other| Known {
            name: other["name"].as_str().expect("a name"),
            language: other["language"].as_str().expect("a language"),
            category: other["category"].as_str().unwrap_or_default(),
            components: other["components"].as_array().map_or(&[], Vec::as_slice),
        })
        .collect();
    let mut found = lint::lint(&input["body"]);
    found.extend(lint::against(&input["body"], known));
    let all: Vec<String> = found
        .iter()
        .map(|f| format!("{:?} {} at {}", f.severity, f.rule.code(), f.path))
        .collect();
    let all = all.join("; ");
    let wanted_ok = expect["ok"].as_bool().expect("ok is true or false");
    if wanted_ok {
        return match lint::is_acceptable(&found) {
            true => Ok(()),
            false => Err(format!("should be accepted: {all}")),
        };
    }
    let rules: Vec<&str> = match expect["rule_any"].as_array() {
        Some(any) => any.iter().filter_map(Value::as_str).collect(),
        None => expect["rule"].as_str().into_iter().collect(),
    };
    let fits = |finding: &&lint::Finding| {
        rules.contains(&finding.rule.code())
            && expect["field"].as_str().is_none_or(|field| finding.path == field)
    };
    let Some(finding) = found
        .iter()
        .filter(|f| f.severity != lint::Severity::Advice)
        .find(fits)
    else {
        return Err(format!("expected {rules:?} at {}, found: {all}", expect["field"]));
    };
    match expect["meta_subcode"].as_i64() {
        Some(code) if finding.rule.subcode() != Some(code) => Err(format!("expected subcode {code}: {all}")),
        _ => Ok(()),
    }
}

fn render_case(input: &Value, expect: &Value) -> Result<(), String> {
    let template = &input["template"];
    let source = Source::of(template);
    if input["requested_language"]
        .as_str()
        .is_some_and(|asked| Some(asked) != template["language"].as_str())
    {
        // Finding the template is not the business of rendering.
        return Ok(());
    }
    let shown = match input["mode"].as_str() {
        Some("preview_examples") => Ok(render::preview(source)),
        _ => render::show(source, input["send"].as_array().map_or(&[], Vec::as_slice)),
    };
    match shown {
        Err(problems) if expect["ok"] == false => {
            let rules: Vec<Value> = problems.iter().map(|problem| json!(problem.rule)).collect();
            match rules.contains(&expect["rule"]) {
                true => Ok(()),
                false => Err(format!("expected {}, found {problems:?}", expect["rule"])),
            }
        }
        Err(problems) => Err(format!("{problems:?}")),
        Ok(shown) if expect["ok"] == false => {
            Err(format!("should be refused by {}: {shown:?}", expect["rule"]))
        }
        Ok(shown) => {
            let shown = serde_json::to_value(&shown).expect("it serialises");
            let differs = |key: &&str| expect.get(key).is_some_and(|wanted| wanted != &shown[key]);
            match ["header", "body", "footer", "buttons", "cards"]
                .into_iter()
                .find(differs)
            {
                None => Ok(()),
                Some(key) => Err(format!("{key}: expected {}, shown {}", expect[key], shown[key])),
            }
        }
    }
}

#[test]
fn our_cases_come_out_right() {
    let cases = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates.jsonl"));
    assert!(cases.len() > 40, "{} cases", cases.len());
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|why| format!("{}: {why}", case["id"])))
        .collect();
    println!(
        "templates: {} of {} cases of ours pass",
        cases.len() - wrong.len(),
        cases.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn given_cases_come_out_right() {
    let Some(path) = std::env::var_os("TEMPLATE_CASES") else {
        return;
    };
    let mut counts: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut wrong = Vec::new();
    for case in read(Path::new(&path))
        .iter()
        .filter(|case| matches!(case["kind"].as_str(), Some("create" | "render")))
    {
        let kind = case["kind"].as_str().unwrap_or_default();
        let confidence = if case["confidence"] == "low" {
            "low confidence"
        } else {
            "firm"
        };
        let count = counts.entry(format!("{kind}, {confidence}")).or_default();
        count.1 += 1;
        match check(case) {
            Ok(()) => count.0 += 1,
            Err(why) => {
                println!("{} ({confidence}): {why}", case["id"]);
                if confidence == "firm" {
                    wrong.push(case["id"].clone());
                }
            }
        }
    }
    for (kind, (passed, all)) in counts {
        println!("{kind}: {passed} of {all}");
    }
    assert!(wrong.is_empty(), "{wrong:?}");
}
