//! Fields of contacts that messages are filled with.

use std::collections::BTreeMap;

use contracts::contacts::{ContactField, ContactId, FieldsOfContacts};
use kernel::{Result, padded, tenant::TenantSelect};
use sea_orm::ColumnTrait;

use super::{
    Attributes, IN_LIST,
    read::{current, identities_of},
};
use crate::entity::{Contacts, Identities, contact, identity::Kind};

/// Each table is read only for fields that it has.
pub(super) async fn fields_of<'c>(
    contacts_of: impl Fn() -> TenantSelect<'c, Contacts>,
    identities: impl Fn() -> TenantSelect<'c, Identities>,
    contacts: &[ContactId],
    wanted: &[ContactField],
) -> Result<FieldsOfContacts> {
    let is_identity = |field: &&ContactField| matches!(field, ContactField::Phone | ContactField::Username);
    let mut found = FieldsOfContacts::new();
    let mut put = |contact: ContactId, field: &ContactField, value: Option<String>| {
        let value = value
            .map(|value| on_one_line(&value))
            .filter(|value| !value.is_empty());
        if let Some(value) = value {
            found.entry(contact).or_default().insert(field.clone(), value);
        }
    };
    if wanted.iter().any(|field| is_identity(&field)) {
        for (contact, mine) in identities_of(identities, contacts).await? {
            for field in wanted.iter().filter(is_identity) {
                let kind = match field {
                    ContactField::Phone => Kind::Phone,
                    _ => Kind::Username,
                };
                put(contact, field, current(&mine, kind));
            }
        }
    }
    let own: Vec<&ContactField> = wanted.iter().filter(|field| !is_identity(field)).collect();
    if own.is_empty() {
        return Ok(found);
    }
    for ids in contacts.chunks(IN_LIST) {
        let rows: Vec<(ContactId, Option<String>, String)> = contacts_of()
            .filter(contact::Column::Id.is_in(padded(ids.iter().copied())))
            .columns(&[
                contact::Column::Id,
                contact::Column::Name,
                contact::Column::Attributes,
            ])
            .await?;
        for (id, name, attributes) in rows {
            let attributes: Attributes = match own
                .iter()
                .any(|field| matches!(field, ContactField::Attribute(_)))
            {
                true => serde_json::from_str(&attributes)?,
                false => BTreeMap::new(),
            };
            for field in &own {
                let value = match field {
                    ContactField::Name => name.clone(),
                    ContactField::FirstName => name.as_deref().and_then(first_name),
                    ContactField::Attribute(key) => attributes.get(key).cloned(),
                    ContactField::Phone | ContactField::Username => None,
                };
                put(id, field, value);
            }
        }
    }
    Ok(found)
}

/// WhatsApp refuses variables with line breaks, tabs or many blanks in a row.
fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first word of a name that has a letter: none in `+44 7700 900123`.
fn first_name(name: &str) -> Option<String> {
    let word = name
        .split_whitespace()
        .find(|word| word.chars().any(char::is_alphabetic))?;
    Some(word.trim_end_matches(',').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_first_name_is_the_first_word() {
        for (name, expected) in [
            ("Ana Lima", Some("Ana")),
            ("  Priya  Nair ", Some("Priya")),
            ("🌸 Lena", Some("Lena")),
            ("فاطمة الزهراء", Some("فاطمة")),
            ("+44 7700 900123", None),
            ("", None),
        ] {
            assert_eq!(first_name(name).as_deref(), expected, "{name}");
        }
    }
}
