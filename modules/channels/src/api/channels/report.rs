//! What a connection test found.

use poem_openapi::Object;
use sentences::Sentence;

use crate::service::TestReport;

/// One step of a connection test.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub struct ConnectionCheck {
    /// `token`, `number`, `account`, `webhook`; and `sending` if something stops it that no test can see, such as a ban.
    pub name: String,
    /// Whether it is as it should be.
    pub ok: bool,
    /// What was found.
    pub message: String,
    /// `message`, to be said in any language.
    pub message_terms: Vec<Sentence>,
    /// What to do about it.
    pub remedy: Option<String>,
    /// `remedy`, to be said in any language.
    #[oai(default, skip_serializing_if_is_empty)]
    pub remedy_terms: Vec<Sentence>,
}

/// What a connection test found.
#[derive(Debug, Object)]
pub struct ConnectionTest {
    /// Whether everything is as it should be.
    pub ok: bool,
    /// The steps, in order.
    pub checks: Vec<ConnectionCheck>,
}

impl From<TestReport> for ConnectionTest {
    fn from(report: TestReport) -> Self {
        let checks = report.checks.into_iter().map(|check| ConnectionCheck {
            name: check.name.to_owned(),
            ok: check.ok,
            message: check.message.to_string(),
            message_terms: check.message.0,
            remedy: check.remedy.as_ref().map(ToString::to_string),
            remedy_terms: check.remedy.unwrap_or_default().0,
        });
        Self {
            ok: report.ok,
            checks: checks.collect(),
        }
    }
}
