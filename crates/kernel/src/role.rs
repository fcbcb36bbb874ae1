//! The built-in roles. Which permissions a role holds is said by each permission, in its module's
//! [`permissions!`](crate::permissions).

use poem_openapi::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};

use crate::PermissionInfo;

/// A person's role in one tenant. Roles are fixed; what they hold grows with the modules.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Enum, serde::Serialize, serde::Deserialize,
)]
#[sea_orm(
    rs_type = "String",
    db_type = "String(StringLen::N(16))",
    rename_all = "snake_case"
)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Owner,
    /// Everything.
    Admin,
    /// Answers customers.
    Agent,
    /// Knows the audience, reads what came of it.
    Marketer,
    /// Connects programs and numbers.
    Developer,
}

impl Role {
    /// Whether the role holds this permission. The owner holds every one.
    pub fn holds(self, permission: &PermissionInfo) -> bool {
        self == Self::Owner || permission.roles.contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    crate::permissions!("things";
        ReadThings = "things:read", "See things", [Admin, Agent];
        ManageThings = "things:manage", "Change things", [];
    );

    #[test]
    fn a_role_holds_what_names_it_and_the_owner_holds_all() {
        let [read, manage] = ALL else {
            panic!("two permissions")
        };
        assert!(Role::Agent.holds(read) && Role::Admin.holds(read) && Role::Owner.holds(read));
        assert!(!Role::Marketer.holds(read));
        assert!(!Role::Agent.holds(manage) && !Role::Admin.holds(manage) && Role::Owner.holds(manage));
    }
}
