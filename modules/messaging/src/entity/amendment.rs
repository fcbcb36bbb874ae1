//! What was done to a message later: reactions, edits, revokes. Kept apart from the message, since they may come before it.

use contracts::{channels::ChannelId, contacts::ContactId};
use kernel::{TenantId, id};
use sea_orm::entity::prelude::*;

id!(
    /// One reaction, edit or revoke.
    AmendmentId,
    "amd"
);

/// [`Model::kind`] of a reaction; `content` is the emoji, empty when it was taken away.
pub const REACTION: &str = "reaction";
/// [`Model::kind`] of an edit; `content` is the new message's type and its object.
pub const EDIT: &str = "edit";
/// [`Model::kind`] of a revoke.
pub const REVOKE: &str = "revoke";

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "messaging_amendments")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant_id: TenantId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AmendmentId,
    /// The wamid of the message that was reacted to, edited or revoked.
    pub target: String,
    /// The wamid of the reaction, edit or revoke itself.
    pub wamid: String,
    /// [`REACTION`], [`EDIT`] or [`REVOKE`].
    pub kind: String,
    pub channel_id: ChannelId,
    /// Who did it; none for the business.
    pub contact_id: Option<ContactId>,
    #[sea_orm(column_type = "Text")]
    pub content: String,
    pub at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}
impl ActiveModelBehavior for ActiveModel {}
kernel::tenant_entity!();
