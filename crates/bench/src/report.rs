//! How it is told.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::measure::Measured;

/// One run.
#[derive(Debug, Serialize)]
pub struct Report {
    /// When.
    pub at: DateTime<Utc>,
    /// Cores of the machine, shared by everything measured.
    pub cores: usize,
    /// Load average of the last minute before.
    pub load_before: String,
    /// And after.
    pub load_after: String,
    /// What was measured.
    pub rows: Vec<Measured>,
}

/// The machine's load average, or nothing where it has none.
pub fn load_average() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

impl Report {
    /// As Markdown.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{} cores, load {} before and {} after\n\n| what | profile | count | a second | p50 ms | p99 ms |\n|---|---|---|---|---|---|\n",
            self.cores, self.load_before, self.load_after
        );
        for row in &self.rows {
            text += &format!(
                "| {} | {} | {} | {:.0} | {:.1} | {:.1} |\n",
                row.name, row.profile, row.count, row.per_second, row.p50_ms, row.p99_ms
            );
        }
        text
    }

    /// Writes `results/<date>.json` and the table beside it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self) -> anyhow::Result<PathBuf> {
        let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/results"));
        std::fs::create_dir_all(&folder)?;
        let file = folder.join(format!("{}.json", self.at.format("%Y-%m-%d")));
        std::fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        std::fs::write(file.with_extension("md"), self.table())?;
        Ok(file)
    }
}
