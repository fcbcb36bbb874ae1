//! Which modules a tenant has enabled.

use std::collections::BTreeSet;

use kernel::TenantDb;
use sea_orm::{ActiveValue::Set, ColumnTrait, sea_query::OnConflict};

use super::Service;
use crate::{ModuleInfo, NAME, entity::tenant_module, error::IdentityError};

/// A module, and whether the tenant has enabled it.
pub(crate) struct Switch {
    pub(crate) module: ModuleInfo,
    pub(crate) enabled: bool,
}

impl Service {
    /// Names of the modules that are on, identity and whatever they require among them.
    pub(crate) async fn enabled_modules(&self, db: &TenantDb) -> Result<BTreeSet<String>, IdentityError> {
        let off: Vec<(String,)> = db
            .find::<tenant_module::Entity>()
            .filter(tenant_module::Column::Enabled.eq(false))
            .columns(&[tenant_module::Column::Module])
            .await?;
        let mut on: BTreeSet<String> = self
            .catalogue()
            .modules
            .iter()
            .map(|it| it.name.to_owned())
            .collect();
        for (name,) in off {
            on.remove(&name);
        }
        let required = self
            .catalogue()
            .modules
            .iter()
            .filter(|it| on.contains(it.name))
            .flat_map(|it| it.requires);
        let required: Vec<String> = required.map(|name| (*name).to_owned()).collect();
        on.extend(required);
        on.insert(NAME.to_owned());
        Ok(on)
    }

    /// Every module that can be switched.
    pub(crate) async fn list_modules(&self, db: &TenantDb) -> Result<Vec<Switch>, IdentityError> {
        let on = self.enabled_modules(db).await?;
        let switch = |module: &ModuleInfo| Switch {
            module: *module,
            enabled: on.contains(module.name),
        };
        Ok(self.catalogue().modules.iter().map(switch).collect())
    }

    /// Switches a module on or off, effective with the next request. One that another requires cannot be switched off while that
    /// one is on.
    pub(crate) async fn switch_module(
        &self,
        db: &TenantDb,
        name: &str,
        enabled: bool,
    ) -> Result<Switch, IdentityError> {
        if name == NAME {
            return Err(IdentityError::ModuleRequired(name.to_owned()));
        }
        let module = self.catalogue().module(name).ok_or(IdentityError::NoSuchModule)?;
        if !enabled {
            let on = self.enabled_modules(db).await?;
            let needs = |other: &&ModuleInfo| other.requires.contains(&name) && on.contains(other.name);
            if let Some(by) = self.catalogue().modules.iter().find(needs) {
                return Err(IdentityError::ModuleNeeded {
                    module: module.name,
                    by: by.name,
                });
            }
        }
        let row = tenant_module::ActiveModel {
            tenant_id: Set(db.tenant()),
            module: Set(name.to_owned()),
            enabled: Set(enabled),
            updated_at: Set(db.clock().now()),
        };
        let replace = OnConflict::columns([tenant_module::Column::TenantId, tenant_module::Column::Module])
            .update_columns([tenant_module::Column::Enabled, tenant_module::Column::UpdatedAt])
            .to_owned();
        let tx = db.begin().await?;
        tx.upsert::<tenant_module::Entity>(vec![row], replace).await?;
        tx.commit().await?;
        Ok(Switch { module, enabled })
    }
}
