//! Which crate may depend on which. Cargo forbids cycles between crates; this file has the other rules.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context as _, Result, bail};
use cargo_metadata::camino::Utf8PathBuf;
use cargo_metadata::{DependencyKind, MetadataCommand, Package};

use Arrows::{AllBut, Exactly};

/// What a crate may name of ours in `[dependencies]` and `[build-dependencies]`.
enum Arrows {
    /// These, and each of them: an arrow that nobody draws any more leaves the table too.
    Exactly(&'static [&'static str]),
    /// Everything of ours except these.
    AllBut(&'static [&'static str]),
}

/// What a module may name without a row.
const MODULE: &[&str] = &["contracts", "kernel", "sentences", "text"];

/// A new crate is one row; a module needs one only if it names more than [`MODULE`].
const ARROWS: &[(&str, Arrows)] = &[
    ("kernel", Exactly(&[])),
    ("cloud-api", Exactly(&[])),
    (
        "contracts",
        Exactly(&["cloud-api", "hours", "kernel", "sentences"]),
    ),
    ("cloud-sim", Exactly(&["cloud-api"])),
    ("identity", Exactly(&["contracts", "hours", "kernel", "text"])),
    ("host", Exactly(&["kernel"])),
    ("hours", Exactly(&[])),
    ("migrations", Exactly(&[])),
    ("sentences", Exactly(&["cloud-api"])),
    ("sheets", Exactly(&["text"])),
    ("text", Exactly(&[])),
    ("contacts", Exactly(&["contracts", "kernel", "sheets", "text"])),
    (
        "channels",
        Exactly(&["cloud-api", "contracts", "kernel", "sentences", "text"]),
    ),
    (
        "messaging",
        Exactly(&["cloud-api", "contracts", "kernel", "sentences", "text"]),
    ),
    (
        "templates",
        Exactly(&["cloud-api", "contracts", "kernel", "sentences", "text"]),
    ),
    ("server", AllBut(&["bench", "testkit", "wapro-tests"])),
    ("testkit", AllBut(&["bench", "wapro-tests"])),
    ("bench", AllBut(&["wapro-tests"])),
    ("wapro-tests", Exactly(&[])),
];

/// Crates from outside that only some of ours may name in `[dependencies]`.
const RESERVED: &[(&str, &[&str])] = &[
    ("apalis", &["host"]),
    ("object_store", &["host"]),
    ("deadpool-redis", &["host"]),
    ("redis", &["bench", "testkit"]),
];

/// These know no database, in their tests either.
const WITHOUT_DATABASE: &[&str] = &[
    "cloud-api",
    "cloud-sim",
    "contracts",
    "hours",
    "sentences",
    "sheets",
    "text",
];

/// The rooms that every module has. The names in [`SPLIT`] may be a folder.
const ROOMS: &[&str] = &["lib", "api", "service", "entity", "error", "permission"];
/// The rooms that a module may have, as a file or as a folder.
const OPTIONAL_ROOMS: &[&str] = &["job", "event", "settings"];
/// The required rooms that may be cut into a folder when they grow.
const SPLIT: &[&str] = &["api", "service", "entity"];
/// Rooms of one module only: module, name, reason. Think twice, then say why no room above takes it.
const OTHER_ROOMS: &[(&str, &str, &str)] = &[];

#[test]
fn crates_name_only_the_crates_that_the_plan_allows() -> Result<()> {
    let packages = our_packages()?;
    let ours: BTreeSet<&str> = packages.iter().map(|package| package.name.as_str()).collect();
    let mut wrong = Vec::new();

    for (name, _) in ARROWS {
        if !ours.contains(name) {
            wrong.push(format!(
                "the table has a row for `{name}`, which is no crate of the workspace"
            ));
        }
    }
    for package in &packages {
        let name = package.name.as_str();
        let drawn: BTreeSet<&str> = named(package, Kinds::Shipped)
            .into_iter()
            .filter(|other| ours.contains(other))
            .collect();
        let Some((_, arrows)) = ARROWS.iter().find(|(row, _)| *row == name) else {
            if is_module(package) {
                for other in drawn.iter().filter(|other| !MODULE.contains(*other)) {
                    wrong.push(format!(
                        "`{name}` must not depend on `{other}` without a row in ARROWS"
                    ));
                }
            } else {
                wrong.push(format!("`{name}` has no row: say in ARROWS what it may know"));
            }
            continue;
        };
        match arrows {
            Exactly(allowed) => {
                let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
                for other in drawn.difference(&allowed) {
                    wrong.push(format!("`{name}` must not depend on `{other}`"));
                }
                for other in allowed.difference(&drawn) {
                    wrong.push(format!(
                        "`{name}` no longer depends on `{other}`: take it out of ARROWS"
                    ));
                }
            }
            AllBut(forbidden) => {
                for other in drawn.iter().filter(|other| forbidden.contains(*other)) {
                    wrong.push(format!("`{name}` must not depend on `{other}`"));
                }
            }
        }
    }
    verdict(&wrong)
}

#[test]
fn modules_do_not_see_each_other() -> Result<()> {
    let packages = our_packages()?;
    let modules: BTreeSet<&str> = packages
        .iter()
        .filter(|package| is_module(package))
        .map(|package| package.name.as_str())
        .collect();
    assert!(modules.len() >= 2, "the modules were not found: {modules:?}");

    let mut wrong = Vec::new();
    for package in packages.iter().filter(|package| is_module(package)) {
        for other in named(package, Kinds::All).intersection(&modules) {
            wrong.push(format!(
                "module `{}` names module `{other}`: what they say to each other is a port or an event in `contracts`",
                package.name
            ));
        }
    }
    verdict(&wrong)
}

#[test]
fn the_testkit_is_never_shipped() -> Result<()> {
    let wrong: Vec<String> = our_packages()?
        .iter()
        .filter(|package| named(package, Kinds::Shipped).contains("testkit"))
        .map(|package| {
            format!(
                "`{}` depends on `testkit`: only [dev-dependencies] may",
                package.name
            )
        })
        .collect();
    verdict(&wrong)
}

#[test]
fn only_the_host_names_apalis_and_redis() -> Result<()> {
    let mut wrong = Vec::new();
    for package in &our_packages()? {
        for other in named(package, Kinds::Shipped) {
            // `apalis` stands for its whole family.
            let family = if other.starts_with("apalis-") {
                "apalis"
            } else {
                other
            };
            let Some((_, allowed)) = RESERVED.iter().find(|(reserved, _)| *reserved == family) else {
                continue;
            };
            if !allowed.contains(&package.name.as_str()) {
                wrong.push(format!(
                    "`{}` names `{other}`, which is for {allowed:?}",
                    package.name
                ));
            }
        }
    }
    verdict(&wrong)
}

#[test]
fn the_words_and_the_wire_know_no_database() -> Result<()> {
    let mut wrong = Vec::new();
    for package in our_packages()?
        .iter()
        .filter(|package| WITHOUT_DATABASE.contains(&package.name.as_str()))
    {
        for other in named(package, Kinds::All) {
            if other.starts_with("sea-orm") || other.starts_with("sqlx") {
                wrong.push(format!("`{}` names `{other}`", package.name));
            }
        }
    }
    verdict(&wrong)
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() -> Result<()> {
    let mut wrong = Vec::new();
    for package in our_packages()? {
        let manifest = fs::read_to_string(&package.manifest_path)?;
        if !manifest.contains("[lints]\nworkspace = true") {
            wrong.push(format!(
                "{} lacks [lints] workspace = true",
                package.manifest_path
            ));
        }
    }
    verdict(&wrong)
}

#[test]
fn every_module_has_the_same_rooms() -> Result<()> {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for package in our_packages()?.iter().filter(|package| is_module(package)) {
        let module = package.name.as_str();
        let home = home(package)?;
        if !home.join("README.md").is_file() {
            wrong.push(format!("module `{module}` has no README.md, its room card"));
        }

        // A room is a file, a folder, or a file with a folder beside it.
        let mut rooms = BTreeSet::new();
        for entry in home.join("src").read_dir_utf8()? {
            let entry = entry?;
            let folder = entry.file_type()?.is_dir();
            let name = entry.file_name();
            let Some(room) = name.strip_suffix(".rs").or(folder.then_some(name)) else {
                wrong.push(format!("{} is no Rust file", entry.path()));
                continue;
            };
            rooms.insert(room.to_owned());
            let known = if folder {
                SPLIT.contains(&room)
            } else {
                ROOMS.contains(&room)
            };
            if known || OPTIONAL_ROOMS.contains(&room) {
                continue;
            }
            match OTHER_ROOMS
                .iter()
                .find(|(whose, name, _)| *whose == module && *name == room)
            {
                Some((_, name, _)) => _ = used.insert((module.to_owned(), (*name).to_owned())),
                None => wrong.push(format!(
                    "{} is not in the plan of a module: files {ROOMS:?}, as folders {SPLIT:?}, if needed \
                     {OPTIONAL_ROOMS:?}",
                    entry.path()
                )),
            }
        }
        for room in ROOMS.iter().filter(|room| !rooms.contains(**room)) {
            wrong.push(format!("module `{module}` lacks src/{room}.rs"));
        }
    }
    for (module, name, _) in OTHER_ROOMS {
        if !used.contains(&((*module).to_owned(), (*name).to_owned())) {
            wrong.push(format!(
                "OTHER_ROOMS lists `{name}` of `{module}`, which is not there"
            ));
        }
    }
    verdict(&wrong)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kinds {
    /// What ends up in a binary: `[dependencies]` and `[build-dependencies]`.
    Shipped,
    /// `[dev-dependencies]` too.
    All,
}

fn our_packages() -> Result<Vec<Package>> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).no_deps().exec()?;
    if metadata.packages.is_empty() {
        bail!("cargo metadata names no crate in {manifest}");
    }
    Ok(metadata.packages)
}

/// The crates that a manifest names, by the name they have in the registry.
fn named(package: &Package, kinds: Kinds) -> BTreeSet<&str> {
    package
        .dependencies
        .iter()
        .filter(|dependency| kinds == Kinds::All || dependency.kind != DependencyKind::Development)
        .map(|dependency| dependency.name.as_str())
        .collect()
}

fn is_module(package: &Package) -> bool {
    home(package).is_ok_and(|home| home.parent().and_then(|parent| parent.file_name()) == Some("modules"))
}

fn home(package: &Package) -> Result<Utf8PathBuf> {
    let home = package
        .manifest_path
        .parent()
        .context("a manifest lies in a folder")?;
    Ok(home.to_owned())
}

#[track_caller]
fn verdict(wrong: &[String]) -> Result<()> {
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
    Ok(())
}
