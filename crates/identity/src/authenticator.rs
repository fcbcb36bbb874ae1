//! From a request to a caller: the one place where a cookie or a key becomes a tenant's door.

use kernel::{Actor, Authenticator, Caller, Result, TenantId};
use poem::Request;

use crate::{
    credentials::{Credential, same_site, wanted_tenant},
    error::IdentityError,
    service::Service,
};

#[async_trait::async_trait]
impl Authenticator for Service {
    async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let caller = match Credential::of(request)? {
            Credential::Key(key) => {
                let (key, scopes) = self.find_api_key(&key).await?;
                if wanted_tenant(request).is_some_and(|wanted| wanted.parse() != Ok(key.tenant_id)) {
                    return Err(IdentityError::NoSuchTenant.into());
                }
                let actor = Actor::ApiKey {
                    id: key.id.to_string(),
                    name: key.name,
                };
                self.caller(actor, key.tenant_id, scopes).await?
            }
            Credential::Session(token) => {
                same_site(request)?;
                let user = self.find_session(&token).await?;
                let member = self.membership(user.id, wanted_tenant(request)).await?;
                let actor = Actor::User {
                    id: user.id,
                    name: user.name,
                };
                let permissions = self.catalogue().names_for(member.role);
                self.caller(actor, member.tenant_id, permissions).await?
            }
        };
        self.take_quota(&caller).await?;
        Ok(caller)
    }
}

impl Service {
    async fn caller(
        &self,
        actor: Actor,
        tenant: TenantId,
        permissions: std::collections::BTreeSet<String>,
    ) -> Result<Caller, IdentityError> {
        let db = self.system.tenant(tenant);
        let modules = self.enabled_modules(&db).await?;
        Ok(Caller {
            actor,
            db,
            permissions,
            modules,
        })
    }

    /// Each caller has a bucket of its own in each tenant: a runaway program does not lock people out.
    async fn take_quota(&self, caller: &Caller) -> Result<(), IdentityError> {
        let bucket = format!("api:{}:{}", caller.db.tenant(), caller.actor.id());
        self.limiter
            .take(&bucket, self.options.api_quota, 1)
            .await
            .map_err(|wait| IdentityError::TooMany {
                sentence: "You are sending requests faster than this account may. Slow down.",
                retry_after: wait.seconds(),
            })
    }
}
