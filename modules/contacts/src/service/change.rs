//! Creating, changing and deleting a contact by hand.

use std::collections::BTreeMap;

use contracts::contacts::{ContactChange, ContactId, ContactsChanged};
use kernel::{FieldError, TenantDb, TenantTx};
use sea_orm::{ActiveValue::Set, ColumnTrait, IntoActiveModel};

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
pub(crate) async fn create_contact(db: &TenantDb, new: NewContact) -> Result<Contact, ContactError> {
    let NewContact {
        name,
        phone,
        bsuid,
        username,
        tags,
        attributes,
        note,
    } = new;
    let name = filled(name);
    check_name(name.as_deref())?;
    let tags = tags::checked(&tags)?;
    let keys = [
        filled(phone).map(|it| Key::phone(&it)).transpose()?,
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
    let tags = tags.map(|tags| tags::checked(&tags)).transpose()?;
    let identities = [
        (Kind::Phone, read(phone, Key::phone)?),
        (Kind::Bsuid, read(bsuid, Key::bsuid)?),
        (Kind::Username, read(username, Key::username)?),
    ];

    let mut tx = db.begin().await?;
    let found = tx
        .find::<Contacts>()
        .filter(contact::Column::Id.eq(id))
        .for_update()
        .one()
        .await?;
    let found = found.ok_or(ContactError::NotFound)?;
    let keys = put_identities(&tx, id, identities).await?;
    let mut row = found.clone().into_active_model();
    let name = match emptied(name) {
        Change::Keep => found.name,
        // An empty name is nobody's choice: the profile may fill it again.
        Change::Clear => {
            row.name_from_profile = Set(false);
            None
        }
        Change::Set(name) => {
            row.name_from_profile = Set(false);
            Some(name)
        }
    };
    check_name(name.as_deref())?;
    if name.is_none() && keys.is_empty() {
        return Err(nobody());
    }
    row.search = Set(search_text(name.as_deref(), keys.iter()));
    row.name = Set(name);
    match emptied(note) {
        Change::Keep => {}
        Change::Clear => row.note = Set(None),
        Change::Set(note) => row.note = Set(Some(note)),
    }
    if let Some(attributes) = attributes {
        row.attributes = Set(written(&attributes)?);
    }
    row.updated_at = Set(tx.clock().now());
    tx.update::<Contacts>()
        .set(row)
        .filter(contact::Column::Id.eq(id))
        .exec()
        .await?;
    if let Some(tags) = tags {
        put_tags(&tx, id, &tags).await?;
    }
    tell(&mut tx, id, false)?;
    tx.commit().await?;
    get_contact(db, id).await
}

/// Deletes a contact with its identities. Whoever writes afterwards is a new contact.
pub(crate) async fn delete_contact(db: &TenantDb, id: ContactId) -> Result<(), ContactError> {
    let mut tx = db.begin().await?;
    if tx
        .delete::<Contacts>()
        .filter(contact::Column::Id.eq(id))
        .exec()
        .await?
        == 0
    {
        return Err(ContactError::NotFound);
    }
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

/// Gives the contact these identities, or says whose hands they are in.
async fn take(tx: &TenantTx, contact: ContactId, keys: &[Key]) -> Result<(), ContactError> {
    let now = tx.clock().now();
    let new = tx
        .insert_new::<Identities>(keys.iter().map(|key| key.row(contact, now)).collect())
        .await?;
    if usize::try_from(new) == Ok(keys.len()) {
        return Ok(());
    }
    let owners = owners(tx, keys.iter()).await?;
    let taken = keys
        .iter()
        .find(|key| owners.get(key).is_some_and(|owner| *owner != contact));
    match taken {
        Some(key) => Err(ContactError::Exists {
            what: key.what(),
            value: key.value.clone(),
        }),
        None => Ok(()),
    }
}

/// Replaces the identities of each kind that is told to change. Returns all that the contact has then.
async fn put_identities(
    tx: &TenantTx,
    id: ContactId,
    changes: [(Kind, Change<Key>); 3],
) -> Result<Vec<Key>, ContactError> {
    let mine = tx
        .find::<Identities>()
        .filter(identity::Column::ContactId.eq(id))
        .all()
        .await?;
    let mut keys: Vec<Key> = mine.into_iter().map(Key::from).collect();
    let mut new = Vec::new();
    for (kind, change) in changes {
        let wanted = match change {
            Change::Keep => continue,
            Change::Clear => None,
            Change::Set(key) => Some(key),
        };
        // A form sends back what it was given: the same value is no change, whatever portfolio it was learned in.
        let same = |key: &Key| key.kind == kind && wanted.as_ref().is_some_and(|it| it.value == key.value);
        if keys.iter().any(same) {
            continue;
        }
        let of_kind = tx
            .delete::<Identities>()
            .filter(identity::Column::ContactId.eq(id));
        of_kind.filter(identity::Column::Kind.eq(kind)).exec().await?;
        keys.retain(|key| key.kind != kind);
        new.extend(wanted);
    }
    new.sort();
    take(tx, id, &new).await?;
    keys.extend(new);
    Ok(keys)
}

fn nobody() -> ContactError {
    ContactError::invalid(
        "name",
        "a contact needs a name, a phone number, a BSUID or a username",
    )
}

fn filled(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
}

/// An empty text empties the field, as `null` does.
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

fn check_name(name: Option<&str>) -> Result<(), ContactError> {
    if name.is_some_and(|name| name.chars().count() > MAX_NAME) {
        return Err(ContactError::invalid(
            "name",
            format!("must have at most {MAX_NAME} characters"),
        ));
    }
    Ok(())
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
        if key.trim().is_empty() || key.chars().count() > MAX_ATTRIBUTE_KEY {
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
