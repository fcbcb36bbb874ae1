use figment::{
    Jail,
    providers::{Format, Toml},
};
use secrecy::SecretString;

use super::*;

/// Values that no error may show.
const SECRET: &str = "hunter2";

#[test]
fn the_defaults_are_complete_and_embedded() {
    let config = Config::defaults().unwrap();
    assert!(config.database().is_sqlite());
    assert!(config.redis().is_none());
    assert_eq!(config.public_url().unwrap().as_str(), "http://127.0.0.1:8080/");
    config.check().unwrap();
}

#[test]
fn demo_and_simulator_are_off_by_default() {
    let config = Config::defaults().unwrap();
    assert!(!config.demo && !config.simulator.enabled);
    assert!(!config.allow_demo_and_simulator_on_public_address);
}

#[test]
fn secrets_do_not_show_in_debug_output() {
    let config = Config {
        database_url: SecretString::from("mysql://u:hunter2@h/d"),
        ..Config::defaults().unwrap()
    };
    assert!(!format!("{config:?}").contains(SECRET));
}

/// The error for a file and an environment.
#[expect(
    clippy::result_large_err,
    reason = "figment hands its own error through the jail"
)]
fn complaint(file: &str, environment: &[(&str, &str)]) -> String {
    let mut said = String::new();
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file("wapro.toml", file)?;
        for (name, value) in environment {
            jail.set_env(name, value);
        }
        said = format!("{:#}", Config::load(None).expect_err(file));
        Ok(())
    });
    said
}

#[test]
fn a_complaint_about_the_file_names_the_setting_and_never_a_value() {
    for (file, named) in [
        // Wrong types, flat and nested.
        ("listen = \"hunter2\"", "listen"),
        ("listen = 4711", "listen"),
        ("database_url = [\"hunter2\"]", "database_url"),
        ("database_connections = \"hunter2\"", "database_connections"),
        ("database_connections = -1", "database_connections"),
        ("encryption_keys = \"k1:hunter2\"", "encryption_keys"),
        (
            "encryption_keys = [\"k1:hunter2\", [\"hunter2\"]]",
            "encryption_keys",
        ),
        ("encryption_keys = { hunter2 = 1 }", "encryption_keys"),
        ("encryption_keys = [\"hunter2\"]", "encryption_keys"),
        ("encryption_keys = [\"k1:hunter2\"]", "encryption_keys"),
        (
            "encryption_keys = [\"k2:1111111111111111111111111111111111111111111111111111111111111111\", \
             \"k2:2222222222222222222222222222222222222222222222222222222222222222\"]",
            "two vault keys have the id `k2`",
        ),
        ("api_rate = 0", "api_rate"),
        ("api_burst = 0", "api_burst"),
        (
            "[simulator.knobs]\nno_such_knob = \"hunter2\"",
            "simulator.knobs.no_such_knob",
        ),
        ("log_format = \"hunter2\"", "log_format"),
        ("graph_url = \"hunter2\"", "graph_url"),
        ("demo = \"hunter2\"", "demo"),
        ("media = \"hunter2\"", "media"),
        (
            "[media]\nsecret_access_key = [\"hunter2\"]",
            "media.secret_access_key",
        ),
        ("[media]\nfetch_ports = [80, \"hunter2\"]", "media.fetch_ports"),
        ("[media]\nfetch_networks = [\"hunter2\"]", "media.fetch_networks"),
        ("[simulator]\nprofile = \"hunter2\"", "simulator.profile"),
        // Values of the right type that are invalid.
        ("database_url = \"postgres://u:hunter2@h/d\"", "database_url"),
        ("database_url = \"hunter2\"", "database_url"),
        ("database_url = \"mysql://u:hunter2@h:port/d\"", "database_url"),
        ("redis_url = \"http://:hunter2@h\"", "redis_url"),
        ("redis_connections = \"hunter2\"", "redis_connections"),
        ("redis_connections = 3", "redis_connections"),
        ("redis_wait_ms = 0", "redis_wait_ms"),
        ("public_url = \"https://u:hunter2@h\"", "public_url"),
        ("public_url = \"hunter2\"", "public_url"),
        ("graph_url = \"ftp://u:hunter2@h\"", "graph_url"),
        ("log = \"=hunter2=[\"", "log"),
        ("[media]\nurl = \"ftp://u:hunter2@h\"", "media.url"),
        ("[media]\nurl = \"s3://id:hunter2@bucket/files\"", "media.url"),
        (
            "[media]\nendpoint = \"https://u:hunter2@minio\"",
            "media.endpoint",
        ),
        ("[media]\nendpoint = \"hunter2\"", "media.endpoint"),
        (
            "database_url = \"mysql://u:p@h/d?ssl-mode=hunter2\"",
            "database_url",
        ),
        ("database_url = \"sqlite://x.db?mode=hunter2\"", "database_url"),
        ("[simulator]\nurl = \"hunter2\"", "simulator.url"),
        // Unknown names.
        (
            "databas_url = \"mysql://u:hunter2@h/d\"",
            "`databas_url` is no setting",
        ),
        ("[media]\nsecret = \"hunter2\"", "`media.secret` is no setting"),
        (
            "\"mysql://u:hunter2@h/d\" = \"database_url\"",
            "a name is no setting",
        ),
        ("[media]\n\"mysql://hunter2\" = 1", "a name is no setting"),
        // Invalid TOML; the parser would show the line.
        ("brand = \"x\"\ndatabase_url = mysql://u:hunter2@h/d", "line 2"),
        ("database_url = \"mysql://u:hunter2@h/d", "line 1"),
        ("redis_url = \"hunter2\"\nredis_url = \"hunter2\"", "line 2"),
        ("encryption_keys = [\"hunter2\"", "wapro.toml"),
        ("hunter2", "line 1"),
    ] {
        let said = complaint(file, &[]);
        assert!(!said.contains(SECRET), "{file}: {said}");
        assert!(said.contains(named), "{file}: {said}");
    }
}

#[test]
fn a_complaint_about_the_environment_names_the_variable_and_never_a_value() {
    for (name, value, named) in [
        ("WAPRO_LISTEN", "hunter2", "WAPRO_LISTEN"),
        ("WAPRO_DATABASE_CONNECTIONS", "hunter2", "`database_connections`"),
        ("WAPRO_ENCRYPTION_KEYS", "k1:hunter2", "`encryption_keys`"),
        ("WAPRO_ENCRYPTION_KEYS", "[[hunter2]]", "`encryption_keys`"),
        ("WAPRO_DATABASE_URL", "{a=hunter2}", "`database_url`"),
        ("WAPRO_DATABASE_URL", "postgres://u:hunter2@h/d", "`database_url`"),
        ("WAPRO_REDIS_URL", "://:hunter2@", "`redis_url`"),
        ("WAPRO_MEDIA", "hunter2", "`media`"),
        (
            "WAPRO_MEDIA__SECRET_ACCESS_KEY",
            "[hunter2]",
            "WAPRO_MEDIA__SECRET_ACCESS_KEY",
        ),
        ("WAPRO_MEDIA__SECRET", "hunter2", "`media.secret`"),
        ("WAPRO_MEDIA", "{secret=\"hunter2\"}", "`media.secret`"),
        (
            "WAPRO_DATABASE_PASSWORD",
            "hunter2",
            "`database_password` is no setting (environment variable WAPRO_DATABASE_PASSWORD)",
        ),
        ("WAPRO_SIMULATOR__ENABLED", "hunter2", "true or false"),
        ("WAPRO_TRUSTED_PROXIES", "[\"hunter2\"]", "`trusted_proxies`"),
    ] {
        let said = complaint("", &[(name, value)]);
        assert!(!said.contains(SECRET), "{name}={value}: {said}");
        assert!(said.contains(named), "{name}={value}: {said}");
    }
    // Digits are a number in the environment: a numeric secret is no exception.
    let said = complaint("", &[("WAPRO_MEDIA__SECRET_ACCESS_KEY", "4711471147114711")]);
    assert!(
        !said.contains("4711") && said.contains("media.secret_access_key"),
        "{said}"
    );
}

#[test]
fn every_setting_has_an_expected_kind() {
    let defaults: toml::Table = toml::from_str(load::DEFAULTS).unwrap();
    fn walk(path: &str, value: &toml::Value, found: &mut Vec<String>) {
        match value {
            toml::Value::Table(table) if !table.is_empty() => {
                for (name, value) in table {
                    let path = if path.is_empty() {
                        name.clone()
                    } else {
                        format!("{path}.{name}")
                    };
                    walk(&path, value, found);
                }
            }
            _ => found.push(path.to_owned()),
        }
    }
    let mut names = Vec::new();
    walk("", &toml::Value::Table(defaults), &mut names);
    assert!(names.len() > 20);
    for name in names {
        let said = wrong::value(&name).to_string();
        assert!(!said.contains("another kind"), "{said}");
    }
}

#[test]
#[expect(
    clippy::result_large_err,
    reason = "figment hands its own error through the jail"
)]
fn a_file_that_is_right_is_read() {
    Jail::expect_with(|jail| {
        jail.clear_env();
        jail.create_file("mine.toml", "brand = \"Mine\"\n[media]\nlink_minutes = 3")?;
        jail.set_env("WAPRO_MEDIA__FETCH_HTTP", "true");
        jail.set_env("WAPRO_DATABASE_URL", "mysql://wapro:p%40ss@127.0.0.1:3306/wapro");
        let config = Config::load(Some(std::path::Path::new("mine.toml"))).unwrap();
        assert_eq!((config.brand.as_str(), config.media.link_minutes), ("Mine", 3));
        assert!(config.media.fetch_http);
        Ok(())
    });
}

#[test]
fn a_tenant_may_do_four_times_what_a_caller_may_unless_told_otherwise() {
    let mut config = Config::defaults().unwrap();
    (config.api_rate, config.api_burst) = (5, 7);
    let quota = |config: &Config| (config.tenant_quota().per_second, config.tenant_quota().burst);
    assert_eq!(quota(&config), (20.0, 28));
    (config.tenant_rate, config.tenant_burst) = (6, u32::MAX);
    assert_eq!(quota(&config), (6.0, u32::MAX));
    (config.tenant_rate, config.api_rate) = (0, u32::MAX);
    assert_eq!(quota(&config).0, f64::from(u32::MAX));
}

fn read(toml: &str) -> Config {
    let figment = figment::Figment::from(Toml::string(load::DEFAULTS)).merge(Toml::string(toml));
    figment.extract().unwrap()
}

#[test]
fn proxies_are_addresses_and_networks() {
    let config = read(r#"trusted_proxies = ["127.0.0.1", "172.16.0.0/12"]"#);
    let networks: Vec<_> = config.trusted_proxies.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["127.0.0.1/32", "172.16.0.0/12"]);
}

#[test]
fn behind_https_proxies_must_be_named() {
    let complains = |toml: &str| read(toml).proxies_missing().is_some();
    assert!(complains(r#"public_url = "https://wa.example.com""#));
    assert!(!complains(
        "public_url = \"https://wa.example.com\"\ntrusted_proxies = [\"127.0.0.1\"]"
    ));
    assert!(!complains(r#"public_url = "http://127.0.0.1:8080""#));
    assert!(!complains(""));
}

#[test]
fn metrics_have_an_address_of_this_machine_or_none() {
    let address = Config::defaults().unwrap().metrics_listen.unwrap();
    assert!(address.ip().is_loopback());
    assert_eq!(read(r#"metrics_listen = """#).metrics_listen, None);
}

#[test]
fn names_of_hosts_and_networks_are_checked_at_the_start() {
    for (file, named) in [
        (r#"trusted_proxies = ["127.0.0.1", "hunter2"]"#, "trusted_proxies"),
        (r#"metrics_listen = "hunter2""#, "metrics_listen"),
        (
            r#"allowed_hosts = ["a.example", "https://hunter2"]"#,
            "allowed_hosts",
        ),
        ("[simulator]\nreach = [\"hunter2\"]", "simulator.reach"),
    ] {
        let said = complaint(file, &[]);
        assert!(
            said.contains(&format!("`{named}`")) && !said.contains(SECRET),
            "{said}"
        );
    }
}
