//! From a request to a caller: the one place where a cookie or key becomes access to a tenant.

use kernel::{Actor, Authenticator, Bucket, Caller, Counted, RateNote, Result, TenantId, caller::Recheck};
use poem::Request;

use crate::{
    credentials::{Credential, same_site, wanted_tenant},
    error::IdentityError,
    service::Service,
};

#[async_trait::async_trait]
impl Authenticator for Service {
    async fn authenticate(&self, request: &Request) -> Result<Caller> {
        let recheck = request.extensions().get::<Recheck>().copied();
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
            Credential::Session(tokens) => {
                same_site(request, &tokens)?;
                let user = self.find_first_session(&tokens, recheck.is_none()).await?;
                let member = self.membership(user.id, wanted_tenant(request)).await?;
                let actor = Actor::User {
                    id: user.id,
                    name: user.name,
                };
                let permissions = self.catalogue().names_for(member.role);
                self.caller(actor, member.tenant_id, permissions).await?
            }
        };
        // An open connection is checked again periodically; that does not count against the rate.
        if recheck != Some(Recheck::Open) {
            self.take_quota(caller.db.tenant(), &caller.actor.id(), request.data::<RateNote>())
                .await?;
        }
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

    /// Each caller has its own bucket in each tenant, so a runaway program does not lock users out. All callers of a tenant
    /// share another one, so more keys do not mean more requests. What is left of both goes into `note`.
    pub(crate) async fn take_quota(
        &self,
        tenant: TenantId,
        actor: &str,
        note: Option<&RateNote>,
    ) -> Result<(), IdentityError> {
        let (own, shared) = (format!("api:{tenant}:{actor}"), format!("api:{tenant}"));
        let policies = [
            ("caller", &own, self.options.api_quota),
            ("tenant", &shared, self.options.tenant_quota),
        ];
        let buckets = policies.map(|(_, key, quota)| Bucket { key, quota });
        let taken = self.limiter.take_each(&buckets, 1).await;
        if let Some(note) = note {
            let counted = policies.iter().zip(taken.levels);
            note.write(
                counted
                    .map(|(&(policy, _, quota), level)| Counted { policy, quota, level })
                    .collect(),
            );
        }
        taken.refused.map_or(Ok(()), |wait| {
            Err(IdentityError::TooMany {
                sentence: "You are sending requests faster than this account may. The header field RateLimit says how many are left.",
                retry_after: wait.seconds(),
            })
        })
    }
}
