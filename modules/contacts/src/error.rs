//! What contacts refuses, each with its stable code.

use kernel::{Error, FieldError};

/// Why contacts said no.
#[derive(Debug, thiserror::Error)]
pub enum ContactError {
    /// 409 `contact_exists`.
    #[error("Another contact already has the {what} {value}. Open that one instead.")]
    Exists {
        /// `phone number`, `BSUID` or `username`.
        what: &'static str,
        /// Which.
        value: String,
    },
    /// 409 `tag_exists`.
    #[error("A tag with this name already exists. Case, accents and invisible characters are ignored.")]
    TagExists,
    /// 422 `invalid_phone`.
    #[error("{0}")]
    InvalidPhone(String),
    /// 422 `invalid_request`, naming the fields.
    #[error("{} fields are not acceptable", .0.len())]
    Invalid(Vec<FieldError>),
    /// 422 `too_many_fields`.
    #[error(
        "These contacts have more than {0} different free fields: filter them, and export them in parts."
    )]
    TooManyFields(usize),
    /// 422 `too_many_contacts`.
    #[error("A workbook has room for {0} contacts: filter them, or export them as CSV.")]
    TooManyContacts(u32),
    /// Anything the kernel already has a word for.
    #[error(transparent)]
    Kernel(#[from] Error),
}

impl ContactError {
    /// 422 with one field.
    pub(crate) fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(field, message)])
    }
}

impl From<ContactError> for Error {
    fn from(error: ContactError) -> Self {
        let sentence = error.to_string();
        match error {
            ContactError::Exists { .. } => Self::conflict("contact_exists", sentence),
            ContactError::TagExists => Self::conflict("tag_exists", sentence),
            ContactError::InvalidPhone(message) => Self::invalid("phone", message).with_code("invalid_phone"),
            ContactError::TooManyFields(_) => Self::invalid("tag", sentence).with_code("too_many_fields"),
            ContactError::TooManyContacts(_) => {
                Self::invalid("format", sentence).with_code("too_many_contacts")
            }
            ContactError::Invalid(fields) => Self::invalid_fields(fields),
            ContactError::Kernel(error) => error,
        }
    }
}
