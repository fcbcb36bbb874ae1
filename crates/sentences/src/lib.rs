//! Sentences for people that can be said in any language: which one it is, and what fills its blanks.

mod explain;
mod term;

use std::fmt;

use chrono::{DateTime, Utc};
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};

pub use explain::explain;
pub use term::Term;

/// Texts of foreign origin are cut to this many characters.
const LONGEST: usize = 1_000;

/// What a parameter is, and so how it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
#[oai(rename = "SentenceParamKind", rename_all = "snake_case")]
pub enum ParamKind {
    /// A name, or somebody else's words: shown as it is.
    Text,
    /// A word of WhatsApp's for one of several things, such as `MARKETING` or `YELLOW`.
    Word,
    /// A time, RFC 3339.
    Time,
    /// A day: a time of which only the day counts.
    Day,
    /// A count.
    Number,
    /// People a day that may be written to first; -1 for any number.
    People,
    /// WhatsApp's error code.
    Code,
}

/// What fills a blank of a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(rename = "SentenceParam")]
pub struct Param {
    /// Name of the blank.
    pub name: String,
    /// What it is.
    pub kind: ParamKind,
    /// As text.
    pub value: String,
}

/// A sentence for people, to be said in any language: a word that stays, and what fills its blanks. The field beside it has the
/// same in English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Object)]
#[oai(example)]
pub struct Sentence {
    /// Which sentence it is.
    pub term: Term,
    /// What fills its blanks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[oai(default, skip_serializing_if_is_empty)]
    pub params: Vec<Param>,
}

impl poem_openapi::types::Example for Sentence {
    fn example() -> Self {
        Self::new(Term::MayNotWriteFirstUntil).with(
            "until",
            ParamKind::Time,
            DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_788),
        )
    }
}

impl Sentence {
    /// One without blanks, or whose blanks follow.
    pub fn new(term: Term) -> Self {
        Self {
            term,
            params: Vec::new(),
        }
    }

    /// What WhatsApp's error code means and what to do.
    pub fn code(code: i64) -> Self {
        Self::new(Term::Code).with("code", ParamKind::Code, code)
    }

    /// Fills a blank.
    #[must_use]
    pub fn with(mut self, name: &str, kind: ParamKind, value: impl Shown) -> Self {
        self.params.push(Param {
            name: name.to_owned(),
            kind,
            value: value.shown(),
        });
        self
    }

    /// Fills a blank with somebody else's words.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        self.with(name, ParamKind::Text, value)
    }

    /// Fills a blank with a word of WhatsApp's.
    #[must_use]
    pub fn word(self, name: &str, value: &str) -> Self {
        self.with(name, ParamKind::Word, value)
    }

    /// Fills a blank with a name, or with a word that stands for it where there is none.
    #[must_use]
    pub fn named(self, name: &str, value: Option<&str>, otherwise: &str) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self.word(name, otherwise),
        }
    }

    fn english(&self) -> String {
        let blank = |text: String, param: &Param| {
            text.replace(&format!("{{{{{}}}}}", param.name), &param.english(self.term))
        };
        let said = self.params.iter().fold(self.term.english().to_owned(), blank);
        debug_assert!(
            !self.params.is_empty() || !said.contains("{{"),
            "{:?} has a blank that nobody fills",
            self.term
        );
        said
    }
}

impl Param {
    fn english(&self, term: Term) -> String {
        let time = || self.value.parse::<DateTime<Utc>>().ok();
        let shown = match self.kind {
            ParamKind::Word => Some(self.value.replace('_', " ").to_lowercase()),
            ParamKind::Time => time().map(|at| format!("{} UTC", at.format("%-d %B %Y, %H:%M"))),
            ParamKind::Day => time().map(|at| at.format("%-d %B %Y").to_string()),
            ParamKind::People if self.value == "-1" => Some("any number of people a day".to_owned()),
            ParamKind::People => Some(format!("{} people a day", self.value)),
            // What to do about it; elsewhere the code is named.
            ParamKind::Code if term == Term::Code => {
                let code = self.value.parse().unwrap_or_default();
                Some(cloud_api::codes::advice(code).advice.to_owned())
            }
            ParamKind::Text | ParamKind::Number | ParamKind::Code => None,
        };
        shown.unwrap_or_else(|| self.value.clone())
    }
}

/// What can fill a blank.
pub trait Shown {
    /// As text.
    fn shown(&self) -> String;
}

impl Shown for &str {
    fn shown(&self) -> String {
        self.chars().take(LONGEST).collect()
    }
}

impl Shown for DateTime<Utc> {
    fn shown(&self) -> String {
        self.to_rfc3339()
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

/// Sentences that are said one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sentences(pub Vec<Sentence>);

impl Sentences {
    /// As they are kept in a column, if they can be read.
    pub fn read(kept: Option<&str>) -> Self {
        kept.and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default()
    }

    /// To be kept in a column; none where there is nothing to say.
    pub fn kept(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        serde_json::to_string(self).ok()
    }

    /// One more.
    #[must_use]
    pub fn and(mut self, more: impl Into<Self>) -> Self {
        self.0.extend(more.into().0);
        self
    }

    /// The error code of WhatsApp's that they explain, if they explain one.
    pub fn code(&self) -> Option<i64> {
        let mut params = self.0.iter().flat_map(|sentence| &sentence.params);
        params
            .find(|param| param.kind == ParamKind::Code)
            .and_then(|param| param.value.parse().ok())
    }

    /// Whether one of them is this.
    pub fn contain(&self, term: Term) -> bool {
        self.0.iter().any(|sentence| sentence.term == term)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Sentences {
    /// In English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let said: Vec<String> = self.0.iter().map(Sentence::english).collect();
        f.write_str(&said.join(" "))
    }
}

impl From<Sentence> for Sentences {
    fn from(sentence: Sentence) -> Self {
        Self(vec![sentence])
    }
}

impl From<Term> for Sentences {
    fn from(term: Term) -> Self {
        Sentence::new(term).into()
    }
}

impl From<()> for Sentences {
    /// Nothing.
    fn from((): ()) -> Self {
        Self::default()
    }
}

impl From<Option<Sentence>> for Sentences {
    fn from(sentence: Option<Sentence>) -> Self {
        Self(sentence.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_english_for_developers() {
        let until = DateTime::from_timestamp(1_796_083_200, 0).unwrap();
        let said = Sentences::from(Term::RestrictedNow)
            .and(Sentence::new(Term::MayNotAnswerUntil).with("until", ParamKind::Time, until))
            .and(Sentence::new(Term::RuleBroken).word("rule", "SPAM_AND_SCAMS"));
        assert_eq!(
            said.to_string(),
            "WhatsApp restricts the account. It cannot reply to people until 1 December 2026, 00:00 UTC. WhatsApp says the account \
             broke its rules: spam and scams"
        );
        assert_eq!(Sentences::read(said.kept().as_deref()), said);
        assert_eq!(Sentences::default().kept(), None);
        assert!(said.contain(Term::RestrictedNow) && !said.contain(Term::Code));
        assert_eq!(said.code(), None);
        assert_eq!(said.and(Sentence::code(190)).code(), Some(190));
        assert_eq!(
            Sentences::read(Some("[{\"term\":\"of_tomorrow\"}]")),
            Sentences::default()
        );
    }
}
