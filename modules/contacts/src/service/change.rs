//! Creating, changing and deleting a contact by hand.

use std::collections::BTreeMap;

use contracts::contacts::{ContactChange, ContactId, ContactsChanged};
use kernel::{FieldError, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel};
use text::{
    name::is_visible,
    phone::{self, Rules},
};

use super::{
    Attributes, Change, Contact, ContactChanges, MAX_ATTRIBUTE_KEY, MAX_ATTRIBUTE_VALUE, MAX_ATTRIBUTES,
    MAX_NAME, NewContact, get_contact,
    key::Key,
    known::owners,
    read::search_text,
    tags::{self, put_tags},
};
use crate::{
    entity::{
        Contacts, Identities, Taggings, contact,
        identity::{self, Kind},
        tagging,
    },
    error::ContactError,
};

/// Creates a contact from what is known of it: at least a name or one identity.
pub(crate) async fn create_contact(
    db: &TenantDb,
    rules: Rules<'_>,
    new: NewContact,
) -> Result<Contact, ContactError> {
    let NewContact {
        name,
        phone,
        bsuid,
        username,
        tags,
        attributes,
        note,
    } = new;
    let name = filled(name).map(|name| checked_name(&name)).transpose()?;
    let tags = tags::checked(&tags)?;
    let keys = [
        filled(phone).map(|it| Key::phone(&it, rules)).transpose()?,
        filled(bsuid).map(|it| Key::bsuid(&it)).transpose()?,
        filled(username).map(|it| Key::username(&it)).transpose()?,
    ];
    let mut keys: Vec<Key> = keys.into_iter().flatten().collect();
    keys.sort();
    if name.is_none() && keys.is_empty() {
        return Err(nobody());
    }
    let now = db.clock().now();
    let row = contact::Model {
        tenant_id: db.tenant(),
        id: db.clock().new_id(),
        search: search_text(name.as_deref(), keys.iter()),
        name,
        name_from_profile: false,
        note: filled(note),
        attributes: written(&attributes)?,
        created_at: now,
        updated_at: now,
        marketing: None,
        marketing_at: None,
        marketing_source: None,
        marketing_detail: None,
        book_name: None,
        book_at: None,
        profile_name: None,
        profile_at: None,
    };
    let id = row.id;

    let mut tx = db.begin().await?;
    tx.insert::<Contacts>(row.into_active_model()).await?;
    take(&tx, id, &keys).await?;
    put_tags(&tx, id, &tags).await?;
    tell(&mut tx, id, false)?;
    tx.commit().await?;
    get_contact(db, id).await
}

/// Changes what is told to change.
pub(crate) async fn update_contact(
    db: &TenantDb,
    rules: Rules<'_>,
    id: ContactId,
    changes: ContactChanges,
) -> Result<Contact, ContactError> {
    let ContactChanges {
        name,
        phone,
        bsuid,
        username,
        tags,
        attributes,
        note,
    } = changes;
    let tags = match tags {
        Change::Keep => None,
        Change::Clear => Some(BTreeMap::new()),
        Change::Set(tags) => Some(tags::checked(&tags)?),
    };
    let attributes = match attributes {
        Change::Keep => None,
        Change::Clear => Some(written(&Attributes::new())?),
        Change::Set(attributes) => Some(written(&attributes)?),
    };

    let mut tx = db.begin().await?;
    let found = tx.lock::<Contacts>(id).await?;
    let mine: Vec<Key> = tx
        .find::<Identities>()
        .filter(identity::Column::ContactId.eq(id))
        .all()
        .await?
        .into_iter()
        .map(Key::from)
        .collect();
    let identities = [
        (Kind::Phone, read_phone(phone, &mine, rules)?),
        (Kind::Bsuid, read_bsuid(bsuid, &mine)?),
        (Kind::Username, read(username, Key::username)?),
    ];
    let (keys, mut changed) = put_identities(&tx, id, mine, identities).await?;
    let mut row = found.clone();
    rename(&mut row, emptied(name))?;
    if row.name.is_none() && keys.is_empty() {
        return Err(nobody());
    }
    match emptied(note) {
        Change::Keep => {}
        Change::Clear => row.note = None,
        Change::Set(note) => row.note = Some(note),
    }
    if let Some(attributes) = attributes {
        row.attributes = attributes;
    }
    if let Some(tags) = tags {
        changed |= put_tags(&tx, id, &tags).await?;
    }
    if row == found && !changed {
        // A form that sends back what it was given: nothing happened, and nobody is told.
        return get_contact(db, id).await;
    }
    row.search = search_text(row.name.as_deref(), keys.iter());
    row.updated_at = tx.clock().now();
    let contact::Model {
        name,
        name_from_profile,
        note,
        attributes,
        search,
        updated_at,
        ..
    } = row;
    let new = contact::ActiveModel {
        name: Set(name),
        name_from_profile: Set(name_from_profile),
        note: Set(note),
        attributes: Set(attributes),
        search: Set(search),
        updated_at: Set(updated_at),
        ..contact::ActiveModel::default()
    };
    tx.update::<Contacts>()
        .set(new)
        .filter(contact::Column::Id.eq(id))
        .exec()
        .await?;
    tell(&mut tx, id, false)?;
    tx.commit().await?;
    get_contact(db, id).await
}

/// Gives the contact a name. An empty one is nobody's choice: what stood below it is shown again, the address book's name before
/// the profile's.
fn rename(row: &mut contact::Model, name: Change<String>) -> Result<(), ContactError> {
    match name {
        Change::Keep => {}
        Change::Clear => {
            row.name_from_profile = row.book_name.is_none();
            row.name = row.book_name.clone().or_else(|| row.profile_name.clone());
        }
        Change::Set(name) => {
            let name = checked_name(&name)?;
            // The same name is no choice: it goes on following the profile.
            if row.name.as_ref() != Some(&name) {
                row.name_from_profile = false;
                row.name = Some(name);
            }
        }
    }
    Ok(())
}

/// Deletes a contact with its identities. If the person writes again, they are a new contact.
pub(crate) async fn delete_contact(db: &TenantDb, id: ContactId) -> Result<(), ContactError> {
    let mut tx = db.begin().await?;
    tx.delete_one::<Contacts>(id).await?;
    tx.delete::<Identities>()
        .filter(identity::Column::ContactId.eq(id))
        .exec()
        .await?;
    tx.delete::<Taggings>()
        .filter(tagging::Column::ContactId.eq(id))
        .exec()
        .await?;
    tell(&mut tx, id, true)?;
    Ok(tx.commit().await?)
}

fn tell(tx: &mut TenantTx, contact_id: ContactId, deleted: bool) -> Result<(), ContactError> {
    let at = tx.clock().now();
    Ok(tx.publish(&ContactsChanged {
        items: vec![ContactChange {
            contact_id,
            deleted,
            at,
        }],
    })?)
}

/// Gives the contact these identities, or says that another contact has them.
async fn take(tx: &TenantTx, contact: ContactId, keys: &[Key]) -> Result<(), ContactError> {
    let now = tx.clock().now();
    let new = tx
        .insert_new::<Identities>(keys.iter().map(|key| key.row(contact, now)).collect())
        .await?;
    let spellings: Vec<(&Key, Key)> = keys
        .iter()
        .flat_map(|key| key.spellings().map(move |other| (key, other)))
        .collect();
    if usize::try_from(new) == Ok(keys.len()) && spellings.is_empty() {
        return Ok(());
    }
    let others = spellings.iter().map(|(_, other)| other);
    let owners = owners(tx, keys.iter().chain(others)).await?;
    let is_taken = |key: &Key| owners.get(key).is_some_and(|owner| *owner != contact);
    let taken = keys.iter().find(|key| is_taken(key)).or_else(|| {
        let taken = spellings.iter().find(|(_, other)| is_taken(other));
        taken.map(|(key, _)| *key)
    });
    match taken {
        Some(key) => Err(ContactError::Exists {
            what: key.what(),
            value: key.value.clone(),
        }),
        None => Ok(()),
    }
}

/// Replaces the identities of each kind that is told to change. Returns all that the contact has then, and whether they are others.
async fn put_identities(
    tx: &TenantTx,
    id: ContactId,
    mut keys: Vec<Key>,
    changes: [(Kind, Change<Key>); 3],
) -> Result<(Vec<Key>, bool), ContactError> {
    let (mut new, mut changed) = (Vec::new(), false);
    for (kind, change) in changes {
        let wanted = match change {
            Change::Keep => continue,
            Change::Clear => None,
            Change::Set(key) => Some(key),
        };
        // Another spelling of the same phone is shown from now on, and the one that WhatsApp may have confirmed stays known.
        if let Some(key) = wanted
            .as_ref()
            .filter(|key| key.spellings().any(|other| keys.contains(&other)))
            && !keys.contains(key)
        {
            new.extend(wanted);
            continue;
        }
        // A form sends back what it was given: the same value is no change, whatever portfolio it was learned in.
        let same = |key: &Key| key.kind == kind && wanted.as_ref().is_some_and(|it| it.value == key.value);
        if keys.iter().any(same) {
            continue;
        }
        let of_kind = tx
            .delete::<Identities>()
            .filter(identity::Column::ContactId.eq(id));
        let gone = of_kind.filter(identity::Column::Kind.eq(kind)).exec().await?;
        changed |= gone > 0;
        keys.retain(|key| key.kind != kind);
        new.extend(wanted);
    }
    new.sort();
    take(tx, id, &new).await?;
    changed |= !new.is_empty();
    keys.extend(new);
    Ok((keys, changed))
}

fn nobody() -> ContactError {
    ContactError::invalid(
        "name",
        "a contact needs a name, a phone number, a BSUID or a username",
    )
}

/// The text, trimmed, if it has a visible character.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| is_visible(text))
        .map(|text| text.trim().to_owned())
}

/// A text with no visible character empties the field, as `null` does.
fn emptied(change: Change<String>) -> Change<String> {
    match change {
        Change::Set(text) => filled(Some(text)).map_or(Change::Clear, Change::Set),
        other => other,
    }
}

fn read(
    change: Change<String>,
    parse: fn(&str) -> Result<Key, ContactError>,
) -> Result<Change<Key>, ContactError> {
    Ok(match emptied(change) {
        Change::Keep => Change::Keep,
        Change::Clear => Change::Clear,
        Change::Set(text) => Change::Set(parse(&text)?),
    })
}

/// A form sends back what it was given: a number that the contact already has is not read anew, wherever it came from.
fn read_phone(change: Change<String>, mine: &[Key], rules: Rules<'_>) -> Result<Change<Key>, ContactError> {
    let text = match emptied(change) {
        Change::Keep => return Ok(Change::Keep),
        Change::Clear => return Ok(Change::Clear),
        Change::Set(text) => text,
    };
    let stands = phone::as_it_stands(&text).map(|digits| Key::of_phone(format!("+{digits}")));
    Ok(Change::Set(match stands.filter(|key| mine.contains(key)) {
        Some(key) => key,
        None => Key::phone(&text, rules)?,
    }))
}

/// An id that the contact already has is not checked: WhatsApp may have told it in another form.
fn read_bsuid(change: Change<String>, mine: &[Key]) -> Result<Change<Key>, ContactError> {
    if let Change::Set(text) = &change
        && let Some(known) = mine
            .iter()
            .find(|key| key.kind == Kind::Bsuid && key.value == text.trim())
    {
        return Ok(Change::Set(known.clone()));
    }
    read(change, Key::bsuid)
}

/// The name as it is stored.
fn checked_name(name: &str) -> Result<String, ContactError> {
    let name = text::name::given(name).map_err(|fault| ContactError::invalid("name", fault.to_string()))?;
    if name.chars().count() > MAX_NAME {
        return Err(ContactError::invalid(
            "name",
            format!("must have at most {MAX_NAME} characters"),
        ));
    }
    Ok(name.into_owned())
}

/// The attributes as they are stored, if all of them fit.
fn written(attributes: &Attributes) -> Result<String, ContactError> {
    let mut refused = Vec::new();
    let mut refuse = |field: String, message: String| refused.push(FieldError::new(field, message));
    if attributes.len() > MAX_ATTRIBUTES {
        refuse(
            "attributes".into(),
            format!("a contact may have at most {MAX_ATTRIBUTES}"),
        );
    }
    for (key, value) in attributes.iter().take(MAX_ATTRIBUTES) {
        if !is_visible(key) || key.chars().count() > MAX_ATTRIBUTE_KEY {
            let shown: String = key.chars().take(MAX_ATTRIBUTE_KEY).collect();
            refuse(
                format!("attributes.{shown}"),
                format!("a key must have 1 to {MAX_ATTRIBUTE_KEY} characters"),
            );
        }
        if value.chars().count() > MAX_ATTRIBUTE_VALUE {
            refuse(
                format!("attributes.{key}"),
                format!("must have at most {MAX_ATTRIBUTE_VALUE} characters"),
            );
        }
    }
    if refused.is_empty() {
        Ok(serde_json::to_string::<BTreeMap<_, _>>(attributes).map_err(kernel::Error::from)?)
    } else {
        Err(ContactError::Invalid(refused))
    }
}
