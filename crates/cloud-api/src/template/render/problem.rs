//! What is wrong with the values of a send.

use serde::Serialize;

use crate::error::Invalid;

macro_rules! rules {
    ($($(#[doc = $doc:literal])* $name:ident = $code:literal, $english:literal;)*) => {
        /// What is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum RenderRule {
            $($(#[doc = $doc])* $name,)*
        }

        impl RenderRule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its code: small letters and `_`, never changed.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// What is wrong, in English; `{given}` and `{wanted}` stand for the problem's numbers.
            pub fn english(self) -> &'static str {
                match self { $(Self::$name => $english),* }
            }
        }
    };
}

rules! {
    /// A slot without a value.
    ParamMissing = "param_missing", "is missing";
    /// More or fewer values than variables (132000).
    ParamCountMismatch = "param_count_mismatch", "has {given} values for {wanted} variables";
    /// A value without `parameter_name`, though the variables have names (100, 132000).
    ParamNameMissing = "param_name_missing", "needs the name of the variable";
    /// A value for a variable that there is not, or the second one for the same (132000).
    ParamNameUnknown = "param_name_unknown", "is no variable of the template, or has two values";
    /// A value with a line break, a tab or more than four spaces in a row (100, 132018).
    ParamWhitespace = "param_whitespace", "must not have line breaks, tabs or more than four spaces in a row";
    /// A value that is empty or of the wrong type (100).
    ParamEmpty = "param_empty", "must be a text that is not empty";
    /// The header's file, place or product is missing (132012, 131008).
    HeaderMediaMissing = "header_media_missing", "needs the file, place or product of the header";
    /// The header gets something else than its format (132012).
    HeaderFormatMismatch = "header_format_mismatch", "must be of the format of the header";
    /// A header of more than 60 characters with its value (132005).
    HeaderTooLong = "header_too_long", "makes the header {given} characters long; {wanted} are allowed";
    /// A body of more than 1,024 characters with its values (132005).
    BodyTooLong = "body_too_long", "makes the body {given} characters long; {wanted} are allowed";
    /// A button with a variable, without a value (131008).
    ButtonParamMissing = "button_param_missing", "needs the value of the button";
    /// A value for a button that there is not or that takes none (132000).
    ButtonParamUnexpected = "button_param_unexpected", "is no button that takes a value";
    /// A one-time password of more than 15 characters.
    OtpTooLong = "otp_too_long", "has {given} characters; a one-time password has at most {wanted}";
    /// A coupon code of more than 20 characters.
    CodeTooLong = "code_too_long", "has {given} characters; a coupon code has at most {wanted}";
    /// The end of the offer is missing (131008).
    OfferEndMissing = "offer_end_missing", "needs the end of the offer";
    /// Not as many cards as the template has.
    CarouselCardCount = "carousel_card_count", "has {given} cards; the template has {wanted}";
    /// A value that breaks another rule of messages; `why` says which.
    ValueInvalid = "value_invalid", "is not acceptable";
}

/// One thing that is missing or does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What.
    pub rule: RenderRule,
    /// Where: `header`, `body`, `body.first_name`, `buttons[0]`, `cards[1].body`.
    pub at: String,
    /// The key of the slot, where it is about one and the values came by slot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// How many there are, where the rule counts something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<usize>,
    /// How many there have to be, or may be at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wanted: Option<usize>,
    /// The broken rule in English, for [`RenderRule::ValueInvalid`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Problem {
    pub(super) fn new(rule: RenderRule, at: impl Into<String>) -> Self {
        Self {
            rule,
            at: at.into(),
            slot: None,
            given: None,
            wanted: None,
            why: None,
        }
    }

    pub(super) fn counted(rule: RenderRule, at: impl Into<String>, given: usize, wanted: usize) -> Self {
        Self {
            given: Some(given),
            wanted: Some(wanted),
            ..Self::new(rule, at)
        }
    }

    /// A limit of messages that the components of a send break.
    pub(super) fn invalid(at: impl Into<String>, invalid: Invalid) -> Self {
        Self {
            given: invalid.actual,
            wanted: invalid.limit,
            why: Some(invalid.message),
            ..Self::new(RenderRule::ValueInvalid, at)
        }
    }

    /// What is wrong, in English, to be read after the name of the slot or part.
    pub fn english(&self) -> String {
        if let Some(why) = &self.why {
            return why.clone();
        }
        let number = |number: Option<usize>| number.map_or_else(String::new, |number| number.to_string());
        let words = self.rule.english();
        words
            .replace("{given}", &number(self.given))
            .replace("{wanted}", &number(self.wanted))
    }
}
