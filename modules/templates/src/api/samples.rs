//! Samples of headers come in as forms, and are streamed.

use contracts::channels::ChannelId;
use futures_util::StreamExt;
use kernel::{Can, Created, Error, FieldError, Result};
use poem::{Request, RequestBody, error::ParseMultipartError};
use poem_openapi::{
    ApiRequest, Enum, Object, OpenApi,
    payload::{ParsePayload, Payload},
    registry::{MetaSchema, MetaSchemaRef},
};

use super::Tag;
use crate::{
    error::TemplateError,
    permission::WriteTemplates,
    service::{Kept, SampleKind, Service},
};

/// Bytes of a field that is no file.
const FIELD: usize = 100;

/// `multipart/form-data`, not read yet.
pub struct SampleForm(multer::Multipart<'static>);

impl Payload for SampleForm {
    const CONTENT_TYPE: &'static str = "multipart/form-data";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        let text = |description: &'static str| {
            let schema = MetaSchema {
                description: Some(description),
                ..MetaSchema::new("string")
            };
            MetaSchemaRef::Inline(Box::new(schema))
        };
        let file = MetaSchema {
            description: Some("The file. Its bytes decide what it is."),
            ..MetaSchema::new_with_format("string", "binary")
        };
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            required: vec!["file"],
            properties: vec![
                (
                    "channel_id",
                    text(
                        "For which number's account; may be left out while all connected numbers are of one account.",
                    ),
                ),
                (
                    "app_id",
                    text(
                        "The Meta app of the number's access token. Needed only where WhatsApp does not tell it (422 `app_unknown`); it is kept.",
                    ),
                ),
                ("file", MetaSchemaRef::Inline(Box::new(file))),
            ],
            ..MetaSchema::new("object")
        }))
    }
}

impl ParsePayload for SampleForm {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let boundary = multer::parse_boundary(request.content_type().unwrap_or_default())
            .map_err(ParseMultipartError::Multipart)?;
        let bytes = body.take()?.into_bytes_stream();
        Ok(Self(multer::Multipart::new(bytes, boundary)))
    }
}

/// A form.
#[derive(ApiRequest)]
pub enum SampleIn {
    /// A form with the file.
    Form(SampleForm),
}

/// What a sample shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename = "TemplateSampleKind", rename_all = "snake_case")]
pub enum SampleKindOut {
    /// image/jpeg or image/png up to 5 MB.
    Image,
    /// video/mp4 up to 16 MB.
    Video,
    /// application/pdf up to 100 MB.
    Document,
}

/// A sample that WhatsApp has.
#[derive(Debug, Object)]
#[oai(rename = "TemplateSample")]
pub struct SampleOut {
    /// Its handle: a header names it as `{"example": {"header_handle": ["…"]}}`. For creating and changing templates only; it expires
    /// after some days.
    pub handle: String,
    /// What it shows.
    pub kind: SampleKindOut,
    /// Bytes.
    pub size: u64,
}

/// What the form has, as far as it is read.
#[derive(Default)]
struct Form {
    channel: Option<ChannelId>,
    app: Option<String>,
    file: Option<Kept>,
}

pub struct SamplesApi {
    pub service: Service,
}

#[OpenApi(tag = "Tag::Templates")]
impl SamplesApi {
    /// Upload a sample
    ///
    /// A picture, a video or a document that shows WhatsApp's review what a header looks like. A file of another type is 422
    /// `media_type`, one that is too large 413. Two at a time; more are 429.
    #[oai(
        path = "/templates/samples",
        method = "post",
        operation_id = "upload_template_sample"
    )]
    async fn upload_template_sample(
        &self,
        can: Can<WriteTemplates>,
        body: SampleIn,
    ) -> Result<Created<SampleOut>> {
        let _place = self.service.sample_place(can.db())?;
        let SampleIn::Form(SampleForm(fields)) = body;
        let mut form = Form::default();
        let read = self.read(&can, fields, &mut form).await;
        let Form { channel, app, file } = form;
        let Some(kept) = file else {
            read?;
            return Err(Error::invalid("file", "is missing in the form"));
        };
        let sample = match read {
            Ok(()) => self.service.upload_sample(can.db(), &kept, channel, app).await,
            Err(error) => Err(error),
        };
        self.service.drop_sample(kept).await;
        let sample = sample?;
        Ok(Created::new(SampleOut {
            handle: sample.handle,
            kind: match sample.kind {
                SampleKind::Image => SampleKindOut::Image,
                SampleKind::Video => SampleKindOut::Video,
                SampleKind::Document => SampleKindOut::Document,
            },
            size: sample.size,
        }))
    }
}

impl SamplesApi {
    async fn read(
        &self,
        can: &Can<WriteTemplates>,
        mut fields: multer::Multipart<'static>,
        form: &mut Form,
    ) -> Result<()> {
        while let Some(field) = fields.next_field().await.map_err(malformed)? {
            match field.name().unwrap_or_default() {
                "channel_id" => {
                    let id = text(field, "channel_id").await?;
                    let id = id
                        .parse()
                        .map_err(|_| Error::invalid("channel_id", "is no id of a number"))?;
                    form.channel = Some(id);
                }
                "app_id" => {
                    let id = text(field, "app_id").await?;
                    if !(5..=32).contains(&id.len()) || !id.bytes().all(|byte| byte.is_ascii_digit()) {
                        return Err(TemplateError::invalid("app_id", "must be 5 to 32 digits").into());
                    }
                    form.app = Some(id);
                }
                "file" if form.file.is_some() => {
                    return Err(Error::invalid("file", "there are two; upload one at a time"));
                }
                "file" => {
                    let bytes = field.map(|part| part.map_err(std::io::Error::other)).boxed();
                    form.file = Some(self.service.keep_sample(can.db(), bytes).await?);
                }
                other => {
                    let message = "is unknown; the form has `channel_id`, `app_id` and `file`";
                    return Err(Error::invalid(other, message));
                }
            }
        }
        Ok(())
    }
}

/// A short field of the form.
async fn text(mut field: multer::Field<'static>, name: &'static str) -> Result<String> {
    let mut bytes = Vec::new();
    while let Some(part) = field.chunk().await.map_err(malformed)? {
        bytes.extend_from_slice(&part);
        if bytes.len() > FIELD {
            let field = FieldError::new(name, "is too long").with_limit(FIELD as u64);
            return Err(Error::invalid_fields(vec![field]));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Error::invalid(name, "is not UTF-8"))?;
    Ok(text.trim().to_owned())
}

/// 400 `malformed_body`.
fn malformed(error: multer::Error) -> Error {
    Error::new(
        poem::http::StatusCode::BAD_REQUEST,
        "malformed_body",
        format!("The form could not be read: {error}."),
    )
}
