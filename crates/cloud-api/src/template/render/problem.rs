//! What is wrong with the values of a send.

use serde::Serialize;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderRule {
    /// More or fewer values than variables (132000).
    ParamCountMismatch,
    /// A value without `parameter_name`, though the variables have names (100, 132000).
    ParamNameMissing,
    /// A value for a variable that there is not, or the second one for the same (132000).
    ParamNameUnknown,
    /// A value with a line break, a tab or more than four spaces in a row (100, 132018).
    ParamWhitespace,
    /// A value that is empty or of the wrong type (100).
    ParamEmpty,
    /// The header's file, place or product is missing (132012, 131008).
    HeaderMediaMissing,
    /// The header gets something else than its format (132012).
    HeaderFormatMismatch,
    /// A header of more than 60 characters with its value (132005).
    HeaderTooLong,
    /// A body of more than 1,024 characters with its values (132005).
    BodyTooLong,
    /// A button with a variable, without a value (131008).
    ButtonParamMissing,
    /// A value for a button that there is not or that takes none (132000).
    ButtonParamUnexpected,
    /// A one-time password of more than 15 characters.
    OtpTooLong,
    /// A coupon code of more than 20 characters.
    CodeTooLong,
    /// The end of the offer is missing (131008).
    OfferEndMissing,
    /// Not as many cards as the template has.
    CarouselCardCount,
}

/// One thing that is missing or does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What.
    pub rule: RenderRule,
    /// Where: `header`, `body`, `body.first_name`, `buttons[0]`, `cards[1].body`.
    pub at: String,
    /// How many there are, where the rule counts something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<usize>,
    /// How many there have to be, or may be at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<usize>,
}

impl Problem {
    pub(super) fn new(rule: RenderRule, at: impl Into<String>) -> Self {
        Self {
            rule,
            at: at.into(),
            given: None,
            wanted: None,
        }
    }

    pub(super) fn counted(rule: RenderRule, at: impl Into<String>, given: usize, wanted: usize) -> Self {
        Self {
            given: Some(given),
            wanted: Some(wanted),
            ..Self::new(rule, at)
        }
    }
}
