//! What a file is: its bytes are asked, and what was claimed of it must agree (Cloud API: media, the table of types).

use cloud_api::media::MediaKind;
use kernel::{Error, Result};
use poem::http::StatusCode;

/// First bytes of a file that tell what it is.
pub(super) const HEAD: usize = 8192;
/// Largest sticker that does not move.
const STILL_STICKER: u64 = 100 << 10;
/// Types that say nothing.
const ANY: &[&str] = &["", "application/octet-stream", "binary/octet-stream"];

/// What a file is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) kind: MediaKind,
    pub(super) mime: String,
    pub(super) limit: u64,
}

/// Sorts a file that somebody wants to send.
///
/// # Errors
/// 422 that names the claimed and the found type.
pub(super) fn sort(head: &[u8], claimed: Option<&str>, kind: Option<MediaKind>) -> Result<Sort> {
    let found = sniff(head);
    let claimed = claimed
        .map(essence)
        .filter(|claimed| !ANY.contains(&claimed.as_str()));
    let mime = match (claimed, found) {
        (Some(claimed), found) if agrees(&claimed, found, head) => claimed,
        (Some(claimed), found) => {
            let found = found.unwrap_or("no type we know");
            return Err(wrong(format!(
                "the file is said to be {claimed}, but its bytes are {found}"
            )));
        }
        (None, Some(found)) => sent_as(found).to_owned(),
        (None, None) if is_text(head) => "text/plain".to_owned(),
        (None, None) => "application/octet-stream".to_owned(),
    };
    let kind = kind.unwrap_or_else(|| MediaKind::of_type(&mime));
    fits(kind, &mime)?;
    let still = kind == MediaKind::Sticker && !moves(head);
    let limit = if still { STILL_STICKER } else { kind.max_bytes() };
    Ok(Sort { kind, mime, limit })
}

/// Whether a file of this type can be sent as this kind.
///
/// # Errors
/// 422 that names the types WhatsApp takes.
pub(super) fn fits(kind: MediaKind, mime: &str) -> Result<()> {
    let types = kind.mime_types();
    if types.is_empty() || types.contains(&mime) {
        return Ok(());
    }
    Err(wrong(format!(
        "WhatsApp takes {} as {}, not {mime}; send it as a document",
        types.join(", "),
        kind.as_str()
    )))
}

/// The type under which a received file is kept: what was claimed, unless the bytes say otherwise.
pub(super) fn received(head: &[u8], claimed: &str) -> String {
    let found = sniff(head);
    let named = essence(claimed);
    match found {
        _ if !ANY.contains(&named.as_str()) && agrees(&named, found, head) => named,
        Some(found) => sent_as(found).to_owned(),
        None => "application/octet-stream".to_owned(),
    }
}

/// 422 `media_type`.
pub(super) fn wrong(message: String) -> Error {
    Error::invalid("file", message).with_code("media_type")
}

/// 413 with limit and what it holds for.
pub(super) fn too_large(kind: MediaKind, limit: u64) -> Error {
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!(
            "The file is larger than the {limit} bytes that WhatsApp takes as {}.",
            kind.as_str()
        ),
    )
}

/// `audio/ogg; codecs=opus` → `audio/ogg`.
pub(super) fn essence(mime: &str) -> String {
    let essence = mime.split(';').next().unwrap_or_default().trim();
    essence.chars().take(128).collect::<String>().to_ascii_lowercase()
}

/// What the bytes are, in the words of the crate `infer`, which knows no 3GP.
fn sniff(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8) == Some(b"ftyp") && head.get(8..10) == Some(b"3g") {
        return Some("video/3gpp");
    }
    infer::get(head).map(|kind| kind.mime_type())
}

/// WhatsApp's name for a type that `infer` names otherwise.
fn sent_as(found: &'static str) -> &'static str {
    match found {
        "audio/opus" => "audio/ogg",
        "audio/m4a" => "audio/mp4",
        "video/x-m4v" => "video/mp4",
        other => other,
    }
}

fn agrees(claimed: &str, found: Option<&str>, head: &[u8]) -> bool {
    let Some(found) = found else {
        // Bytes without a mark: text, and formats that have none. What has one must show it.
        return !matches!(claimed.split('/').next(), Some("image" | "video" | "audio"))
            && !matches!(claimed, "application/pdf" | "application/zip")
            && (claimed != "text/plain" || is_text(head));
    };
    match claimed {
        // Opus and nothing else in it.
        "audio/ogg" => found == "audio/opus",
        "audio/mp4" => matches!(found, "audio/m4a" | "video/mp4" | "video/x-m4v"),
        "video/mp4" => matches!(found, "video/mp4" | "video/x-m4v" | "video/3gpp"),
        "video/3gpp" | "video/3gp" => matches!(found, "video/3gpp" | "video/mp4"),
        _ if found == claimed || sent_as_same(found, claimed) => true,
        // Packed formats, and text in one of its many dialects.
        _ if matches!(found, "application/zip" | "application/x-ole-storage") => {
            claimed.starts_with("application/")
        }
        _ if matches!(found, "text/html" | "text/xml") => {
            claimed == found || claimed.ends_with("xml") || claimed.ends_with("html")
        }
        _ => false,
    }
}

fn sent_as_same(found: &str, claimed: &str) -> bool {
    let bare = |mime: &str| mime.replace("/x-", "/").replace("/vnd.", "/");
    bare(found) == bare(claimed)
}

fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // Cut in the middle of a letter.
        Err(error) if head.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(&head[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    !text.contains('\0')
}

/// Whether a WebP is animated: bit 1 of the flags of its extended header.
fn moves(head: &[u8]) -> bool {
    head.get(12..16) == Some(b"VP8X") && head.get(20).is_some_and(|flags| flags & 0b10 != 0)
}

#[cfg(test)]
mod tests {
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
            (
                b"\0\x01\x02",
                None,
                None,
                Ok(("document", "application/octet-stream", 100 << 20)),
            ),
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
                Ok(("document", "image/png", 100 << 20)),
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
            (STILL, None, None, Ok(("sticker", "image/webp", 100 << 10))),
            (MOVING, None, None, Ok(("sticker", "image/webp", 500 << 10))),
            (STILL, None, Some("image"), Err(())),
            (b"", Some("image/png"), None, Err(())),
        ];
        for (head, claimed, kind, expected) in rows {
            let kind = kind.and_then(MediaKind::parse);
            let got = sort(head, *claimed, kind);
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
}
