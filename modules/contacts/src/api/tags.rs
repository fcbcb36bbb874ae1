//! Tags over HTTP.

use kernel::{Can, Created, NoContent, Page, PageQuery, Result};
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
    types::Example,
};

use super::Tag;
use crate::{
    TagId,
    entity::tag,
    permission::{ReadContacts, WriteContacts},
    service::{self, TagCount},
};

/// A tag to create.
#[derive(Object)]
#[oai(deny_unknown_fields, skip_serializing_if_is_none, example)]
struct TagIn {
    /// Name on one line, 1 to 64 characters, at least one of them visible; case, accents and invisible characters are ignored
    /// when names are compared.
    #[oai(validator(min_length = 1, max_length = 64))]
    name: String,
    /// Colour as `#rrggbb`; one is chosen if absent.
    #[oai(validator(pattern = "^#[0-9a-fA-F]{6}$"))]
    color: Option<String>,
}

impl Example for TagIn {
    fn example() -> Self {
        Self {
            name: "VIP".to_owned(),
            color: None,
        }
    }
}

/// A tag.
#[derive(Object)]
#[oai(rename = "Tag")]
struct TagOut {
    /// Which.
    id: TagId,
    /// Its name.
    name: String,
    /// Its colour as `#rrggbb`.
    color: String,
    /// How many contacts have it.
    contacts: u64,
}

impl From<TagCount> for TagOut {
    fn from(TagCount { tag, contacts }: TagCount) -> Self {
        let tag::Model {
            tenant_id: _,
            id,
            name,
            folded: _,
            color,
            created_at: _,
        } = tag;
        Self {
            id,
            name,
            color,
            contacts,
        }
    }
}
pub(crate) struct TagsApi;

#[OpenApi(tag = "Tag::Contacts")]
impl TagsApi {
    /// List tags
    ///
    /// Newest first, with how many contacts have each.
    #[oai(path = "/tags", method = "get", operation_id = "list_tags")]
    async fn list_tags(
        &self,
        can: Can<ReadContacts>,
        /// Tags wanted, 1 to 200; 50 if absent.
        limit: Query<Option<u64>>,
        /// `next` of the previous page.
        #[oai(validator(max_length = 200))]
        after: Query<Option<String>>,
    ) -> Result<Json<Page<TagOut>>> {
        let (tags, next) = service::list_tags(can.db(), PageQuery::new("tags", limit.0, after.0)?).await?;
        Ok(Json(Page {
            items: tags.into_iter().map(TagOut::from).collect(),
            next,
        }))
    }

    /// Create a tag
    ///
    /// Tags are also made by giving them to a contact. Answers 409 `tag_exists` when there is one of this name.
    #[oai(path = "/tags", method = "post", operation_id = "create_tag")]
    async fn create_tag(&self, can: Can<WriteContacts>, body: Json<TagIn>) -> Result<Created<TagOut>> {
        let TagIn { name, color } = body.0;
        let tag = service::create_tag(can.db(), &name, color).await?;
        Ok(Created::new(tag.into()))
    }

    /// Delete a tag
    ///
    /// And take it off every contact that has it.
    #[oai(path = "/tags/:tag_id", method = "delete", operation_id = "delete_tag")]
    async fn delete_tag(
        &self,
        can: Can<WriteContacts>,
        /// The tag's id.
        tag_id: Path<TagId>,
    ) -> Result<NoContent> {
        service::delete_tag(can.db(), *tag_id).await?;
        Ok(NoContent::Done)
    }
}
