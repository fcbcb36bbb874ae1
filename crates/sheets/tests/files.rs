//! Files that are meant to do harm or are simply broken, and files of our own. All are made here.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
    ops::ControlFlow,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use sheets::{
    FileError, Overrides, Problem, Record, Sniffed,
    people::{Reader, Row, Use},
    read, sniff,
    write::{Csv, Xlsx},
};
use text::phone::Rules;
use zip::{ZipWriter, write::SimpleFileOptions};

fn records(bytes: &[u8], overrides: &Overrides) -> Result<(Sniffed, Vec<Record>), FileError> {
    let sniffed = sniff(Cursor::new(bytes), overrides)?;
    let mut records = Vec::new();
    read(Cursor::new(bytes), &sniffed.layout, |record| {
        records.push(record);
        ControlFlow::Continue(())
    })?;
    Ok((sniffed, records))
}

fn refused(bytes: &[u8]) -> &'static str {
    let begun = Instant::now();
    let error = records(bytes, &Overrides::default()).map(|_| ()).unwrap_err();
    assert!(
        begun.elapsed() < Duration::from_secs(20),
        "took {:?}",
        begun.elapsed()
    );
    error.code()
}

fn problems(text: &str) -> Vec<(u64, u64, Option<Problem>)> {
    let (_, records) = records(text.as_bytes(), &Overrides::default()).unwrap();
    records
        .iter()
        .map(|it| (it.number, it.line, it.problem))
        .collect()
}

/// A workbook of one sheet with this XML, and others with theirs.
fn workbook(sheet: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, xml) in [
        (
            "xl/workbook.xml",
            r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="People" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", SimpleFileOptions::default())
        .unwrap();
    sheet(&mut zip);
    zip.finish().unwrap().into_inner()
}

#[test]
fn one_bad_row_costs_no_other() {
    let text = "phone,name\n+447700900001,\"Ana\n+447700900002,Bo\n+447700900003,\"Cy\" x\n+447700900004,\"Di\",x\n+447700900005,Ed\n";
    assert_eq!(
        problems(text),
        [
            (1, 2, Some(Problem::UnterminatedQuote)),
            (2, 3, None),
            (3, 4, Some(Problem::MalformedQuotes)),
            (4, 5, Some(Problem::TooManyFields)),
            (5, 6, None),
        ]
    );
    // Never closed, not even by the quote of another row.
    assert_eq!(
        problems("phone,name\n+447700900001,\"Ana\n+447700900002,Bo\n"),
        [(1, 2, Some(Problem::UnterminatedQuote)), (2, 3, None)]
    );
}

#[test]
fn lines_are_those_of_the_text() {
    assert_eq!(
        problems("sep=;\r\nphone;address\r\n+447700900001;\"a\r\n\r\nb\"\r\n\r\n+447700900002;c\r\n"),
        [(1, 3, None), (2, 7, None)]
    );
}

#[test]
fn a_line_of_ten_megabytes_is_refused() {
    assert_eq!(refused(&vec![b'a'; 10 << 20]), "too_large");
    assert_eq!(refused(&b"a,".repeat(5 << 20)), "too_large");
    let mut quoted = b"phone,name\n1,\"".to_vec();
    quoted.resize(10 << 20, b'a');
    assert_eq!(refused(&quoted), "too_large");
}

#[test]
fn quotes_that_open_in_every_line_end_in_bounded_time() {
    let mut text = "phone,name\n".to_owned();
    for at in 0..200_000 {
        writeln!(text, "+44770090{at:04},\"a\"\"").unwrap();
    }
    let begun = Instant::now();
    let _ = records(text.as_bytes(), &Overrides::default());
    assert!(
        begun.elapsed() < Duration::from_secs(30),
        "took {:?}",
        begun.elapsed()
    );
}

#[test]
fn three_hundred_columns_are_read_and_ten_thousand_refused() {
    let table = |columns: usize| {
        let names: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
        format!("{}\n{}\n", names.join(","), vec!["x"; columns].join(","))
    };
    let (sniffed, rows) = records(table(300).as_bytes(), &Overrides::default()).unwrap();
    assert_eq!((sniffed.columns.len(), rows.len()), (300, 1));
    assert_eq!(refused(table(10_000).as_bytes()), "too_large");
}

#[test]
fn what_is_no_table_is_named() {
    for (bytes, code) in [
        (&b""[..], "empty_file"),
        (b"\xef\xbb\xbf \n,,\n", "empty_file"),
        (b"phone,name\n", "no_rows"),
        (b"<html><table>", "not_csv"),
        (b"{\"phone\": 1}", "not_csv"),
        (b"%PDF-1.7\n", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unsupported_format"),
        (b"PK\x03\x04 and nothing", "corrupt_file"),
    ] {
        assert_eq!(refused(bytes), code, "{bytes:?}");
    }
}

#[test]
fn a_zip_bomb_is_refused_while_it_unpacks() {
    let bomb = workbook(|zip| {
        zip.write_all(b"<worksheet><sheetData>").unwrap();
        let cells = b"<row/>".repeat(1 << 16);
        for _ in 0..90 {
            zip.write_all(&cells).unwrap();
        }
    });
    assert!(bomb.len() < 1 << 20);
    assert_eq!(refused(&bomb), "too_large");
    let blanks = workbook(|zip| {
        zip.write_all(b"<worksheet>").unwrap();
        for _ in 0..20 {
            zip.write_all(&vec![b' '; 1 << 20]).unwrap();
        }
    });
    assert_eq!(refused(&blanks), "too_large");
}

#[test]
fn entities_are_refused_wherever_they_stand() {
    for before in [0, 20, (64 << 10) - 4, (64 << 10) - 1] {
        let bomb = workbook(|zip| {
            zip.write_all(&vec![b' '; before]).unwrap();
            zip.write_all(b"<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><worksheet/>")
                .unwrap();
        });
        assert_eq!(refused(&bomb), "unsafe_xml", "{before}");
    }
}

#[test]
fn hidden_sheets_are_read_only_when_asked_for() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, hidden, phone) in [
        ("Hidden", true, "+447700900001"),
        ("Shown", false, "+447700900002"),
    ] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.set_hidden(hidden);
        sheet.set_active(!hidden);
        sheet.write_string(0, 0, "phone").unwrap();
        sheet.write_string(1, 0, phone).unwrap();
    }
    let bytes = book.save_to_buffer().unwrap();
    let (sniffed, rows) = records(&bytes, &Overrides::default()).unwrap();
    assert_eq!(
        (sniffed.sheet.as_deref(), rows[0].cells[0].as_str()),
        (Some("Shown"), "+447700900002")
    );
    assert_eq!(sniffed.sheets.len(), 2);
    let asked = Overrides {
        sheet: Some("Hidden".into()),
        ..Overrides::default()
    };
    assert_eq!(records(&bytes, &asked).unwrap().1[0].cells[0], "+447700900001");
    let absent = Overrides {
        sheet: Some("Nobody".into()),
        ..Overrides::default()
    };
    assert_eq!(records(&bytes, &absent).unwrap_err().code(), "no_such_sheet");
}

#[test]
fn legacy_text_is_asked_about_and_read_when_told() {
    let text = "الاسم,الهاتف\nهدى,+201001234567\nعمر,+201001234568\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(text);
    let sniffed = sniff(Cursor::new(&bytes), &Overrides::default()).unwrap();
    assert!(!sniffed.encoding.unwrap().certain);
    let told = Overrides {
        encoding: Some("windows-1256".into()),
        ..Overrides::default()
    };
    let (sniffed, rows) = records(&bytes, &told).unwrap();
    assert!(sniffed.encoding.unwrap().certain);
    assert_eq!(rows[0].cells, ["هدى", "+201001234567"]);
    let wrong = Overrides {
        encoding: Some("utf-8".into()),
        ..Overrides::default()
    };
    let (_, rows) = records(&bytes, &wrong).unwrap();
    assert!(
        rows.iter()
            .all(|row| row.problem == Some(Problem::UndecodableText))
    );
    let unknown = Overrides {
        encoding: Some("klingon".into()),
        ..Overrides::default()
    };
    assert_eq!(records(&bytes, &unknown).unwrap_err().code(), "no_such_encoding");
}

#[test]
fn records_become_people_once_each() {
    let text = "phone,name,tags,opt in,city\n07911 123456,Ana,\"vip; VIP, new\",Yes,York\n+447911123456,Again,,,\n,Nobody,,,\n\
                4.477E+11,Bo,,,\n07911123457 / 07911123458,Cy,,,\n12,Di,,,\n";
    let (_, rows) = records(text.as_bytes(), &Overrides::default()).unwrap();
    let uses = vec![
        Use::Phone,
        Use::Name,
        Use::Tags,
        Use::Consent,
        Use::Field("city".into()),
    ];
    let rules = Rules {
        default_country: Some("GB"),
        ..Rules::default()
    };
    let mut reader = Reader::new(uses, rules);
    let read: Vec<Row> = rows.iter().map(|record| reader.read(record)).collect();
    let Row::Person(ana) = &read[0] else {
        panic!("{read:?}")
    };
    assert_eq!(ana.phone.as_deref(), Some("+447911123456"));
    assert_eq!(
        (ana.tags.as_slice(), ana.consent),
        (&["vip".to_owned(), "new".to_owned()][..], Some(true))
    );
    assert_eq!(ana.fields, [("city".to_owned(), "York".to_owned())]);
    assert_eq!(read[1], Row::Duplicate { of: 1 });
    let reasons = read[2..].iter().map(|row| match row {
        Row::Rejected(why) => why.reason,
        other => panic!("{other:?}"),
    });
    let wanted = [
        "missing_phone",
        "number_lost_precision",
        "several_numbers",
        "invalid_phone",
    ];
    assert_eq!(reasons.collect::<Vec<_>>(), wanted);
}

/// Rows as they come back from a file that was written.
fn back(bytes: &[u8]) -> Vec<Vec<String>> {
    let (_, rows) = records(bytes, &Overrides::default()).unwrap();
    assert!(rows.iter().all(|it| it.problem.is_none()), "{rows:?}");
    rows.into_iter().map(|it| it.cells).collect()
}

fn csv(rows: &[Vec<String>]) -> Vec<u8> {
    let mut csv = Csv::new(Vec::new()).unwrap();
    csv.row(["phone", "name", "note"]).unwrap();
    for row in rows {
        csv.row(row.iter().map(String::as_str)).unwrap();
    }
    csv.finish().unwrap()
}

fn xlsx(rows: &[Vec<String>]) -> Vec<u8> {
    let mut xlsx = Xlsx::new().unwrap();
    xlsx.row(["phone", "name", "note"]).unwrap();
    for row in rows {
        xlsx.row(row.iter().map(String::as_str)).unwrap();
    }
    let mut out = Vec::new();
    xlsx.finish(&mut out).unwrap();
    out
}

#[test]
fn no_cell_is_a_formula_and_all_read_back() {
    let rows: Vec<Vec<String>> = [
        "=1+1",
        "+447700900001",
        "-2",
        "@SUM(A1)",
        "'quoted",
        "a\nb",
        "\"x\",y",
    ]
    .map(|note| {
        vec![
            "+447700900001".to_owned(),
            "Ana; 你好".to_owned(),
            note.to_owned(),
        ]
    })
    .into();
    let written = csv(&rows);
    let text = String::from_utf8(written.clone()).unwrap();
    let mut reader = csv_cells(&text);
    assert!(reader.all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r'])));
    assert_eq!(back(&written), rows);
    assert_eq!(back(&xlsx(&rows)), rows);
}

fn csv_cells(text: &str) -> impl Iterator<Item = String> {
    let reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let rows: Vec<csv::StringRecord> = reader.into_records().collect::<Result<_, _>>().unwrap();
    rows.into_iter()
        .flat_map(|row| row.iter().map(str::to_owned).collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_reads_back(notes in prop::collection::vec("[a-z\"',;=+@|é你\\n-]{0,12}x", 1..8)) {
        let rows: Vec<Vec<String>> = notes
            .into_iter()
            .map(|note| vec!["+447700900001".to_owned(), "Ana".to_owned(), note.trim().to_owned()])
            // The apostrophe before a formula is the export's own.
            .filter(|row| !row[2].starts_with('\''))
            .collect();
        prop_assume!(!rows.is_empty());
        prop_assert_eq!(back(&csv(&rows)), rows.clone());
        prop_assert_eq!(back(&xlsx(&rows)), rows);
    }

    #[test]
    fn no_bytes_are_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let _ = records(&bytes, &Overrides::default());
    }
}
