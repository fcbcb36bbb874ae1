//! Cards of a template's carousel.

use serde_json::{Value, json};

use super::{BodyParameter, Button, Component, HeaderParameter, Read, check_once};
use crate::{
    error::Invalid,
    message::{
        check,
        wire::{At, Object, Wire},
    },
};

/// Values for one card. Its place among the others is its index.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TemplateCard {
    /// The picture, the video or the product on top.
    pub header: Option<HeaderParameter>,
    /// The variables of its body.
    pub body: Vec<BodyParameter>,
    /// The variables of its buttons, at most 2.
    pub buttons: Vec<Button>,
}

impl TemplateCard {
    fn components(&self) -> Vec<Component> {
        let header = self.header.clone().map(Component::Header);
        let body = Some(&self.body).filter(|body| !body.is_empty());
        let buttons = self.buttons.iter().cloned().map(Component::Button);
        header
            .into_iter()
            .chain(body.cloned().map(Component::Body))
            .chain(buttons)
            .collect()
    }
}

impl Wire for TemplateCard {
    fn read(value: &Value, at: &At<'_>) -> Result<Self, Invalid> {
        let object = Object::of(value, at)?;
        at.in_place("card_index", object.field("card_index")?)?;
        let read: Vec<Read> = object.field("components")?;
        let components = at.key("components");
        let mut card = Self::default();
        for (index, component) in read.into_iter().enumerate() {
            let at = components.index(index);
            let twice = || at.key("type").invalid("a card has only one of these");
            match component.0 {
                None => {}
                Some(Component::Header(_)) if card.header.is_some() => return Err(twice()),
                Some(Component::Body(_)) if !card.body.is_empty() => return Err(twice()),
                Some(Component::Header(header)) => card.header = Some(header),
                Some(Component::Body(body)) => card.body = body,
                Some(Component::Button(button)) => card.buttons.push(button),
                Some(other) => {
                    return Err(at
                        .key("type")
                        .invalid("must be one of header, body, button on a card")
                        .found(other.kind()));
                }
            }
        }
        object.only(&["card_index", "components"])?;
        Ok(card)
    }

    fn write(&self) -> Value {
        json!({"components": self.components().iter().map(Component::write).collect::<Value>()})
    }
}

/// The cards as they stand on the wire.
pub(super) fn write(cards: &[TemplateCard]) -> Value {
    let with_index = |(index, card): (usize, &TemplateCard)| {
        let mut value = card.write();
        value["card_index"] = Value::from(index);
        value
    };
    cards.iter().enumerate().map(with_index).collect()
}

/// At most 10 cards; how many it must be, the template knows.
pub(super) fn check(cards: &[TemplateCard], at: &At<'_>) -> Result<(), Invalid> {
    check::count(at, "cards", cards.len(), 1, 10)?;
    for (index, card) in cards.iter().enumerate() {
        let components = at.index(index);
        let components = components.key("components");
        check::count(&components, "buttons", card.buttons.len(), 0, 2)?;
        let parts = card.components();
        check_once(&parts, &components)?;
        for (index, part) in parts.iter().enumerate() {
            part.check(&components.index(index))?;
        }
        if let Some(header @ (HeaderParameter::Text(_) | HeaderParameter::Location(_))) = &card.header {
            return Err(components
                .index(0)
                .key("parameters")
                .invalid("a card's header is a picture, a video or a product")
                .found(header.kind()));
        }
    }
    Ok(())
}
