//! Which numbers and accounts the parts of a body are for, found without parsing their content.

use std::{borrow::Cow, ops::Range};

use serde_json::{Error, value::RawValue};

use super::{ITEMS, lazy, mend::mend};

/// What a change says about whom it is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    /// `metadata.phone_number_id`.
    pub number: Option<String>,
    /// The account: `waba_info.waba_id` of an `account_update`, since events of partners come under the partner's business, else the
    /// entry's `id`.
    pub account: Option<String>,
}

impl Name {
    /// Reads the number and account of a change; `entry` is the id of its entry.
    ///
    /// # Errors
    /// When it is not what strict JSON allows.
    pub(super) fn read(
        entry: Option<&str>,
        field: Option<&str>,
        value: Option<&RawValue>,
    ) -> Result<Self, Error> {
        let inside = value.map(|value| lazy::fields(value.get(), ["metadata", "waba_info"]));
        let [metadata, info] = inside.transpose()?.flatten().unwrap_or_default();
        let of = |object: Option<&RawValue>, key: &str| -> Result<Option<String>, Error> {
            let Some(object) = object else { return Ok(None) };
            let [text] = lazy::fields(object.get(), [key])?.unwrap_or_default();
            Ok(lazy::text(text)?.map(Cow::into_owned))
        };
        let info = info.filter(|_| field == Some("account_update"));
        Ok(Self {
            number: of(metadata, "phone_number_id")?,
            account: of(info, "waba_id")?.or_else(|| entry.map(ToOwned::to_owned)),
        })
    }
}

/// The changes of a body, at most 1,000 of them.
#[derive(Debug, Default)]
pub struct Parts<'b> {
    text: Cow<'b, str>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    /// The text of its `id` and `time`.
    id: Option<Range<usize>>,
    time: Option<Range<usize>>,
    changes: Vec<(Name, Range<usize>)>,
}

impl<'b> Parts<'b> {
    /// Finds the changes of a body; none if it cannot be read. Fast: texts are borrowed, and no value is built.
    pub fn of(body: &'b [u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(body)
            && let Ok(Some(entries)) = outline(text)
        {
            let text = Cow::Borrowed(text);
            return Self { text, entries };
        }
        let text = mend(body);
        match outline(&text) {
            Ok(Some(entries)) => Self {
                text: Cow::Owned(text),
                entries,
            },
            _ => Self::default(),
        }
    }

    /// The number and account of each change, in the order of the body.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        let changes = self.entries.iter().flat_map(|entry| &entry.changes);
        changes.map(|(name, _)| name)
    }

    /// A body with only the wanted changes, copied unchanged.
    pub fn only(&self, wanted: impl Fn(&Name) -> bool) -> Vec<u8> {
        let mut out = String::from(r#"{"object":"whatsapp_business_account","entry":["#);
        let mut first = true;
        for entry in &self.entries {
            let changes = entry.changes.iter().filter(|(name, _)| wanted(name));
            let changes: Vec<&str> = changes.map(|(_, at)| &self.text[at.clone()]).collect();
            if changes.is_empty() {
                continue;
            }
            out.push_str(if first { "{" } else { ",{" });
            first = false;
            for (key, at) in [("id", &entry.id), ("time", &entry.time)] {
                if let Some(at) = at {
                    out.push_str(&format!("\"{key}\":{},", &self.text[at.clone()]));
                }
            }
            out.push_str(&format!("\"changes\":[{}]}}", changes.join(",")));
        }
        out.push_str("]}");
        out.into_bytes()
    }
}

/// None where the text is no object.
fn outline(text: &str) -> Result<Option<Vec<Entry>>, Error> {
    let place = |raw: &RawValue| {
        let start = raw.get().as_ptr().addr() - text.as_ptr().addr();
        start..start + raw.get().len()
    };
    let Some([list]) = lazy::fields(text, ["entry"])? else {
        return Ok(None);
    };
    let list = list.map(|list| lazy::elements(list.get(), ITEMS)).transpose()?;
    let mut left = ITEMS;
    let mut entries = Vec::new();
    for entry in list.flatten().unwrap_or_default().0 {
        let Some([id, time, changes]) = lazy::fields(entry.get(), ["id", "time", "changes"])? else {
            continue;
        };
        let account = lazy::text(id)?;
        let mut found = Vec::new();
        let list = changes.map(|list| lazy::elements(list.get(), left)).transpose()?;
        for change in list.flatten().unwrap_or_default().0 {
            let inside = lazy::fields(change.get(), ["field", "value"])?;
            let [field, value] = inside.unwrap_or_default();
            let name = Name::read(account.as_deref(), lazy::text(field)?.as_deref(), value)?;
            found.push((name, place(change)));
        }
        left -= found.len();
        entries.push(Entry {
            id: id.map(place),
            time: time.map(place),
            changes: found,
        });
    }
    Ok(Some(entries))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn names(body: &[u8]) -> Vec<(Option<String>, Option<String>)> {
        let parts = Parts::of(body);
        parts
            .names()
            .map(|name| (name.number.clone(), name.account.clone()))
            .collect()
    }

    fn some(number: &str, account: &str) -> (Option<String>, Option<String>) {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        (some(number), some(account))
    }

    #[test]
    fn whom_the_changes_are_for() {
        let body = json!({"object": "whatsapp_business_account", "entry": [
            {"id": "81", "changes": [
                {"field": "messages", "value": {"messages": [{}], "metadata": {"phone_number_id": "91"}}},
                {"field": "account_update", "value": {"event": "PARTNER_ADDED", "waba_info": {"waba_id": "82"}}},
                {"field": "flows", "value": {"waba_info": {"waba_id": "83"}}},
                17,
                {"field": "messages", "value": {"metadata": {"phone_number_id": 92}}}]},
            "no entry",
            {"changes": [{"field": "security"}, {"value": {"metadata": {"phone_number_id": ""}}}]},
            {"id": 84, "changes": {}}, {"id": 85, "time": 1, "changes": [{}]}]});
        let expected = [
            some("91", "81"),
            some("", "82"),
            some("", "81"),
            some("", "81"),
            some("92", "81"),
            some("", ""),
            some("", ""),
            some("", "85"),
        ];
        assert_eq!(names(body.to_string().as_bytes()), expected);
        for nothing in [
            "",
            "[]",
            "{}",
            "not json",
            "{\"entry\":7}",
            "{\"entry\":[{\"id\":\"1\"",
        ] {
            assert_eq!(names(nothing.as_bytes()), [], "{nothing}");
        }
    }

    #[test]
    fn odd_bodies_name_whom_they_are_for() {
        let around = |value: &str, rest: &str| {
            format!(
                r#"{{"entry":[{{"id":"81","changes":[{{"field":"messages","value":{{"metadata":{{"phone_number_id":{value}}}{rest}}}}}]}}]}}"#
            )
        };
        let huge = "123456789012345678901234567890";
        for (value, rest, number) in [
            ("\"91\"", r#","x":"\ud83d""#, "91"),
            ("\"91\"", r#","x":1e400"#, "91"),
            ("\"90\"", r#","metadata":{"phone_number_id":"91"}"#, "91"),
            ("\"\\u0039\\u0031\"", "", "91"),
            ("\"9\\ud83d\"", "", "9\u{fffd}"),
            (huge, "", huge),
            (
                "\"91\"",
                &format!(",\"x\":{}{}", "[".repeat(5_000), "]".repeat(5_000)),
                "91",
            ),
        ] {
            let body = around(value, rest);
            assert_eq!(names(body.as_bytes()), [some(number, "81")], "{body}");
            for odd in [
                format!("\u{feff}{body}"),
                format!("{body}\0\0"),
                format!("{body} {{}}"),
            ] {
                assert_eq!(names(odd.as_bytes()), [some(number, "81")], "{odd}");
            }
            let mut bytes = body.into_bytes();
            let at = bytes.windows(8).position(|window| window == b"messages").unwrap();
            bytes[at] = 0xff;
            assert_eq!(names(&bytes), [some(number, "81")]);
        }
    }

    #[test]
    fn a_body_of_only_some_changes() {
        let change = |number: &str| json!({"field": "messages", "value": {"metadata": {"phone_number_id": number}, "x": [1, 2]}});
        let body = json!({"object": "whatsapp_business_account", "entry": [
            {"id": "81", "changes": [change("91"), change("92")]},
            {"id": "82", "time": 17, "changes": [change("93")]},
            {"id": "83", "changes": [change("91"), change("94")]}]})
        .to_string();
        let parts = Parts::of(body.as_bytes());
        let only = |numbers: &[&str]| -> Value {
            let wanted = |name: &Name| numbers.contains(&name.number.as_deref().unwrap());
            serde_json::from_slice(&parts.only(wanted)).unwrap()
        };
        assert_eq!(
            only(&["91", "93"])["entry"],
            json!([
            {"id": "81", "changes": [change("91")]},
            {"id": "82", "time": 17, "changes": [change("93")]},
            {"id": "83", "changes": [change("91")]}])
        );
        assert_eq!(only(&[])["entry"], json!([]));
        assert_eq!(
            only(&["91", "92", "93", "94"]),
            serde_json::from_str::<Value>(&body).unwrap()
        );
    }

    #[test]
    fn no_more_than_a_thousand_are_looked_at() {
        let many = |what: &str| vec![what; 5_000].join(",");
        for body in [
            format!("{{\"entry\":[{}]}}", many("{\"id\":\"1\",\"changes\":[{}]}")),
            format!("{{\"entry\":[{{\"changes\":[{}]}}]}}", many("{}")),
        ] {
            assert_eq!(Parts::of(body.as_bytes()).names().count(), ITEMS);
        }
    }
}
