//! A user's role in a tenant, and the permissions it has.

use kernel::PermissionInfo;
use poem_openapi::Enum;
use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};

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
    /// Whether the role brings this right.
    pub fn holds(self, permission: &PermissionInfo) -> bool {
        let (resource, _) = permission.name.split_once(':').unwrap_or((permission.name, ""));
        match self {
            Self::Owner | Self::Admin => true,
            Self::Agent => matches!(
                permission.name,
                "messages:read" | "messages:send" | "contacts:read" | "contacts:write" | "channels:read"
            ),
            Self::Marketer => {
                resource == "contacts" || matches!(permission.name, "messages:read" | "channels:read")
            }
            Self::Developer => matches!(resource, "api_keys" | "messages" | "contacts" | "channels"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_hold_what_the_table_says() {
        let names = [
            "api_keys:manage",
            "channels:manage",
            "channels:read",
            "contacts:write",
            "messages:read",
            "messages:send",
            "modules:manage",
        ];
        let held = |role: Role| -> String {
            let mark = |name| {
                if role.holds(&PermissionInfo {
                    name,
                    description: "",
                    module: "",
                }) {
                    'x'
                } else {
                    '.'
                }
            };
            names.into_iter().map(mark).collect()
        };
        assert_eq!(held(Role::Owner), "xxxxxxx");
        assert_eq!(held(Role::Admin), "xxxxxxx");
        assert_eq!(held(Role::Agent), "..xxxx.");
        assert_eq!(held(Role::Marketer), "..xxx..");
        assert_eq!(held(Role::Developer), "xxxxxx.");
    }
}
