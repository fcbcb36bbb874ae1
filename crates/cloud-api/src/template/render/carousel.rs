//! The cards of a carousel.

use serde_json::Value;

use super::{Problem, RenderRule, Shown, Source, list, number, parts};

/// The cards with their values, which name their card by `card_index` or come in order.
pub(super) fn shown(source: Source<'_>, given: Option<&Value>, problems: &mut Vec<Problem>) -> Vec<Shown> {
    let Some(part) = source.part("CAROUSEL") else {
        return Vec::new();
    };
    let sent = given.map_or(&[][..], |given| list(given.get("cards")));
    let cards = list(part.get("cards"));
    if cards.len() != sent.len() {
        let (given, wanted) = (sent.len(), cards.len());
        problems.push(Problem::counted(
            RenderRule::CarouselCardCount,
            "cards",
            given,
            wanted,
        ));
        return Vec::new();
    }
    let mut shown = Vec::new();
    for (index, card) in cards.iter().enumerate() {
        let is_its = |sent: &&Value| sent.get("card_index").and_then(number) == Some(index);
        let sent = sent.iter().find(is_its).unwrap_or(&sent[index]);
        let source = Source {
            components: list(card.get("components")),
            ..source
        };
        let under = format!("cards[{index}].");
        shown.push(parts::shown(
            source,
            list(sent.get("components")),
            &under,
            problems,
        ));
    }
    shown
}
