//! Reading back what [`Content::wire`] wrote, for whoever keeps messages and sends them later.

use serde_json::Value;

use super::{Content, MediaSource};
use crate::{
    error::Invalid,
    ids::{MediaId, Wamid},
};

impl Content {
    /// The content of type `kind` whose object under the type's key is `value`.
    ///
    /// # Errors
    /// When the type is not one that can be sent, or its object lacks what makes it that type.
    pub fn from_wire(kind: &str, value: &Value) -> Result<Self, Invalid> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
        let needed = |key: &str| text(key).ok_or_else(|| Invalid::new(format!("{kind}.{key}"), "is missing"));
        let number = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_f64)
                .ok_or_else(|| Invalid::new(format!("{kind}.{key}"), "is not a number"))
        };
        Ok(match kind {
            "text" => Self::Text {
                body: needed("body")?,
                preview_url: value
                    .get("preview_url")
                    .and_then(Value::as_bool)
                    .unwrap_or_default(),
            },
            "image" => Self::Image {
                source: source(kind, value)?,
                caption: text("caption"),
            },
            "video" => Self::Video {
                source: source(kind, value)?,
                caption: text("caption"),
            },
            "audio" => Self::Audio {
                source: source(kind, value)?,
                voice: value.get("voice").and_then(Value::as_bool).unwrap_or_default(),
            },
            "document" => Self::Document {
                source: source(kind, value)?,
                caption: text("caption"),
                filename: text("filename"),
            },
            "sticker" => Self::Sticker {
                source: source(kind, value)?,
            },
            "location" => Self::Location {
                latitude: number("latitude")?,
                longitude: number("longitude")?,
                name: text("name"),
                address: text("address"),
            },
            "reaction" => Self::Reaction {
                message_id: Wamid::from(needed("message_id")?),
                emoji: text("emoji").unwrap_or_default(),
            },
            "template" => Self::Template {
                name: needed("name")?,
                language: value["language"]["code"]
                    .as_str()
                    .ok_or_else(|| Invalid::new("template.language.code", "is missing"))?
                    .to_owned(),
                components: value
                    .get("components")
                    .and_then(Value::as_array)
                    .cloned()
                    .unwrap_or_default(),
            },
            "interactive" => Self::Interactive(value.clone()),
            "contacts" => Self::Contacts(value.as_array().cloned().unwrap_or_default()),
            other => {
                return Err(Invalid::new(
                    "type",
                    format!("`{other}` is not a type that can be sent"),
                ));
            }
        })
    }
}

fn source(kind: &str, value: &Value) -> Result<MediaSource, Invalid> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
    match (text("id"), text("link")) {
        (Some(id), None) => Ok(MediaSource::Id(MediaId::from(id))),
        (None, Some(link)) => Ok(MediaSource::Link(link)),
        _ => Err(Invalid::new(kind, "needs exactly one of `id` and `link`")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_written_is_read_back() {
        let contents = [
            Content::Text {
                body: "Hi *you*".into(),
                preview_url: true,
            },
            Content::Image {
                source: MediaSource::Link("https://x.example/a.png".into()),
                caption: Some("A".into()),
            },
            Content::Document {
                source: MediaSource::Id("77".to_owned().into()),
                caption: None,
                filename: Some("a.pdf".into()),
            },
            Content::Audio {
                source: MediaSource::Id("78".to_owned().into()),
                voice: true,
            },
            Content::Location {
                latitude: 1.5,
                longitude: -2.0,
                name: None,
                address: Some("1 High St".into()),
            },
            Content::Reaction {
                message_id: Wamid::from("wamid.X".to_owned()),
                emoji: "👍".into(),
            },
            Content::Template {
                name: "t".into(),
                language: "en_GB".into(),
                components: vec![json!({"type": "body"})],
            },
            Content::Interactive(json!({"type": "button"})),
        ];
        for content in contents {
            assert_eq!(
                Content::from_wire(content.kind(), &content.wire()).as_ref(),
                Ok(&content)
            );
        }
    }

    #[test]
    fn an_image_without_a_source_is_refused() {
        assert_eq!(
            Content::from_wire("image", &json!({"caption": "x"}))
                .unwrap_err()
                .field,
            "image"
        );
    }
}
