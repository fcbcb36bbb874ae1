//! The job that asks WhatsApp. It marks the submission as sent, commits, and then asks. After an answer that was lost, or a process that
//! died, it first looks up whether WhatsApp has it: nothing is handed in twice.

use std::time::Duration;

use cloud_api::{
    client::Client, codes::Class, error::Error as GraphFailure, ids::WabaId, template::Template,
};
use contracts::templates::TemplatePart;
use kernel::{Error, JobContext, JobError, JobOutcome, Result, TenantDb, failpoint, job::backoff};
use sea_orm::{ActiveEnum, ActiveValue::Set, ColumnTrait};
use sentences::{Sentence, Sentences, Term};
use serde_json::{Map, Value};

use super::{
    Handed, note_as,
    settle::{Answer, whole_second},
};
use crate::{
    entity::{
        enums::{Severity, Status, SubmissionKind, SubmissionState},
        submission::{ActiveModel, Column, Entity, Model as Submission},
        template::{self, Model},
    },
    job::Submit,
    service::{Service, check, notes::of_it, store::tell},
};

/// Runs of the job before a person is asked to repeat it: together more than an hour.
const TRIES: u32 = 14;
/// The least wait after WhatsApp asked for fewer requests.
const THROTTLED: Duration = Duration::from_secs(60);
/// The least wait after a lost answer: WhatsApp may still be at work on it.
const LOST: Duration = Duration::from_secs(10);
/// The subcode for a name that exists in the language.
const EXISTS: i64 = 2_388_024;

/// What one run works with.
pub(super) struct Work {
    /// The template as it was before WhatsApp was asked.
    pub row: Model,
    /// What was handed in.
    pub submission: Submission,
    /// The same, read.
    pub handed: Handed,
}

/// What the run does next.
enum Next {
    /// It is done, for good or ill.
    Settle(Answer),
    /// It is tried again after so long.
    Wait(Duration, SubmissionState, Sentences),
    /// A person has to look at it.
    Refuse(Sentences),
}

impl Service {
    /// Hands in what waits of a template.
    pub async fn submit(&self, context: JobContext, job: Submit) -> JobOutcome {
        let db = &context.db;
        let Some(mut work) = work(db, &job).await? else {
            return Ok(());
        };
        let asked = whole_second(db.clock().now());
        let next = match self.client_for(db, &work).await? {
            Err(why) => Next::Refuse(why),
            Ok(client) => match ask(db, &client, &mut work).await? {
                None => return Ok(()),
                Some(result) => next(result, &work, context.attempt),
            },
        };
        match next {
            Next::Settle(answer) => Ok(self.settle(db, &work, answer, asked).await?),
            Next::Refuse(why) => Ok(keep(db, &work, SubmissionState::Refused, &why).await?),
            Next::Wait(after, state, why) => {
                keep(db, &work, state, &why).await?;
                Err(JobError::Retry {
                    error: Error::unavailable("WhatsApp did not take the submission yet"),
                    after: Some(after),
                    counts: true,
                })
            }
        }
    }

    /// The client of the number that it was handed in by, or of another number of the account. The inner error is for people.
    async fn client_for(&self, db: &TenantDb, work: &Work) -> Result<Result<Client, Sentences>> {
        let named = self.channels.by_id(db, work.submission.channel_id).await?;
        let number = match named.filter(|it| !it.lost && it.waba_id == work.row.waba_id) {
            Some(number) => number,
            None => match self.number_of(db, &work.row.waba_id).await {
                Ok(number) => number,
                Err(error) if error.code() == "no_channel" => return Ok(Err(Term::TemplateNoNumber.into())),
                Err(error) => return Err(error),
            },
        };
        let own = |error: Error| Sentence::new(Term::OwnError).text("error", error.detail()).into();
        Ok(self.channels.client(&number).map_err(own))
    }
}

/// What is to be handed in; none if that was done, refused or given up.
async fn work(db: &TenantDb, job: &Submit) -> Result<Option<Work>> {
    let this = Column::TemplateId.eq(job.template_id);
    let submission = db.find::<Entity>().filter(this).one().await?;
    let Some(submission) = submission.filter(|it| it.state != SubmissionState::Refused) else {
        return Ok(None);
    };
    let row = db
        .find::<template::Entity>()
        .with_id(job.template_id)
        .one()
        .await?;
    let handed = serde_json::from_str(&submission.body)?;
    Ok(row.map(|row| Work {
        row,
        submission,
        handed,
    }))
}

/// Looks up, marks and asks; none if somebody else has it in hand.
async fn ask(
    db: &TenantDb,
    client: &Client,
    work: &mut Work,
) -> Result<Option<std::result::Result<Answer, GraphFailure>>> {
    if work.submission.attempts > 0 {
        match look_up(client, work).await {
            Ok(None) => {}
            Ok(Some(answer)) => return Ok(Some(Ok(answer))),
            Err(error) => return Ok(Some(Err(error))),
        }
    }
    if !mark(db, &mut work.submission).await? {
        return Ok(None);
    }
    failpoint!("template.marked");
    let mut result = request(client, work).await;
    failpoint!("template.answered");
    // An earlier request may have arrived after all, later than it was looked up.
    if let Err(error) = &result
        && work.submission.attempts > 1
        && work.submission.kind == SubmissionKind::Create
        && error.graph().is_some_and(|graph| graph.subcode == Some(EXISTS))
    {
        match look_up(client, work).await {
            Ok(Some(answer)) => result = Ok(answer),
            Ok(None) => {}
            Err(error) => result = Err(error),
        }
    }
    Ok(Some(result))
}

/// Marks it as sent before it is. False if somebody else has done so since it was read.
async fn mark(db: &TenantDb, submission: &mut Submission) -> Result<bool> {
    let sent = ActiveModel {
        state: Set(SubmissionState::Sent),
        attempts: Set(submission.attempts + 1),
        updated_at: Set(db.clock().now()),
        ..Default::default()
    };
    let tx = db.begin().await?;
    let marked = tx
        .update::<Entity>()
        .filter(Column::TemplateId.eq(submission.template_id))
        .filter(Column::Attempts.eq(submission.attempts))
        .filter(Column::State.ne(SubmissionState::Refused))
        .set(sent)
        .exec()
        .await?;
    tx.commit().await?;
    submission.attempts += 1;
    Ok(marked > 0)
}

async fn request(client: &Client, work: &Work) -> std::result::Result<Answer, GraphFailure> {
    let Work { row, handed, .. } = work;
    let waba = WabaId::from(row.waba_id.clone());
    // What has no id was never created, and a change of it is a creation.
    let id = row.whatsapp_id.as_deref().unwrap_or_default();
    match work.submission.kind {
        SubmissionKind::Create => {
            let created = client.create_template(&waba, &handed.template).await?;
            Ok(Answer::Created {
                id: created.id,
                status: created.status,
                category: created.category,
                components: None,
            })
        }
        SubmissionKind::Edit => {
            let edited = client.edit_template(id, &change(work)).await?;
            Ok(Answer::Edited {
                status: None,
                category: edited.category,
            })
        }
        SubmissionKind::Delete => {
            let one = Some(id).filter(|id| !handed.all_languages && !id.is_empty());
            client.delete_template(&waba, &row.name, one).await?;
            Ok(Answer::Deleted)
        }
    }
}

/// The request of a change: of the body of a creation what can be changed.
fn change(work: &Work) -> Value {
    let mut keys = vec!["components", "message_send_ttl_seconds"];
    if work.handed.status != Status::Approved.to_value() {
        keys.push("category");
    }
    let named = check::text(&work.handed.template, "parameter_format").eq_ignore_ascii_case("NAMED");
    if named != work.row.named {
        keys.push("parameter_format");
    }
    let given = |key: &str| work.handed.template.get(key).cloned();
    let body: Map<String, Value> = keys
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), given(key)?)))
        .collect();
    Value::Object(body)
}

/// Whether WhatsApp has done what an earlier request asked for.
async fn look_up(client: &Client, work: &Work) -> std::result::Result<Option<Answer>, GraphFailure> {
    let Work { row, handed, .. } = work;
    let waba = WabaId::from(row.waba_id.clone());
    let id = row.whatsapp_id.as_deref().unwrap_or_default();
    match work.submission.kind {
        SubmissionKind::Create => {
            let found = client.find_template(&waba, &row.name, &row.language).await?;
            Ok(found.map(|found| Answer::Created {
                id: found.id,
                status: found.status,
                category: found.category,
                components: Some(found.components),
            }))
        }
        SubmissionKind::Edit => {
            let found = client.template(id).await?;
            let in_review = found.status.as_deref() == Some("PENDING");
            let taken = in_review || is_same(check::components(&handed.template), &found);
            Ok(taken.then_some(Answer::Edited {
                status: found.status,
                category: found.category,
            }))
        }
        SubmissionKind::Delete if handed.all_languages => {
            let left = client.templates_named(&waba, &row.name, None).await?;
            Ok(left.is_empty().then_some(Answer::Deleted))
        }
        SubmissionKind::Delete => match client.template(id).await {
            Ok(found) => {
                let word = found.status.unwrap_or_default();
                let gone = matches!(word.as_str(), "PENDING_DELETION" | "DELETED");
                Ok(gone.then_some(Answer::Deleted))
            }
            Err(error) if is_missing(&error) => Ok(Some(Answer::Deleted)),
            Err(error) => Err(error),
        },
    }
}

/// WhatsApp knows no such template.
fn is_missing(error: &GraphFailure) -> bool {
    error.graph().is_some_and(|graph| {
        graph.code == 803 || (graph.code == 100 && (graph.subcode == Some(33) || graph.http_status == 404))
    })
}

/// Whether a template has this content. WhatsApp adds to what it was given, so all that was given must be there; samples, and the
/// button of an authentication template, come back in another form.
fn is_same(wanted: &[Value], found: &Template) -> bool {
    let kind = |part: &Value| check::text(part, "type").to_ascii_uppercase();
    let has = |part: &Value| {
        let other = found.components.iter().find(|other| kind(other) == kind(part));
        other.is_some_and(|other| is_within(part, other))
    };
    wanted.len() == found.components.len() && wanted.iter().all(has)
}

fn is_within(wanted: &Value, found: &Value) -> bool {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => {
            let is_password = wanted.get("type").is_some_and(|kind| kind == "OTP");
            is_password
                || wanted
                    .iter()
                    .filter(|(key, _)| *key != "example")
                    .all(|(key, value)| found.get(key).is_some_and(|found| is_within(value, found)))
        }
        (Value::Array(wanted), Value::Array(found)) => {
            let mut pairs = wanted.iter().zip(found);
            wanted.len() == found.len() && pairs.all(|(wanted, found)| is_within(wanted, found))
        }
        (Value::String(wanted), Value::String(found)) => wanted.eq_ignore_ascii_case(found),
        (wanted, found) => wanted == found,
    }
}

/// What follows from WhatsApp's answer, or from its absence.
fn next(result: std::result::Result<Answer, GraphFailure>, work: &Work, attempt: u32) -> Next {
    let error = match result {
        Ok(answer) => return Next::Settle(answer),
        Err(error) => error,
    };
    tracing::info!(%error, template = %work.row.id, "a template was not taken");
    let said = sentences::explain(&error);
    let is_last = attempt >= TRIES;
    let (after, state) = match (&error, error.class()) {
        (GraphFailure::Ambiguous { .. }, _) => (backoff(attempt).max(LOST), SubmissionState::Sent),
        (GraphFailure::NotSent(_), _) | (_, Class::Retry) => (backoff(attempt), SubmissionState::Waiting),
        (_, Class::RateLimited) => {
            let wait = error.retry_after().unwrap_or_default().max(backoff(attempt));
            (wait.max(THROTTLED), SubmissionState::Waiting)
        }
        // It is gone already: that is what was asked for.
        _ if work.submission.kind == SubmissionKind::Delete && is_missing(&error) => {
            return Next::Settle(Answer::Deleted);
        }
        _ => return Next::Refuse(said),
    };
    if is_last {
        return Next::Refuse(said.and(Sentence::new(Term::TryAgainWhenMended)));
    }
    let said = match state {
        SubmissionState::Sent => Sentences::from(Term::TemplateAnswerLost),
        _ => said.and(Sentence::new(Term::TriedAgain)),
    };
    Next::Wait(after, state, said)
}

/// Keeps why it was not taken, for people.
async fn keep(db: &TenantDb, work: &Work, state: SubmissionState, why: &Sentences) -> Result<()> {
    let mut tx = db.begin().await?;
    let this = Column::TemplateId.eq(work.row.id);
    let Some(before) = tx.find::<Entity>().filter(this).for_update().one().await? else {
        return Ok(());
    };
    // A later one is not this one's to end.
    if before.created_at != work.submission.created_at {
        return Ok(());
    }
    let kept = ActiveModel {
        state: Set(state),
        problem: Set(why.kept()),
        updated_at: Set(tx.clock().now()),
        ..Default::default()
    };
    let this = Column::TemplateId.eq(work.row.id);
    tx.update::<Entity>().filter(this).set(kept).exec().await?;
    // The row as it is now: news may have come meanwhile.
    let row = tx.get::<template::Entity>(work.row.id).await?;
    if state == SubmissionState::Refused {
        let title = of_it(&row, Term::TemplateSubmissionRefused);
        note_as(
            &tx,
            &row,
            "submission_refused",
            Severity::Critical,
            title,
            why.clone(),
            None,
        )
        .await?;
    }
    if before.state != state || before.problem != why.kept() {
        tell(&mut tx, &row, &[TemplatePart::Submission])?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(components: Value) -> Template {
        Template::from_value(&json!({"id": "1", "name": "n", "language": "en", "components": components}))
            .unwrap()
    }

    #[test]
    fn content_that_whatsapp_added_to_is_the_same() {
        let wanted = json!([
            {"type": "body", "text": "Hello {{1}}, welcome.", "example": {"body_text": [["Ana"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://a.example/"}]}
        ]);
        let wanted = wanted.as_array().unwrap();
        let same = json!([
            {"type": "BODY", "text": "Hello {{1}}, welcome.", "example": {"body_text": [["Bo"]]}},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://a.example/", "more": 1}]}
        ]);
        assert!(is_same(wanted, &found(same)));
        let other = json!([
            {"type": "BODY", "text": "Hello {{1}}, good-bye."},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Go", "url": "https://a.example/"}]}
        ]);
        assert!(!is_same(wanted, &found(other)));
        assert!(!is_same(wanted, &found(json!([wanted[0]]))));

        let password = json!([
            {"type": "BODY", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]}
        ]);
        let back = json!([
            {"type": "BODY", "text": "*{{1}}* is your verification code.", "add_security_recommendation": true},
            {"type": "BUTTONS", "buttons": [{"type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/"}]}
        ]);
        assert!(is_same(password.as_array().unwrap(), &found(back)));
    }
}
