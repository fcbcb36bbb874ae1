//! How a file comes in: as a form, as bare bytes, or as a link. The first two are streams, so they are no `Object`s.

use futures_util::StreamExt;
use kernel::{Error, blob::ByteStream};
use poem::{FromRequest, Request, RequestBody, Result, http::header, web::Multipart};
use poem_openapi::{
    ApiRequest, Object,
    error::ParseRequestPayloadError,
    payload::{ParsePayload, Payload},
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::{ParseFromJSON, Type},
};
use tokio_util::io::ReaderStream;

/// Bytes of a JSON body that names a link.
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
    /// A link: the platform fetches the file.
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

/// `application/json`.
pub struct LinkBody(pub MediaLinkIn);

impl Payload for LinkBody {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        essence(content_type) == Self::CONTENT_TYPE
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

    async fn from_request(_: &Request, body: &mut RequestBody) -> Result<Self> {
        let malformed = |reason: String| ParseRequestPayloadError { reason };
        let bytes = body.take()?.into_bytes_limit(LINK_BODY).await?;
        let value = serde_json::from_slice(&bytes).map_err(|error| malformed(error.to_string()))?;
        let link =
            MediaLinkIn::parse_from_json(Some(value)).map_err(|error| malformed(error.into_message()))?;
        Ok(Self(link))
    }
}

/// `multipart/form-data`.
pub struct FormBody(pub Incoming);

impl Payload for FormBody {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        essence(content_type) == Self::CONTENT_TYPE
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
        let mut form = Multipart::from_request(request, body).await?;
        while let Some(field) = form.next_field().await? {
            if field.file_name().is_none() && field.name() != Some("file") {
                continue;
            }
            return Ok(Self(Incoming {
                mime: field.content_type().map(ToOwned::to_owned),
                file_name: field.file_name().map(ToOwned::to_owned),
                size: None,
                bytes: ReaderStream::with_capacity(field.into_async_read(), 64 * 1024).boxed(),
            }));
        }
        Err(Error::invalid("file", "is missing in the form").into())
    }
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
        let length = request.headers().get(header::CONTENT_LENGTH);
        Ok(Self(Incoming {
            mime: request.content_type().map(ToOwned::to_owned),
            file_name: None,
            size: length.and_then(|length| length.to_str().ok()?.parse().ok()),
            bytes: body.take()?.into_bytes_stream().boxed(),
        }))
    }
}
