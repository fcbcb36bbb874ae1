//! What templates refuses, each with its stable code.

use kernel::{Error, FieldError};
use poem::http::StatusCode;
use sentences::Sentences;

/// Why templates said no.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// 422 `invalid_request`, naming the fields.
    #[error("{} fields are not acceptable", .0.len())]
    Invalid(Vec<FieldError>),
    /// 422 `template_refused`: WhatsApp would refuse it; a field for each finding, with its code.
    #[error("WhatsApp would refuse this template: {}", sentences_of(.0))]
    Refused(Vec<FieldError>),
    /// 409 `template_exists`.
    #[error(
        "This account has a template with this name and language. Change that one, or choose another name."
    )]
    Exists,
    /// 409 `not_editable`.
    #[error("The template cannot be changed now. {0}")]
    NotEditable(Sentences),
    /// 409 `submission_pending`.
    #[error("The template is being submitted. Wait for WhatsApp's answer.")]
    SubmissionPending,
    /// 409 `nothing_refused`.
    #[error("No submission of this template was refused.")]
    NothingRefused,
    /// 409 `not_deletable`.
    #[error("{0}")]
    NotDeletable(&'static str),
    /// 409 `not_paused`.
    #[error("The template is not paused.")]
    NotPaused,
    /// 409 `unpause_refused`, with WhatsApp's reason.
    #[error("WhatsApp did not end the pause: {0}")]
    UnpauseRefused(String),
    /// 409 `draft_changed`: somebody has saved a newer version.
    #[error("Somebody saved the draft meanwhile: version {newest} is the newest. Load it before you save.")]
    DraftChanged {
        /// The newest version.
        newest: i32,
    },
    /// 409 `drafts_full`.
    #[error("There are {0} drafts already. Delete some that are no longer needed.")]
    DraftsFull(usize),
    /// 409 `no_channel`.
    #[error("No number of this WhatsApp Business Account is connected. Connect one under Numbers.")]
    NoChannel,
    /// 422 on `channel_id`.
    #[error("is required, because numbers of several WhatsApp Business Accounts are connected")]
    ChooseChannel,
    /// 409 `number_lost`.
    #[error("Another account has since verified this number. If it is yours, run the connection test again.")]
    NumberLost,
    /// 422 `media_type`.
    #[error("{0}")]
    MediaType(String),
    /// 413 `too_large`.
    #[error("A sample of this type may have {limit} bytes at most.")]
    TooLarge {
        /// In bytes.
        limit: u64,
    },
    /// 429: too many samples at a time.
    #[error("{0} samples of yours are being uploaded right now. Wait for one to end.")]
    TooManySamples(usize),
    /// 422 `app_unknown` on `app_id`.
    #[error("is required: WhatsApp does not tell which Meta app this number's access token belongs to ({0})")]
    AppUnknown(String),
    /// 502 `whatsapp_refused`: Graph refused, or did not answer.
    #[error(transparent)]
    WhatsApp(#[from] cloud_api::error::Error),
    /// Anything the kernel already has a word for.
    #[error(transparent)]
    Kernel(#[from] Error),
}

impl TemplateError {
    /// 422 with one field.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

/// What is said of the fields, one after the other.
fn sentences_of(fields: &[FieldError]) -> String {
    let said: Vec<&str> = fields.iter().map(|field| field.message.as_str()).collect();
    said.join(" ")
}

impl From<TemplateError> for Error {
    fn from(error: TemplateError) -> Self {
        let sentence = error.to_string();
        match error {
            TemplateError::Invalid(fields) => Self::invalid_fields(fields),
            TemplateError::Refused(fields) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "template_refused", sentence).with_fields(fields)
            }
            TemplateError::Exists => Self::conflict("template_exists", sentence),
            TemplateError::NotEditable(_) => Self::conflict("not_editable", sentence),
            TemplateError::SubmissionPending => Self::conflict("submission_pending", sentence),
            TemplateError::NothingRefused => Self::conflict("nothing_refused", sentence),
            TemplateError::NotDeletable(_) => Self::conflict("not_deletable", sentence),
            TemplateError::NotPaused => Self::conflict("not_paused", sentence),
            TemplateError::UnpauseRefused(_) => Self::conflict("unpause_refused", sentence),
            TemplateError::DraftChanged { newest } => {
                let field = FieldError::new("version", "is not the newest").with_value(newest);
                Self::conflict("draft_changed", sentence).with_fields(vec![field])
            }
            TemplateError::DraftsFull(_) => Self::conflict("drafts_full", sentence),
            TemplateError::NoChannel => Self::conflict("no_channel", sentence),
            TemplateError::ChooseChannel => Self::invalid("channel_id", sentence),
            TemplateError::NumberLost => Self::conflict("number_lost", sentence),
            TemplateError::MediaType(_) => Self::invalid("file", sentence).with_code("media_type"),
            TemplateError::TooLarge { .. } => Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", sentence),
            TemplateError::TooManySamples(_) => Self::too_many(sentence, 1),
            TemplateError::AppUnknown(_) => Self::invalid("app_id", sentence).with_code("app_unknown"),
            TemplateError::WhatsApp(error) => {
                let sentence = sentences::explain(&error).to_string();
                Self::new(StatusCode::BAD_GATEWAY, "whatsapp_refused", sentence)
            }
            TemplateError::Kernel(error) => error,
        }
    }
}
