//! The rules of templates, each with its words.

/// How sure it is that Meta refuses what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Meta refuses the template.
    Refused,
    /// Meta refuses it in most cases; it depends on the review, or sources contradict each other.
    LikelyRefused,
    /// Meta takes it; something better is known.
    Advice,
}

macro_rules! rules {
    ($($name:ident = $code:literal, $severity:ident, $subcode:expr, $english:literal;)*) => {
        /// A rule for templates (Cloud API: templates, component grammar).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $(#[doc = $english] $name,)*
        }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its code: small letters and `_`, never changed.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// How sure it is that Meta refuses what breaks it.
            pub fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity),* }
            }

            /// The subcode of Meta's refusal (code 100), where it is documented.
            pub fn subcode(self) -> Option<i64> {
                match self { $(Self::$name => $subcode),* }
            }

            /// What is wrong, in English, with `{parameter}` for each parameter of the finding.
            pub fn english(self) -> &'static str {
                match self { $(Self::$name => $english),* }
            }
        }
    };
}

const TOO_LONG: Option<i64> = Some(2_388_040);
const EXAMPLE: Option<i64> = Some(2_388_043);
const HEADER: Option<i64> = Some(2_388_047);
const BUTTON: Option<i64> = Some(2_388_060);
const BODY: Option<i64> = Some(2_388_072);
const FOOTER: Option<i64> = Some(2_388_073);
const DENSITY: Option<i64> = Some(2_388_293);
const EDGES: Option<i64> = Some(2_388_299);

rules! {
    NameMissing = "name_missing", Refused, None, "The template needs a name.";
    NameCharset = "name_charset", Refused, None, "A name has only small letters a to z, digits and underscores.";
    NameLength = "name_length", Refused, TOO_LONG, "The name has {length} characters; at most {limit} are allowed.";
    LanguageUnsupported = "language_unsupported", Refused, None, "“{value}” is not a language of WhatsApp templates.";
    CategoryInvalid = "category_invalid", Refused, None, "The category must be MARKETING, UTILITY or AUTHENTICATION.";
    ParameterFormatInvalid = "parameter_format_invalid", Refused, None, "The parameter format must be POSITIONAL or NAMED.";
    TtlRange = "ttl_range", Refused, None, "The time to live of this category is {minimum} to {maximum} seconds.";
    FieldIgnored = "field_ignored", Advice, None, "WhatsApp has ignored {field} since April 2025: it may always file a template as marketing.";
    ComponentsInvalid = "components_invalid", Refused, None, "The components must be a list of objects, {limit} at most.";
    ComponentTypeInvalid = "component_type_invalid", Refused, None, "“{value}” is not a type of component.";
    ComponentNotAllowed = "component_not_allowed", Refused, None, "A template of this kind has no {component}.";

    HeaderDuplicate = "header_duplicate", Refused, None, "A template has one header only.";
    HeaderFormatInvalid = "header_format_invalid", Refused, HEADER, "“{value}” is not a format of headers.";
    HeaderMissing = "header_missing", Refused, HEADER, "The header needs a text.";
    HeaderTooLong = "header_too_long", Refused, TOO_LONG, "The header has {length} characters; at most {limit} are allowed.";
    HeaderFormatting = "header_formatting", Refused, HEADER, "A header has no emoji, no line break and none of the characters * _ ~ `.";
    HeaderVariables = "header_variables", Refused, HEADER, "A header has one variable at most.";
    MediaHandleMissing = "media_handle_missing", Refused, EXAMPLE, "The header needs a sample file.";
    MediaHandleInvalid = "media_handle_invalid", Refused, None, "The sample of the header is no handle of an upload. Upload the file again: WhatsApp takes neither an address nor what it reads back.";

    BodyMissing = "body_missing", Refused, None, "The template needs a body.";
    BodyDuplicate = "body_duplicate", Refused, None, "A template has one body only.";
    BodyTooLong = "body_too_long", Refused, TOO_LONG, "The body has {length} characters; at most {limit} are allowed.";
    BodyNewlines = "body_newlines", Refused, BODY, "The body has more than one empty line in a row.";
    BodySpaces = "body_spaces", Refused, BODY, "The body has more than four spaces in a row, or a tab.";
    BodyEmojiLimit = "body_emoji_limit", Refused, BODY, "The body has {count} emoji; at most {limit} are allowed.";
    BodyOnlyVariables = "body_only_params", Refused, EDGES, "The body has no words besides its variables.";

    VariableMalformed = "var_malformed", Refused, BODY, "“{value}” is not a variable. Write {{1}}.";
    VariableMixed = "var_mixed", Refused, BODY, "“{value}” does not fit: variables are all numbers, or all names.";
    VariableNotSequential = "var_not_sequential", Refused, BODY, "Variables are numbered from {{1}} on without gaps; “{value}” breaks the sequence.";
    VariableName = "named_charset", Refused, BODY, "“{value}”: a variable's name has small letters, digits and underscores, a letter first.";
    VariableSpaces = "var_spaces", LikelyRefused, None, "Leave out the spaces between the braces of “{value}”.";
    VariableEdges = "var_leading_trailing", Refused, EDGES, "A variable cannot be the first or the last thing in the body.";
    VariablePunctuation = "var_edge_punctuation", Advice, None, "Only a punctuation mark stands before or after the outer variable. Meta sometimes refuses this; one more word is safer.";
    VariableAdjacent = "var_adjacent", Refused, BODY, "Two variables stand next to each other; put words between them.";
    VariableDensity = "var_density", Refused, DENSITY, "There are too few words around the variables: {words} of the {needed} that are needed.";
    ExampleMissing = "example_missing", Refused, EXAMPLE, "Each variable needs a sample.";
    ExampleCount = "example_count", Refused, EXAMPLE, "There are {given} samples for {wanted} variables.";
    ExampleEmpty = "example_empty", Refused, EXAMPLE, "The sample of “{variable}” is empty.";

    FooterDuplicate = "footer_duplicate", Refused, None, "A template has one footer only.";
    FooterMissing = "footer_missing", Refused, FOOTER, "The footer needs a text.";
    FooterTooLong = "footer_too_long", Refused, TOO_LONG, "The footer has {length} characters; at most {limit} are allowed.";
    FooterVariables = "footer_variables", Refused, FOOTER, "A footer has no variables.";
    FooterFormatting = "footer_formatting", Refused, FOOTER, "A footer has no line breaks.";
    FooterEmoji = "footer_emoji", LikelyRefused, FOOTER, "Meta often refuses emoji in a footer.";

    ButtonsDuplicate = "buttons_duplicate", Refused, None, "A template has one list of buttons only.";
    ButtonsMissing = "buttons_missing", Refused, BUTTON, "The list of buttons is empty.";
    ButtonsTooMany = "buttons_too_many", Refused, BUTTON, "There are {count} buttons; at most {limit} are allowed.";
    ButtonsGrouping = "buttons_grouping", Refused, BUTTON, "Quick replies stand together, before or after all other buttons.";
    ButtonTypeInvalid = "button_type_invalid", Refused, BUTTON, "“{value}” is not a type of button.";
    ButtonLimit = "button_limit", Refused, BUTTON, "There are {count} buttons of type {kind}; at most {limit} are allowed.";
    UrlLimit = "url_limit", Refused, BUTTON, "There are {count} link buttons; at most {limit} are allowed.";
    PhoneLimit = "phone_limit", Refused, BUTTON, "There are {count} call buttons; at most {limit} are allowed.";
    CopyCodeLimit = "copy_code_limit", Refused, BUTTON, "There are {count} copy-code buttons; at most {limit} are allowed.";
    ButtonTextMissing = "button_text_missing", Refused, BUTTON, "The button needs a text.";
    ButtonTextTooLong = "button_text_too_long", Refused, TOO_LONG, "The button's text has {length} characters; at most {limit} are allowed.";
    ButtonTextFormatting = "button_text_formatting", Refused, BUTTON, "A button's text has no emoji, no line break, no variable and none of the characters * _ ~ `.";
    ButtonTextDuplicate = "button_text_duplicate", LikelyRefused, BUTTON, "Two buttons have the text “{value}”.";
    UrlMissing = "url_missing", Refused, BUTTON, "The link button needs an address.";
    UrlInvalid = "url_invalid", Refused, BUTTON, "The address must begin with https:// or http:// and name a host.";
    UrlTooLong = "url_too_long", Refused, TOO_LONG, "The address has {length} characters; at most {limit} are allowed.";
    UrlVariablePosition = "url_variable_position", Refused, BUTTON, "An address has one variable at most, {{1}}, at its very end.";
    UrlExampleMissing = "url_example_missing", Refused, EXAMPLE, "The variable of the address needs a sample.";
    WaLink = "wa_link", Refused, BUTTON, "A button cannot link to WhatsApp.";
    UrlShortener = "url_shortener", Advice, None, "Short links such as {value} look like spam in the review; use the full address.";
    PhoneMissing = "phone_missing", Refused, BUTTON, "The call button needs a phone number.";
    PhoneInvalid = "phone_invalid", Refused, BUTTON, "The phone number must have its country code, digits only after +, {limit} characters at most.";
    CopyCodeMissing = "copy_code_missing", Refused, EXAMPLE, "The copy-code button needs a sample code.";
    CopyCodeTooLong = "copy_code_too_long", Refused, BUTTON, "The code has {length} characters; at most {limit} are allowed.";
    CopyCodeLong = "copy_code_long", LikelyRefused, BUTTON, "The code has {length} characters; WhatsApp documents {limit}.";
    FlowMissing = "flow_missing", Refused, BUTTON, "The flow button needs a flow.";

    CarouselCardCount = "carousel_card_count", Refused, BODY, "A carousel has {minimum} to {maximum} cards; there are {count}.";
    CarouselStructure = "carousel_structure", Refused, BODY, "Each card has a picture, a video or a product, perhaps a text, and the same buttons as the first card.";
    CarouselBodyTooLong = "carousel_body_too_long", Refused, TOO_LONG, "The card's text has {length} characters; at most {limit} are allowed.";

    LtoTextMissing = "lto_text_missing", Refused, BODY, "The offer needs a text.";
    LtoTextTooLong = "lto_text_too_long", Refused, TOO_LONG, "The offer's text has {length} characters; at most {limit} are allowed.";
    LtoBodyTooLong = "lto_body_too_long", Refused, TOO_LONG, "The body beside an offer has {length} characters; at most {limit} are allowed.";
    LtoCategory = "lto_category", Refused, BODY, "A limited-time offer is a marketing template.";
    LtoHeader = "lto_header", Refused, HEADER, "The header of a limited-time offer is a picture or a video.";
    LtoFooter = "lto_footer", Refused, FOOTER, "A limited-time offer has no footer.";
    LtoButtons = "lto_buttons", Refused, BUTTON, "A limited-time offer has a link button, and before it a copy-code button if the offer expires.";

    AuthHeader = "auth_header", Refused, HEADER, "An authentication template has no header.";
    AuthCustomBody = "auth_custom_body", Refused, BODY, "WhatsApp writes the body of an authentication template itself.";
    AuthCustomFooter = "auth_custom_footer", Refused, FOOTER, "The footer of an authentication template says only when the code expires.";
    AuthExpiryRange = "auth_expiry_range", Refused, FOOTER, "A code expires after {minimum} to {maximum} minutes.";
    AuthButton = "auth_button", Refused, BUTTON, "An authentication template has one button, of type OTP, and no other template has one.";
    OtpType = "otp_type", Refused, BUTTON, "The type of a code button is COPY_CODE, ONE_TAP or ZERO_TAP.";
    OtpTerms = "otp_terms", Refused, BUTTON, "Zero-tap needs the terms to be accepted.";
    OtpAppsMissing = "otp_apps_missing", Refused, BUTTON, "One-tap and zero-tap need the app that takes the code.";
    OtpAppsLimit = "otp_apps_limit", Refused, BUTTON, "There are {count} apps; at most {limit} are allowed.";
    OtpPackage = "otp_package", Refused, BUTTON, "A package name has two or more parts, such as com.example; each begins with a letter.";
    OtpHash = "otp_hash", Refused, BUTTON, "A signature hash has exactly {limit} characters.";

    DuplicateNameLanguage = "duplicate_name_language", Refused, Some(2_388_024), "A template of this name exists in this language.";
    DuplicateContent = "duplicate_content", LikelyRefused, None, "“{name}” has the same body and footer.";
    CategoryConflict = "category_conflict", Refused, None, "The other languages of this name are {category}; all languages share one category.";
    NameLocked = "name_locked", Refused, Some(2_388_023), "A template of this name was deleted. The name is locked for 30 days and can be used again from {until}.";
    NameMaybeLocked = "name_maybe_locked", LikelyRefused, Some(2_388_023), "A template of this name was deleted less than 30 days ago. If it had been approved, the name is locked for 30 days and can be used again from {until}.";
    NameBeingDeleted = "name_being_deleted", Refused, Some(2_388_023), "A template of this name is being deleted. Its name is locked for 30 days then and can be used again from {until}.";
    NameFixed = "name_fixed", Refused, None, "The name of a template cannot be changed; this one is “{value}”.";
    LanguageFixed = "language_fixed", Refused, None, "The language of a template cannot be changed; this one is “{value}”.";
    CategoryFixed = "category_fixed", Refused, None, "The category of an approved template cannot be changed; this one is {category}.";
    EditState = "edit_state", Refused, Some(2_388_039), "Only approved, rejected and paused templates can be changed; this one is {status}.";
    EditLimitDay = "edit_limit_day", Refused, Some(2_388_039), "An approved template can be changed once in 24 hours; the next time is {at}.";
    EditLimitMonth = "edit_limit_month", Refused, Some(2_388_039), "An approved template can be changed {limit} times in 30 days; the next time is {at}.";
    AccountFull = "account_full", LikelyRefused, Some(2_388_019), "The account has {count} templates; WhatsApp allows {limit}.";
    AccountUnverified = "account_unverified", Advice, None, "The account has {count} templates. Until its business is verified, WhatsApp allows {limit}.";
    MarketingWords = "marketing_words", Advice, None, "“{value}” sounds like marketing. Meta may file the template as MARKETING, which costs more.";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn codes_are_unique_and_plain() {
        let codes: BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert_eq!(codes.len(), Rule::ALL.len());
        assert!(
            codes
                .iter()
                .all(|code| code.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
        );
    }

    /// The portal has the same words, in a file that it translates. With `WRITE_TERMS` set, writes that file instead.
    #[test]
    fn the_portals_english_is_generated() {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../web/src/features/templates/editor/findings.en.json"
        );
        let line = |rule: &Rule| format!("  \"{}\": {}", rule.code(), Value::from(rule.english()));
        let lines: Vec<String> = Rule::ALL.iter().map(line).collect();
        let generated = format!("{{\n{}\n}}\n", lines.join(",\n"));
        if std::env::var_os("WRITE_TERMS").is_some() {
            std::fs::write(file, generated).unwrap();
            return;
        }
        let committed = std::fs::read_to_string(file).unwrap();
        assert!(
            committed == generated,
            "findings.en.json is not what rule.rs says: run `make openapi`"
        );
    }
}
