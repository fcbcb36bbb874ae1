//! Files as they are served: by an address that is signed and expires, so not part of the public API. A customer's file is
//! a stranger's file: it is shown only where it cannot act, and a browser takes it for nothing else than it is.

use std::sync::Arc;

use contracts::messaging::MediaId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use poem::{
    Body, Request, Response, handler,
    http::{HeaderMap, StatusCode, header},
    web::{
        Data, Path,
        headers::{ContentRange, ETag, HeaderMapExt, IfNoneMatch, IfRange, Range},
    },
};

use crate::{
    entity::media::Model,
    service::{Service, Wanted, clean_name},
};

/// Types that a browser may show where it stands; everything else is saved.
const SHOWN: &[&str] = &[
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "video/mp4",
    "video/3gpp",
    "video/3gp",
    "video/webm",
    "audio/aac",
    "audio/amr",
    "audio/mpeg",
    "audio/mp4",
    "audio/ogg",
    "application/pdf",
];

/// RFC 8187: what needs no escaping in `filename*`.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'-').remove(b'_');

/// `GET` and `HEAD`.
#[handler]
pub(crate) async fn serve_file(
    token: Path<String>,
    request: &Request,
    service: Data<&Arc<Service>>,
) -> poem::Result<Response> {
    let wanted = service.served(&token).await?;
    let asked = request.headers();
    let size = u64::try_from(wanted.row.size.unwrap_or_default()).unwrap_or_default();
    let etag = format!("\"{}\"", wanted.row.sha256.as_deref().unwrap_or_default());
    let etag: ETag = etag.parse().map_err(kernel::Error::internal)?;
    if asked
        .typed_get::<IfNoneMatch>()
        .is_some_and(|known| !known.precondition_passes(&etag))
    {
        return Ok(headers(StatusCode::NOT_MODIFIED, &wanted, etag));
    }
    match wanted_part(asked, &etag, size) {
        Part::Whole => {
            let mut response = headers(StatusCode::OK, &wanted, etag);
            response.headers_mut().insert(header::CONTENT_LENGTH, size.into());
            if request.method() != poem::http::Method::HEAD {
                response.set_body(bytes_of(&service, &wanted, None).await?);
            }
            Ok(response)
        }
        Part::From(range) => {
            let mut response = headers(StatusCode::PARTIAL_CONTENT, &wanted, etag);
            let told = ContentRange::bytes(range.clone(), size).map_err(kernel::Error::internal)?;
            response.headers_mut().typed_insert(told);
            response
                .headers_mut()
                .insert(header::CONTENT_LENGTH, (range.end - range.start).into());
            if request.method() != poem::http::Method::HEAD {
                response.set_body(bytes_of(&service, &wanted, Some(range)).await?);
            }
            Ok(response)
        }
        Part::Outside => {
            let mut response = headers(StatusCode::RANGE_NOT_SATISFIABLE, &wanted, etag);
            response
                .headers_mut()
                .typed_insert(ContentRange::unsatisfied_bytes(size));
            Ok(response)
        }
    }
}

async fn bytes_of(
    service: &Service,
    wanted: &Wanted,
    range: Option<std::ops::Range<u64>>,
) -> kernel::Result<Body> {
    Ok(Body::from_bytes_stream(service.bytes_of(wanted, range).await?))
}

/// What every answer about the file carries.
fn headers(status: StatusCode, wanted: &Wanted, etag: ETag) -> Response {
    let row = &wanted.row;
    let mut response = Response::builder()
        .status(status)
        .content_type(if is_shown(row) || row.mime.starts_with("text/plain") {
            row.mime.as_str()
        } else {
            "application/octet-stream"
        })
        .header(
            header::CONTENT_DISPOSITION,
            disposition(is_shown(row), row.file_name.as_deref(), row.id),
        )
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::CACHE_CONTROL, "private, max-age=300")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'")
        .finish();
    response.headers_mut().typed_insert(etag);
    response
}

fn is_shown(row: &Model) -> bool {
    SHOWN.contains(&row.mime.as_str())
}

/// RFC 6266: a name in ASCII for old clients, the whole one escaped.
fn disposition(shown: bool, name: Option<&str>, id: MediaId) -> String {
    let how = if shown { "inline" } else { "attachment" };
    // Rows of earlier versions hold names as strangers wrote them.
    let name = name.map(clean_name);
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return format!("{how}; filename=\"{id}\"");
    };
    let harmless = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ');
    let ascii: String = name.chars().map(|c| if harmless(c) { c } else { '_' }).collect();
    let whole = utf8_percent_encode(&name, PLAIN);
    format!("{how}; filename=\"{ascii}\"; filename*=UTF-8''{whole}")
}

enum Part {
    Whole,
    From(std::ops::Range<u64>),
    Outside,
}

/// One range is answered; several, or one of a file that has changed since, get the whole (RFC 9110, section 14).
fn wanted_part(asked: &HeaderMap, etag: &ETag, size: u64) -> Part {
    let Some(range) = asked.typed_get::<Range>() else {
        return Part::Whole;
    };
    // `IfRange` compares strongly with the tag; a date never fits, for we send none.
    if asked
        .typed_get::<IfRange>()
        .is_some_and(|known| known.is_modified(Some(etag), None))
    {
        return Part::Whole;
    }
    let asked_for = asked
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok())
        .unwrap_or_default();
    if asked_for.contains(',') {
        return Part::Whole;
    }
    use std::ops::Bound::{Excluded, Included, Unbounded};
    let part = range.satisfiable_ranges(size).next().and_then(|(start, end)| {
        let start = match start {
            Included(start) => start,
            Excluded(before) => before.checked_add(1)?,
            Unbounded => 0,
        };
        let end = match end {
            Included(last) => last.saturating_add(1).min(size),
            Excluded(end) => end.min(size),
            Unbounded => size,
        };
        (start < end).then_some(start..end)
    });
    // More of the end than there is, is all there is.
    let all = asked_for
        .strip_prefix("bytes=-")
        .and_then(|last| last.trim().parse::<u64>().ok())
        .is_some_and(|last| last >= size && last > 0 && size > 0);
    match part {
        Some(range) => Part::From(range),
        None if all => Part::From(0..size),
        None => Part::Outside,
    }
}

#[cfg(test)]
mod tests {
    use kernel::id::Id;
    use poem::http::HeaderValue;

    use super::*;

    #[test]
    fn a_name_neither_leads_elsewhere_nor_shows_another_ending() {
        for (name, shown) in [
            ("../../etc/passwd", "filename=\"passwd\"; filename*=UTF-8''passwd"),
            ("C:\\a\\b.exe", "filename=\"b.exe\"; filename*=UTF-8''b.exe"),
            (
                "a\r\nX-Evil: 1.txt",
                "filename=\"aX-Evil_ 1.txt\"; filename*=UTF-8''aX-Evil%3A%201.txt",
            ),
            (
                "in\u{202e}gpj.exe",
                "filename=\"ingpj.exe\"; filename*=UTF-8''ingpj.exe",
            ),
            (
                "in\u{2067}gpj.exe",
                "filename=\"ingpj.exe\"; filename*=UTF-8''ingpj.exe",
            ),
            ("a\".pdf", "filename=\"a_.pdf\"; filename*=UTF-8''a%22.pdf"),
            ("\0\u{200b}", "filename=\"med_"),
        ] {
            let told = disposition(false, Some(name), MediaId::from_uuid(uuid::Uuid::nil()));
            assert!(
                told.starts_with(&format!("attachment; {shown}")),
                "{name:?}: {told}"
            );
        }
    }

    #[test]
    fn ranges() {
        let etag: ETag = "\"abc\"".parse().unwrap();
        for (range, if_range, expected) in [
            ("", "", "whole"),
            ("bytes=0-3", "", "0..4"),
            ("bytes=4-", "", "4..10"),
            ("bytes=-3", "", "7..10"),
            ("bytes=-99", "", "0..10"),
            ("bytes=-0", "", "outside"),
            ("bytes=0-99", "", "0..10"),
            ("bytes=9-9", "", "9..10"),
            ("bytes=10-", "", "outside"),
            ("bytes=5-4", "", "outside"),
            ("bytes=0-18446744073709551615", "", "0..10"),
            ("bytes=0-1,4-5", "", "whole"),
            ("bytes=0-3", "\"abc\"", "0..4"),
            ("bytes=0-3", "\"other\"", "whole"),
            ("bytes=0-3", "Wed, 21 Oct 2026 07:28:00 GMT", "whole"),
            ("pages=1-2", "", "whole"),
            ("bytes=a-b", "", "outside"),
        ] {
            let mut asked = HeaderMap::new();
            for (name, value) in [(header::RANGE, range), (header::IF_RANGE, if_range)] {
                if !value.is_empty() {
                    asked.insert(name, HeaderValue::from_static(value));
                }
            }
            let part = match wanted_part(&asked, &etag, 10) {
                Part::Whole => "whole".to_owned(),
                Part::Outside => "outside".to_owned(),
                Part::From(range) => format!("{range:?}"),
            };
            assert_eq!(part, expected, "{range} {if_range}");
        }
    }
}
