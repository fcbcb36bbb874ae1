//! Files as people have them. `IMPORT_CASES=<folder>` runs the files that its `expect.json` describes, prints what differs and how
//! many pass by grade, and fails for the grades `firm` and `policy`, and for text that was read wrong without a doubt.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{collections::BTreeMap, fs::File, ops::ControlFlow, path::Path};

use serde_json::Value;
use sheets::{
    FileError, Header, Kind, Overrides, Record, Sniffed,
    people::{Reader, Row, Use, consent},
    read, sniff,
};
use text::phone::{Rules, variants};

/// What came of a file.
struct Outcome {
    sniffed: Sniffed,
    records: Vec<Record>,
    rows: Vec<Row>,
}

fn run(path: &Path, overrides: &Overrides, case: &Value) -> Result<Outcome, FileError> {
    let sniffed = sniff(File::open(path)?, overrides)?;
    let mut uses = vec![Use::Ignore; sniffed.columns.len()];
    for (what, used) in [("phone", Use::Phone), ("name", Use::Name)] {
        let at = match &case["mapping"][what] {
            Value::Number(at) => at.as_u64().and_then(|at| usize::try_from(at).ok()),
            Value::String(name) => sniffed.columns.iter().position(|it| it.name == *name),
            _ => None,
        };
        if let Some(it) = at.and_then(|at| uses.get_mut(at)) {
            *it = used;
        }
    }
    let rules = Rules {
        default_country: case["default_country"].as_str(),
        ..Rules::default()
    };
    let mut reader = Reader::new(uses, rules);
    let (mut records, mut rows) = (Vec::new(), Vec::new());
    read(File::open(path)?, &sniffed.layout, |record| {
        rows.push(reader.read(&record));
        records.push(record);
        ControlFlow::Continue(())
    })?;
    Ok(Outcome {
        sniffed,
        records,
        rows,
    })
}

fn differs(case: &Value, outcome: Result<&Outcome, &FileError>) -> Option<String> {
    let outcome = match (outcome, case["file_error"].as_str()) {
        (Err(error), Some(wanted)) if error.code() == wanted => return None,
        (Err(error), wanted) => return Some(format!("refused: {} instead of {wanted:?}", error.code())),
        (Ok(_), Some(wanted)) => return Some(format!("accepted, instead of {wanted}")),
        (Ok(outcome), None) => outcome,
    };
    let Outcome {
        sniffed,
        records,
        rows,
    } = outcome;
    let mut wrong = Vec::new();
    let mut check = |what: &str, wanted: Value, got: Value| {
        if wanted != got {
            wrong.push(format!("{what}: {got} instead of {wanted}"));
        }
    };
    if case["delimiter"].is_string() {
        check(
            "delimiter",
            case["delimiter"].clone(),
            sniffed.delimiter.map(String::from).into(),
        );
    }
    check(
        "header_line",
        case["header_line"].clone(),
        sniffed.header_line.into(),
    );
    let columns: Value = match case["columns"].is_number() {
        true => sniffed.columns.len().into(),
        false => sniffed
            .columns
            .iter()
            .map(|it| it.name.clone())
            .collect::<Vec<_>>()
            .into(),
    };
    check("columns", case["columns"].clone(), columns);
    check("data_rows", case["data_rows"].clone(), records.len().into());
    let wanted = case["accepted_phones"].as_array().cloned().unwrap_or_default();
    let phones = rows.iter().filter_map(|row| match row {
        Row::Person(person) => person.phone.clone(),
        _ => None,
    });
    // A number stays in the spelling it was written in.
    let phones: Vec<Value> = phones
        .enumerate()
        .map(|(at, phone)| {
            let other = variants(&phone)
                .into_iter()
                .map(Value::from)
                .find(|it| wanted.get(at) == Some(it));
            other.unwrap_or_else(|| phone.into())
        })
        .collect();
    check("accepted_phones", wanted.into(), phones.into());
    let (mut rejected, mut duplicates) = (Vec::new(), Vec::new());
    for (record, row) in records.iter().zip(rows) {
        match row {
            Row::Rejected(why) => {
                rejected.push(serde_json::json!({"row": record.number, "reason": why.reason}))
            }
            Row::Duplicate { of } => duplicates.push(serde_json::json!({"row": record.number, "of": of})),
            Row::Person(_) => {}
        }
    }
    check("rejected", case["rejected"].clone(), rejected.into());
    check("duplicates", case["duplicates"].clone(), duplicates.into());
    for cell in case["check_cells"].as_array().into_iter().flatten() {
        let row = usize::try_from(cell["row"].as_u64().unwrap()).unwrap() - 1;
        let name = cell["column"].as_str().or(cell["field"].as_str()).unwrap();
        let at = sniffed.columns.iter().position(|it| it.name == name);
        let text = at.and_then(|at| records.get(row)?.cells.get(at).cloned());
        let got: Value = match cell["field"].is_string() {
            true => text.and_then(|it| consent(&it)).into(),
            false => text.into(),
        };
        check(&format!("row {} {name}", row + 1), cell["value"].clone(), got);
    }
    (!wrong.is_empty()).then(|| wrong.join("; "))
}

#[test]
fn cases_of_a_folder_pass() {
    let Some(folder) = std::env::var_os("IMPORT_CASES") else {
        return;
    };
    let folder = Path::new(&folder);
    let cases: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(folder.join("expect.json")).unwrap()).unwrap();
    let mut grades: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    let mut failed = Vec::new();
    for case in &cases {
        let name = case["file"].as_str().unwrap();
        let path = folder.join(name);
        if !path.exists() {
            continue;
        }
        let grade = case["grade"].as_str().unwrap();
        let first = run(&path, &Overrides::default(), case);
        let mut different = differs(case, first.as_ref());
        let certain = first
            .as_ref()
            .ok()
            .and_then(|it| it.sniffed.encoding.clone())
            .is_none_or(|it| it.certain);
        let mut asked = "";
        if different.is_some() && grade == "encoding" && !certain {
            asked = " (asked)";
            let overrides = Overrides {
                encoding: case["encoding"].as_str().map(str::to_owned),
                ..Overrides::default()
            };
            different = differs(case, run(&path, &overrides, case).as_ref());
        }
        let (all, passed) = grades.entry(grade.to_owned()).or_default();
        *all += 1;
        match different {
            None => {
                *passed += 1;
                if !asked.is_empty() {
                    println!("{name}{asked}");
                }
            }
            Some(what) => {
                println!("{name} [{grade}]{asked}: {what}");
                if grade != "advisory" {
                    failed.push(name.to_owned());
                }
            }
        }
    }
    for (grade, (all, passed)) in &grades {
        println!("{grade}: {passed} of {all} pass");
    }
    assert!(!grades.is_empty(), "the folder has none of its files");
    assert_eq!(failed, Vec::<String>::new());
}

#[test]
fn what_is_said_counts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    std::fs::write(&path, "Report;x\n+447700900001;Ana\n+447700900002;Bo\n").unwrap();
    let found = sniff(File::open(&path).unwrap(), &Overrides::default()).unwrap();
    assert_eq!(
        (found.kind, found.delimiter, found.header_line),
        (Kind::Csv, Some(';'), Some(1))
    );
    let overrides = Overrides {
        header: Some(Header::None),
        delimiter: Some(','),
        ..Overrides::default()
    };
    let told = sniff(File::open(&path).unwrap(), &overrides).unwrap();
    assert_eq!(
        (told.delimiter, told.header_line, told.columns.len()),
        (Some(','), None, 1)
    );
}
