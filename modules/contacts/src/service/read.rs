//! Reading contacts whole: with identities and tags, in a fixed number of statements for any number of them.

use std::collections::HashMap;

use contracts::contacts::ContactId;
use kernel::{
    PageQuery, Result, TenantDb,
    tenant::{TenantSelect, not_found},
};
use sea_orm::{
    ColumnTrait,
    sea_query::{Condition, LikeExpr},
};
use text::{
    key::text_key,
    phone::{self, Rules},
};

use super::{
    IN_LIST,
    key::Key,
    tags::{self, fold},
};
use crate::{
    entity::{
        Contacts, Identities, Taggings, Tags, contact,
        identity::{self, Kind},
        tag, tagging,
    },
    error::ContactError,
};

/// The most characters of a name's key that are searched: twice the longest name.
const NAME_SEARCHED: usize = 400;

/// A contact with everything that belongs to it.
#[derive(Debug)]
pub(crate) struct Contact {
    pub(crate) row: contact::Model,
    pub(crate) phone: Option<String>,
    pub(crate) bsuid: Option<String>,
    pub(crate) username: Option<String>,
    pub(crate) tags: Vec<String>,
}

/// Which contacts a list is to show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) search: Option<String>,
    pub(crate) tag: Option<String>,
}

/// One contact.
pub(crate) async fn get_contact(db: &TenantDb, id: ContactId) -> Result<Contact, ContactError> {
    let row = db.get::<Contacts>(id).await?;
    let contact = whole(db, vec![row]).await?.pop();
    Ok(contact.ok_or_else(not_found::<Contacts>)?)
}

/// A page of contacts, newest first.
pub(crate) async fn list_contacts(
    db: &TenantDb,
    filter: Filter,
    page: PageQuery,
) -> Result<(Vec<Contact>, Option<String>), ContactError> {
    let Filter { search, tag } = filter;
    let tagged = match tag {
        None => None,
        Some(name) => {
            let tags = tags::ids_by_name(db, &name).await?;
            if tags.is_empty() {
                return Ok((Vec::new(), None));
            }
            let having = tagging::Column::TagId.is_in(tags);
            let taggings = db.find::<Taggings>().filter(having);
            Some(taggings.into_ids(tagging::Column::ContactId))
        }
    };
    let mut select = db
        .find::<Contacts>()
        .search_some(search.as_deref().and_then(contains));
    if let Some(tagged) = tagged {
        select = select.among(contact::Column::Id, tagged);
    }
    let (rows, next) = select.page_by_id(&page).await?;
    Ok((whole(db, rows).await?, next))
}

/// "The text occurs in name or identities", as [`text_key`] compares; nothing for a text with nothing to look for. What is
/// written as a phone number or as a part of one is compared by its digits, in every spelling that is understood.
pub(super) fn contains(text: &str) -> Option<Condition> {
    let key = text_key(text);
    if key.is_empty() {
        return None;
    }
    let like = |part: &str| {
        let pattern: String = part.chars().fold(String::new(), |mut pattern, c| {
            // Not the backslash: MySQL would have it doubled once more inside a literal.
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
            pattern
        });
        contact::Column::Search.like(LikeExpr::new(format!("%{pattern}%")).escape('!'))
    };
    // Rows that `Rekey` has not come to yet are in lower case only.
    let lowered = text.trim().to_lowercase();
    let before = (lowered != key && !lowered.is_empty()).then(|| like(&lowered));
    let by_phone = phone::search_forms(text, Rules::default());
    let any = Condition::any().add(like(&key)).add_option(before);
    Some(by_phone.iter().fold(any, |any, digits| any.add(like(digits))))
}

/// What is searched: name, digits of the phone, username, BSUID, each as [`text_key`] compares. At most 1000 characters; a name
/// that grows beyond [`NAME_SEARCHED`] leaves the others their place.
pub(super) fn search_text<'a>(name: Option<&str>, keys: impl Iterator<Item = &'a Key>) -> String {
    let name = name.map(|name| text_key(name).chars().take(NAME_SEARCHED).collect::<String>());
    let mut parts: Vec<String> = name.into_iter().filter(|name| !name.is_empty()).collect();
    let mut keys: Vec<&Key> = keys.collect();
    keys.sort();
    parts.extend(keys.iter().map(|key| text_key(key.value.trim_start_matches('+'))));
    parts.dedup();
    parts.join(" ").chars().take(1_000).collect()
}

/// The identities of these contacts.
pub(super) async fn identities_of<'c>(
    find: impl Fn() -> TenantSelect<'c, Identities>,
    contacts: &[ContactId],
) -> Result<HashMap<ContactId, Vec<identity::Model>>> {
    let mut found: HashMap<ContactId, Vec<identity::Model>> = HashMap::new();
    for ids in contacts.chunks(IN_LIST) {
        let rows = find()
            .filter(identity::Column::ContactId.is_in(ids.iter().copied()))
            .all()
            .await?;
        for row in rows {
            found.entry(row.contact_id).or_default().push(row);
        }
    }
    Ok(found)
}

/// The youngest identity of a kind: the one to show and to write to.
pub(super) fn current(identities: &[identity::Model], kind: Kind) -> Option<String> {
    let of_kind = identities.iter().filter(|it| it.kind == kind);
    of_kind
        .max_by_key(|it| (it.learned_at, &it.scope, &it.value))
        .map(|it| it.value.clone())
}

async fn whole(db: &TenantDb, rows: Vec<contact::Model>) -> Result<Vec<Contact>, ContactError> {
    let ids: Vec<ContactId> = rows.iter().map(|row| row.id).collect();
    let identities = identities_of(|| db.find(), &ids).await?;
    let mut tags = tags_of(db, &ids).await?;
    let assemble = |row: contact::Model| {
        let mine = identities.get(&row.id).map_or(&[][..], Vec::as_slice);
        Contact {
            phone: current(mine, Kind::Phone),
            bsuid: current(mine, Kind::Bsuid),
            username: current(mine, Kind::Username),
            tags: tags.remove(&row.id).unwrap_or_default(),
            row,
        }
    };
    Ok(rows.into_iter().map(assemble).collect())
}

async fn tags_of(db: &TenantDb, contacts: &[ContactId]) -> Result<HashMap<ContactId, Vec<String>>> {
    let mut names_of: HashMap<ContactId, Vec<String>> = HashMap::new();
    for ids in contacts.chunks(IN_LIST) {
        let given = db
            .find::<Taggings>()
            .filter(tagging::Column::ContactId.is_in(ids.iter().copied()))
            .all()
            .await?;
        let mut tag_ids: Vec<crate::TagId> = given.iter().map(|it| it.tag_id).collect();
        tag_ids.sort_unstable();
        tag_ids.dedup();
        let mut names: HashMap<crate::TagId, String> = HashMap::new();
        for ids in tag_ids.chunks(IN_LIST) {
            let tags = db
                .find::<Tags>()
                .filter(tag::Column::Id.is_in(ids.iter().copied()))
                .all()
                .await?;
            names.extend(tags.into_iter().map(|tag| (tag.id, tag.name)));
        }
        for tagging::Model {
            tenant_id: _,
            contact_id,
            tag_id,
        } in given
        {
            if let Some(name) = names.get(&tag_id) {
                names_of.entry(contact_id).or_default().push(name.clone());
            }
        }
    }
    for names in names_of.values_mut() {
        names.sort_by_cached_key(|name| (fold(name), name.clone()));
        // Two tags that `Rekey` is about to join are one already.
        names.dedup_by_key(|name| fold(name));
    }
    Ok(names_of)
}
