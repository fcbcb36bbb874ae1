//! Lists for the command line: resellers, tenants and users, one page at a time.

use std::collections::HashMap;

use kernel::{TenantId, UserId};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use secrecy::SecretString;
use text::key::text_key;

use super::{Service, admin::normal_email};
use crate::{
    ResellerId, Role, UserCard,
    entity::{membership, reseller, tenant, user},
    error::IdentityError,
};

/// Rows of one page.
pub const LISTED: u64 = 500;

/// A reseller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedReseller {
    /// Which.
    pub id: ResellerId,
    /// As shown to its tenants.
    pub name: String,
}

/// A tenant and its reseller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTenant {
    /// Which.
    pub id: TenantId,
    /// As shown to its members.
    pub name: String,
    /// Its reseller's name.
    pub reseller: String,
}

/// A user and their tenants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedUser {
    /// Who.
    pub user: UserCard,
    /// Names of their tenants with their role in each, [`LISTED`] at most.
    pub tenants: Vec<(String, Role)>,
}

/// What a name or id on the command line means. Every row is looked at: keys of names are not stored, and a command may take its
/// time.
struct Found<T> {
    text: String,
    key: String,
    exact: Vec<T>,
    alike: Vec<T>,
}

impl<T> Found<T> {
    /// Rows that are told at most.
    const MOST: usize = 10;

    fn new(text: &str) -> Self {
        let text = text::name::shown(text).trim().to_owned();
        Self {
            key: text_key(&text),
            text,
            exact: Vec::new(),
            alike: Vec::new(),
        }
    }

    fn look_at(&mut self, id: &str, name: &str, row: T) {
        let found = if self.text == id || self.text == name {
            &mut self.exact
        } else if !self.key.is_empty() && self.key == text_key(name) {
            &mut self.alike
        } else {
            return;
        };
        if found.len() < Self::MOST {
            found.push(row);
        }
    }

    fn end(self) -> Vec<T> {
        if self.exact.is_empty() {
            self.alike
        } else {
            self.exact
        }
    }
}

impl Service {
    pub(crate) async fn list_resellers(
        &self,
        after: Option<ResellerId>,
    ) -> Result<Vec<ListedReseller>, IdentityError> {
        let db = self.system.across_tenants("resellers belong to no tenant");
        let mut query = reseller::Entity::find().order_by_asc(reseller::Column::Id);
        if let Some(after) = after {
            query = query.filter(reseller::Column::Id.gt(after));
        }
        let rows = query.limit(LISTED).all(db).await?;
        Ok(rows
            .into_iter()
            .map(|row| ListedReseller {
                id: row.id,
                name: row.name,
            })
            .collect())
    }

    /// Resellers with this id or name. If none has exactly this name, those whose name people take for the same.
    pub(crate) async fn find_resellers(&self, text: &str) -> Result<Vec<ListedReseller>, IdentityError> {
        let mut found = Found::new(text);
        let mut after = None;
        loop {
            let page = self.list_resellers(after).await?;
            let Some(last) = page.last() else {
                return Ok(found.end());
            };
            after = Some(last.id);
            for reseller in page {
                let (id, name) = (reseller.id.to_string(), reseller.name.clone());
                found.look_at(&id, &name, reseller);
            }
        }
    }

    pub(crate) async fn list_tenants(
        &self,
        after: Option<TenantId>,
    ) -> Result<Vec<ListedTenant>, IdentityError> {
        let later = after.map(|after| tenant::Column::Id.gt(after));
        self.tenants_where(Condition::all().add_option(later), LISTED)
            .await
    }

    /// Tenants with this id or name. If none has exactly this name, those whose name people take for the same.
    pub(crate) async fn find_tenants(&self, text: &str) -> Result<Vec<ListedTenant>, IdentityError> {
        let mut found = Found::new(text);
        let mut after = None;
        loop {
            let page = self.list_tenants(after).await?;
            let Some(last) = page.last() else {
                return Ok(found.end());
            };
            after = Some(last.id);
            for tenant in page {
                let (id, name) = (tenant.id.to_string(), tenant.name.clone());
                found.look_at(&id, &name, tenant);
            }
        }
    }

    async fn tenants_where(&self, wanted: Condition, limit: u64) -> Result<Vec<ListedTenant>, IdentityError> {
        let db = self.system.across_tenants("an operator looks at all tenants");
        let rows = tenant::Entity::find()
            .find_also_related(reseller::Entity)
            .filter(wanted)
            .order_by_asc(tenant::Column::Id)
            .limit(limit)
            .all(db)
            .await?;
        Ok(rows
            .into_iter()
            .map(|(row, reseller)| ListedTenant {
                id: row.id,
                name: row.name,
                reseller: reseller.map(|reseller| reseller.name).unwrap_or_default(),
            })
            .collect())
    }

    pub(crate) async fn list_users(&self, after: Option<UserId>) -> Result<Vec<ListedUser>, IdentityError> {
        let db = self.system.across_tenants("users belong to no tenant");
        let mut query = user::Entity::find().order_by_asc(user::Column::Id);
        if let Some(after) = after {
            query = query.filter(user::Column::Id.gt(after));
        }
        let users = query.limit(LISTED).all(db).await?;
        let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
        let mut tenants = self.tenants_by_user(&ids).await?;
        Ok(users
            .into_iter()
            .map(|row| ListedUser {
                tenants: tenants.remove(&row.id).unwrap_or_default(),
                user: UserCard {
                    id: row.id,
                    email: row.email,
                    name: row.name,
                },
            })
            .collect())
    }

    /// Memberships of these people, with the tenants' names.
    async fn tenants_by_user(
        &self,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Vec<(String, Role)>>, IdentityError> {
        let db = self.system.across_tenants("an operator looks at all tenants");
        let mut found: HashMap<UserId, Vec<(String, Role)>> = HashMap::new();
        // A person of a large reseller may belong to every tenant: read in pages, and show a page of each at most.
        let mut after: Option<(UserId, TenantId)> = None;
        loop {
            let later = after.map(|(user, tenant)| {
                Condition::any().add(membership::Column::UserId.gt(user)).add(
                    Condition::all()
                        .add(membership::Column::UserId.eq(user))
                        .add(membership::Column::TenantId.gt(tenant)),
                )
            });
            let rows = membership::Entity::find()
                .find_also_related(tenant::Entity)
                .filter(membership::Column::UserId.is_in(users.iter().copied()))
                .filter(Condition::all().add_option(later))
                .order_by_asc(membership::Column::UserId)
                .order_by_asc(membership::Column::TenantId)
                .limit(LISTED)
                .all(db)
                .await?;
            let Some((last, _)) = rows.last() else {
                return Ok(found);
            };
            after = Some((last.user_id, last.tenant_id));
            for (row, tenant) in rows {
                let names = found.entry(row.user_id).or_default();
                if let Some(tenant) = tenant
                    && (names.len() as u64) < LISTED
                {
                    names.push((tenant.name, row.role));
                }
            }
        }
    }

    /// A person and their first membership, both or neither.
    pub(crate) async fn create_member(
        &self,
        email: &str,
        name: &str,
        password: SecretString,
        tenant: TenantId,
        role: Role,
    ) -> Result<UserId, IdentityError> {
        let row = self.new_user(email, name, password).await?;
        let (user, created_at) = (row.id, row.created_at);
        let member = membership::Model {
            tenant_id: tenant,
            user_id: user,
            role,
            created_at,
        };
        let tx = self
            .system
            .begin_across_tenants("administration creates what tenants stand on")
            .await?;
        user::Entity::insert(sea_orm::IntoActiveModel::into_active_model(row))
            .exec_without_returning(tx.connection())
            .await
            .map_err(super::admin::or_user_exists)?;
        membership::Entity::insert(sea_orm::IntoActiveModel::into_active_model(member))
            .exec_without_returning(tx.connection())
            .await?;
        tx.commit().await?;
        Ok(user)
    }

    /// Whether this person exists and has this password. Takes a password's time.
    pub(crate) async fn has_password(
        &self,
        email: &str,
        password: SecretString,
    ) -> Result<bool, IdentityError> {
        let db = self.system.across_tenants("users belong to no tenant");
        let found = user::Entity::find()
            .filter(user::Column::Email.eq(normal_email(email)))
            .one(db)
            .await?;
        match found {
            Some(user) => Ok(self.passwords.verify(password, Some(user.password_hash)).await?),
            None => Ok(false),
        }
    }

    /// The role of a person in a tenant, if they have one.
    pub(crate) async fn role_in(
        &self,
        tenant: TenantId,
        user: UserId,
    ) -> Result<Option<Role>, IdentityError> {
        let db = self.system.across_tenants("an operator looks at all tenants");
        let found = membership::Entity::find_by_id((tenant, user)).one(db).await?;
        Ok(found.map(|row| row.role))
    }
}
