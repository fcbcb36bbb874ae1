//! What an error of the Graph API means.

use cloud_api::error::Error;

use crate::{ParamKind, Sentence, Sentences, Term};

/// What happened and what to do, for a person.
pub fn explain(error: &Error) -> Sentences {
    match error.graph() {
        Some(graph) => {
            let details = graph
                .details
                .as_deref()
                .or(graph.user_msg.as_deref())
                .unwrap_or(&graph.message);
            let refused = Sentence::new(Term::Refused)
                .text("said", details.trim_end_matches('.'))
                .with("code", ParamKind::Code, graph.code);
            Sentences::from(Sentence::code(graph.code)).and(refused)
        }
        None => Sentence::new(Term::Unreachable)
            .text("error", &error.to_string())
            .into(),
    }
}
