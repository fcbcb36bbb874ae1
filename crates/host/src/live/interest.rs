//! Which events about conversations a socket wants.
//!
//! Modules name in each item of such an event the conversation (`conversation_id`), who looks after it (`assignee_id`, `team_id`;
//! absent: nobody) and, where that has just changed, who did before (`previous`). The names are the host's convention; it knows no
//! module.

use std::sync::Arc;

use kernel::{Actor, Error, Result, UserId};
use serde::Serialize;
use serde_json::Value;

use super::Frame;

/// Which items of events about conversations a socket wants. Whatever is about no conversation it gets in any case. What is not
/// named here is not looked at; what is named must fit altogether.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Interest {
    /// Of one conversation, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    /// Of the conversations of one person, by id, or of nobody: `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    /// Of the conversations of one team, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// The name of nobody in [`Interest::assignee`].
const NOBODY: &str = "none";

impl Interest {
    /// From the parameters of a request. `me` as the assignee is the person who asks.
    ///
    /// # Errors
    /// 422 that names the parameter, when it is no id, or an API key asks for `me`.
    pub(super) fn of(
        conversation: Option<String>,
        assignee: Option<String>,
        team: Option<String>,
        actor: &Actor,
    ) -> Result<Self> {
        let assignee = match (assignee.as_deref(), actor) {
            (Some("me"), Actor::User { id, .. }) => Some(id.to_string()),
            (Some("me"), Actor::ApiKey { .. }) => {
                let why = "an API key is nobody's; name a person by id instead of `me`";
                return Err(Error::invalid("assignee", why));
            }
            (Some(NOBODY), _) | (None, _) => assignee,
            (Some(id), _) => {
                let person = id.parse::<UserId>();
                let person = person
                    .map_err(|_| Error::invalid("assignee", "must be `me`, `none` or the id of a person"))?;
                Some(person.to_string())
            }
        };
        Ok(Self {
            conversation: an_id("conversation", conversation)?,
            team: an_id("team", team)?,
            assignee,
        })
    }

    /// Whether all is wanted.
    fn is_all(&self) -> bool {
        *self == Self::default()
    }

    fn wants(&self, item: &Value) -> bool {
        let Some(conversation) = text(item, "conversation_id") else {
            return true;
        };
        let is_this = self.conversation.as_deref().is_none_or(|id| id == conversation);
        is_this && (self.wants_of(item) || item.get("previous").is_some_and(|before| self.wants_of(before)))
    }

    /// Whether those who look after a conversation are wanted.
    fn wants_of(&self, assignment: &Value) -> bool {
        let assignee = text(assignment, "assignee_id").unwrap_or(NOBODY);
        let team = text(assignment, "team_id");
        self.assignee.as_deref().is_none_or(|wanted| wanted == assignee)
            && self.team.as_deref().is_none_or(|wanted| team == Some(wanted))
    }
}

/// An id of any kind: three letters, `_`, 32 hexadecimal digits.
fn an_id(field: &'static str, text: Option<String>) -> Result<Option<String>> {
    let Some(id) = text else { return Ok(None) };
    let prefix = id.split('_').next().unwrap_or_default();
    let is_name = (2..=4).contains(&prefix.len()) && prefix.bytes().all(|c| c.is_ascii_lowercase());
    if !is_name || kernel::id::parse(prefix, &id).is_err() {
        return Err(Error::invalid(field, "must be an id"));
    }
    Ok(Some(id))
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field)?.as_str()
}

/// A frame on its way to sockets with different interests. It is read only for those that do not want all, and once.
pub(super) struct Cut<'f> {
    frame: &'f Arc<Frame>,
    read: Option<Value>,
}

impl<'f> Cut<'f> {
    pub(super) fn new(frame: &'f Arc<Frame>) -> Self {
        Self { frame, read: None }
    }

    /// The frame as a socket with this interest gets it; none if nothing of it is wanted.
    pub(super) fn to(&mut self, interest: &Interest) -> Option<Arc<Frame>> {
        if interest.is_all() {
            return Some(self.frame.clone());
        }
        let read = self
            .read
            .get_or_insert_with(|| serde_json::from_str(&self.frame.text).unwrap_or_default());
        let Some(items) = read["payload"]["items"].as_array() else {
            return Some(self.frame.clone());
        };
        let wanted: Vec<&Value> = items.iter().filter(|item| interest.wants(item)).collect();
        if wanted.len() == items.len() {
            return Some(self.frame.clone());
        }
        if wanted.is_empty() {
            return None;
        }
        let wanted = Value::Array(wanted.into_iter().cloned().collect());
        let mut cut = read.clone();
        cut["payload"]["items"] = wanted;
        Some(Arc::new(Frame {
            text: cut.to_string(),
            ..Frame::clone(self.frame)
        }))
    }
}

#[cfg(test)]
mod tests {
    use kernel::id::Id;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn id(prefix: &str, number: u128) -> String {
        format!("{prefix}_{}", Uuid::from_u128(number).simple())
    }

    fn frame() -> Arc<Frame> {
        let payload = json!({ "items": [
            { "conversation_id": id("cnv", 1), "assignee_id": id("usr", 1), "team_id": id("tea", 1) },
            { "conversation_id": id("cnv", 2), "assignee_id": id("usr", 2) },
            { "conversation_id": id("cnv", 3), "previous": { "assignee_id": id("usr", 1), "team_id": null } },
            { "media_id": id("med", 4) },
        ] });
        Arc::new(Frame::new(
            7,
            "messages:read",
            "things_happened",
            &payload.to_string(),
        ))
    }

    fn ask(conversation: Option<String>, assignee: Option<String>, team: Option<String>) -> Result<Interest> {
        let actor = Actor::User {
            id: UserId::from_uuid(Uuid::from_u128(1)),
            name: "Maya".to_owned(),
        };
        Interest::of(conversation, assignee, team, &actor)
    }

    /// The last digits of the ids of the items that are left.
    fn left(interest: &Interest) -> Vec<u128> {
        let frame = frame();
        let Some(cut) = Cut::new(&frame).to(interest) else {
            return Vec::new();
        };
        let read: Value = serde_json::from_str(&cut.text).unwrap();
        assert_eq!(
            (&read["seq"], &read["name"]),
            (&json!(7), &json!("things_happened"))
        );
        let items = read["payload"]["items"].as_array().unwrap().iter();
        let number = |item: &Value| {
            let id = text(item, "conversation_id").or(text(item, "media_id")).unwrap();
            u128::from_str_radix(id.split('_').nth(1).unwrap(), 16).unwrap()
        };
        items.map(number).collect()
    }

    #[test]
    fn a_socket_gets_what_fits_its_interest_and_what_is_about_no_conversation() {
        assert_eq!(left(&Interest::default()), [1, 2, 3, 4]);
        let interest = |c: Option<u128>, a: Option<&str>, t: Option<u128>| {
            ask(
                c.map(|n| id("cnv", n)),
                a.map(ToOwned::to_owned),
                t.map(|n| id("tea", n)),
            )
            .unwrap()
        };
        // What was mine until now is told once more.
        assert_eq!(left(&interest(None, Some("me"), None)), [1, 3, 4]);
        assert_eq!(left(&interest(None, Some(&id("usr", 2)), None)), [2, 4]);
        assert_eq!(left(&interest(None, Some("none"), None)), [3, 4]);
        assert_eq!(left(&interest(Some(2), None, None)), [2, 4]);
        assert_eq!(left(&interest(None, None, Some(1))), [1, 4]);
        assert_eq!(left(&interest(Some(2), Some("me"), None)), [4]);
    }

    #[test]
    fn what_is_no_id_is_refused_with_its_name() {
        let wrong = [
            ask(Some("x".to_owned()), None, None),
            ask(None, Some("everybody".to_owned()), None),
            ask(None, None, Some("tea_1".to_owned())),
        ];
        for (asked, field) in wrong.into_iter().zip(["conversation", "assignee", "team"]) {
            let error = asked.unwrap_err();
            assert_eq!(error.status().as_u16(), 422);
            assert!(error.detail().contains(field), "{error}");
        }
        let key = Actor::ApiKey {
            id: "key".to_owned(),
            name: "Shop".to_owned(),
        };
        let error = Interest::of(None, Some("me".to_owned()), None, &key).unwrap_err();
        assert!(error.detail().contains("assignee"), "{error}");
    }
}
