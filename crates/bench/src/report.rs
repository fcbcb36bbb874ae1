//! The result as typed JSON and as a Markdown table.

use std::{fmt::Write as _, path::PathBuf};

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::{
    plan::Plan,
    proc::{Cpu, Memory},
};

/// One run of the program.
#[derive(Debug, Serialize)]
pub struct Report {
    /// When it began.
    pub at: DateTime<Utc>,
    /// How long it took, seconds.
    pub seconds: f64,
    /// `release`, or `dev`, whose figures mean nothing.
    pub build: &'static str,
    /// Cores of the machine, shared by all that is measured and all that measures.
    pub cores: usize,
    /// Load average before and after.
    pub load: (f64, f64),
    /// What was asked for.
    pub plan: Plan,
    /// What the databases said of themselves.
    pub services: Vec<String>,
    /// The parts, in the order in which they ran.
    pub parts: Vec<Part>,
}

/// One part of the run.
#[derive(Debug, Serialize)]
pub struct Part {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// How long it took, seconds.
    pub seconds: f64,
    /// What was measured.
    pub rows: Vec<Row>,
    /// Why it could not run, or not to its end.
    pub trouble: Option<String>,
}

/// Whose figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Whose {
    /// The platform's.
    Ours,
    /// A baseline's, written after the description of another program.
    Shape,
    /// What the machine allows.
    Bound,
}

/// A wish and whether it came true.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Goal {
    /// In words.
    pub wish: String,
    /// Whether it was reached.
    pub reached: bool,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// Half were quicker.
    pub p50_ms: f64,
    /// One of a hundred was slower.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
    /// How many.
    pub count: u64,
}

/// One measured figure.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Which goal it speaks to: `P1`, `P4b`.
    pub goal: &'static str,
    /// Whose.
    pub whose: Whose,
    /// What was measured.
    pub what: String,
    /// The figure: the median of the rounds.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// The figure of each round, in order.
    pub rounds: Vec<f64>,
    /// Wishes.
    pub goals: Vec<Goal>,
    /// Microseconds of processor time for each unit of the figure.
    pub cpu_us: Option<Cpu>,
    /// Latency.
    pub latency: Option<Latency>,
    /// Memory of the process in question.
    pub memory: Option<Memory>,
    /// Load average before and after each round.
    pub load: Vec<(f64, f64)>,
    /// What else the reader should know.
    pub note: String,
}

impl Row {
    /// A row with a figure and nothing else.
    pub fn new(
        goal: &'static str,
        whose: Whose,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
    ) -> Self {
        Self {
            goal,
            whose,
            what: what.into(),
            value,
            unit,
            rounds: Vec::new(),
            goals: Vec::new(),
            cpu_us: None,
            latency: None,
            memory: None,
            load: Vec::new(),
            note: String::new(),
        }
    }

    /// With a wish.
    #[must_use]
    pub fn wish(mut self, wish: impl Into<String>, reached: bool) -> Self {
        self.goals.push(Goal {
            wish: wish.into(),
            reached,
        });
        self
    }

    /// With a remark; several are joined.
    #[must_use]
    pub fn note(mut self, note: impl AsRef<str>) -> Self {
        if !self.note.is_empty() {
            self.note += "; ";
        }
        self.note += note.as_ref();
        self
    }

    fn cells(&self) -> [String; 7] {
        let goals: Vec<String> = self
            .goals
            .iter()
            .map(|goal| format!("{}: **{}**", goal.wish, if goal.reached { "yes" } else { "no" }))
            .collect();
        let cpu = self.cpu_us.map_or_else(String::new, |cpu| {
            format!(
                "{} / {} / {} / {} / {}",
                short(cpu.app),
                short(cpu.database),
                short(cpu.redis),
                short(cpu.simulator),
                short(cpu.harness)
            )
        });
        let mut notes = Vec::new();
        if let Some(latency) = self.latency {
            notes.push(format!(
                "p50 {} ms, p99 {} ms, max {} ms of {}",
                short(latency.p50_ms),
                short(latency.p99_ms),
                short(latency.max_ms),
                latency.count
            ));
        }
        if let Some(memory) = self.memory {
            notes.push(format!("peak {} MiB", short(memory.peak_mib)));
        }
        if self.rounds.len() > 1 {
            let rounds: Vec<String> = self.rounds.iter().map(|value| short(*value)).collect();
            notes.push(format!("rounds {}", rounds.join(" · ")));
        }
        if !self.note.is_empty() {
            notes.push(self.note.clone());
        }
        let whose = match self.whose {
            Whose::Ours => "**ours**",
            Whose::Shape => "shape",
            Whose::Bound => "bound",
        };
        [
            self.goal.to_owned(),
            whose.to_owned(),
            self.what.clone(),
            format!("{} {}", short(self.value), self.unit),
            goals.join("<br>"),
            cpu,
            notes.join("; "),
        ]
    }
}

/// A figure with as many digits as are worth reading.
pub fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        big if big >= 100.0 => {
            // 12345 → 12,345
            let digits = format!("{:.0}", value.abs());
            let mut text = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    text.push(',');
                }
                text.push(digit);
            }
            if value < 0.0 { format!("-{text}") } else { text }
        }
        middle if middle >= 10.0 => format!("{value:.1}"),
        little if little >= 0.01 => format!("{value:.2}"),
        _ => format!("{value:.4}"),
    }
}

impl Part {
    /// A part that could not run.
    pub fn failed(name: &'static str, title: &'static str, why: impl Into<String>) -> Self {
        Self {
            name,
            title,
            seconds: 0.0,
            rows: Vec::new(),
            trouble: Some(why.into()),
        }
    }

    /// As Markdown.
    pub fn markdown(&self) -> String {
        let mut text = format!("\n## {}\n\n`{}`, {:.0} s\n", self.title, self.name, self.seconds);
        if let Some(trouble) = &self.trouble {
            let _ = writeln!(text, "\n**Not (fully) measured:** {trouble}");
        }
        if self.rows.is_empty() {
            return text;
        }
        text += "\n| | whose | what | figure | wished | CPU µs each: app / db / redis / simulator / harness | remarks |\n|---|---|---|---|---|---|---|\n";
        for row in &self.rows {
            let _ = writeln!(
                text,
                "| {} |",
                row.cells().map(|cell| cell.replace('|', "\\|")).join(" | ")
            );
        }
        let loads: Vec<&(f64, f64)> = self.rows.iter().flat_map(|row| &row.load).collect();
        if !loads.is_empty() {
            let (least, most) = loads
                .iter()
                .fold((f64::MAX, 0.0_f64), |(least, most), (before, after)| {
                    (least.min(*before).min(*after), most.max(*before).max(*after))
                });
            let _ = writeln!(
                text,
                "\nLoad average of the last minute around the rounds: {least:.2} to {most:.2}."
            );
        }
        text
    }
}

impl Report {
    /// As Markdown.
    pub fn markdown(&self) -> String {
        let plan = &self.plan;
        let mut text = format!(
            "# {}\n\n{} build, {} cores for everything, load average {:.2} before and {:.2} after, {:.0} s in all. \
             {} rounds of {} s, contenders taking turns; a figure is the median of its rounds, a ratio the median of the \
             rounds' ratios. How to read it: `crates/bench/README.md`.\n",
            self.at.format("%Y-%m-%d %H:%M UTC"),
            self.build,
            self.cores,
            self.load.0,
            self.load.1,
            self.seconds,
            plan.rounds,
            plan.seconds,
        );
        for service in &self.services {
            let _ = writeln!(text, "\n{service}");
        }
        for part in &self.parts {
            text += &part.markdown();
        }
        text
    }

    /// Writes `<date>.json` and the table beside it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn write(&self) -> anyhow::Result<PathBuf> {
        let folder = &self.plan.results;
        std::fs::create_dir_all(folder)?;
        let file = folder.join(format!("{}.json", self.at.format("%Y-%m-%d")));
        std::fs::write(&file, serde_json::to_string_pretty(self)? + "\n")?;
        std::fs::write(file.with_extension("md"), self.markdown())?;
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_digits_that_are_worth_reading() {
        let told = [0.0, 0.0042, 0.5, 9.876, 98.76, 1234.5, 1_234_567.0].map(short);
        assert_eq!(
            told,
            ["0", "0.0042", "0.50", "9.88", "98.8", "1,234", "1,234,567"]
        );
    }

    #[test]
    fn a_part_that_could_not_run_says_why() {
        let text = Part::failed("send", "Sending", "there is no MariaDB").markdown();
        assert!(
            text.contains("**Not (fully) measured:** there is no MariaDB"),
            "{text}"
        );
    }
}
