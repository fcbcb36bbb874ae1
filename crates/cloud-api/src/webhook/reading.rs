//! Reads a body, within limits, item by item.

use std::{borrow::Cow, cell::Cell};

use serde_json::{Value, value::RawValue};

use super::*;

/// Memory of all trees of a body, in bytes: twice what a thousand typical messages with their senders need.
const ROOM: usize = 12 << 20;
/// What an item takes besides its tree.
const ITEM: usize = 1_024;
/// At most this many problems are reported for one body.
const MAX_PROBLEMS: usize = 50;

/// Reads a body. Verify its signature first.
///
/// At most [`ITEMS`] changes, messages, statuses and other elements of lists are read, and as many `contacts` beside them; no tree
/// is built of the rest, which is counted in [`Envelope::left_out`]. What strict JSON does not allow (lone surrogates, bytes that are
/// not UTF-8, a byte order mark, text after the document, numbers that nothing can hold, deep nesting) is replaced, as the private
/// module `mend` says, and the rest is read.
///
/// # Errors
/// Only when the bytes are not JSON even then; every JSON value gives an envelope, with `problems` where it is invalid.
pub fn parse(body: &[u8]) -> Result<Envelope, ParseError> {
    let strict = match std::str::from_utf8(body) {
        Ok(text) => read_body(text),
        Err(_) => serde_json::from_slice::<serde::de::IgnoredAny>(body).map(|_| None),
    };
    if let Ok(Some(envelope)) = strict {
        return Ok(envelope);
    }
    let mended = mend::mend(body);
    match (read_body(&mended), strict) {
        (Ok(Some(envelope)), _) => Ok(envelope),
        // A list or a scalar instead of the body.
        (_, Ok(_)) => Ok(Envelope {
            problems: vec!["body: is not an object".to_owned()],
            ..Envelope::default()
        }),
        (_, Err(error)) => Err(ParseError(error)),
    }
}

/// Reads a text that is strict JSON; none when it is no object.
fn read_body(text: &str) -> Result<Option<Envelope>, serde_json::Error> {
    let Some([object, entry]) = lazy::fields(text, ["object", "entry"])? else {
        return serde_json::from_str::<serde::de::IgnoredAny>(text).map(|_| None);
    };
    let object = lazy::text(object)?.map(Cow::into_owned);
    let mut reading = Reading::new();
    let mut entries = Vec::new();
    if object
        .as_deref()
        .is_some_and(|it| it != "whatsapp_business_account")
    {
        reading.problem("object", "is not whatsapp_business_account");
    } else {
        let list = entry.map(|list| lazy::elements(list.get(), reading.items));
        if let Some((list, more)) = list.transpose()?.flatten() {
            reading.left_out += more;
            for (at, entry) in list.into_iter().enumerate() {
                let place = format!("entry[{at}]");
                let before = reading.items;
                if before == 0 {
                    reading.left_out += 1;
                } else {
                    entries.extend(reading.entry(entry.get(), &place)?);
                    reading.at_least_one(before);
                }
            }
        } else {
            reading.problem("entry", "is not a list");
        }
    }
    if reading.left_out > 0 {
        let what = format!(
            "{} parts are more than a body may have, or too large",
            reading.left_out
        );
        reading.problem("body", &what);
    }
    Ok(Some(Envelope {
        object,
        entries,
        problems: reading.problems,
        left_out: reading.left_out,
        // Each item also has its fields, whatever is in them.
        size: ROOM - reading.room.get() + (2 * ITEMS - reading.items - reading.contacts) * ITEM,
    }))
}

/// What may still be read of a body, and the problems so far.
struct Reading {
    items: usize,
    contacts: usize,
    /// Bytes left for trees.
    room: Cell<usize>,
    left_out: usize,
    /// Of this change.
    odd: usize,
    problems: Vec<String>,
}

impl Reading {
    fn new() -> Self {
        Self {
            items: ITEMS,
            contacts: ITEMS,
            room: Cell::new(ROOM),
            left_out: 0,
            odd: 0,
            problems: Vec::new(),
        }
    }

    fn problem(&mut self, place: &str, what: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(format!("{place}: {what}"));
        }
    }

    /// A change without items counts as one item.
    fn at_least_one(&mut self, before: usize) {
        self.items = self.items.min(before.saturating_sub(1));
    }

    /// The tree of a part; none when it is too large.
    fn tree(&mut self, raw: &RawValue, place: &str) -> Result<Option<Value>, serde_json::Error> {
        match tree::read(raw.get(), &self.room, LARGEST) {
            Ok(value) => Ok(Some(value)),
            Err(tree::NoTree::TooLarge) => {
                self.left_out += 1;
                self.problem(place, "is too large");
                Ok(None)
            }
            Err(tree::NoTree::Odd(error)) => Err(error),
        }
    }

    /// The elements of a list that there is room for; a missing list is fine, any other non-list is a problem.
    fn list<'a>(
        &mut self,
        raw: Option<&'a RawValue>,
        key: &str,
        place: &str,
    ) -> Result<Vec<&'a RawValue>, serde_json::Error> {
        let Some(raw) = raw else { return Ok(Vec::new()) };
        let Some((list, more)) = lazy::elements(raw.get(), self.items)? else {
            self.odd += 1;
            self.problem(place, &format!("{key} is not a list"));
            return Ok(Vec::new());
        };
        self.left_out += more;
        Ok(list)
    }

    /// Reads the objects of a list of items.
    fn objects<T>(
        &mut self,
        raw: Option<&RawValue>,
        key: &str,
        place: &str,
        read: impl Fn(&mut Self, &str, Value) -> T,
    ) -> Result<Vec<T>, serde_json::Error> {
        let list = self.list(raw, key, place)?;
        self.items -= list.len();
        let mut out = Vec::with_capacity(list.len());
        for (at, raw) in list.into_iter().enumerate() {
            let place = format!("{place}.{key}[{at}]");
            match self.tree(raw, &place)? {
                Some(value) if value.is_object() => out.push(read(self, &place, value)),
                Some(_) => {
                    self.odd += 1;
                    self.problem(&place, "is not an object");
                }
                None => {}
            }
        }
        Ok(out)
    }

    fn entry(&mut self, text: &str, place: &str) -> Result<Option<Entry>, serde_json::Error> {
        let Some([id, time, changes]) = lazy::fields(text, ["id", "time", "changes"])? else {
            self.problem(place, "is not an object");
            return Ok(None);
        };
        let mut out = Entry {
            id: lazy::text(id)?.map(Cow::into_owned),
            time: None,
            changes: Vec::new(),
        };
        if let Some(time) = time {
            out.time = self.tree(time, place)?.as_ref().and_then(read::as_timestamp);
        }
        if changes.is_none() {
            self.problem(place, "changes is not a list");
        }
        for (at, change) in self.list(changes, "changes", place)?.into_iter().enumerate() {
            let before = self.items;
            if before == 0 {
                self.left_out += 1;
                continue;
            }
            let place = format!("{place}.changes[{at}]");
            out.changes.extend(self.change(&out.id, change, &place)?);
            self.at_least_one(before);
        }
        Ok(Some(out))
    }

    fn change(
        &mut self,
        entry: &Option<String>,
        raw: &RawValue,
        place: &str,
    ) -> Result<Option<Change>, serde_json::Error> {
        let Some([field, value]) = lazy::fields(raw.get(), ["field", "value"])? else {
            self.problem(place, "is not an object");
            return Ok(None);
        };
        let field = lazy::text(field)?.map(Cow::into_owned);
        if field.is_none() {
            self.problem(place, "has no field");
        }
        let name = Name::read(entry.as_deref(), field.as_deref(), value)?;
        let value = match value.filter(|value| value.get().starts_with('{')) {
            Some(value) => self.value(field.as_deref(), value, place)?,
            None => {
                self.problem(place, "value is not an object");
                ChangeValue::default()
            }
        };
        Ok(Some(Change {
            field,
            name,
            value,
            raw: raw.get().to_owned(),
        }))
    }

    fn value(
        &mut self,
        field: Option<&str>,
        raw: &RawValue,
        place: &str,
    ) -> Result<ChangeValue, serde_json::Error> {
        let keys = [
            "metadata",
            "contacts",
            "errors",
            "messages",
            "message_echoes",
            "statuses",
            "history",
        ];
        let Some(found) = lazy::fields(raw.get(), keys)? else {
            return Ok(ChangeValue::default());
        };
        let [metadata, contacts, errors, messages, echoes, statuses, history] = found;
        self.odd = 0;
        let mut out = ChangeValue {
            contacts: self.contacts(contacts, place)?,
            ..ChangeValue::default()
        };
        if let Some(metadata) = metadata.filter(|it| it.get().starts_with('{')) {
            out.metadata = self.tree(metadata, place)?.map(|it| Metadata {
                phone_number_id: read::text(&it, "phone_number_id"),
                display_phone_number: read::text(&it, "display_phone_number"),
            });
        }
        if let Some(field) = field.filter(|field| Update::has(field)) {
            let value = self.update(field, raw, place)?;
            out.update = value.and_then(|value| Update::read(field, &value));
        }
        // Under `history` an element of `messages` is the media of an old message, and under `smb_message_echoes` it
        // is the business's own message.
        let messages = self.objects(messages, "messages", place, Self::message)?;
        match field {
            Some("history") => out
                .history
                .extend(messages.into_iter().map(|message| past(None, message))),
            Some("smb_message_echoes" | "message_echoes") => out.echoes = messages,
            _ => out.messages = messages,
        }
        out.echoes
            .extend(self.objects(echoes, "message_echoes", place, Self::message)?);
        out.statuses = self.objects(statuses, "statuses", place, Self::status)?;
        self.history(history, &mut out, place)?;
        // Last: they must not take the room of people's messages.
        let mut errors = self.errors(errors, place)?;
        errors.append(&mut out.errors);
        out.errors = errors;
        out.odd = self.odd;
        let unnamed = out
            .metadata
            .as_ref()
            .is_none_or(|it| it.phone_number_id.is_none());
        if unnamed && !(out.messages.is_empty() && out.statuses.is_empty()) {
            self.problem(place, "no metadata.phone_number_id");
        }
        Ok(out)
    }

    fn message(&mut self, place: &str, value: Value) -> InboundMessage {
        let message = InboundMessage::from(value);
        for problem in message.problems() {
            self.problem(place, problem);
        }
        message
    }

    fn status(&mut self, place: &str, value: Value) -> Status {
        let status = Status::from(value);
        if status.id.is_none() {
            self.problem(place, "status without id");
        }
        if status.kind.is_none()
            && let StatusKind::Unknown(name) = &status.status
        {
            let name: String = name.chars().take(64).collect();
            self.problem(place, &format!("unknown status {name:?}"));
        }
        status
    }

    /// Contacts, which describe the senders of the messages, are counted separately.
    fn contacts(
        &mut self,
        raw: Option<&RawValue>,
        place: &str,
    ) -> Result<Vec<WebhookContact>, serde_json::Error> {
        let Some(raw) = raw else { return Ok(Vec::new()) };
        let (list, more) = lazy::elements(raw.get(), self.contacts)?.unwrap_or_default();
        self.contacts -= list.len();
        self.left_out += more;
        let mut out = Vec::with_capacity(list.len());
        for raw in list {
            let value = self.tree(raw, place)?.filter(Value::is_object);
            out.extend(value.map(|value| read_contact(&value)));
        }
        Ok(out)
    }

    fn errors(
        &mut self,
        raw: Option<&RawValue>,
        place: &str,
    ) -> Result<Vec<WebhookError>, serde_json::Error> {
        let list = self.list(raw, "errors", place)?;
        self.items -= list.len();
        let mut out = Vec::with_capacity(list.len());
        for raw in list {
            out.extend(self.tree(raw, place)?.map(|value| status::error(&value)));
        }
        Ok(out)
    }

    /// The value of a change without messages, with no more elements of its list than there is room for.
    fn update(
        &mut self,
        field: &str,
        raw: &RawValue,
        place: &str,
    ) -> Result<Option<Value>, serde_json::Error> {
        let Some(key) = Update::list_of(field) else {
            return self.tree(raw, place);
        };
        let [list] = lazy::fields(raw.get(), [key])?.unwrap_or_default();
        let elements = self.objects(list, key, place, |_, _, value| value)?;
        Ok(Some(serde_json::json!({ key: elements })))
    }

    fn history(
        &mut self,
        raw: Option<&RawValue>,
        out: &mut ChangeValue,
        place: &str,
    ) -> Result<(), serde_json::Error> {
        for (at, chunk) in self.list(raw, "history", place)?.into_iter().enumerate() {
            let before = self.items;
            if before == 0 {
                self.left_out += 1;
                continue;
            }
            let place = format!("{place}.history[{at}]");
            match lazy::fields(chunk.get(), ["errors", "threads", "metadata"])? {
                Some(found) => self.chunk(found, out, &place)?,
                None => {
                    self.odd += 1;
                    self.problem(&place, "is not an object");
                }
            }
            self.at_least_one(before);
        }
        Ok(())
    }

    fn chunk(
        &mut self,
        [errors, threads, metadata]: [Option<&RawValue>; 3],
        out: &mut ChangeValue,
        place: &str,
    ) -> Result<(), serde_json::Error> {
        let first = out.history.len();
        for thread in self.list(threads, "threads", place)? {
            let before = self.items;
            if before == 0 {
                self.left_out += 1;
                continue;
            }
            let [id, messages] = lazy::fields(thread.get(), ["id", "messages"])?.unwrap_or_default();
            let id = lazy::text(id)?.map(Cow::into_owned);
            let found = self.objects(messages, "messages", place, |_, _, value| {
                InboundMessage::from(value)
            })?;
            out.history
                .extend(found.into_iter().map(|message| past(id.clone(), message)));
            self.at_least_one(before);
        }
        let errors = self.errors(errors, place)?;
        out.errors.extend(errors);
        let metadata = metadata.map(|metadata| self.tree(metadata, place)).transpose()?;
        let metadata = metadata.flatten().unwrap_or_default();
        out.history_chunks.push(HistoryChunk {
            phase: read::int(&metadata, "phase"),
            chunk_order: read::int(&metadata, "chunk_order"),
            progress: read::int(&metadata, "progress"),
            messages: out.history.len() - first,
        });
        Ok(())
    }
}

fn past(thread: Option<String>, message: InboundMessage) -> HistoryMessage {
    let context = message.raw.get("history_context");
    HistoryMessage {
        thread,
        status: context.and_then(|context| read::text(context, "status")),
        message,
    }
}

fn read_contact(value: &Value) -> WebhookContact {
    let profile = value.get("profile");
    let of_profile = |key: &str| profile.and_then(|p| read::text(p, key));
    WebhookContact {
        name: of_profile("name"),
        username: of_profile("username").or_else(|| read::text(value, "username")),
        wa_id: read::text(value, "wa_id"),
        user_id: read::text(value, "user_id"),
        parent_user_id: read::text(value, "parent_user_id"),
    }
}
