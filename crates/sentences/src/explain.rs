//! What an error of the Graph API means.

use cloud_api::{codes, error::Error};

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
            // Templates are refused with code 100; what is documented stands in the subcode.
            let documented = graph.subcode.filter(|subcode| {
                graph.code == 100 && codes::find(*subcode).is_some_and(|row| row.code > 1_000_000)
            });
            let code = documented.unwrap_or(graph.code);
            let refused = Sentence::new(Term::Refused)
                .text("said", details.trim_end_matches('.'))
                .with("code", ParamKind::Code, code);
            Sentences::from(Sentence::code(code)).and(refused)
        }
        None => Sentence::new(Term::Unreachable)
            .text("error", &error.to_string())
            .into(),
    }
}
