//! The commands of the binary, one file each.

pub mod admin;
pub mod describe;
pub mod doctor;
pub mod events;
pub mod migrate;
pub mod run;
pub mod seed;
pub mod serve;
pub mod simulator;
pub mod vault;

/// An error as one line for a terminal: its causes in order, separated by colons. The sentences of [`kernel::Error`] are written
/// for callers of the API; here their code is left out, a field is named in words, and an internal error is its cause.
pub fn in_words(error: &anyhow::Error) -> String {
    let parts: Vec<String> = error
        .chain()
        .filter_map(|cause| match cause.downcast_ref::<kernel::Error>() {
            Some(error) => of_kernel(error),
            None => Some(cause.to_string()),
        })
        .collect();
    parts.join(": ")
}

fn of_kernel(error: &kernel::Error) -> Option<String> {
    let problem = error.problem();
    if let Some(fields) = problem.errors {
        let told: Vec<String> = fields
            .iter()
            .map(|wrong| format!("the {} {}", wrong.field.replace('_', " "), wrong.message))
            .collect();
        return Some(told.join("; "));
    }
    // "It has been logged under this request's id": a command has no request, and its cause follows.
    let is_internal = problem.status == 500 && std::error::Error::source(error).is_some();
    (!is_internal).then(|| problem.detail.trim_end_matches('.').to_owned())
}

#[cfg(test)]
mod tests {
    use anyhow::Context;
    use kernel::{Error, FieldError};

    use super::*;

    #[test]
    fn errors_of_the_api_are_told_in_plain_words() {
        let told = |error: Error| in_words(&Err::<(), _>(error).context("nothing was added").unwrap_err());
        assert_eq!(
            told(Error::invalid("password", "must have 8 to 200 characters")),
            "nothing was added: the password must have 8 to 200 characters"
        );
        assert_eq!(
            told(Error::invalid_fields(vec![
                FieldError::new("email", "must be an e-mail address"),
                FieldError::new("display_name", "must not be empty"),
            ])),
            "nothing was added: the email must be an e-mail address; the display name must not be empty"
        );
        assert_eq!(
            told(Error::internal("the disk is full")),
            "nothing was added: the disk is full"
        );
        assert_eq!(
            told(Error::not_found("tenant")),
            "nothing was added: There is no such tenant"
        );
        assert_eq!(
            told(Error::unavailable("The database is busy.").because("no connection")),
            "nothing was added: The database is busy: no connection"
        );
    }
}
