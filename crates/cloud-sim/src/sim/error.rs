//! Why a control request is refused.

/// An invalid control request, with a message that says what to change.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ControlError {
    /// 400, 404 or 413, as in the control API.
    pub status: u16,
    /// What is wrong and what would be valid.
    pub message: String,
    /// The field of the request that is wrong, when it is one field.
    pub field: Option<&'static str>,
}

impl ControlError {
    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            message: message.into(),
            field: None,
        }
    }

    /// A phone number or id in a field of the request that has not the right shape. The rule becomes a whole sentence: it
    /// is shown to people as it is.
    pub(crate) fn invalid(field: &'static str, invalid: &cloud_api::Invalid) -> Self {
        let mut rule = invalid.message.chars();
        let message = match rule.next() {
            Some(first) => format!("{}{}.", first.to_uppercase(), rule.as_str()),
            None => String::new(),
        };
        Self {
            field: Some(field),
            ..Self::bad(message)
        }
    }

    pub(crate) fn missing(message: impl Into<String>) -> Self {
        Self {
            status: 404,
            message: message.into(),
            field: None,
        }
    }
}
