//! What a file is: its bytes are asked, and what was claimed of it must agree (Cloud API: media, the table of types).

use cloud_api::media::{MediaKind, upload_limit};
use kernel::{Error, Result};
use poem::http::StatusCode;

use super::{
    text::is_text,
    types::{advice, canonical, is_textual, of_name, says_more, share_container, upload_as},
};

/// First bytes of a file that tell what it is.
pub(super) const HEAD: usize = 8192;
/// Largest sticker that does not move.
const STILL_STICKER: u64 = 100 << 10;
/// Binary types whose mark is so short that text may begin with it.
const WEAK_MARKS: &[&str] = &[
    "application/vnd.microsoft.portable-executable",
    "application/x-shockwave-flash",
    "audio/mpeg",
    "image/bmp",
    "video/x-flv",
];

/// What a file is taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sort {
    pub(super) kind: MediaKind,
    pub(super) mime: String,
    /// Largest size in bytes that WhatsApp takes of it.
    pub(super) limit: u64,
}

/// What somebody who wants to send a file says of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told<'a> {
    /// Its type.
    pub(super) mime: Option<&'a str>,
    /// Its name; counts only where the type says nothing.
    pub(super) name: Option<&'a str>,
    /// As what it is to be sent.
    pub(super) kind: Option<MediaKind>,
}

/// Sorts a file that somebody wants to send. Of the types that the bytes may be, it is taken for the first that WhatsApp
/// takes: the claimed one, the one found, the one its name says.
///
/// # Errors
/// 422 that names the claimed and the found type, or the types WhatsApp takes.
pub(super) fn sort(head: &[u8], told: Told<'_>) -> Result<Sort> {
    let found = sniff(head);
    let claimed = told.mime.and_then(canonical);
    let claimed = claimed.map(|claimed| as_sound(claimed, told.kind, found, head));
    if let Some(claimed) = &claimed
        && !agrees(claimed, found, head)
    {
        let found = match found {
            Some("audio/ogg") => "Ogg without Opus",
            Some(found) => found,
            None if is_textual(claimed) => "not text",
            None => "of an unknown type",
        };
        return Err(wrong(format!(
            "the file is declared as {claimed}, but its content is {found}"
        )));
    }
    let named = told
        .name
        .and_then(of_name)
        .filter(|named| agrees(named, found, head));
    let guesses = guesses(head, claimed.as_deref(), found, named, told.kind);
    let taken = guesses.iter().copied().find(|mime| {
        let kind = told.kind.unwrap_or_else(|| MediaKind::of_type(mime));
        fits(kind, mime).is_ok()
    });
    let mime = taken.unwrap_or(guesses[0]);
    let kind = told.kind.unwrap_or_else(|| MediaKind::of_type(mime));
    fits(kind, mime)?;
    let still = kind == MediaKind::Sticker && !moves(head);
    let limit = if still { STILL_STICKER } else { limit(kind, mime) };
    Ok(Sort {
        kind,
        mime: mime.to_owned(),
        limit,
    })
}

/// What is claimed of a recording. Programs call AAC in MP4's container by the name of the codec, or of the container with
/// pictures; the latter is believed of those who say that it is sound and send no pictures, and where the file says so itself.
fn as_sound(claimed: String, kind: Option<MediaKind>, found: Option<&str>, head: &[u8]) -> String {
    let has = |handler: &[u8]| head.windows(4).any(|part| part == handler);
    let is_sound = match found {
        Some("audio/m4a") => true,
        Some("video/mp4") => has(b"soun") && !has(b"vide"),
        _ => false,
    };
    let is_named_so = match claimed.as_str() {
        "audio/aac" => true,
        "video/mp4" | "video/quicktime" => {
            kind == Some(MediaKind::Audio) || (kind.is_none() && found == Some("audio/m4a"))
        }
        _ => false,
    };
    if is_sound && is_named_so {
        "audio/mp4".to_owned()
    } else {
        claimed
    }
}

/// What a file may be, the likeliest first; never empty.
fn guesses<'a>(
    head: &[u8],
    claimed: Option<&'a str>,
    found: Option<&'static str>,
    named: Option<&'static str>,
    kind: Option<MediaKind>,
) -> Vec<&'a str> {
    let found = found.map(sent_as);
    let mut guesses: Vec<&str> = Vec::new();
    // Some programs call every document of Word's an archive, or by its oldest name.
    guesses.extend(found.filter(|found| says_more(found)));
    guesses.extend(claimed);
    if claimed.is_none() {
        guesses.extend(named);
        // Sound in a container that may hold pictures, from somebody who says that it is sound.
        if kind == Some(MediaKind::Audio) && found.is_some_and(|found| share_container("audio/mp4", found)) {
            guesses.push("audio/mp4");
        }
    }
    guesses.extend(found);
    guesses.extend(named);
    if guesses.is_empty() {
        let text = is_text(head);
        guesses.push(if text {
            "text/plain"
        } else {
            "application/octet-stream"
        });
    } else if is_text(head) {
        guesses.push("text/plain");
    }
    guesses
}

/// Whether a file of this type can be sent as this kind.
///
/// # Errors
/// 422 that names the types WhatsApp takes, and what to do instead.
pub(super) fn fits(kind: MediaKind, mime: &str) -> Result<()> {
    let types = kind.mime_types();
    let sendable = upload_as(mime).is_some();
    if types.contains(&mime) || (types.is_empty() && sendable) {
        return Ok(());
    }
    let instead = if sendable {
        "send it as a document"
    } else {
        advice(kind, mime)
    };
    if types.is_empty() {
        return Err(wrong(format!(
            "WhatsApp does not accept {mime}, not even as a document; {instead}"
        )));
    }
    Err(wrong(format!(
        "WhatsApp takes {} as {}, not {mime}; {instead}",
        types.join(", "),
        kind.as_str()
    )))
}

/// Largest file in bytes of a type that can be sent as a kind: what its upload takes, and what the kind takes.
pub(super) fn limit(kind: MediaKind, mime: &str) -> u64 {
    let upload = upload_as(mime).and_then(upload_limit);
    upload.map_or(kind.max_bytes(), |upload| upload.min(kind.max_bytes()))
}

/// The largest file in bytes that can be sent as a kind, when only what was noted of it is known and not its bytes.
pub(super) fn limit_unseen(kind: MediaKind, mime: &str, sorted_as: &str) -> u64 {
    // Whether a sticker moves was looked at when it was uploaded or received as one.
    if kind == MediaKind::Sticker && sorted_as != kind.as_str() {
        return STILL_STICKER;
    }
    limit(kind, mime)
}

/// The type under which a received file is kept: what was claimed, unless the bytes say otherwise.
pub(super) fn received(head: &[u8], claimed: &str) -> String {
    let found = sniff(head);
    match (canonical(claimed), found) {
        (Some(named), found) if agrees(&named, found, head) => named,
        (_, Some("audio/ogg")) => "audio/ogg".to_owned(),
        (_, Some(found)) => sent_as(found).to_owned(),
        (_, None) => "application/octet-stream".to_owned(),
    }
}

/// 422 `media_type`.
pub(super) fn wrong(message: String) -> Error {
    Error::invalid("file", message).with_code("media_type")
}

/// 413 with limit and what it holds for.
pub(super) fn too_large(sort: &Sort) -> Error {
    let Sort { kind, mime, limit } = sort;
    let kind = kind.as_str();
    Error::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too_large",
        format!(
            "The file is larger than the {limit} bytes that WhatsApp takes as {kind} of the type {mime}."
        ),
    )
}

/// What the bytes are, in the words of the crate `infer`, which knows few of the brands of MP4's container and not the short
/// beginning of a WebM recording.
fn sniff(head: &[u8]) -> Option<&'static str> {
    if let Some(found) = branded(head).or_else(|| matroska(head)).or_else(|| speech(head)) {
        return Some(found);
    }
    let found = infer::get(head).map(|kind| kind.mime_type());
    found.filter(|found| !(WEAK_MARKS.contains(found) && is_text(head)))
}

/// Of a file in MP4's container, by its major brand.
fn branded(head: &[u8]) -> Option<&'static str> {
    if head.get(4..8) != Some(b"ftyp") {
        return None;
    }
    match head.get(8..12)? {
        [b'3', b'g', ..] => Some("video/3gpp"),
        b"M4A " | b"M4B " | b"M4P " | b"F4A " => Some("audio/m4a"),
        b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"hevm" | b"hevs" => Some("image/heif"),
        [b'i', b's', b'o', _] | [b'm', b'p', b'4', _] | [b'M', b'4', b'V', _] => Some("video/mp4"),
        b"avc1" | b"MSNV" | b"mmp4" | b"dash" | b"F4V " | b"f4v " => Some("video/mp4"),
        _ => None,
    }
}

/// Of recordings of speech that begin as a script does, and are none.
fn speech(head: &[u8]) -> Option<&'static str> {
    const MARKS: [(&[u8], &str); 6] = [
        (b"#!AMR-WB", "audio/amr-wb"),
        (b"#!AMR_MC", "audio/x-amr-multichannel"),
        (b"#!SILK", "audio/x-silk"),
        (b"\x02#!SILK", "audio/x-silk"),
        (b"#!iLBC", "audio/ilbc"),
        (b"#!EVS", "audio/evs"),
    ];
    let (_, found) = MARKS.iter().find(|(mark, _)| head.starts_with(mark))?;
    (!is_text(head)).then_some(*found)
}

/// Of a file in Matroska's container, by the name of the document in its first element.
fn matroska(head: &[u8]) -> Option<&'static str> {
    let first = head.strip_prefix(b"\x1a\x45\xdf\xa3")?;
    let first = &first[..first.len().min(64)];
    let is_webm = first.windows(4).any(|part| part == b"webm");
    Some(if is_webm { "video/webm" } else { "video/x-matroska" })
}

/// The name under which a type is kept that `infer` names otherwise.
fn sent_as(found: &'static str) -> &'static str {
    match found {
        "audio/opus" => "audio/ogg",
        // Ogg with anything else in it, which WhatsApp does not take as audio/ogg.
        "audio/ogg" => "application/ogg",
        "audio/m4a" => "audio/mp4",
        "video/x-m4v" => "video/mp4",
        "audio/x-wav" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "audio/x-aiff" => "audio/aiff",
        other => other,
    }
}

/// Whether bytes may be of a type, given by its one name.
fn agrees(claimed: &str, found: Option<&'static str>, head: &[u8]) -> bool {
    // A text may begin like a page or a script, and no harm is done when it is called by another text's name.
    if is_textual(claimed) {
        return is_text(head);
    }
    let Some(found) = found else {
        // Bytes without a mark: formats that have none. What has one must show it.
        return !matches!(claimed.split('/').next(), Some("image" | "video" | "audio"))
            && !matches!(claimed, "application/pdf" | "application/zip");
    };
    match (claimed, found) {
        // Opus and nothing else in it.
        ("audio/ogg", _) => found == "audio/opus",
        // Sound only.
        (_, "audio/m4a") => claimed == "audio/mp4",
        _ => {
            let found = sent_as(found);
            claimed == found
                || canonical(found).as_deref() == Some(claimed)
                || share_container(claimed, found)
                || bare(claimed) == bare(found)
        }
    }
}

/// Without the marks of names that are not registered.
fn bare(mime: &str) -> String {
    mime.replace("/x-", "/").replace("/vnd.", "/")
}

/// Whether a WebP is animated: bit 1 of the flags of its extended header.
fn moves(head: &[u8]) -> bool {
    head.get(12..16) == Some(b"VP8X") && head.get(20).is_some_and(|flags| flags & 0b10 != 0)
}

#[cfg(test)]
#[path = "sort_tests.rs"]
mod tests;
