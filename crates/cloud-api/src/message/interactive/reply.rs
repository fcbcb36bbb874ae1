//! Reply buttons and lists.

use serde_json::{Map, Value, json};

use crate::{
    error::Invalid,
    message::{
        check,
        wire::{At, Object, Wire, no_such, object},
    },
};

/// A button whose press comes back as a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReplyButton {
    /// 1 to 256 characters, without blanks around it, unique in the message; comes back when it is pressed.
    pub id: String,
    /// 1 to 20 characters, unique in the message, emoji but no markup.
    pub title: String,
}

impl Wire for ReplyButton {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        let kind = object.tag("type")?;
        if kind != "reply" {
            return Err(no_such(at, "type", &kind, "reply"));
        }
        let reply: Map<String, Value> = object.field("reply")?;
        object.only(&["type", "reply"])?;
        let (value, at) = (Value::Object(reply), at.key("reply"));
        let reply = Object::of(&value, &at)?;
        let button = Self {
            id: reply.field("id")?,
            title: reply.field("title")?,
        };
        reply.only(&["id", "title"])?;
        Ok(button)
    }

    fn write(&self) -> Value {
        json!({"type": "reply", "reply": {"id": self.id, "title": self.title}})
    }
}

pub(super) fn check(buttons: &[ReplyButton], at: &At<'_>) -> Result<(), Invalid> {
    check::count(at, "buttons", buttons.len(), 1, 3)?;
    for (index, ReplyButton { id, title }) in buttons.iter().enumerate() {
        let button = at.index(index);
        let reply = button.key("reply");
        check_reply(&reply, id, title)?;
        let earlier = &buttons[..index];
        if earlier.iter().any(|other| other.id == *id) {
            return Err(reply
                .key("id")
                .invalid("every button needs a different id")
                .found(id));
        }
        if earlier.iter().any(|other| other.title == *title) {
            return Err(reply
                .key("title")
                .invalid("every button needs a different title")
                .found(title));
        }
    }
    Ok(())
}

/// Id and title of a button, also on cards.
pub(super) fn check_reply(at: &At<'_>, id: &str, title: &str) -> Result<(), Invalid> {
    check::text(&at.key("id"), id, 256)?;
    if id.trim() != id {
        return Err(at
            .key("id")
            .invalid("no spaces at its beginning or end")
            .found(id));
    }
    check::text(&at.key("title"), title, 20)?;
    if check::has_markup(title) {
        return Err(at
            .key("title")
            .invalid("no markup (`*`, `_`, `~`, `` ` ``) in a title")
            .found(title));
    }
    Ok(())
}

object! {
    /// A list to choose one row of.
    pub struct List {
        /// Label of the button that opens it, 1 to 20 characters.
        button: String,
        /// 1 to 10, with 10 rows in total.
        sections: Vec<Section>,
    }
}

object! {
    /// Rows under one title.
    pub struct Section {
        /// Up to 24 characters; needed when there are several sections.
        title: Option<String>,
        /// Its rows.
        rows: Vec<Row>,
    }
}

object! {
    /// One row of a list.
    pub struct Row {
        /// 1 to 200 characters, unique in the list; comes back when it is chosen.
        id: String,
        /// 1 to 24 characters.
        title: String,
        /// Up to 72 characters.
        description: Option<String>,
    }
}

impl List {
    pub(super) fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::text(&at.key("button"), &self.button, 20)?;
        let sections = at.key("sections");
        check::count(&sections, "sections", self.sections.len(), 1, 10)?;
        let total = self.sections.iter().map(|section| section.rows.len()).sum();
        check::count(&sections, "rows in all sections", total, 1, 10)?;
        let mut ids = std::collections::HashSet::new();
        for (index, section) in self.sections.iter().enumerate() {
            let at = sections.index(index);
            let title = section.title.as_deref().unwrap_or_default();
            if self.sections.len() > 1 && title.trim().is_empty() {
                return Err(at
                    .key("title")
                    .invalid("is needed when there is more than one section"));
            }
            check::at_most(&at.key("title"), title, 24)?;
            let rows = at.key("rows");
            check::count(&rows, "rows", section.rows.len(), 1, 10)?;
            for (index, row) in section.rows.iter().enumerate() {
                let at = rows.index(index);
                row.check(&at)?;
                if !ids.insert(&row.id) {
                    return Err(at
                        .key("id")
                        .invalid("every row needs a different id")
                        .found(&row.id));
                }
            }
        }
        Ok(())
    }
}

impl Row {
    fn check(&self, at: &At<'_>) -> Result<(), Invalid> {
        check::text(&at.key("id"), &self.id, 200)?;
        check::text(&at.key("title"), &self.title, 24)?;
        check::text_if(&at.key("description"), self.description.as_deref(), 72)
    }
}
