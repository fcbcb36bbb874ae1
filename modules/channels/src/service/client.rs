//! Speaking to the Graph API as a number: its secrets, and where they may be sent.

use cloud_api::client::{Client, Connection};
use contracts::channels::{Channel, ChannelId};
use kernel::{Result, TenantDb, TenantId};
use secrecy::SecretString;
use url::Url;

use super::Service;
use crate::error::ChannelError;

/// What the secrets of a number are bound to: the name that its table had when the first of them was sealed.
pub(crate) const SEALED_AS: &str = "messaging_channels";

/// WhatsApp's download hosts: what ends so gets the token, nothing else does.
const HOSTS: &[&str] = &[
    "fbsbx.com",
    "fbcdn.net",
    "facebook.com",
    "whatsapp.net",
    "whatsapp.com",
];

/// Where Meta is, where the simulator is, where we are.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// `https://graph.facebook.com`, or a stand-in.
    pub graph: Url,
    /// The simulator's Graph address, when simulated numbers are offered.
    pub simulator: Option<Url>,
    /// How WhatsApp reaches us; webhook addresses are made from it.
    pub public: Url,
}

/// Where a sealed secret lives.
fn place(tenant: TenantId, id: ChannelId, column: &str) -> String {
    format!("{tenant}|{SEALED_AS}|{id}|{column}")
}

impl Service {
    pub(super) fn seal(
        &self,
        db: &TenantDb,
        id: ChannelId,
        column: &str,
        secret: &SecretString,
    ) -> Result<String> {
        self.vault.seal(&place(db.tenant(), id, column), secret)
    }

    pub(super) fn open(
        &self,
        db: &TenantDb,
        id: ChannelId,
        column: &str,
        sealed: &str,
    ) -> Result<SecretString> {
        self.vault.open(&place(db.tenant(), id, column), sealed)
    }

    /// Speaks to WhatsApp as this channel.
    pub(super) fn client_of(&self, channel: &Channel) -> Result<Client> {
        let open = |column, sealed: &str| {
            self.vault
                .open(&place(channel.tenant_id, channel.id, column), sealed)
        };
        let address = match (channel.simulated, &self.addresses.simulator) {
            (true, Some(simulator)) => simulator.clone(),
            (true, None) => return Err(ChannelError::NoSimulator.into()),
            (false, _) => self.addresses.graph.clone(),
        };
        let app_secret = open("app_secret", &channel.credentials.app_secret)?;
        let connection = Connection::new(
            address,
            open("access_token", &channel.credentials.access_token)?,
            Some(app_secret),
        );
        Ok(Client::new(self.http.clone(), connection))
    }

    /// The address to ask for a file, if the token may go there.
    pub(super) fn file_address(&self, channel: &Channel, url: &str) -> Option<Url> {
        let url = Url::parse(url).ok()?;
        match (channel.simulated, &self.addresses.simulator) {
            (true, Some(simulator)) => {
                // It is asked at the address we know, whatever it calls itself, and for files only: the simulator may
                // live in this very server.
                if !is_simulated_file(&url) {
                    return None;
                }
                let mut known = simulator.clone();
                known.set_path(url.path());
                known.set_query(url.query());
                Some(known)
            }
            (true, None) => None,
            (false, _) => is_whatsapps(&url, &self.addresses.graph).then_some(url),
        }
    }
}

/// Whether an address is on WhatsApp's own hosts by https, or where Graph is configured to be.
fn is_whatsapps(url: &Url, graph: &Url) -> bool {
    if url.origin() == graph.origin() {
        return true;
    }
    let Some(host) = url.domain() else { return false };
    let known = HOSTS
        .iter()
        .any(|known| host == *known || host.strip_suffix(known).is_some_and(|rest| rest.ends_with('.')));
    known
        && url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
}

/// Whether an address is one of the simulator's files: `/_media/` and one plain name.
fn is_simulated_file(url: &Url) -> bool {
    let name = url.path().strip_prefix("/_media/").unwrap_or_default();
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simulated_number_fetches_files_only() {
        for (url, file) in [
            ("http://127.0.0.1:8080/_media/123.1790000000.0a1b", true),
            ("http://elsewhere.example/_media/123?x=1", true),
            ("http://127.0.0.1:8080/_media/", false),
            ("http://127.0.0.1:8080/_media", false),
            ("http://127.0.0.1:8080/_sim/export", false),
            ("http://127.0.0.1:8080/api/v1/contacts", false),
            ("http://127.0.0.1:8080/_media/../_sim/export", false),
            ("http://127.0.0.1:8080/_media/%2e%2e/_sim/export", false),
            ("http://127.0.0.1:8080/_media/..%2f_sim/export", false),
            ("http://127.0.0.1:8080/_media/..\\..\\_sim\\export", false),
            ("http://127.0.0.1:8080//_media/1", false),
            ("http://127.0.0.1:8080/_media/1/2", false),
            ("http://127.0.0.1:8080/_MEDIA/1", false),
            ("http://127.0.0.1:8080/v25.0/me", false),
        ] {
            assert_eq!(is_simulated_file(&Url::parse(url).unwrap()), file, "{url}");
        }
    }

    #[test]
    fn the_token_goes_to_whatsapp_only() {
        let graph = Url::parse("https://graph.facebook.com").unwrap();
        for (url, known) in [
            (
                "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1",
                true,
            ),
            ("https://scontent.xx.fbcdn.net/v/1", true),
            ("https://graph.facebook.com/x", true),
            ("https://mmg.whatsapp.net/x", true),
            ("http://lookaside.fbsbx.com/x", false),
            ("https://lookaside.fbsbx.com:8443/x", false),
            ("https://evilfbsbx.com/x", false),
            ("https://fbsbx.com.evil.example/x", false),
            ("https://user@lookaside.fbsbx.com/x", false),
            ("https://lookaside.fbsbx.com@evil.example/x", false),
            ("http://169.254.169.254/latest/meta-data/", false),
            ("https://127.0.0.1/x", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_whatsapps(&Url::parse(url).unwrap(), &graph), known, "{url}");
        }
        let stand_in = Url::parse("http://127.0.0.1:9000").unwrap();
        assert!(is_whatsapps(
            &Url::parse("http://127.0.0.1:9000/_media/1").unwrap(),
            &stand_in
        ));
        assert!(!is_whatsapps(
            &Url::parse("http://127.0.0.1:9001/_media/1").unwrap(),
            &stand_in
        ));
    }
}
