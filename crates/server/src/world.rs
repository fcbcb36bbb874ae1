//! Files in an embedded installation's data folder besides the database: the encryption key, the simulator's world, the demo's
//! data.

use std::{
    fs::{File, TryLockError},
    io::Write,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, chown},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context;
use cloud_sim::Simulator;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;

/// The file of the key that seals secrets. Anyone with both this file and the database can read the secrets: keep them apart in
/// backups.
pub fn key_file(data_dir: &Path) -> PathBuf {
    data_dir.join("encryption.key")
}

/// The key in the data folder; none if there is none.
///
/// # Errors
/// When it cannot be read.
pub fn existing_key(data_dir: &Path) -> anyhow::Result<Option<SecretString>> {
    let path = key_file(data_dir);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(SecretString::from(text.trim().to_owned()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Makes a key in the data folder, unless there is one. Two processes may make the first key at once: each writes its own file, and
/// the first to link it wins. The key has a different id, so that a secret of another key is never taken for one of this key.
///
/// # Errors
/// When it cannot be written.
pub fn make_key(data_dir: &Path) -> anyhow::Result<()> {
    let path = &key_file(data_dir);
    make_folder(data_dir)?;
    let random = identity::Random::system();
    let key = SecretString::from(format!("local-{}:{}", random.hex::<4>(), random.hex::<32>()));
    let own = path.with_extension(std::process::id().to_string());
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&own)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.sync_all()?;
    give_to_owner_of_folder(&own)?;
    let named = std::fs::hard_link(&own, path);
    std::fs::remove_file(&own)?;
    match named {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error.into()),
        _ => Ok(()),
    }
}

/// Makes the data folder if it is missing.
///
/// # Errors
/// A sentence with the folder.
pub fn make_folder(data_dir: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(data_dir)
        .with_context(|| format!("the data folder {} cannot be made", data_dir.display()))
}

/// Gives a file that root creates in the service's folder to the service, which could not read it otherwise: an administrator
/// may run `wapro user add` before the first start. SQLite does the same for its journals.
fn give_to_owner_of_folder(file: &Path) -> anyhow::Result<()> {
    let made = std::fs::metadata(file)?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let owner = std::fs::metadata(folder.unwrap_or(Path::new(".")))?;
    if made.uid() == 0 && owner.uid() != 0 {
        chown(file, Some(owner.uid()), Some(owner.gid()))
            .with_context(|| format!("{} cannot be given to the owner of its folder", file.display()))?;
    }
    Ok(())
}

/// Locks an embedded database for this process, which serves it alone: its rate limits, jobs and simulator are in one process.
/// Other databases are not locked, and commands such as `wapro user add` need no lock. Keep the file open; the lock ends with it.
///
/// # Errors
/// When another process holds the lock, or the lock file cannot be made.
pub fn lock(config: &Config) -> anyhow::Result<Option<File>> {
    let database = config.database();
    if !database.is_sqlite() {
        return Ok(None);
    }
    make_folder(&config.data_dir)?;
    let path = PathBuf::from(format!("{}.lock", sqlite_path(&database.url)));
    let file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .with_context(|| format!("the lock file {} cannot be made", path.display()))?;
    give_to_owner_of_folder(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => anyhow::bail!(
            "another wapro runs on the embedded database {}: stop it, or choose another folder with WAPRO_DATA_DIR. Several \
             processes need a database server (WAPRO_DATABASE_URL)",
            sqlite_path(&database.url)
        ),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

/// Creates the embedded database's file before SQLite does, so that no other user of the machine can read it. SQLite takes the
/// permissions of its journals from it.
///
/// # Errors
/// When it cannot be made.
pub fn keep_private(sqlite_url: &str) -> anyhow::Result<()> {
    let path = sqlite_path(sqlite_url);
    let made = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path);
    made.with_context(|| format!("the database file {path} cannot be made"))?;
    give_to_owner_of_folder(Path::new(path))
}

/// The file of an embedded database.
pub fn sqlite_path(url: &str) -> &str {
    url.trim_start_matches("sqlite://")
        .split('?')
        .next()
        .unwrap_or_default()
}

/// Creates a folder that only its owner can read, if it is missing.
///
/// # Errors
/// When it cannot be made.
pub fn make_private_folder(folder: &Path) -> anyhow::Result<()> {
    if !folder.exists() {
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        give_to_owner_of_folder(folder)?;
    }
    Ok(())
}

/// Reads a JSON file of the data folder; none if there is none.
pub fn read<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(
            serde_json::from_slice(&bytes).with_context(|| format!("{} is damaged", path.display()))?,
        )),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Replaces a JSON file of the data folder; a crash leaves the old one or the new one, never a mixture.
pub fn write<T: Serialize>(path: &Path, value: &T) -> anyhow::Result<()> {
    let half = path.with_extension("half");
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(&half)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    file.sync_all()?;
    std::fs::rename(&half, path)?;
    Ok(())
}

/// Where the simulator's world is kept.
pub fn simulator_file(data_dir: &Path) -> PathBuf {
    data_dir.join("simulator.json")
}

/// The simulator's world with the public address of the server around it, which its callbacks point at.
#[derive(Deserialize, Serialize)]
struct Saved {
    /// Missing in files of earlier versions.
    served_at: Option<Url>,
    #[serde(flatten)]
    world: serde_json::Value,
}

/// Restores the simulator's saved world. Callbacks at the server's former address move to the present one; others that the
/// simulator may not call are warned of.
pub fn restore(simulator: &Simulator, config: &Config) -> anyhow::Result<()> {
    let Some(saved) = read::<Saved>(&simulator_file(&config.data_dir))? else {
        return Ok(());
    };
    simulator.import(saved.world)?;
    let here = config.public_url()?;
    if let Some(before) = saved.served_at.filter(|before| *before != here) {
        let moved = simulator.move_callbacks(&before, &here);
        tracing::info!(%before, %here, moved, "the simulator's callbacks moved to the server's new address");
    }
    let lost: Vec<String> = simulator.callbacks_out_of_reach().into_iter().collect();
    if !lost.is_empty() {
        tracing::warn!(
            callbacks = lost.join(", "),
            "the simulator may not call these callbacks, so their webhooks are not delivered: was the server started under another \
             address before? The connection test of a number sets its callback anew"
        );
    }
    Ok(())
}

/// Saves the simulator's world as a server at `served_at` has it.
pub fn save(world: serde_json::Value, served_at: Url, file: &Path) -> anyhow::Result<()> {
    let served_at = Some(served_at);
    write(file, &Saved { served_at, world })
}

/// Saves the simulator's world whenever it has changed, at most once a second, and once more at the end.
pub async fn keep_saving(simulator: Simulator, served_at: Url, data_dir: PathBuf, stop: CancellationToken) {
    let file = simulator_file(&data_dir);
    let mut changes = simulator.on_change();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            changed = changes.changed() => if changed.is_err() { break },
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
        changes.mark_unchanged();
        save_present(&simulator, &served_at, &file).await;
    }
    save_present(&simulator, &served_at, &file).await;
}

async fn save_present(simulator: &Simulator, served_at: &Url, file: &Path) {
    let (world, served_at, file) = (simulator.export(), served_at.clone(), file.to_owned());
    let saved = tokio::task::spawn_blocking(move || save(world, served_at, &file)).await;
    if let Ok(Err(error)) = saved {
        tracing::warn!(%error, "the simulator's world could not be saved");
    }
}
