//! `wapro`: the platform in one binary.

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use server::{
    commands::{admin, describe, doctor, events, in_words, migrate, run, seed, serve, simulator, vault},
    config::{Config, LogFormat},
};
use tracing_subscriber::{EnvFilter, fmt, prelude::*};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// WhatsApp for many businesses: inbox, messages, contacts, API. Starts with nothing installed.
#[derive(Debug, Parser)]
#[command(name = "wapro", version, about)]
struct Arguments {
    /// A configuration file instead of wapro.toml.
    #[arg(long, global = true, env = "WAPRO_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything in one process (the default).
    Run {
        /// With the demo and the simulator, to look around: on this machine only.
        #[arg(long)]
        demo: bool,
    },
    /// Answer HTTP and WebSocket; background work is done by `worker`.
    Serve,
    /// Relay events and run jobs.
    Worker,
    /// Bring the database's schema up to date and end.
    Migrate,
    /// Print the API's description.
    Openapi {
        /// Write openapi/openapi.json, openapi/operations.txt and openapi/roles.txt.
        #[arg(long, conflicts_with = "check")]
        write: bool,
        /// Fail if those files are stale.
        #[arg(long)]
        check: bool,
    },
    /// The Cloud API simulator alone.
    Simulator,
    /// Fill an empty installation with the demo and end.
    Seed,
    /// People: add, set a password, list.
    #[command(subcommand)]
    User(admin::UserCommand),
    /// Tenants: add, list.
    #[command(subcommand)]
    Tenant(admin::TenantCommand),
    /// Resellers: add, list.
    #[command(subcommand)]
    Reseller(admin::ResellerCommand),
    /// Events that could not be applied: list them, try again.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Stored secrets: seal them under the newest key.
    #[command(subcommand)]
    Vault(vault::VaultCommand),
    /// Check the configuration and everything it names.
    Doctor {
        /// Only ask whether a server answers.
        #[arg(long)]
        probe: bool,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    match obey().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One message with its causes: a backtrace does not help with a mistyped setting.
            eprintln!("wapro: {}", in_words(&error));
            ExitCode::FAILURE
        }
    }
}

async fn obey() -> anyhow::Result<()> {
    // Before the first TLS connection: the crates we use have no default provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let config = Config::load(arguments.config.as_deref())?;
    log(&config)?;
    failpoints()?;
    match arguments.command.unwrap_or(Command::Run { demo: false }) {
        Command::Run { demo } => run::run(config, demo).await,
        Command::Serve => serve::serve(config).await,
        Command::Worker => serve::worker(config).await,
        Command::Migrate => migrate::migrate(config).await,
        Command::Openapi { write: true, .. } => describe::openapi(describe::Mode::Write).await,
        Command::Openapi { check: true, .. } => describe::openapi(describe::Mode::Check).await,
        Command::Openapi { .. } => describe::openapi(describe::Mode::Print).await,
        Command::Simulator => simulator::simulator(config).await,
        Command::Seed => seed::seed(config).await,
        Command::Events(command) => events::events(config, command).await,
        Command::Vault(command) => vault::vault(config, command).await,
        Command::User(command) => admin::user(config, command).await,
        Command::Tenant(command) => admin::tenant(config, command).await,
        Command::Reseller(command) => admin::reseller(config, command).await,
        Command::Doctor { probe: true } => doctor::probe(config).await,
        Command::Doctor { .. } => doctor::doctor(config).await,
    }
}

/// Logs the failpoints, or that this build has none: a test that relies on them must not pass for that reason.
#[cfg(any(debug_assertions, feature = "failpoints"))]
fn failpoints() -> anyhow::Result<()> {
    if kernel::failpoint::armed() {
        tracing::warn!("this process is told to fail at certain points");
    }
    Ok(())
}

#[cfg(not(any(debug_assertions, feature = "failpoints")))]
fn failpoints() -> anyhow::Result<()> {
    anyhow::ensure!(
        std::env::var_os("FAILPOINTS").is_none(),
        "FAILPOINTS is set, but this build has no failpoints (build with the feature `failpoints`)"
    );
    Ok(())
}

fn log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log)?;
    let registry = tracing_subscriber::registry().with(filter);
    match config.log_format {
        LogFormat::Text => registry
            .with(
                fmt::layer()
                    .with_target(false)
                    // Colours only on terminals.
                    .with_ansi(std::io::stderr().is_terminal())
                    .with_writer(std::io::stderr),
            )
            .init(),
        LogFormat::Json => registry
            .with(fmt::layer().json().with_writer(std::io::stderr))
            .init(),
    }
    Ok(())
}
