//! `wapro openapi`: the API's description, for people, clients and reviewers.

use std::{collections::BTreeMap, path::Path};

use anyhow::{Context, bail};
use host::openapi;
use kernel::{PermissionInfo, Role};
use serde_json::Value;

use crate::platform::Platform;

/// What to do with the description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Print it.
    Print,
    /// Write `openapi/openapi.json`, `openapi/operations.txt` and `openapi/roles.txt`.
    Write,
    /// Fail if they are stale.
    Check,
}

/// Runs in the project's folder, for `write` and `check`.
///
/// # Errors
/// For `check`, when a file is stale.
#[expect(clippy::print_stdout, reason = "the command's answer")]
pub async fn openapi(mode: Mode) -> anyhow::Result<()> {
    let document = Platform::described().await?.document.value;
    let files = [
        (
            "openapi/openapi.json",
            serde_json::to_string_pretty(&document)? + "\n",
        ),
        ("openapi/operations.txt", operations_text(&document)),
        ("openapi/roles.txt", roles_text(&Platform::permissions().await?)),
    ];
    match mode {
        Mode::Print => println!("{}", files[0].1.trim_end()),
        Mode::Write => {
            for (path, text) in files {
                std::fs::write(path, text)
                    .with_context(|| format!("{path} cannot be written; run this in the project's folder"))?;
            }
        }
        Mode::Check => {
            for (path, text) in files {
                if std::fs::read_to_string(Path::new(path)).unwrap_or_default() != text {
                    bail!("{path} is stale: run `make openapi` and commit the result");
                }
            }
        }
    }
    Ok(())
}

/// One line per operation: method, path, id, permission. This is what a reviewer reads.
pub fn operations_text(document: &Value) -> String {
    let permissions = permissions(document);
    let mut text = String::new();
    for operation in openapi::operations(document) {
        let permission = permissions.get(operation.id.as_str()).copied().unwrap_or("-");
        text += &format!(
            "{:<7} {:<45} {:<28} {permission}\n",
            operation.method, operation.path, operation.id
        );
    }
    text
}

/// Which built-in role holds which permission: one line per permission, so that a review sees a change of rights.
pub fn roles_text(permissions: &[PermissionInfo]) -> String {
    const ROLES: [(&str, Role); 5] = [
        ("owner", Role::Owner),
        ("admin", Role::Admin),
        ("agent", Role::Agent),
        ("marketer", Role::Marketer),
        ("developer", Role::Developer),
    ];
    let line = |first: &str, cells: [&str; 5]| {
        let [owner, admin, agent, marketer, developer] = cells;
        format!("{first:<24} {owner:<6} {admin:<6} {agent:<6} {marketer:<9} {developer}\n")
    };
    let mut lines: Vec<String> = permissions
        .iter()
        .map(|permission| {
            let mark = |(_, role): (&str, Role)| if role.holds(permission) { "x" } else { "." };
            line(permission.name, ROLES.map(mark))
        })
        .collect();
    lines.sort_unstable();
    line("", ROLES.map(|(name, _)| name)) + &lines.concat()
}

fn permissions(document: &Value) -> BTreeMap<&str, &str> {
    let items = document["paths"]
        .as_object()
        .into_iter()
        .flatten()
        .flat_map(|(_, item)| item.as_object().into_iter().flatten());
    items
        .filter_map(|(_, operation)| {
            Some((
                operation["operationId"].as_str()?,
                operation["x-permission"].as_str()?,
            ))
        })
        .collect()
}
