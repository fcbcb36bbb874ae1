//! How a file comes in: as a form, as bare bytes, or as a link. The first two are streams, so they are no `Object`s.

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use kernel::{Error, blob::ByteStream};
use percent_encoding::percent_decode_str;
use poem::{Request, RequestBody, Result, error::ParseMultipartError, http::header};
use poem_openapi::{
    ApiRequest, Object,
    error::ParseRequestPayloadError,
    payload::{ParsePayload, Payload},
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};

/// Bytes of a JSON body that names a link, at most.
const LINK_BODY: usize = 16 * 1024;

/// A file to be fetched.
#[derive(Debug, Object)]
#[oai(deny_unknown_fields)]
pub struct MediaLinkIn {
    /// A public https address, without user name and on the usual port. It may redirect three times.
    #[oai(validator(min_length = 8, max_length = 2048))]
    pub link: String,
}

/// A content type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

/// One of three.
#[derive(ApiRequest)]
pub enum MediaIn {
    /// A link: the platform fetches the file. With `kind` or `file_name` in the query, JSON that is not just
    /// `{"link": …}` is the file itself; with a `file_name` that ends in `.json` it always is.
    Link(LinkBody),
    /// A form whose first file is the file.
    Form(FormBody),
    /// The file's bytes, under their own `Content-Type`.
    Bytes(BytesBody),
}

/// A file on its way in.
pub struct Incoming {
    /// `Content-Type` as told.
    pub mime: Option<String>,
    /// Its name as told.
    pub file_name: Option<String>,
    /// Its size as told.
    pub size: Option<u64>,
    /// Its bytes.
    pub bytes: ByteStream,
}

/// `application/json`: a link, or a file that is JSON itself.
pub enum LinkBody {
    /// `{"link": …}`.
    Link(MediaLinkIn),
    /// Anything else, where the query says that it is a file.
    File(Incoming),
}

impl Payload for LinkBody {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        essence(content_type).eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        MediaLinkIn::schema_ref()
    }

    fn register(registry: &mut Registry) {
        MediaLinkIn::register(registry);
    }
}

impl ParsePayload for LinkBody {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let malformed = |reason: String| ParseRequestPayloadError { reason };
        let mut incoming = incoming(request, body)?;
        let said = Said::of(request);
        let (head, whole) = beginning(incoming.bytes).await?;
        incoming.bytes = whole;
        // A file may hold `{"link": …}` too: its name tells it from a link to fetch.
        let value = (head.len() <= LINK_BODY).then(|| serde_json::from_slice(&head));
        let is_file = match &value {
            _ if said.is_json => true,
            Some(Ok(value)) => said.is_file && !is_link(value),
            Some(Err(_)) | None => said.is_file,
        };
        if is_file {
            return Ok(Self::File(incoming));
        }
        let value = match value {
            Some(value) => value.map_err(|error| malformed(error.to_string()))?,
            None => return Err(poem::error::ReadBodyError::PayloadTooLarge.into()),
        };
        let link =
            MediaLinkIn::parse_from_json(Some(value)).map_err(|error| malformed(error.into_message()))?;
        Ok(Self::Link(link))
    }
}

/// What the query says about a body of JSON.
struct Said {
    /// A name or a kind: it may be a file.
    is_file: bool,
    /// Its name ends in `.json`: it is a file, whatever it holds.
    is_json: bool,
}

impl Said {
    fn of(request: &Request) -> Self {
        let query = request.uri().query().unwrap_or_default();
        let mut said = Self {
            is_file: false,
            is_json: false,
        };
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            said.is_file |= matches!(&*key, "file_name" | "kind");
            said.is_json |= key == "file_name" && value.to_ascii_lowercase().ends_with(".json");
        }
        said
    }
}

/// An object with nothing but a link.
fn is_link(value: &serde_json::Value) -> bool {
    value.as_object().is_some_and(|object| {
        object.len() == 1 && object.get("link").is_some_and(serde_json::Value::is_string)
    })
}

/// The first bytes, more than [`LINK_BODY`] unless the body ends before. They come again in the stream that is given back.
async fn beginning(mut bytes: ByteStream) -> Result<(Vec<u8>, ByteStream)> {
    let mut head = Vec::new();
    while head.len() <= LINK_BODY {
        match bytes.next().await {
            Some(part) => head.extend_from_slice(&part.map_err(poem::error::ReadBodyError::Io)?),
            None => break,
        }
    }
    let first = Bytes::from(head.clone());
    let whole = stream::once(async move { Ok(first) }).chain(bytes).boxed();
    Ok((head, whole))
}

/// The body as it comes, under its own type.
fn incoming(request: &Request, body: &mut RequestBody) -> Result<Incoming> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    Ok(Incoming {
        mime: request.content_type().map(ToOwned::to_owned),
        file_name: None,
        size: length.and_then(|length| length.to_str().ok()?.parse().ok()),
        bytes: body.take()?.into_bytes_stream().boxed(),
    })
}

/// `multipart/form-data`.
pub struct FormBody(pub Incoming);

impl Payload for FormBody {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        essence(content_type).eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let file = MetaSchema {
            description: Some("The file, with its name and its type."),
            ..MetaSchema::new_with_format("string", "binary")
        };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: vec!["file"],
            properties: vec![("file", MetaSchemaRef::Inline(Box::new(file)))],
            ..MetaSchema::new("object")
        }))
    }
}

impl ParsePayload for FormBody {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        let boundary = multer::parse_boundary(request.content_type().unwrap_or_default())
            .map_err(ParseMultipartError::Multipart)?;
        let mut form = multer::Multipart::new(body.take()?.into_bytes_stream(), boundary);
        while let Some(field) = form.next_field().await.map_err(ParseMultipartError::Multipart)? {
            let disposition = field.headers().get(header::CONTENT_DISPOSITION);
            let extended = disposition.and_then(|it| extended_name(&String::from_utf8_lossy(it.as_bytes())));
            let file_name = extended.or_else(|| field.file_name().map(ToOwned::to_owned));
            if file_name.is_none() && field.name() != Some("file") {
                continue;
            }
            return Ok(Self(Incoming {
                mime: field.content_type().map(ToString::to_string),
                file_name,
                size: None,
                bytes: field.map(|part| part.map_err(std::io::Error::other)).boxed(),
            }));
        }
        Err(Error::invalid("file", "is missing in the form").into())
    }
}

/// The `filename*` of a part (RFC 8187), which says more than a `filename` beside it. RFC 7578 does not ask for it in forms, but some
/// programs write nothing else.
fn extended_name(disposition: &str) -> Option<String> {
    let mut quoted = false;
    let mut parameters = disposition.split(|c: char| {
        quoted ^= c == '"';
        c == ';' && !quoted
    });
    let value = parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("filename*")
            .then(|| value.trim())
    })?;
    let (charset, value) = value.split_once('\'')?;
    let (_language, encoded) = value.split_once('\'')?;
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    charset
        .eq_ignore_ascii_case("utf-8")
        .then(|| decoded.into_owned())
}

/// Any other content type.
pub struct BytesBody(pub Incoming);

impl Payload for BytesBody {
    const CONTENT_TYPE: &'static str = "application/octet-stream";

    fn check_content_type(_: &str) -> bool {
        true
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "binary")))
    }
}

impl ParsePayload for BytesBody {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> Result<Self> {
        Ok(Self(incoming(request, body)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extended_name_of_a_part_is_read() {
        for (disposition, name) in [
            (
                "form-data; name=\"file\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%E2%84%96.pdf",
                Some("Größe №.pdf"),
            ),
            (
                "form-data; name=file; filename=\"x.pdf\"; filename*=utf-8'en'a%3Bb.pdf",
                Some("a;b.pdf"),
            ),
            (
                "form-data; name=\"a; filename*=UTF-8''no.pdf\"; filename=\"x.pdf\"",
                None,
            ),
            ("form-data; name=\"file\"; filename=\"x.pdf\"", None),
            ("form-data; filename*=x.pdf", None),
            ("form-data; filename*=UTF-8''%FF", None),
            ("form-data; filename*=KOI8-R''x", None),
            ("", None),
        ] {
            assert_eq!(extended_name(disposition).as_deref(), name, "{disposition}");
        }
    }
}
