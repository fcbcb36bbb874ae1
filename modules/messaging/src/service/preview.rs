//! One line of plain text for a message, as the inbox shows it.

use cloud_api::message::{
    Content,
    interactive::{Action, Interactive},
};

/// Characters of a preview at most; the column holds 200.
const LENGTH: usize = 160;

/// Cuts at a character, not in the middle of one, and puts everything on one line, on which nothing turns the direction of what
/// stands beside it.
pub(crate) fn shorten(text: &str) -> String {
    let line = text::name::shown(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    if line.chars().count() <= LENGTH {
        return line;
    }
    line.chars()
        .take(LENGTH - 1)
        .chain(std::iter::once('…'))
        .collect()
}

/// The preview of an outbound message.
pub(crate) fn outgoing_preview(content: &Content) -> String {
    let text = match content {
        Content::Text { body, .. } => body.clone(),
        Content::Image { caption, .. } => captioned("📷", "Photo", caption.as_deref()),
        Content::Video { caption, .. } => captioned("🎬", "Video", caption.as_deref()),
        Content::Document {
            caption, filename, ..
        } => captioned(
            "📄",
            filename.as_deref().unwrap_or("Document"),
            caption.as_deref(),
        ),
        Content::Audio { voice: true, .. } => "🎤 Voice message".to_owned(),
        Content::Audio { .. } => "🎵 Audio".to_owned(),
        Content::Sticker { .. } => "Sticker".to_owned(),
        Content::Location { name, .. } => captioned("📍", "Location", name.as_deref()),
        Content::Reaction { emoji, .. } if emoji.is_empty() => "Reaction removed".to_owned(),
        Content::Reaction { emoji, .. } => format!("Reacted {emoji}"),
        // Without its variables, which may be a one-time password.
        Content::Template(template) => format!("📋 {}", template.name),
        Content::Interactive(interactive) => of_interactive(interactive),
        Content::Contacts(cards) => {
            let first = cards.first().map(|card| card.name.formatted_name.as_str());
            match cards.len() {
                0 | 1 => captioned("👤", "Contact", first),
                more => format!("👤 {} and {} more", first.unwrap_or("Contact"), more - 1),
            }
        }
        // The enum may grow in the client before it grows here.
        _ => content.kind().to_owned(),
    };
    shorten(&text)
}

/// The words, and what can be pressed in brackets.
fn of_interactive(interactive: &Interactive) -> String {
    let body = interactive.body.as_deref();
    let words = body.unwrap_or_default();
    let pressed = |labels: Vec<&str>| format!("{words} [{}]", labels.join("] ["));
    match &interactive.action {
        Action::Buttons(buttons) => pressed(buttons.iter().map(|button| button.title.as_str()).collect()),
        Action::List(list) => pressed(vec![&list.button]),
        Action::CtaUrl(cta) => pressed(vec![&cta.display_text]),
        Action::Flow(flow) => pressed(vec![&flow.flow_cta]),
        Action::LocationRequest => captioned("📍", "Location wanted", body),
        Action::Address(_) => captioned("🏠", "Address wanted", body),
        Action::Product(_) => captioned("🛍️", "Product", body),
        Action::ProductList(_) => captioned("🛍️", "Products", body),
        Action::CatalogMessage(_) => captioned("🛍️", "Catalogue", body),
        Action::Carousel(cards) => format!("🎠 {words} ({} cards)", cards.len()),
        Action::VoiceCall(_) => captioned("📞", "Call us", body),
        Action::CallPermissionRequest => captioned("📞", "May we call you?", body),
        Action::RequestContactInfo => captioned("👤", "Phone number wanted", body),
        Action::OrderDetails(_) | Action::OrderStatus(_) => captioned("🧾", "Order", body),
        // Grows like the content.
        _ => body.unwrap_or("Interactive message").to_owned(),
    }
}

fn captioned(sign: &str, word: &str, caption: Option<&str>) -> String {
    match caption.filter(|caption| !caption.trim().is_empty()) {
        Some(caption) => format!("{sign} {caption}"),
        None => format!("{sign} {word}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn preview(kind: &str, wire: &serde_json::Value) -> String {
        outgoing_preview(&Content::from_wire(kind, wire).unwrap())
    }

    #[test]
    fn a_preview_turns_nothing_around() {
        assert_eq!(shorten("\u{202e}gpj.exe \u{2067}and\nmore"), "gpj.exe and more");
    }

    #[test]
    fn every_kind_has_a_line_that_says_what_it_is() {
        let body = json!({ "text": "Which\nday?" });
        let interactive = |kind: &str, action: serde_json::Value| {
            preview(
                "interactive",
                &json!({ "type": kind, "body": body, "action": action }),
            )
        };
        let reply = |title: &str| json!({ "type": "reply", "reply": { "id": title, "title": title } });
        let row = json!({ "id": "1", "title": "Monday" });
        for (shown, expected) in [
            (
                interactive("button", json!({ "buttons": [reply("Mon"), reply("Tue")] })),
                "Which day? [Mon] [Tue]",
            ),
            (
                interactive(
                    "list",
                    json!({ "button": "Days", "sections": [{ "rows": [row] }] }),
                ),
                "Which day? [Days]",
            ),
            (
                interactive("location_request_message", json!({ "name": "send_location" })),
                "📍 Which day?",
            ),
            (
                interactive(
                    "product",
                    json!({ "catalog_id": "1", "product_retailer_id": "2" }),
                ),
                "🛍️ Which day?",
            ),
            (
                preview(
                    "contacts",
                    &json!([{ "name": { "formatted_name": "Ana Lima" } }, { "name": { "formatted_name": "B" } }]),
                ),
                "👤 Ana Lima and 1 more",
            ),
            (
                preview(
                    "template",
                    &json!({ "name": "login_code", "language": { "code": "en" }, "components": [
                    { "type": "body", "parameters": [{ "type": "text", "text": "482913" }] }] }),
                ),
                "📋 login_code",
            ),
            (
                preview("audio", &json!({ "id": "1", "voice": true })),
                "🎤 Voice message",
            ),
            (
                preview("reaction", &json!({ "message_id": "wamid.X", "emoji": "" })),
                "Reaction removed",
            ),
        ] {
            assert_eq!(shown, expected);
        }
    }

    proptest! {
        #[test]
        fn a_preview_is_short_and_one_line(text in "(?s).{0,400}") {
            let short = shorten(&text);
            prop_assert!(short.chars().count() <= LENGTH);
            prop_assert!(!short.contains('\n'));
        }
    }
}
