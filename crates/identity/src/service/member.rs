//! Who belongs to a tenant, for colleagues.

use std::collections::HashMap;

use kernel::{Cursor, PageQuery, Result, TenantDb, UserId, id::Id};
use sea_orm::{ColumnTrait, EntityTrait, Order, QueryFilter};

use super::{Service, UserCard};
use crate::{
    Role,
    entity::{membership, user},
    error::IdentityError,
};

/// A user in a tenant.
pub(crate) struct Member {
    pub(crate) user: UserCard,
    pub(crate) role: Role,
}

impl Service {
    /// Members of the tenant, the newest user first.
    pub(crate) async fn list_members(
        &self,
        db: &TenantDb,
        page: PageQuery,
    ) -> Result<(Vec<Member>, Option<String>)> {
        let after = page
            .after
            .as_ref()
            .map(|cursor| membership::Column::UserId.lt(cursor.id));
        let mut rows = db
            .find::<membership::Entity>()
            .filter_some(after)
            .order_by(membership::Column::UserId, Order::Desc)
            .page(&page)
            .await?;
        let next = page.cut(&mut rows, |row| Cursor::by_id(row.user_id.uuid()));
        let mut users = self.cards(rows.iter().map(|row| row.user_id)).await?;
        // A user that was removed since the memberships were read is left out.
        let members = rows.into_iter().filter_map(|row| {
            users
                .remove(&row.user_id)
                .map(|user| Member { user, role: row.role })
        });
        Ok((members.collect(), next))
    }

    async fn cards(
        &self,
        users: impl Iterator<Item = UserId>,
    ) -> Result<HashMap<UserId, UserCard>, IdentityError> {
        let everybody = self.system.across_tenants("names of the members of a tenant");
        let found = user::Entity::find()
            .filter(user::Column::Id.is_in(users))
            .all(everybody)
            .await?;
        let cards = found.into_iter().map(|row| UserCard {
            id: row.id,
            email: row.email,
            name: row.name,
        });
        Ok(cards.map(|card| (card.id, card)).collect())
    }
}
