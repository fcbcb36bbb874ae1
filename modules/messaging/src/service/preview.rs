//! One line of plain text for a message, as the inbox shows it.

use cloud_api::message::Content;

/// Characters of a preview at most; the column holds 200.
const LENGTH: usize = 160;

/// Cuts at a character, not in the middle of one, and puts everything on one line.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LENGTH {
        return line;
    }
    line.chars()
        .take(LENGTH - 1)
        .chain(std::iter::once('…'))
        .collect()
}

/// The preview of a message of ours.
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
        Content::Template { name, .. } => format!("📋 {name}"),
        Content::Interactive(value) => value["body"]["text"]
            .as_str()
            .unwrap_or("Interactive message")
            .to_owned(),
        Content::Contacts(_) => "👤 Contact".to_owned(),
        // The enum may grow in the client before it grows here.
        _ => content.kind().to_owned(),
    };
    shorten(&text)
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

    use super::*;

    proptest! {
        #[test]
        fn a_preview_is_short_and_one_line(text in "(?s).{0,400}") {
            let short = shorten(&text);
            prop_assert!(short.chars().count() <= LENGTH);
            prop_assert!(!short.contains('\n'));
        }
    }
}
