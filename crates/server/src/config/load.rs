//! Loads the configuration.

use std::path::Path;

use figment::{
    Figment,
    providers::{Env, Format, Toml},
};

use super::{Config, wrong};

/// Every setting with its default.
pub(super) const DEFAULTS: &str = include_str!("../../config.default.toml");
/// The default file.
const USUAL_FILE: &str = "wapro.toml";
/// Prefix of settings in the environment.
pub(super) const PREFIX: &str = "WAPRO_";
/// Variables of the command line and the tests, which are not settings.
const NO_SETTINGS: [&str; 6] = [
    "test_mysql_url",
    "test_redis_url",
    "test_log",
    "api_key",
    "corpus",
    "config",
];

impl Config {
    /// Reads `file` (or `wapro.toml` if it exists) and the environment over the defaults.
    ///
    /// # Errors
    /// A message that names the setting and what it must be, never its value: it may be a secret.
    pub fn load(file: Option<&Path>) -> anyhow::Result<Self> {
        let usual = Path::new(USUAL_FILE);
        let file = match file {
            Some(file) if !file.exists() => {
                anyhow::bail!("the configuration file {} does not exist", file.display())
            }
            Some(file) => Some(file),
            None => usual.exists().then_some(usual),
        };
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file {
            figment = figment.merge(Toml::string(&read(file)?));
        }
        let environment = Env::prefixed(PREFIX).ignore(&NO_SETTINGS).split("__");
        let config: Self = figment
            .merge(environment)
            .extract()
            .map_err(|error| anyhow::anyhow!(wrong::explain(error, file)))?;
        config.check()?;
        Ok(config)
    }

    /// The defaults alone, as a base for tests.
    ///
    /// # Errors
    /// When the file of defaults is broken.
    pub fn defaults() -> anyhow::Result<Self> {
        Ok(Figment::from(Toml::string(DEFAULTS)).extract()?)
    }
}

/// The file's text. It is parsed here once, for a message with line and column: the parser's own message shows the line.
fn read(file: &Path) -> anyhow::Result<String> {
    let name = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| anyhow::anyhow!("the configuration file {name} cannot be read: {error}"))?;
    if let Err(error) = toml::from_str::<toml::Table>(&text) {
        let place = error.span().map(|span| wrong::position(&text, span.start));
        let place = place.unwrap_or_default();
        anyhow::bail!(
            "the configuration file {name} is not valid TOML{place}. Text needs quotes, and each name stands once: name = \"value\""
        );
    }
    Ok(text)
}
