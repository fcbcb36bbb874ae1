//! Reading the body of each message type.

use serde_json::Value;

use super::{
    CallPermission, ContactCard, Context, Identity, InboundContent, InteractiveReply, Media, Order,
    OrderItem, Referral, System,
};
use crate::ids::{MediaId, Wamid};
use crate::webhook::read;

pub(super) fn content(kind: &str, message: &Value) -> InboundContent {
    let Some(body) = message.get(kind).filter(|b| b.is_object() || b.is_array()) else {
        return match kind {
            "unsupported" | "unknown" | "errors" | "ephemeral" | "request_welcome" | "media_placeholder" => {
                InboundContent::Unsupported { kind: None }
            }
            "system" => InboundContent::System(System::default()),
            _ => InboundContent::Unknown,
        };
    };
    match kind {
        "text" => match read::any_text(body, "body") {
            Some(body) => InboundContent::Text { body },
            None => InboundContent::Unknown,
        },
        "image" => InboundContent::Image(media(body)),
        "video" => InboundContent::Video(media(body)),
        // "voice" is the old name of a voice note.
        "audio" => InboundContent::Audio(media(body)),
        "voice" => InboundContent::Audio(Media {
            voice: Some(true),
            ..media(body)
        }),
        "document" => InboundContent::Document(media(body)),
        "sticker" => InboundContent::Sticker(media(body)),
        "location" => InboundContent::Location {
            latitude: read::float(body, "latitude"),
            longitude: read::float(body, "longitude"),
            name: read::text(body, "name"),
            address: read::text(body, "address"),
            url: read::text(body, "url"),
        },
        "contacts" => {
            InboundContent::Contacts(read::list(message, "contacts").iter().map(contact_card).collect())
        }
        "reaction" => InboundContent::Reaction {
            message_id: read::text(body, "message_id").map(Wamid::from),
            emoji: read::text(body, "emoji"),
        },
        "button" => InboundContent::Button {
            payload: read::text(body, "payload"),
            text: read::text(body, "text"),
        },
        "interactive" => InboundContent::Interactive(interactive(body)),
        "order" => InboundContent::Order(order(body)),
        "system" => InboundContent::System(system(body)),
        "edit" => edit(body),
        "revoke" => InboundContent::Revoke {
            original: original(body),
        },
        "unsupported" | "unknown" => InboundContent::Unsupported {
            kind: read::text(body, "type"),
        },
        _ => InboundContent::Unknown,
    }
}

fn original(body: &Value) -> Option<Wamid> {
    ["original_message_id", "message_id", "id"]
        .iter()
        .find_map(|key| read::text(body, key))
        .map(Wamid::from)
}

fn edit(body: &Value) -> InboundContent {
    let inner = body.get("message").filter(|m| m.is_object());
    let kind = inner
        .and_then(|m| read::text(m, "type"))
        .unwrap_or_else(|| "unknown".to_owned());
    // An edit inside an edit is nonsense and would let a body nest without end.
    let new = match inner {
        Some(m) if kind != "edit" => content(&kind, m),
        _ => InboundContent::Unknown,
    };
    InboundContent::Edit {
        original: original(body),
        kind,
        content: Box::new(new),
    }
}

fn media(body: &Value) -> Media {
    Media {
        id: read::text(body, "id").map(MediaId::from),
        mime_type: read::text(body, "mime_type"),
        sha256: read::text(body, "sha256"),
        caption: read::text(body, "caption"),
        filename: read::text(body, "filename"),
        url: read::text(body, "url"),
        voice: read::flag(body, "voice"),
        animated: read::flag(body, "animated"),
    }
}

fn contact_card(card: &Value) -> ContactCard {
    ContactCard {
        name: card.get("name").and_then(|n| read::text(n, "formatted_name")),
        phones: read::list(card, "phones")
            .iter()
            .filter_map(|p| {
                Some((
                    read::text(p, "phone").or_else(|| read::text(p, "wa_id"))?,
                    read::text(p, "wa_id"),
                ))
            })
            .collect(),
        raw: card.clone(),
    }
}

fn interactive(body: &Value) -> InteractiveReply {
    let kind = read::text(body, "type");
    let inner = kind
        .as_deref()
        .and_then(|k| body.get(k))
        .filter(|i| i.is_object());
    let (Some(name), Some(inner)) = (kind.as_deref(), inner) else {
        return InteractiveReply::Unknown { kind };
    };
    match name {
        "button_reply" => InteractiveReply::Button {
            id: read::text(inner, "id"),
            title: read::text(inner, "title"),
        },
        "list_reply" => InteractiveReply::List {
            id: read::text(inner, "id"),
            title: read::text(inner, "title"),
            description: read::text(inner, "description"),
        },
        "nfm_reply" => InteractiveReply::Flow {
            name: read::text(inner, "name"),
            body: read::text(inner, "body"),
            response_json: match inner.get("response_json") {
                // Documented as a JSON string; an object has been seen.
                Some(object @ Value::Object(_)) => Some(object.to_string()),
                _ => read::any_text(inner, "response_json"),
            },
        },
        "call_permission_reply" => InteractiveReply::CallPermission(CallPermission {
            response: read::text(inner, "response"),
            is_permanent: read::flag(inner, "is_permanent"),
            expiration_timestamp: read::timestamp(inner, "expiration_timestamp"),
            response_source: read::text(inner, "response_source"),
        }),
        _ => InteractiveReply::Unknown { kind },
    }
}

fn order(body: &Value) -> Order {
    Order {
        catalog_id: read::text(body, "catalog_id"),
        text: read::text(body, "text"),
        items: read::list(body, "product_items")
            .iter()
            .map(|item| OrderItem {
                product_retailer_id: read::text(item, "product_retailer_id"),
                quantity: read::int(item, "quantity"),
                item_price: read::text(item, "item_price"),
                currency: read::text(item, "currency"),
            })
            .collect(),
    }
}

/// `identity` is an object with the hash, or in old payloads the hash itself.
pub(super) fn identity(body: &Value) -> Option<Identity> {
    match body.get("identity") {
        Some(id @ Value::Object(_)) => Some(Identity {
            acknowledged: read::flag(id, "acknowledged"),
            created_timestamp: read::timestamp(id, "created_timestamp"),
            hash: read::text(id, "hash"),
        }),
        Some(Value::String(hash)) => Some(Identity {
            hash: Some(hash.clone()),
            ..Identity::default()
        }),
        _ => None,
    }
}

fn system(body: &Value) -> System {
    System {
        kind: read::text(body, "type"),
        body: read::text(body, "body"),
        wa_id: read::text(body, "wa_id").or_else(|| read::text(body, "new_wa_id")),
        user_id: read::text(body, "user_id"),
        identity: identity(body),
    }
}

pub(super) fn context(value: &Value) -> Context {
    Context {
        id: read::text(value, "id")
            .or_else(|| read::text(value, "message_id"))
            .map(Wamid::from),
        from: read::text(value, "from"),
        forwarded: read::flag(value, "forwarded").unwrap_or(false),
        frequently_forwarded: read::flag(value, "frequently_forwarded").unwrap_or(false),
        referred_product: value
            .get("referred_product")
            .filter(|p| p.is_object())
            .map(|p| (read::text(p, "catalog_id"), read::text(p, "product_retailer_id"))),
    }
}

pub(super) fn referral(value: &Value) -> Referral {
    Referral {
        source_url: read::text(value, "source_url"),
        source_type: read::text(value, "source_type"),
        source_id: read::text(value, "source_id"),
        headline: read::text(value, "headline"),
        body: read::text(value, "body"),
        ctwa_clid: read::text(value, "ctwa_clid"),
        media_type: read::text(value, "media_type"),
        image_url: read::text(value, "image_url"),
        video_url: read::text(value, "video_url"),
        thumbnail_url: read::text(value, "thumbnail_url"),
        welcome_message: value.get("welcome_message").and_then(|w| read::text(w, "text")),
    }
}
