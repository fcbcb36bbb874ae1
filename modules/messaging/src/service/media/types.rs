//! Names of file types: what browsers, phones and programs call them, which of them share a container, and under which one
//! a file is uploaded to WhatsApp (Cloud API: media).

use cloud_api::media::{MediaKind, upload_limit};

/// Types that say nothing.
const ANY: &[&str] = &[
    "",
    "application/octet-stream",
    "binary/octet-stream",
    "application/x-binary",
    "application/octetstream",
    "application/unknown",
    "application/x-unknown",
    "application/download",
    "application/x-download",
    "application/force-download",
    "unknown/unknown",
    // What curl declares when nobody tells it a type.
    "application/x-www-form-urlencoded",
];

/// Usual names of a type, and the one name under which it is compared and kept.
const ALIASES: &[(&str, &[&str])] = &[
    (
        "image/jpeg",
        &[
            "image/jpg",
            "image/pjpeg",
            "image/jpe",
            "image/jfif",
            "image/x-jpeg",
            "image/x-jpg",
        ],
    ),
    (
        "image/png",
        &["image/x-png", "image/apng", "image/vnd.mozilla.apng"],
    ),
    ("image/webp", &["image/x-webp"]),
    (
        "image/bmp",
        &["image/x-ms-bmp", "image/x-bmp", "image/x-windows-bmp"],
    ),
    ("image/tiff", &["image/tif", "image/x-tiff", "image/x-tif"]),
    (
        "image/vnd.microsoft.icon",
        &["image/x-icon", "image/ico", "image/icon"],
    ),
    ("image/heif", &["image/heif-sequence", "image/x-heif"]),
    ("image/heic", &["image/heic-sequence", "image/x-heic"]),
    (
        "audio/mp4",
        &[
            "audio/x-m4a",
            "audio/m4a",
            "audio/x-mp4",
            "audio/mp4a-latm",
            "audio/m4b",
            "audio/x-m4b",
            "audio/mpeg4",
        ],
    ),
    (
        "audio/mpeg",
        &[
            "audio/mp3",
            "audio/x-mp3",
            "audio/x-mpeg",
            "audio/mpeg3",
            "audio/x-mpeg3",
            "audio/x-mpeg-3",
            "audio/mpg",
            "audio/x-mpg",
            "audio/mpa",
            "audio/mpeg-layer3",
        ],
    ),
    (
        "audio/ogg",
        &[
            "audio/opus",
            "audio/x-opus",
            "audio/x-opus+ogg",
            "audio/x-ogg",
            "application/ogg",
            "application/x-ogg",
        ],
    ),
    (
        "audio/aac",
        &[
            "audio/x-aac",
            "audio/aacp",
            "audio/x-aacp",
            "audio/x-hx-aac-adts",
            "audio/vnd.dlna.adts",
            "audio/adts",
        ],
    ),
    ("audio/amr", &["audio/x-amr", "audio/amr-nb"]),
    ("audio/amr-wb", &["audio/x-amr-wb", "audio/amrwb"]),
    (
        "audio/wav",
        &["audio/x-wav", "audio/wave", "audio/vnd.wave", "audio/x-pn-wav"],
    ),
    ("audio/flac", &["audio/x-flac"]),
    ("audio/aiff", &["audio/x-aiff"]),
    ("audio/midi", &["audio/mid", "audio/x-midi"]),
    (
        "video/mp4",
        &[
            "video/x-m4v",
            "video/m4v",
            "video/x-mp4",
            "video/mpeg4",
            "application/mp4",
        ],
    ),
    (
        "video/3gpp",
        &[
            "video/3gp",
            "video/3gpp2",
            "video/3gp2",
            "video/3g2",
            "video/x-3gp",
            "video/x-3gpp",
        ],
    ),
    ("audio/3gpp", &["audio/3gp", "audio/3gpp2", "audio/x-3gpp"]),
    ("video/ogg", &["video/x-ogg", "video/ogv"]),
    ("video/quicktime", &["video/mov", "video/x-quicktime"]),
    (
        "video/x-msvideo",
        &["video/avi", "video/msvideo", "video/vnd.avi"],
    ),
    (
        "video/x-matroska",
        &["video/matroska", "audio/x-matroska", "audio/matroska"],
    ),
    (
        "application/pdf",
        &[
            "application/x-pdf",
            "application/acrobat",
            "application/vnd.pdf",
            "text/pdf",
            "text/x-pdf",
        ],
    ),
    (
        "application/zip",
        &[
            "application/x-zip-compressed",
            "application/x-zip",
            "application/zip-compressed",
        ],
    ),
    (
        "application/gzip",
        &["application/x-gzip", "application/gzip-compressed"],
    ),
    (
        "application/vnd.rar",
        &[
            "application/x-rar-compressed",
            "application/x-rar",
            "application/rar",
        ],
    ),
    ("application/x-7z-compressed", &["application/7z"]),
    (
        "application/vnd.microsoft.portable-executable",
        &[
            "application/x-msdownload",
            "application/x-msdos-program",
            "application/x-dosexec",
            "application/x-exe",
            "application/exe",
            "application/x-winexe",
            "application/dos-exe",
        ],
    ),
    (
        "application/msword",
        &[
            "application/doc",
            "application/vnd.msword",
            "application/x-msword",
            "application/winword",
        ],
    ),
    (
        "application/vnd.ms-excel",
        &[
            "application/excel",
            "application/x-excel",
            "application/x-msexcel",
            "application/msexcel",
            "application/xls",
        ],
    ),
    (
        "application/vnd.ms-powerpoint",
        &[
            "application/powerpoint",
            "application/mspowerpoint",
            "application/x-mspowerpoint",
            "application/ppt",
        ],
    ),
    (
        "application/rtf",
        &["text/rtf", "text/richtext", "application/x-rtf"],
    ),
    (
        "text/csv",
        &[
            "application/csv",
            "text/x-csv",
            "application/x-csv",
            "text/comma-separated-values",
        ],
    ),
    ("text/html", &["application/xhtml+xml", "application/html"]),
    ("text/xml", &["application/xml"]),
    (
        "text/javascript",
        &[
            "application/javascript",
            "application/x-javascript",
            "application/ecmascript",
        ],
    ),
    (
        "text/calendar",
        &["application/ics", "text/ics", "application/calendar"],
    ),
    (
        "text/vcard",
        &["text/x-vcard", "text/directory", "application/vcard"],
    ),
    ("text/markdown", &["text/x-markdown"]),
];

/// Text, although the name does not begin with `text/`.
const TEXTS: &[&str] = &[
    "application/json",
    "application/yaml",
    "application/x-yaml",
    "application/toml",
    "application/sql",
    "application/x-sql",
    "application/x-sh",
    "application/x-httpd-php",
    "application/x-ndjson",
    "application/jsonl",
    "application/x-subrip",
    "application/x-tex",
    "application/x-latex",
    "application/typescript",
    "application/pgp-keys",
    "application/x-pem-file",
    "message/rfc822",
];

/// Types of which WhatsApp takes a near relative: the programs that open the one open the other.
const RELATIVES: &[(&str, &str)] = &[
    // The same container; the name of the file says the rest.
    ("audio/3gpp", "video/3gpp"),
    ("application/rtf", "application/msword"),
    ("application/vnd.ms-word.document.macroenabled.12", DOCX),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
        DOCX,
    ),
    ("application/vnd.ms-excel.sheet.macroenabled.12", XLSX),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
        XLSX,
    ),
    ("application/vnd.ms-powerpoint.presentation.macroenabled.12", PPTX),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
        PPTX,
    ),
    (
        "application/vnd.openxmlformats-officedocument.presentationml.template",
        PPTX,
    ),
];

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";

/// Endings of file names, for files whose sender does not say what they are.
const ENDINGS: &[(&str, &str)] = &[
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("m4a", "audio/mp4"),
    ("mp3", "audio/mpeg"),
    ("aac", "audio/aac"),
    ("amr", "audio/amr"),
    ("ogg", "audio/ogg"),
    ("oga", "audio/ogg"),
    ("opus", "audio/ogg"),
    ("mp4", "video/mp4"),
    ("m4v", "video/mp4"),
    ("3gp", "video/3gpp"),
    ("pdf", "application/pdf"),
    ("doc", "application/msword"),
    ("docx", DOCX),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", XLSX),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", PPTX),
    ("rtf", "application/rtf"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("xml", "text/xml"),
    ("svg", "image/svg+xml"),
    ("ics", "text/calendar"),
    ("vcf", "text/vcard"),
    ("md", "text/markdown"),
];

/// `audio/OGG; codecs=opus` → `audio/ogg`.
pub(super) fn essence(mime: &str) -> String {
    let essence = mime.split(';').next().unwrap_or_default().trim();
    essence.chars().take(128).collect::<String>().to_ascii_lowercase()
}

/// The one name of a type: without parameters, in small letters, aliases resolved. `None` for types that say nothing.
pub(super) fn canonical(mime: &str) -> Option<String> {
    let essence = essence(mime);
    // A pattern, such as `*/*` of a request's `Accept`, names no type either.
    if ANY.contains(&essence.as_str()) || essence.contains('*') {
        return None;
    }
    let known = ALIASES
        .iter()
        .find(|(_, aliases)| aliases.contains(&essence.as_str()));
    Some(known.map_or(essence, |(name, _)| (*name).to_owned()))
}

/// The type that a file of this name probably has.
pub(super) fn of_name(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = ending.trim().to_ascii_lowercase();
    ENDINGS
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|(_, mime)| *mime)
}

/// Whether files of this type are text.
pub(super) fn is_textual(mime: &str) -> bool {
    mime.starts_with("text/") || mime.ends_with("+xml") || mime.ends_with("+json") || TEXTS.contains(&mime)
}

/// The type under which a file is uploaded to WhatsApp: its own when WhatsApp takes that, `text/plain` for every text, that
/// of a near relative. The name of the file still tells the recipient what it is. `None` when WhatsApp takes nothing like it.
pub(super) fn upload_as(mime: &str) -> Option<&str> {
    if upload_limit(mime).is_some() {
        return Some(mime);
    }
    if is_textual(mime) {
        return Some("text/plain");
    }
    RELATIVES
        .iter()
        .find(|(known, _)| *known == mime)
        .map(|(_, relative)| *relative)
}

const AUDIO: &str = "convert it to audio/mpeg, audio/mp4 or audio/ogg (Opus)";

/// What to do with a file of a type that WhatsApp does not take at all, for somebody who wants to send it as this kind.
pub(super) fn advice(kind: MediaKind, mime: &str) -> &'static str {
    let family = match mime {
        "application/ogg" => "audio",
        _ => mime.split('/').next().unwrap_or_default(),
    };
    match (kind, family) {
        (MediaKind::Video, "video" | "image") => "convert it to video/mp4",
        (MediaKind::Audio, "audio" | "video") => AUDIO,
        (MediaKind::Sticker, "image" | "video") => "convert it to image/webp",
        (_, "image") => "convert it to image/jpeg or image/png",
        (_, "video") => "convert it to video/mp4",
        (_, "audio") => AUDIO,
        _ => "save it as PDF or an Office document, or send a text message with a link to it",
    }
}

/// Whether two types, by their one name, are written in the same container, so that the bytes alone do not tell them apart.
pub(super) fn share_container(claimed: &str, found: &str) -> bool {
    // Found, and what that may be claimed to be.
    match found {
        "video/mp4" | "video/3gpp" => {
            matches!(
                claimed,
                "video/mp4" | "audio/mp4" | "video/3gpp" | "audio/3gpp" | "video/quicktime"
            )
        }
        "video/webm" | "video/x-matroska" => {
            matches!(claimed, "video/webm" | "audio/webm" | "video/x-matroska")
        }
        "application/ogg" | "audio/ogg" => claimed == "video/ogg",
        "image/heif" => matches!(claimed, "image/heif" | "image/heic"),
        "application/zip" | DOCX | XLSX | PPTX => is_packed(claimed),
        _ if found.starts_with("application/vnd.oasis.opendocument") || found == "application/epub+zip" => {
            is_packed(claimed)
        }
        "application/x-ole-storage"
        | "application/msword"
        | "application/vnd.ms-excel"
        | "application/vnd.ms-powerpoint" => {
            claimed.starts_with("application/") && !matches!(claimed, "application/pdf" | "application/zip")
        }
        _ => false,
    }
}

/// Documents and applications of many kinds are ZIP archives.
fn is_packed(claimed: &str) -> bool {
    claimed.starts_with("application/") && claimed != "application/pdf"
}

/// Whether `found` says more about a document than `claimed`: Word's own format rather than "an archive".
pub(super) fn says_more(found: &str) -> bool {
    matches!(
        found,
        DOCX | XLSX
            | PPTX
            | "application/msword"
            | "application/vnd.ms-excel"
            | "application/vnd.ms-powerpoint"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_has_one_meaning_and_is_no_name() {
        let mut seen = std::collections::BTreeSet::new();
        for (name, aliases) in ALIASES {
            assert!(seen.insert(*name), "{name} twice");
            assert_eq!(canonical(name).as_deref(), Some(*name));
            for alias in *aliases {
                assert!(seen.insert(alias), "{alias} twice");
                assert_eq!(canonical(alias).as_deref(), Some(*name));
            }
        }
        assert_eq!(
            canonical(" Audio/X-M4A ; codecs=mp4a").as_deref(),
            Some("audio/mp4")
        );
        for nothing in [
            "application/octet-stream",
            "*/*",
            "Audio/*",
            "application/x-www-form-urlencoded",
        ] {
            assert_eq!(canonical(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn every_relative_and_every_text_is_uploaded_under_a_type_that_whatsapp_takes() {
        let named = ENDINGS.iter().map(|(_, mime)| *mime);
        for mime in RELATIVES
            .iter()
            .map(|(mime, _)| *mime)
            .chain(TEXTS.iter().copied())
            .chain(named)
        {
            let uploaded = upload_as(mime).unwrap();
            assert!(upload_limit(uploaded).is_some(), "{mime}: {uploaded}");
        }
        for refused in [
            "image/gif",
            "image/heic",
            "video/quicktime",
            "audio/wav",
            "application/zip",
            "audio/webm",
        ] {
            assert_eq!(upload_as(refused), None, "{refused}");
        }
    }
}
