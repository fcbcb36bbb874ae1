//! Carousels and limited-time offers.

use serde_json::Value;

use super::{Category, Lint, Part, Rule, buttons, list, text, upper};

impl Lint {
    pub(super) fn carousel(&mut self, part: &Value, path: &str) {
        const CARDS: std::ops::RangeInclusive<usize> = 2..=10;
        let (cards, at) = (list(part.get("cards")), format!("{path}.cards"));
        if !CARDS.contains(&cards.len()) {
            let counts = [
                ("count", cards.len().into()),
                ("minimum", (*CARDS.start()).into()),
                ("maximum", (*CARDS.end()).into()),
            ];
            return self.add(Rule::CarouselCardCount, at, counts);
        }
        let first = shape(&cards[0]);
        for (index, card) in cards.iter().enumerate() {
            let at = format!("{at}[{index}]");
            if shape(card) != first || !is_card(card) {
                self.add(Rule::CarouselStructure, &at, []);
                continue;
            }
            self.card(card, &at);
        }
    }

    fn card(&mut self, card: &Value, at: &str) {
        for (index, part) in list(card.get("components")).iter().enumerate() {
            let path = format!("{at}.components[{index}]");
            match upper(part.get("type")).as_str() {
                "HEADER" if upper(part.get("format")) != "PRODUCT" => self.sample(part, at),
                "BODY" => self.body(part, &path, 160, Rule::CarouselBodyTooLong),
                "BUTTONS" => self.buttons(part, &path, 2),
                _ => {}
            }
        }
    }

    pub(super) fn offer(&mut self, parts: &[Part<'_>]) {
        let of = |kind: &str| parts.iter().find(|part| part.kind == kind);
        let Some(offer) = of("LIMITED_TIME_OFFER") else {
            return;
        };
        let details = offer.value.get("limited_time_offer").unwrap_or(&Value::Null);
        let (shown, at) = (text(details), format!("{}.limited_time_offer.text", offer.path));
        if shown.trim().is_empty() {
            self.add(Rule::LtoTextMissing, &at, []);
        }
        self.length(Rule::LtoTextTooLong, &at, shown, 16);
        if self.category != Category::Marketing {
            self.add(Rule::LtoCategory, "category", []);
        }
        if let Some(part) = of("HEADER")
            && !matches!(upper(part.value.get("format")).as_str(), "IMAGE" | "VIDEO")
        {
            self.add(Rule::LtoHeader, &part.path, []);
        }
        if let Some(part) = of("FOOTER") {
            self.add(Rule::LtoFooter, &part.path, []);
        }
        let kinds = of("BUTTONS").map_or_else(Vec::new, |part| buttons::kinds(part.value));
        let expires = details.get("has_expiration") == Some(&Value::Bool(true));
        let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
        if !matches!(
            (kinds.as_slice(), expires),
            (["COPY_CODE", "URL"], _) | (["URL"], false)
        ) {
            let at = of("BUTTONS").map_or_else(
                || "components".to_owned(),
                |part| format!("{}.buttons", part.path),
            );
            self.add(Rule::LtoButtons, at, []);
        }
    }
}

/// What must be the same on all cards: the parts, the header's format, the types of the buttons.
fn shape(card: &Value) -> Vec<String> {
    let mut shape = Vec::new();
    for part in list(card.get("components")) {
        shape.push(upper(part.get("type")));
        shape.push(upper(part.get("format")));
        shape.extend(buttons::kinds(part));
    }
    shape
}

/// A header that is a picture, a video or a product, at most one text, and one list of buttons.
fn is_card(card: &Value) -> bool {
    let parts = list(card.get("components"));
    let count = |kind: &str| {
        parts
            .iter()
            .filter(|part| upper(part.get("type")) == kind)
            .count()
    };
    let header = parts.iter().find(|part| upper(part.get("type")) == "HEADER");
    let format = header.map_or_else(String::new, |header| upper(header.get("format")));
    matches!(format.as_str(), "IMAGE" | "VIDEO" | "PRODUCT")
        && count("HEADER") == 1
        && count("BODY") <= 1
        && count("BUTTONS") == 1
        && parts.len() == count("HEADER") + count("BODY") + count("BUTTONS")
}
