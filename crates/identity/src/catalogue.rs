//! The modules and their permissions, learned once from the modules themselves.

use std::collections::BTreeSet;

use kernel::{Module, PermissionInfo};

use crate::{NAME, Role, permission};

/// A module as shown to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ModuleInfo {
    /// As in permissions and tables: `contacts`.
    pub name: &'static str,
    /// Display name.
    pub title: &'static str,
    /// One sentence for the user who switches it.
    pub description: &'static str,
    /// Modules without which it cannot work: see [`Module::requires`].
    pub requires: &'static [&'static str],
}

/// Modules and permissions, in the order the composition root lists them.
#[derive(Debug)]
pub(crate) struct Catalogue {
    pub(crate) permissions: Vec<PermissionInfo>,
    /// Without identity, which is always on.
    pub(crate) modules: Vec<ModuleInfo>,
}

impl Catalogue {
    pub(crate) fn of(modules: &[Box<dyn Module>]) -> Self {
        let others = || modules.iter().filter(|module| module.name() != NAME);
        Self {
            permissions: permission::ALL
                .iter()
                .chain(others().flat_map(|module| module.permissions()))
                .copied()
                .collect(),
            modules: others()
                .map(|it| ModuleInfo {
                    name: it.name(),
                    title: it.title(),
                    description: it.description(),
                    requires: it.requires(),
                })
                .collect(),
        }
    }

    pub(crate) fn names_for(&self, role: Role) -> BTreeSet<String> {
        self.permissions
            .iter()
            .filter(|it| role.holds(it))
            .map(|it| it.name.to_owned())
            .collect()
    }

    pub(crate) fn knows_permission(&self, name: &str) -> bool {
        self.permissions.iter().any(|it| it.name == name)
    }

    pub(crate) fn module(&self, name: &str) -> Option<ModuleInfo> {
        self.modules.iter().find(|it| it.name == name).copied()
    }
}
