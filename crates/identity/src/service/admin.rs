//! Administration by the command line, the seed and tests, without a signed-in user.

use kernel::{SystemDb, TenantId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, SqlErr, sea_query::Expr};
use secrecy::{ExposeSecret, SecretString};
use unicode_normalization::UnicodeNormalization;

use super::Service;
use crate::{
    ResellerId, Role,
    entity::{membership, reseller, session, tenant, user, usual_address},
    error::IdentityError,
    password::{MAX_PASSWORD, MIN_PASSWORD},
};

/// A user, without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserCard {
    /// Who.
    pub id: UserId,
    /// Lower-cased.
    pub email: String,
    /// As shown to colleagues.
    pub name: String,
}

/// A name of 1 to `longest` characters on one line, with a visible character and without spaces around it.
pub(super) fn named(field: &'static str, text: &str, longest: usize) -> Result<String, IdentityError> {
    let name = text::name::given(text).map_err(|fault| IdentityError::Invalid {
        field,
        message: fault.to_string(),
    })?;
    if name.chars().count() > longest {
        return Err(IdentityError::Invalid {
            field,
            message: format!("must have 1 to {longest} characters"),
        });
    }
    Ok(name.into_owned())
}

/// An e-mail address as it is stored, compared and counted: without spaces around it, in lower case, composed (NFC), so that
/// one person has one account and one bucket of attempts however the address is typed.
pub(super) fn normal_email(text: &str) -> String {
    text.trim().to_lowercase().nfc().collect()
}

fn mail_address(text: &str) -> Result<String, IdentityError> {
    let text = normal_email(text);
    let fits = text.len() <= 254
        && !text.contains(char::is_whitespace)
        && !text::name::has_invisible(&text)
        && text
            .split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let message = || "must be an e-mail address of at most 254 characters, without invisible ones".to_owned();
    fits.then_some(text).ok_or_else(|| IdentityError::Invalid {
        field: "email",
        message: message(),
    })
}

/// A password that may be set.
pub(super) fn strong_enough(field: &'static str, password: &SecretString) -> Result<(), IdentityError> {
    let text = password.expose_secret();
    if text.chars().count() < MIN_PASSWORD || text.len() > MAX_PASSWORD {
        let message =
            format!("must have {MIN_PASSWORD} characters or more, and at most {MAX_PASSWORD} bytes");
        return Err(IdentityError::Invalid { field, message });
    }
    Ok(())
}

/// The error for an e-mail address that is in use.
pub(super) fn or_user_exists(error: sea_orm::DbErr) -> IdentityError {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => IdentityError::UserExists,
        _ => error.into(),
    }
}

/// One row in its own transaction.
async fn insert<M>(system: &SystemDb, row: M) -> Result<(), sea_orm::DbErr>
where
    M: IntoActiveModel<<<M as sea_orm::ModelTrait>::Entity as EntityTrait>::ActiveModel>
        + sea_orm::ModelTrait,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let tx = system
        .begin_across_tenants("administration creates what tenants stand on")
        .await
        .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))?;
    M::Entity::insert(row.into_active_model())
        .exec_without_returning(tx.connection())
        .await?;
    tx.commit()
        .await
        .map_err(|error| sea_orm::DbErr::Custom(error.to_string()))
}

impl Service {
    pub(crate) async fn create_reseller(&self, name: &str) -> Result<ResellerId, IdentityError> {
        let clock = self.system.clock();
        let row = reseller::Model {
            id: clock.new_id(),
            name: named("name", name, 200)?,
            created_at: clock.now(),
        };
        let id = row.id;
        insert(&self.system, row).await?;
        Ok(id)
    }

    pub(crate) async fn create_tenant(
        &self,
        reseller: ResellerId,
        name: &str,
    ) -> Result<TenantId, IdentityError> {
        let clock = self.system.clock();
        let row = tenant::Model {
            id: clock.new_id(),
            reseller_id: reseller,
            name: named("name", name, 200)?,
            created_at: clock.now(),
        };
        let id = row.id;
        insert(&self.system, row).await?;
        Ok(id)
    }

    pub(crate) async fn create_user(
        &self,
        email: &str,
        name: &str,
        password: SecretString,
    ) -> Result<UserId, IdentityError> {
        let row = self.new_user(email, name, password).await?;
        let id = row.id;
        insert(&self.system, row).await.map_err(or_user_exists)?;
        Ok(id)
    }

    /// The row of a new person; nothing is stored yet.
    pub(super) async fn new_user(
        &self,
        email: &str,
        name: &str,
        password: SecretString,
    ) -> Result<user::Model, IdentityError> {
        strong_enough("password", &password)?;
        let clock = self.system.clock();
        Ok(user::Model {
            id: clock.new_id(),
            email: mail_address(email)?,
            name: named("name", name, 200)?,
            password_hash: self.passwords.hash(password).await?,
            language: None,
            created_at: clock.now(),
        })
    }

    /// Sets a new password, ends every session of the user and deletes their usual addresses: an attacker with the old password
    /// may have signed in from some of them.
    pub(crate) async fn set_password(
        &self,
        user: UserId,
        password: SecretString,
    ) -> Result<(), IdentityError> {
        strong_enough("password", &password)?;
        let hash = self.passwords.hash(password).await?;
        let tx = self
            .system
            .begin_across_tenants("users belong to no tenant")
            .await?;
        user::Entity::update_many()
            .col_expr(user::Column::PasswordHash, Expr::value(hash))
            .filter(user::Column::Id.eq(user))
            .exec(tx.connection())
            .await?;
        session::Entity::delete_many()
            .filter(session::Column::UserId.eq(user))
            .exec(tx.connection())
            .await?;
        usual_address::Entity::delete_many()
            .filter(usual_address::Column::UserId.eq(user))
            .exec(tx.connection())
            .await?;
        Ok(tx.commit().await?)
    }

    pub(crate) async fn add_member(
        &self,
        tenant: TenantId,
        user: UserId,
        role: Role,
    ) -> Result<(), IdentityError> {
        let created_at = self.system.clock().now();
        let row = membership::Model {
            tenant_id: tenant,
            user_id: user,
            role,
            created_at,
        };
        Ok(insert(&self.system, row).await?)
    }

    pub(crate) async fn find_user_by_email(&self, email: &str) -> Result<Option<UserCard>, IdentityError> {
        let db = self.system.across_tenants("users belong to no tenant");
        let email = normal_email(email);
        let found = user::Entity::find()
            .filter(user::Column::Email.eq(email))
            .one(db)
            .await?;
        Ok(found.map(
            |user::Model {
                 id,
                 email,
                 name,
                 password_hash: _,
                 language: _,
                 created_at: _,
             }| UserCard { id, email, name },
        ))
    }

    pub(crate) async fn is_empty(&self) -> Result<bool, IdentityError> {
        let db = self.system.across_tenants("whether anybody is there at all");
        Ok(user::Entity::find().limit(1).one(db).await?.is_none())
    }
}
