//! From the caller's JSON to what the service takes.

use cloud_api::message::Content;
use contracts::{
    channels::ChannelId,
    contacts::ContactId,
    messaging::{MediaId, MessageId},
    templates::{TemplateId, Values},
};
use kernel::{Error, Result};
use poem_openapi::types::ParseFromJSON;
use serde_json::{Map, Value};

use crate::{
    error::MessagingError,
    service::{Address, Said, clean_name},
};

/// The types of message, which are also the keys that their contents stand under.
const TYPES: [&str; 11] = [
    "text",
    "image",
    "video",
    "audio",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
    "template",
];

/// Slots that values are given for at most.
const SLOTS: usize = 200;

/// Objects in which a file may stand.
const FILES: [&str; 6] = ["image", "video", "audio", "document", "sticker", "gif"];

/// Objects whose inside is the caller's own.
const OPAQUE: [&str; 5] = ["data", "flow_action_data", "values", "value", "order_details"];

/// A body taken apart.
pub(in crate::api) struct Draft {
    fields: Map<String, Value>,
}

impl Draft {
    /// A body whose fields beside the content's are `known`.
    ///
    /// # Errors
    /// When it is no object, or has a field that does not exist.
    pub(in crate::api) fn of(body: Value, known: &[&str]) -> Result<Self> {
        let Value::Object(fields) = body else {
            return Err(Error::invalid("body", "must be an object"));
        };
        let of_all =
            |key: &str| ["type", "reply_to", "template_id", "values"].contains(&key) || TYPES.contains(&key);
        let unknown = fields
            .keys()
            .find(|key| !of_all(key) && !known.contains(&key.as_str()));
        if let Some(unknown) = unknown {
            let known: Vec<&str> = known.iter().copied().chain(["type", "reply_to"]).collect();
            let message = format!(
                "is not a field here; there are `{}`, and one named like the type",
                known.join("`, `")
            );
            return Err(Error::invalid(unknown.as_str(), message));
        }
        Ok(Self { fields })
    }

    /// From which number.
    pub(in crate::api) fn channel_id(&mut self) -> Result<Option<ChannelId>> {
        self.id("channel_id")
    }

    /// The message it quotes.
    pub(in crate::api) fn reply_to(&mut self) -> Result<Option<MessageId>> {
        self.id("reply_to")
    }

    fn id<T: ParseFromJSON>(&mut self, key: &str) -> Result<Option<T>> {
        let found = self.fields.remove(key).filter(|value| !value.is_null());
        found.map(|value| read_id(key, value)).transpose()
    }

    /// To whom.
    pub(in crate::api) fn address(&mut self) -> Result<Address> {
        let one = || Error::invalid("to", "needs exactly one of `phone`, `bsuid` and `contact_id`");
        let Some(Value::Object(to)) = self.fields.remove("to") else {
            return Err(one());
        };
        let mut given = to.into_iter().filter(|(_, value)| !value.is_null());
        let (Some((key, value)), None) = (given.next(), given.next()) else {
            return Err(one());
        };
        match (key.as_str(), value) {
            ("phone", Value::String(phone)) => Ok(Address::Phone(phone)),
            ("bsuid", Value::String(bsuid)) => Ok(Address::Bsuid(bsuid)),
            ("contact_id", value) => read_id::<ContactId>("to.contact_id", value).map(Address::Contact),
            ("phone" | "bsuid", _) => Err(Error::invalid(format!("to.{key}"), "must be a text")),
            _ => Err(Error::invalid(
                format!("to.{key}"),
                "is not a field here; there are `phone`, `bsuid`, `contact_id`",
            )),
        }
    }

    /// Whether a template is only tried out.
    pub(in crate::api) fn test(&mut self) -> Result<bool> {
        // Left where it does not belong: what says so follows.
        if self.fields.get("type").and_then(Value::as_str) != Some("template") {
            return Ok(false);
        }
        match self.fields.remove("test") {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(test)) => Ok(test),
            Some(_) => Err(Error::invalid("test", "must be true or false")),
        }
    }

    /// What it says: content in WhatsApp's own form, or one of the business's templates with values.
    ///
    /// # Errors
    /// As [`content`](Self::content); 422 for a template that is named in both ways.
    pub(in crate::api) fn said(mut self) -> Result<Said> {
        let is_template = self.fields.get("type").and_then(Value::as_str) == Some("template");
        let named = self.fields.get("template_id").is_some_and(|id| !id.is_null());
        if !is_template || !named {
            return self.content().map(Said::Content);
        }
        let id = self.id::<TemplateId>("template_id")?;
        let values = match self.fields.remove("values") {
            None | Some(Value::Null) => Values::new(),
            Some(Value::Object(values)) if values.len() <= SLOTS => values.into_iter().collect(),
            Some(Value::Object(_)) => {
                return Err(Error::invalid(
                    "values",
                    "has more slots than a template can have",
                ));
            }
            Some(_) => {
                return Err(Error::invalid(
                    "values",
                    "must be an object with a value for each slot",
                ));
            }
        };
        self.fields.remove("type");
        if self
            .fields
            .get("template")
            .is_some_and(|content| !content.is_null())
        {
            return Err(Error::invalid("template", "must not be given with `template_id`"));
        }
        let other = self.fields.iter().find(|(_, value)| !value.is_null());
        if let Some((other, _)) = other {
            return Err(Error::invalid(
                other.as_str(),
                "does not belong to a message of type `template`",
            ));
        }
        let id = id.ok_or_else(|| Error::invalid("template_id", "is missing"))?;
        Ok(Said::Template { id, values })
    }

    /// What it says. A reaction names a message of ours here; the service puts WhatsApp's id in its place.
    ///
    /// # Errors
    /// The first field that is missing, not known or belongs to another type. Limits are checked on the way out.
    fn content(mut self) -> Result<Content> {
        let kind = match self.fields.remove("type") {
            Some(Value::String(kind)) if TYPES.contains(&kind.as_str()) => kind,
            Some(other) => {
                let known = TYPES.join(", ");
                let invalid = cloud_api::Invalid::new("type", format!("must be one of {known}"));
                return Err(MessagingError::Invalid(invalid.found(text_of(&other))).into());
            }
            None => return Err(Error::invalid("type", "is missing")),
        };
        let content = self.fields.remove(&kind).filter(|value| !value.is_null());
        let Some(mut content) = content else {
            let message = match kind.as_str() {
                "template" => "must be given for the type `template`, or `template_id` instead".to_owned(),
                _ => format!("must be given for the type `{kind}`, and nothing of another type"),
            };
            return Err(Error::invalid(kind, message));
        };
        let other = self.fields.iter().find(|(_, value)| !value.is_null());
        if let Some((other, _)) = other {
            let message = format!("does not belong to a message of type `{kind}`");
            return Err(Error::invalid(other.as_str(), message));
        }
        own_files(&kind, &kind, &mut content)?;
        if let Some(Value::String(name)) = content.get_mut("filename") {
            *name = clean_name(name);
        }
        if kind == "template" {
            own_language(&mut content);
        }
        Ok(Content::parse(&kind, &content).map_err(MessagingError::Invalid)?)
    }
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn read_id<T: ParseFromJSON>(field: &str, value: Value) -> Result<T> {
    let shown = text_of(&value);
    T::parse_from_json(Some(value)).map_err(|_| {
        let invalid = cloud_api::Invalid::new(field, "is not an id of this kind").found(shown);
        MessagingError::Invalid(invalid).into()
    })
}

/// `media_id` becomes `id`: an id of ours stands where WhatsApp's will stand when the message leaves.
fn own_files(kind: &str, path: &str, value: &mut Value) -> Result<()> {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                own_files("", &format!("{path}[{index}]"), item)?;
            }
        }
        Value::Object(object) => {
            if FILES.contains(&kind)
                && let Some(id) = object.remove("media_id").filter(|id| !id.is_null())
            {
                if object.contains_key("id") || object.contains_key("link") {
                    return Err(Error::invalid(
                        path,
                        "needs exactly one of `media_id`, `id` and `link`, has more",
                    ));
                }
                let id: MediaId = read_id(&format!("{path}.media_id"), id)?;
                object.insert("id".to_owned(), id.to_string().into());
            }
            for (key, inside) in object
                .iter_mut()
                .filter(|(key, _)| !OPAQUE.contains(&key.as_str()))
            {
                own_files(key, &format!("{path}.{key}"), inside)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A language may be its code alone.
fn own_language(template: &mut Value) {
    if let Some(language) = template.get_mut("language")
        && language.is_string()
    {
        *language = serde_json::json!({ "code": language.take() });
    }
}
