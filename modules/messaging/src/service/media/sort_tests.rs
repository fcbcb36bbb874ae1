use super::*;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
const JPEG: &[u8] = b"\xff\xd8\xff\xe0\0\x10JFIF";
const PDF: &[u8] = b"%PDF-1.7\n";
const MP4: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2";
const M4A: &[u8] = b"\0\0\0\x18ftypM4A \0\0\0\0isomiso2";
const THREE_GP: &[u8] = b"\0\0\0\x18ftyp3gp5\0\0\0\x003gp5";
const OPUS: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead\x01\x01";
const VORBIS: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis\0\0";
const STILL: &[u8] = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0";
const MOVING: &[u8] = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0";
const EXE: &[u8] = b"MZ\x90\0\x03\0\0\0";
const HTML: &[u8] = b"<!DOCTYPE html><html><script>";

/// First bytes, claimed type, wanted kind; kind, type and limit, unless it is refused.
type Row<'a> = (
    &'a [u8],
    Option<&'a str>,
    Option<&'a str>,
    Result<(&'a str, &'a str, u64), ()>,
);

#[test]
fn bytes_and_claim_agree_or_not() {
    let rows: &[Row] = &[
        (PNG, Some("image/png"), None, Ok(("image", "image/png", 5 << 20))),
        (PNG, None, None, Ok(("image", "image/png", 5 << 20))),
        (PNG, Some("image/jpeg"), None, Err(())),
        (
            JPEG,
            Some("IMAGE/JPEG; q=1"),
            None,
            Ok(("image", "image/jpeg", 5 << 20)),
        ),
        (HTML, Some("image/png"), None, Err(())),
        (EXE, Some("image/png"), None, Err(())),
        (EXE, Some("application/pdf"), None, Err(())),
        (b"hello", Some("image/png"), None, Err(())),
        (
            b"hello",
            Some("text/plain"),
            None,
            Ok(("document", "text/plain", 100 << 20)),
        ),
        (
            b"a,b\n1,2\n",
            Some("text/csv"),
            None,
            Ok(("document", "text/csv", 100 << 20)),
        ),
        (b"\0\x01\x02", Some("text/plain"), None, Err(())),
        (b"hello", None, None, Ok(("document", "text/plain", 100 << 20))),
        (b"\0\x01\x02", None, None, Err(())),
        (
            PDF,
            Some("application/pdf"),
            None,
            Ok(("document", "application/pdf", 100 << 20)),
        ),
        (b"hello", Some("application/pdf"), None, Err(())),
        (
            PDF,
            Some("application/octet-stream"),
            None,
            Ok(("document", "application/pdf", 100 << 20)),
        ),
        (PDF, None, Some("image"), Err(())),
        (
            PNG,
            None,
            Some("document"),
            Ok(("document", "image/png", 5 << 20)),
        ),
        (MP4, Some("video/mp4"), None, Ok(("video", "video/mp4", 16 << 20))),
        (MP4, Some("audio/mp4"), None, Ok(("audio", "audio/mp4", 16 << 20))),
        (M4A, None, None, Ok(("audio", "audio/mp4", 16 << 20))),
        (THREE_GP, None, None, Ok(("video", "video/3gpp", 16 << 20))),
        (
            OPUS,
            Some("audio/ogg; codecs=opus"),
            None,
            Ok(("audio", "audio/ogg", 16 << 20)),
        ),
        (OPUS, None, None, Ok(("audio", "audio/ogg", 16 << 20))),
        (VORBIS, Some("audio/ogg"), None, Err(())),
        (VORBIS, None, None, Err(())),
        (VORBIS, None, Some("audio"), Err(())),
        (STILL, None, None, Ok(("sticker", "image/webp", 100 << 10))),
        (MOVING, None, None, Ok(("sticker", "image/webp", 500 << 10))),
        (STILL, None, Some("image"), Err(())),
        (b"", Some("image/png"), None, Err(())),
    ];
    for (head, claimed, kind, expected) in rows {
        let kind = kind.and_then(MediaKind::parse);
        let told = Told {
            mime: *claimed,
            kind,
            name: None,
        };
        let got = sort(head, told);
        let shown = got
            .as_ref()
            .map(|sort| (sort.kind.as_str(), sort.mime.as_str(), sort.limit));
        match (shown, expected) {
            (Ok(got), Ok(expected)) => assert_eq!(got, *expected, "{head:?} {claimed:?}"),
            (Err(error), Err(())) => {
                assert_eq!(
                    (error.status().as_u16(), error.code()),
                    (422, "media_type"),
                    "{claimed:?}"
                );
            }
            (got, expected) => panic!("{head:?} {claimed:?} {kind:?}: {got:?}, not {expected:?}"),
        }
    }
}

/// First bytes, claimed type, file name, wanted kind; kind and type, or a part of the refusal.
type Named<'a> = (
    &'a [u8],
    &'a str,
    &'a str,
    &'a str,
    Result<(&'a str, &'a str), &'a str>,
);

const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
const MOV: &[u8] = b"\0\0\0\x14ftypqt  \0\0\0\0qt  ";
const WEBM: &[u8] =
    b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x84webm";
const MP3: &[u8] = b"\xff\xfb\x90\x64\0\0\0\0";
const GIF: &[u8] = b"GIF89a\x01\0\x01\0\0\0\0";
const ZIP: &[u8] = b"PK\x03\x04\x14\0\0\0\x08\0\0\0";
const OLE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0\0\0";
const SOUND: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2\0\0\0\x20hdlr\0\0\0\0\0\0\0\0soun";
const FILM: &[u8] = b"\0\0\0\x18ftypisom\0\0\0\0isomiso2\0\0\0\x20hdlr\0\0\0\0\0\0\0\0vide....soun";
const AAC: &[u8] = b"\xff\xf1\x50\x80\x02\x1f\xfc\0\0\0\0\0";
const AMR: &[u8] = b"#!AMR\n\x3c\x91\x17\x16\xbe\x66\x78\0";
const AMR_WB: &[u8] = b"#!AMR-WB\n\x44\x03\x01\x88\x52\0\x04\x98";
const SILK: &[u8] = b"\x02#!SILK_V3\x0c\0\xa7\x02";
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";

#[test]
fn usual_names_mean_the_type_and_containers_are_shared() {
    let rows: &[Named] = &[
        (M4A, "audio/x-m4a", "", "", Ok(("audio", "audio/mp4"))),
        (M4A, "audio/m4a", "", "audio", Ok(("audio", "audio/mp4"))),
        (OPUS, "audio/opus", "", "audio", Ok(("audio", "audio/ogg"))),
        (OPUS, "application/ogg", "", "", Ok(("audio", "audio/ogg"))),
        (MP3, "audio/mp3", "", "", Ok(("audio", "audio/mpeg"))),
        (MP3, "audio/x-mpeg", "", "audio", Ok(("audio", "audio/mpeg"))),
        (JPEG, "image/jpg", "", "", Ok(("image", "image/jpeg"))),
        (JPEG, "image/pjpeg", "", "image", Ok(("image", "image/jpeg"))),
        (
            PDF,
            "application/x-pdf",
            "",
            "",
            Ok(("document", "application/pdf")),
        ),
        (MP4, "video/x-m4v", "", "", Ok(("video", "video/mp4"))),
        // Phones name a recording's file by its picture's type, or say nothing; the sender says that it is sound.
        (MP4, "audio/x-m4a", "", "audio", Ok(("audio", "audio/mp4"))),
        (MP4, "", "", "audio", Ok(("audio", "audio/mp4"))),
        (MP4, "video/quicktime", "", "", Ok(("video", "video/mp4"))),
        (THREE_GP, "audio/3gpp", "", "", Ok(("document", "audio/3gpp"))),
        (THREE_GP, "audio/3gpp", "", "audio", Err("send it as a document")),
        // The file says itself that it is sound.
        (M4A, "video/mp4", "", "", Ok(("audio", "audio/mp4"))),
        (M4A, "video/mp4", "", "video", Err("declared as video/mp4")),
        // What WhatsApp does not take says so, and not that the bytes are another name of the same.
        (
            HEIC,
            "image/heic",
            "",
            "document",
            Err("convert it to image/jpeg"),
        ),
        (HEIC, "image/heif", "", "image", Err("convert it to image/jpeg")),
        (WEBM, "audio/webm", "", "document", Err("convert it to audio/")),
        (WEBM, "video/webm", "", "", Err("convert it to video/mp4")),
        (
            MOV,
            "video/quicktime",
            "",
            "document",
            Err("convert it to video/mp4"),
        ),
        (GIF, "image/gif", "", "image", Err("convert it to image/")),
        (GIF, "image/gif", "", "document", Err("not even as a document")),
        (
            EXE,
            "application/x-msdownload",
            "",
            "document",
            Err("not even as a document"),
        ),
        (
            ZIP,
            "application/x-zip-compressed",
            "",
            "",
            Err("not even as a document"),
        ),
        (VORBIS, "audio/ogg", "", "document", Err("Ogg without Opus")),
    ];
    check(rows);
}

#[test]
fn usual_claims_that_say_little_or_too_much() {
    let form = "application/x-www-form-urlencoded";
    let rows: &[Named] = &[
        (PNG, form, "", "", Ok(("image", "image/png"))),
        (PDF, form, "", "document", Ok(("document", "application/pdf"))),
        (b"a=1&b=2", form, "", "", Ok(("document", "text/plain"))),
        (JPEG, "*/*", "", "image", Ok(("image", "image/jpeg"))),
        (OPUS, "audio/*; q=0.8", "", "", Ok(("audio", "audio/ogg"))),
        (HTML, "*/*", "", "image", Err("send it as a document")),
        (EXE, form, "", "", Err("not even as a document")),
        (M4A, "video/mp4", "", "audio", Ok(("audio", "audio/mp4"))),
        (M4A, "video/quicktime", "", "audio", Ok(("audio", "audio/mp4"))),
        (M4A, "video/mp4", "", "video", Err("declared as video/mp4")),
        (SOUND, "video/mp4", "", "audio", Ok(("audio", "audio/mp4"))),
        (FILM, "video/mp4", "", "audio", Err("not video/mp4")),
        (M4A, "audio/aac", "", "", Ok(("audio", "audio/mp4"))),
        (M4A, "audio/aacp", "", "audio", Ok(("audio", "audio/mp4"))),
        (SOUND, "audio/aacp", "", "", Ok(("audio", "audio/mp4"))),
        (AAC, "audio/aacp", "", "", Ok(("audio", "audio/aac"))),
        (AAC, "audio/aacp", "", "audio", Ok(("audio", "audio/aac"))),
        (AAC, "audio/x-aac", "", "", Ok(("audio", "audio/aac"))),
        (PNG, "audio/aacp", "", "", Err("declared as audio/aac")),
        (OPUS, "video/ogg", "", "", Ok(("audio", "audio/ogg"))),
        (OPUS, "video/ogg", "", "audio", Ok(("audio", "audio/ogg"))),
        (OPUS, "video/ogg", "", "document", Ok(("document", "audio/ogg"))),
        (VORBIS, "video/ogg", "", "", Err("convert it to")),
        (AMR, "audio/amr", "", "", Ok(("audio", "audio/amr"))),
    ];
    check(rows);
}

#[test]
fn a_refusal_names_what_it_is_and_what_would_help() {
    let rows: &[Named] = &[
        (AMR_WB, "audio/amr", "", "", Err("content is audio/amr-wb")),
        (AMR_WB, "audio/amr-wb", "", "audio", Err("convert it to audio/")),
        (AMR_WB, "", "a.amr", "", Err("convert it to audio/")),
        (SILK, "audio/amr", "", "", Err("content is audio/x-silk")),
        (b"#!AMR-WB\n", "", "", "", Ok(("document", "text/x-shellscript"))),
        (GIF, "image/gif", "", "video", Err("convert it to video/mp4")),
        (GIF, "", "", "video", Err("convert it to video/mp4")),
        (GIF, "image/gif", "", "sticker", Err("convert it to image/webp")),
        (WEBM, "video/webm", "", "audio", Err("convert it to audio/")),
        (
            MOV,
            "video/quicktime",
            "",
            "video",
            Err("convert it to video/mp4"),
        ),
        (HEIC, "image/heic", "", "image", Err("convert it to image/jpeg")),
        (EXE, "", "", "video", Err("save it as PDF")),
    ];
    check(rows);
}

#[test]
fn text_is_text_whatever_it_looks_like_and_goes_as_text() {
    let latin = b"Gr\xf6\xdfe 3 EUR, K\xe4se 2 EUR\r\n";
    let rows: &[Named] = &[
        (latin, "text/plain", "", "", Ok(("document", "text/plain"))),
        (latin, "text/csv", "", "", Ok(("document", "text/csv"))),
        (latin, "", "prices.csv", "", Ok(("document", "text/csv"))),
        (
            b"\xff\xfeG\0r\0",
            "text/plain",
            "",
            "",
            Ok(("document", "text/plain")),
        ),
        (
            b"<p>Dear</p> customer",
            "text/plain",
            "",
            "",
            Ok(("document", "text/plain")),
        ),
        (
            b"<?xml version=\"1.0\"?>",
            "text/plain",
            "",
            "",
            Ok(("document", "text/plain")),
        ),
        (
            b"#!/bin/sh\n",
            "text/plain",
            "",
            "",
            Ok(("document", "text/plain")),
        ),
        (
            b"BMW 320, 3 doors\n",
            "text/plain",
            "",
            "",
            Ok(("document", "text/plain")),
        ),
        (b"MZ;Mainz;55116\n", "", "", "", Ok(("document", "text/plain"))),
        (SVG, "image/svg+xml", "", "", Ok(("document", "image/svg+xml"))),
        (
            b"{\"a\":1}",
            "application/json",
            "",
            "",
            Ok(("document", "application/json")),
        ),
        (
            b"{\"a\":1}",
            "",
            "a.json",
            "document",
            Ok(("document", "application/json")),
        ),
        (
            b"BEGIN:VCARD\r\n",
            "text/x-vcard",
            "",
            "",
            Ok(("document", "text/vcard")),
        ),
        (
            b"a: 1\n",
            "application/x-unheard-of",
            "",
            "",
            Ok(("document", "text/plain")),
        ),
        (
            b"a,b\n",
            "application/vnd.ms-excel",
            "a.csv",
            "",
            Ok(("document", "application/vnd.ms-excel")),
        ),
        (PNG, "text/plain", "", "", Err("content is image/png")),
        (b"\0\x01\x02\x03", "text/csv", "", "", Err("not text")),
        (
            HTML,
            "application/pdf",
            "",
            "",
            Err("declared as application/pdf"),
        ),
        (SVG, "image/png", "", "", Err("declared as image/png")),
    ];
    check(rows);
}

#[test]
fn documents_are_known_by_their_container_and_name() {
    let rows: &[Named] = &[
        (ZIP, "application/zip", "a.docx", "", Ok(("document", DOCX))),
        (ZIP, DOCX, "", "", Ok(("document", DOCX))),
        (OLE, "", "a.xls", "", Ok(("document", "application/vnd.ms-excel"))),
        (
            OLE,
            "application/msword",
            "",
            "",
            Ok(("document", "application/msword")),
        ),
        (ZIP, "application/pdf", "", "", Err("declared as application/pdf")),
        // A name alone makes nothing of bytes that are something else.
        (PNG, "", "a.pdf", "", Ok(("image", "image/png"))),
    ];
    check(rows);
}

fn check(rows: &[Named]) {
    for (head, mime, name, kind, expected) in rows {
        let told = Told {
            mime: Some(*mime),
            name: Some(*name),
            kind: MediaKind::parse(kind),
        };
        let got = sort(head, told);
        match (&got, expected) {
            (Ok(got), Ok(expected)) => {
                assert_eq!((got.kind.as_str(), got.mime.as_str()), *expected, "{mime} {name}");
                assert!(upload_as(&got.mime).is_some(), "{mime} cannot be uploaded");
            }
            (Err(error), Err(part)) => {
                assert_eq!((error.status().as_u16(), error.code()), (422, "media_type"));
                assert!(format!("{error:?}").contains(part), "{mime} {name}: {error:?}");
            }
            _ => panic!("{mime} {name} {kind}: {got:?}, not {expected:?}"),
        }
    }
}

#[test]
fn a_document_is_no_larger_than_its_upload_may_be() {
    for (kind, mime, most) in [
        (MediaKind::Document, "text/csv", 100 << 20),
        (MediaKind::Document, "image/png", 5 << 20),
        (MediaKind::Document, "video/mp4", 16 << 20),
        (MediaKind::Document, "image/webp", 500 << 10),
        (MediaKind::Image, "image/png", 5 << 20),
    ] {
        assert_eq!(limit(kind, mime), most, "{mime}");
    }
    assert_eq!(
        limit_unseen(MediaKind::Sticker, "image/webp", "document"),
        100 << 10
    );
    assert_eq!(
        limit_unseen(MediaKind::Sticker, "image/webp", "sticker"),
        500 << 10
    );
}

#[test]
fn a_received_file_is_what_its_bytes_are() {
    for (head, claimed, kept) in [
        (PNG, "image/png", "image/png"),
        (OPUS, "audio/ogg; codecs=opus", "audio/ogg"),
        (HTML, "image/png", "text/html"),
        (b"hello".as_slice(), "image/png", "application/octet-stream"),
        (b"hello", "text/plain", "text/plain"),
        (PDF, "", "application/pdf"),
        (VORBIS, "audio/ogg", "audio/ogg"),
    ] {
        assert_eq!(received(head, claimed), kept, "{claimed}");
    }
}
