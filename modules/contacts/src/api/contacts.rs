//! Contacts over HTTP.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contracts::{contacts::ContactId, settings::TenantSettings};
use kernel::{Can, Created, Error, NoContent, Page, PageQuery, Result, TenantDb};
use poem_openapi::{
    Enum, Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::{Example, MaybeUndefined},
};
use text::phone::Rules;

use super::Tag;
use crate::{
    entity::contact,
    permission::{ReadContacts, WriteContacts},
    service::{self, Attributes, Change, Contact, ContactChanges, Filter, NewContact},
};

/// A contact to create: a name or at least one of phone, BSUID and username.
#[derive(Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
struct ContactIn {
    /// Name on one line, at most 200 characters. One of invisible characters only counts as absent.
    #[oai(validator(max_length = 200))]
    name: Option<String>,
    /// Phone number in any usual spelling, with a plus and the country code, or as inside the business's `default_country`. One
    /// that cannot be read with certainty is 422 `invalid_phone` with the reason.
    #[oai(validator(max_length = 300))]
    phone: Option<String>,
    /// Business-scoped user id: two capital letters, a dot, then letters and digits, for example `GB.91827364550192`.
    #[oai(validator(max_length = 190))]
    bsuid: Option<String>,
    /// WhatsApp username, with or without `@`.
    #[oai(validator(max_length = 65))]
    username: Option<String>,
    /// Names of tags, at most 50 of at most 64 characters. Tags that do not exist yet are made.
    #[oai(validator(max_items = 50))]
    tags: Option<Vec<String>>,
    /// Free fields: at most 50, keys of at most 64 and values of at most 1024 characters.
    attributes: Option<Attributes>,
    /// A note for colleagues, at most 4000 characters.
    #[oai(validator(max_length = 4000))]
    note: Option<String>,
}

impl Example for ContactIn {
    fn example() -> Self {
        Self {
            name: Some("Ana Lima".to_owned()),
            phone: Some("+447700900123".to_owned()),
            bsuid: None,
            username: None,
            tags: Some(vec!["VIP".to_owned()]),
            attributes: None,
            note: None,
        }
    }
}

impl From<ContactIn> for NewContact {
    fn from(
        ContactIn {
            name,
            phone,
            bsuid,
            username,
            tags,
            attributes,
            note,
        }: ContactIn,
    ) -> Self {
        let (tags, attributes) = (tags.unwrap_or_default(), attributes.unwrap_or_default());
        Self {
            name,
            phone,
            bsuid,
            username,
            tags,
            attributes,
            note,
        }
    }
}

/// Changes to a contact: what is absent stays, `null` or an empty text, list or object empties the field. A change that changes
/// nothing leaves `updated_at` as it is.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ContactPatch {
    /// Name on one line, at most 200 characters. Emptied, it is taken from the address book of the business's phone or WhatsApp's
    /// profile again.
    #[oai(validator(max_length = 200))]
    name: MaybeUndefined<String>,
    /// Phone number in any usual spelling, with a plus and the country code, or as inside the business's `default_country`. The
    /// number that the contact has is no change, however it was learned.
    #[oai(validator(max_length = 300))]
    phone: MaybeUndefined<String>,
    /// Business-scoped user id: two capital letters, a dot, then letters and digits. The id that the contact has is no change.
    #[oai(validator(max_length = 190))]
    bsuid: MaybeUndefined<String>,
    /// WhatsApp username, with or without `@`.
    #[oai(validator(max_length = 65))]
    username: MaybeUndefined<String>,
    /// All tags the contact shall have; those not named are taken off.
    #[oai(validator(max_items = 50))]
    tags: MaybeUndefined<Vec<String>>,
    /// All free fields the contact shall have; those not named go.
    attributes: MaybeUndefined<Attributes>,
    /// A note for colleagues, at most 4000 characters.
    #[oai(validator(max_length = 4000))]
    note: MaybeUndefined<String>,
}

impl From<ContactPatch> for ContactChanges {
    fn from(
        ContactPatch {
            name,
            phone,
            bsuid,
            username,
            tags,
            attributes,
            note,
        }: ContactPatch,
    ) -> Self {
        Self {
            name: change(name),
            phone: change(phone),
            bsuid: change(bsuid),
            username: change(username),
            tags: change(tags),
            attributes: change(attributes),
            note: change(note),
        }
    }
}

fn change<T>(field: MaybeUndefined<T>) -> Change<T> {
    match field {
        MaybeUndefined::Undefined => Change::Keep,
        MaybeUndefined::Null => Change::Clear,
        MaybeUndefined::Value(value) => Change::Set(value),
    }
}

/// Whether somebody wants marketing.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum MarketingState {
    /// They want it.
    Allowed,
    /// They asked for no more of it: marketing templates to them are refused by WhatsApp.
    Stopped,
}

/// What somebody chose about marketing. The newest choice counts.
#[derive(Object)]
#[oai(skip_serializing_if_is_none)]
struct Marketing {
    /// Whether they want it.
    state: MarketingState,
    /// When they chose.
    since: DateTime<Utc>,
    /// Where they chose: `whatsapp` for the button in the chat.
    source: Option<String>,
    /// WhatsApp's sentence about it.
    detail: Option<String>,
}

/// A contact.
#[derive(Object)]
#[oai(rename = "Contact", skip_serializing_if_is_none)]
struct ContactOut {
    /// Which.
    id: ContactId,
    /// The name given to them, else WhatsApp's profile name.
    name: Option<String>,
    /// E.164 with the plus, for example `+447700900123`. Absent for people who do not show theirs.
    phone: Option<String>,
    /// Business-scoped user id.
    bsuid: Option<String>,
    /// WhatsApp username without the `@`.
    username: Option<String>,
    /// Names of tags, in alphabetical order.
    tags: Vec<String>,
    /// Free fields.
    attributes: Attributes,
    /// A note for colleagues.
    note: Option<String>,
    /// What they chose about marketing; absent while they never said.
    marketing: Option<Marketing>,
    /// When they were first known.
    created_at: DateTime<Utc>,
    /// When anything of this last changed.
    updated_at: DateTime<Utc>,
}

impl TryFrom<Contact> for ContactOut {
    type Error = Error;

    fn try_from(
        Contact {
            row,
            phone,
            bsuid,
            username,
            tags,
        }: Contact,
    ) -> Result<Self> {
        let contact::Model {
            tenant_id: _,
            id,
            name,
            name_from_profile: _,
            note,
            attributes,
            search: _,
            created_at,
            updated_at,
            marketing,
            marketing_at,
            marketing_source,
            marketing_detail,
            book_name: _,
            book_at: _,
            profile_name: _,
            profile_at: _,
        } = row;
        let marketing = marketing.zip(marketing_at).map(|(state, since)| Marketing {
            state: match state.as_str() {
                service::STOPPED => MarketingState::Stopped,
                _ => MarketingState::Allowed,
            },
            since,
            source: marketing_source,
            detail: marketing_detail,
        });
        let attributes = serde_json::from_str(&attributes)?;
        Ok(Self {
            id,
            name,
            phone,
            bsuid,
            username,
            tags,
            attributes,
            note,
            marketing,
            created_at,
            updated_at,
        })
    }
}
pub(crate) struct ContactsApi {
    pub(crate) settings: Arc<dyn TenantSettings>,
    pub(crate) rules: Rules<'static>,
}

impl ContactsApi {
    /// The tenant's country, if the number is written without a plus.
    async fn country(&self, db: &TenantDb, phone: Option<&str>) -> Result<Option<String>> {
        if phone.is_none_or(|text| text.trim_start().starts_with('+')) {
            return Ok(None);
        }
        Ok(self.settings.settings(db).await?.default_country)
    }

    fn rules<'a>(&self, default_country: Option<&'a str>) -> Rules<'a> {
        Rules {
            default_country,
            ..self.rules
        }
    }
}

#[OpenApi(tag = "Tag::Contacts")]
impl ContactsApi {
    /// List contacts
    ///
    /// Newest first. `search` looks for the text in name, phone number, username and BSUID, whatever upper and lower case,
    /// accents on Latin and Greek letters, and composed or decomposed letters; a phone number may be written with spaces. Answers
    /// 503 `search_too_slow` when the search takes longer than its limit, 429 when two searches of the tenant run already.
    #[oai(path = "/contacts", method = "get", operation_id = "list_contacts")]
    async fn list_contacts(
        &self,
        can: Can<ReadContacts>,
        /// Only contacts that contain this text.
        #[oai(validator(max_length = 200))]
        search: Query<Option<String>>,
        /// Only contacts with the tag of this name, compared as `search` compares.
        #[oai(validator(max_length = 64))]
        tag: Query<Option<String>>,
        /// Contacts wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<ContactOut>>> {
        let filter = Filter {
            search: search.0,
            tag: tag.0,
        };
        let (contacts, next) =
            service::list_contacts(can.db(), filter, PageQuery::new("contacts", limit.0, after.0)?).await?;
        let items = contacts
            .into_iter()
            .map(ContactOut::try_from)
            .collect::<Result<_>>()?;
        Ok(Json(Page { items, next }))
    }

    /// Create a contact
    ///
    /// With a name or at least one of phone number, BSUID and username. Answers 409 `contact_exists` when another contact
    /// has one of them, 422 `invalid_phone` when the number cannot be read.
    #[oai(path = "/contacts", method = "post", operation_id = "create_contact")]
    async fn create_contact(
        &self,
        can: Can<WriteContacts>,
        body: Json<ContactIn>,
    ) -> Result<Created<ContactOut>> {
        let country = self.country(can.db(), body.phone.as_deref()).await?;
        let contact =
            service::create_contact(can.db(), self.rules(country.as_deref()), body.0.into()).await?;
        Ok(Created::new(contact.try_into()?))
    }

    /// Show a contact
    ///
    /// With tags and free fields.
    #[oai(path = "/contacts/:contact_id", method = "get", operation_id = "get_contact")]
    async fn get_contact(
        &self,
        can: Can<ReadContacts>,
        /// The contact's id.
        contact_id: Path<ContactId>,
    ) -> Result<Json<ContactOut>> {
        let contact = service::get_contact(can.db(), *contact_id).await?;
        Ok(Json(contact.try_into()?))
    }

    /// Change a contact
    ///
    /// Fields that are absent stay. Tags and free fields are replaced as a whole.
    #[oai(
        path = "/contacts/:contact_id",
        method = "patch",
        operation_id = "update_contact"
    )]
    async fn update_contact(
        &self,
        can: Can<WriteContacts>,
        /// The contact's id.
        contact_id: Path<ContactId>,
        body: Json<ContactPatch>,
    ) -> Result<Json<ContactOut>> {
        let country = self
            .country(can.db(), body.phone.value().map(String::as_str))
            .await?;
        let rules = self.rules(country.as_deref());
        let contact = service::update_contact(can.db(), rules, *contact_id, body.0.into()).await?;
        Ok(Json(contact.try_into()?))
    }

    /// Delete a contact
    ///
    /// With what identifies them and their tags. Messages stay; if the person writes again, they are a new contact.
    #[oai(
        path = "/contacts/:contact_id",
        method = "delete",
        operation_id = "delete_contact"
    )]
    async fn delete_contact(
        &self,
        can: Can<WriteContacts>,
        /// The contact's id.
        contact_id: Path<ContactId>,
    ) -> Result<NoContent> {
        service::delete_contact(can.db(), *contact_id).await?;
        Ok(NoContent::Done)
    }
}
