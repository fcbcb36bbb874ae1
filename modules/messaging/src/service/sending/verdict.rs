//! What an answer, or its absence, means: for the message, for the number it left from, for the pair of both (Cloud API:
//! error code table).

use std::time::Duration;

use cloud_api::{
    client::Sent,
    codes::{Action, Class, action_of, advice},
    error::Error as CloudError,
    ids::Wamid,
};
use contracts::messaging::Lane;
use sentences::{Sentence, Sentences, Term, explain};

use crate::{entity::message::Failure, service::media::NotPlaced};

/// How long a message that WhatsApp asked to be sent again waits, unless WhatsApp said how long.
const AGAIN_AFTER: Duration = Duration::from_secs(2);
/// A pause as short as this is not reported to senders: the messages wait.
const SHORT: Duration = Duration::from_secs(300);
/// Tries after which a message fails.
pub(super) const TRIES: i32 = 8;

/// What an attempt to send means for the message.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// WhatsApp accepted it.
    Accepted {
        /// Its id for the message.
        wamid: Wamid,
        /// Its id for the phone, which may be spelled otherwise than what was sent to.
        wa_id: Option<String>,
    },
    /// It certainly was not accepted: it may be sent again.
    Again {
        /// After this long.
        after: Duration,
        /// Why, should it never succeed.
        failure: Failure,
        /// Whether this was a try; waiting for a number that may not send is none.
        counts: bool,
    },
    /// It is not known. It is not sent again; a status will settle it.
    Unknown,
    /// It will not be accepted.
    Failed(Failure),
    /// It was stopped before it was handed over.
    Cancelled,
}

/// What an attempt means for the number.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::service) enum Consequence {
    /// Nothing.
    None,
    /// Slower, after a short rest.
    Slower(Duration),
    /// Nothing is sent until then, or until somebody acts; in a sentence for people, why and what to do.
    Hold {
        /// The sentences.
        reason: Sentences,
        /// How long; none when somebody has to do something.
        length: Option<Duration>,
    },
}

/// Judges an answer for a message that was tried `attempt` times before.
pub(super) fn judge(sent: Result<Sent, CloudError>, lane: Lane, attempt: i32) -> (Verdict, Consequence) {
    let error = match sent {
        Ok(Sent { wamid, wa_id, .. }) => return (Verdict::Accepted { wamid, wa_id }, Consequence::None),
        Err(error) => error,
    };
    let failure = told(&error);
    if error.is_ambiguous() {
        return (Verdict::Unknown, Consequence::None);
    }
    let Some(graph) = error.graph() else {
        // It never left: the next run may send it.
        let again = Verdict::Again {
            after: AGAIN_AFTER * backoff(attempt),
            failure,
            counts: true,
        };
        return match error.class() {
            Class::Retry => (again, Consequence::None),
            _ => (Verdict::Failed(told(&error)), Consequence::None),
        };
    };
    let wait = error.retry_after();
    let again = |after: Duration, counts: bool| Verdict::Again {
        after,
        failure: failure.clone(),
        counts,
    };
    match action_of(graph.code, error.class()) {
        Action::SlowDownContact => (again(pair_backoff(attempt), true), Consequence::None),
        Action::SlowDownNumber => {
            let rest = wait.unwrap_or(Duration::from_secs(1));
            // Not counted as a try: the message is fine.
            (again(rest, false), Consequence::Slower(rest))
        }
        Action::Retry => (
            again(wait.unwrap_or(AGAIN_AFTER) * backoff(attempt), true),
            Consequence::None,
        ),
        Action::Stop(stop) => {
            let (reason, length) = (explain(&error), stop.length());
            // Bulk waits until the number may send again; a person or a program wants to know now.
            let verdict = if lane == Lane::Bulk || length.is_some_and(|length| length <= SHORT) {
                again(AGAIN_AFTER, false)
            } else {
                Verdict::Failed(failure.clone())
            };
            (verdict, Consequence::Hold { reason, length })
        }
        Action::Fail => (Verdict::Failed(failure.clone()), Consequence::None),
    }
}

/// What a file that is not at WhatsApp yet means for the message that names it.
pub(super) fn judge_file(error: NotPlaced, lane: Lane) -> (Verdict, Consequence) {
    match error {
        NotPlaced::Later { after, failure } => (
            Verdict::Again {
                after,
                failure,
                counts: true,
            },
            Consequence::None,
        ),
        NotPlaced::Never(failure) => (Verdict::Failed(failure), Consequence::None),
        NotPlaced::Refused {
            failure,
            channel_trouble: reason,
            length,
        } => {
            let verdict = match lane {
                Lane::Bulk => Verdict::Again {
                    after: AGAIN_AFTER,
                    failure,
                    counts: false,
                },
                _ => Verdict::Failed(failure),
            };
            (verdict, Consequence::Hold { reason, length })
        }
    }
}

/// How long a person's next message waits: 4 s, 16 s, 64 s … at most 4,096 s (Cloud API: pair limit).
fn pair_backoff(attempt: i32) -> Duration {
    let tries = u32::try_from(attempt + 1).unwrap_or(1);
    Duration::from_secs(4_u64.saturating_pow(tries).min(4_096))
}

/// 1, 2, 4 … at most 64.
fn backoff(attempt: i32) -> u32 {
    1 << attempt.clamp(0, 6)
}

fn told(error: &CloudError) -> Failure {
    match error.graph() {
        Some(graph) => Failure::told(
            Some(graph.code),
            advice(graph.code).title.to_owned(),
            Some(graph.details.clone().unwrap_or_else(|| graph.message.clone())),
        ),
        None => Failure::of_ours(Sentence::new(Term::NotReached).text("error", &error.to_string())),
    }
}
