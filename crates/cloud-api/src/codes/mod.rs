//! One table for every documented error code: its name, what a sender should do, and what a customer
//! is told (Cloud API: error code table).

mod action;
mod table;

pub use action::{Action, BLOCKED, Stop, action_of, stop_of};
pub use table::CODES;

/// What a sender does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The same request again with backoff, a few times.
    Retry,
    /// The same request again, more slowly: only the number, pair or account that is limited slows down.
    RateLimited,
    /// Again after a long fixed wait (minutes to days), few times.
    Later,
    /// The token or its permissions are at fault: stop the connection and tell its owner.
    Token,
    /// The WhatsApp account or number is at fault: stop sending from it and tell its owner.
    Account,
    /// Possible again once somebody has changed something (template, media, setting).
    Fix,
    /// This request will never succeed.
    Never,
}

impl Class {
    /// Whether the same request may be sent again without anybody changing anything.
    pub fn is_retryable(self) -> bool {
        matches!(self, Self::Retry | Self::RateLimited | Self::Later)
    }
}

/// Title and advice for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Short name of the problem.
    pub title: &'static str,
    /// One or two plain sentences: what happened and what to do.
    pub advice: &'static str,
}

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// Error code, or the subcode for template creation (2388xxx).
    pub code: i64,
    /// Documented HTTP status of a synchronous answer.
    pub http_status: u16,
    /// What a sender does about it.
    pub class: Class,
    /// What a customer is told.
    pub advice: Advice,
}

static UNKNOWN: Advice = Advice {
    title: "Unknown error",
    advice: "WhatsApp refused the message with an error that is not documented. Look at the details; if they do not help, contact support with the trace id.",
};

static PERMISSION: Advice = Advice {
    title: "Permission missing",
    advice: "The access token has no permission for this. Give the token's system user access to the WhatsApp account with the permissions whatsapp_business_messaging and whatsapp_business_management.",
};

/// The row of a code, if it is documented.
pub fn find(code: i64) -> Option<&'static Code> {
    CODES
        .binary_search_by_key(&code, |row| row.code)
        .ok()
        .and_then(|at| CODES.get(at))
}

/// Title and advice of a code; a general text for codes that are not documented.
pub fn advice(code: i64) -> &'static Advice {
    match find(code) {
        Some(row) => &row.advice,
        None if (200..=299).contains(&code) => &PERMISSION,
        None => &UNKNOWN,
    }
}

/// What to do about an error. Documented codes go by the table, others by the general rules of the fact sheet:
/// transient or 5xx → retry, 429 → slow down, 401 → token, 403 → account, other 4xx → never.
pub fn class_of(http_status: u16, code: i64, subcode: Option<i64>, is_transient: bool) -> Class {
    if code == 100 {
        // Template and migration errors arrive as code 100 with the documented code as subcode; 33 means that
        // the object (number, media, template) is gone or not visible to this token.
        return match subcode {
            Some(33) => Class::Fix,
            Some(sub) if sub > 1_000_000 => find(sub).map_or(Class::Never, |row| row.class),
            _ if is_transient => Class::Retry,
            _ => Class::Never,
        };
    }
    if let Some(row) = find(code) {
        return row.class;
    }
    match (http_status, code) {
        (_, 200..=299) => Class::Token,
        (500.., _) => Class::Retry,
        _ if is_transient => Class::Retry,
        (429, _) => Class::RateLimited,
        (401, _) => Class::Token,
        (403, _) => Class::Account,
        _ => Class::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code that the fact sheet names, written out again so that a row cannot vanish unnoticed.
    const DOCUMENTED: &[std::ops::RangeInclusive<i64>] = &[
        0..=4,
        10..=10,
        17..=17,
        32..=33,
        100..=100,
        102..=102,
        104..=104,
        190..=190,
        200..=200,
        368..=368,
        506..=506,
        613..=613,
        803..=803,
        2500..=2500,
        80007..=80008,
        130403..=130403,
        130429..=130429,
        130472..=130472,
        130497..=130497,
        131000..=131002,
        131005..=131006,
        131008..=131009,
        131014..=131014,
        131016..=131016,
        131020..=131021,
        131026..=131026,
        131030..=131031,
        131037..=131037,
        131041..=131045,
        131047..=131053,
        131055..=131057,
        131059..=131059,
        131062..=131064,
        131201..=131202,
        131204..=131204,
        131207..=131215,
        132000..=132001,
        132005..=132005,
        132007..=132008,
        132012..=132012,
        132015..=132016,
        132018..=132018,
        132021..=132021,
        132068..=132069,
        133000..=133016,
        134011..=134011,
        134100..=134102,
        135000..=135000,
        136024..=136025,
        137000..=137000,
        138000..=138025,
        139000..=139004,
        139100..=139103,
        141002..=141002,
        141006..=141006,
        141010..=141010,
        141014..=141014,
        147001..=147005,
        200005..=200007,
        1752041..=1752041,
        2388001..=2388001,
        2388012..=2388012,
        2388019..=2388019,
        2388023..=2388024,
        2388039..=2388040,
        2388047..=2388047,
        2388060..=2388060,
        2388072..=2388073,
        2388091..=2388091,
        2388093..=2388093,
        2388103..=2388103,
        2388293..=2388293,
        2388299..=2388299,
        2494055..=2494055,
        2494100..=2494100,
        2494164..=2494179,
        2593079..=2593079,
        2593085..=2593085,
        2593107..=2593109,
    ];

    #[test]
    fn every_documented_code_has_a_row_with_advice() {
        for code in DOCUMENTED.iter().cloned().flatten() {
            let row = find(code).unwrap_or_else(|| panic!("no row for {code}"));
            assert!(
                row.advice.advice.ends_with('.') && row.advice.advice.len() > 30,
                "{code}"
            );
            assert!(
                !row.advice.title.is_empty() && !row.advice.title.ends_with('.'),
                "{code}"
            );
            assert!((200..=599).contains(&row.http_status), "{code}");
        }
        assert!(CODES.is_sorted_by(|a, b| a.code < b.code));
    }

    #[test]
    fn classes() {
        assert_eq!(class_of(401, 190, Some(463), false), Class::Token);
        assert_eq!(class_of(400, 130429, None, true), Class::RateLimited);
        assert_eq!(class_of(400, 131056, None, false), Class::RateLimited);
        assert_eq!(class_of(400, 131048, None, false), Class::Later);
        assert_eq!(class_of(400, 131049, None, false), Class::Later);
        assert_eq!(class_of(400, 131047, None, false), Class::Never);
        assert_eq!(class_of(400, 100, Some(33), false), Class::Fix);
        assert_eq!(class_of(400, 100, Some(2388023), false), Class::Fix);
        assert_eq!(class_of(400, 100, None, false), Class::Never);
        assert_eq!(class_of(403, 131031, None, false), Class::Account);
        assert_eq!(class_of(404, 132001, None, false), Class::Fix);
    }

    #[test]
    fn unknown_codes_go_by_the_status() {
        for (http, code, transient, class) in [
            (500, 999_999, false, Class::Retry),
            (503, -1, false, Class::Retry),
            (400, 999_999, true, Class::Retry),
            (429, -1, false, Class::RateLimited),
            (401, 999_999, false, Class::Token),
            (403, 299, false, Class::Token),
            (403, 999_999, false, Class::Account),
            (404, 999_999, false, Class::Never),
        ] {
            assert_eq!(class_of(http, code, None, transient), class, "{http} {code}");
        }
        assert_eq!(advice(999_999).title, "Unknown error");
        assert_eq!(advice(294).title, "Permission missing");
    }
}
