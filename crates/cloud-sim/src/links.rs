//! Links in messages: which are fetched, which fail by their host name, and the error of a failed fetch
//! (Cloud API: media; simulator, messages: 131053).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;

use crate::config::SimConfig;
use crate::core::Core;
use crate::life::Life;
use crate::media;
use crate::reach::Reach;

/// Fetches at the same time, at most.
const CONCURRENCY: usize = 8;

/// A link that is to be fetched.
#[derive(Clone, Debug)]
pub struct Fetch {
    /// The message it belongs to.
    pub wamid: String,
    /// Where.
    pub link: String,
    /// image, video, audio, document, sticker.
    pub kind: String,
}

/// Waiting fetches, and those in flight.
#[derive(Debug, Default)]
pub struct Links {
    waiting: Vec<Fetch>,
    in_flight: BTreeSet<String>,
}

impl Links {
    /// True when nothing is waiting or in flight.
    pub fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.in_flight.is_empty()
    }

    /// Takes the fetches that may start now.
    pub fn take(&mut self) -> Vec<Fetch> {
        let room = CONCURRENCY
            .saturating_sub(self.in_flight.len())
            .min(self.waiting.len());
        let out: Vec<Fetch> = self.waiting.drain(..room).collect();
        self.in_flight.extend(out.iter().map(|f| f.wamid.clone()));
        out
    }

    /// Messages whose link has not been fetched, for an export.
    pub fn unfinished(&self) -> impl Iterator<Item = &String> {
        self.in_flight.iter().chain(self.waiting.iter().map(|f| &f.wamid))
    }
}

/// The kind and link of a message's media, also of a template's header.
pub fn of(kind: &str, content: &Value) -> Option<(String, String)> {
    let text = |v: &Value| v.as_str().map(str::to_owned);
    if kind != "template" {
        return Some((kind.to_owned(), content.get("link").and_then(text)?));
    }
    content
        .get("components")?
        .as_array()?
        .iter()
        .filter_map(|c| c.get("parameters").and_then(Value::as_array))
        .flatten()
        .find_map(|p| {
            ["image", "video", "document"]
                .iter()
                .find_map(|k| Some(((*k).to_owned(), p.get(k)?.get("link").and_then(text)?)))
        })
}

/// Links that fail by their host name.
pub fn dead(link: &str) -> Option<&'static str> {
    let url = url::Url::parse(link).ok()?;
    let host = url.host_str().unwrap_or_default();
    if host.starts_with("scontent") && host.ends_with("whatsapp.net") {
        return Some("403, status message Forbidden");
    }
    if host.ends_with(".invalid") || link.contains("sim-404") {
        return Some("404, status message Not Found");
    }
    None
}

/// Whether a link is really fetched: never by default; with `fetch_links`, or when its host is in `link_hosts`, if the
/// simulator can reach it.
pub fn is_fetched(config: &SimConfig, link: &str) -> bool {
    let Ok(url) = config.reach.check(link) else {
        return false;
    };
    let host = url.host_str().unwrap_or_default();
    let with_port = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
    config.fetch_links || config.link_hosts.iter().any(|h| h == host || *h == with_port)
}

/// Fetches a link as Meta does: no redirects, the type and size of its kind.
///
/// # Errors
/// The details of the 131053 it becomes.
pub async fn fetch(
    http: Option<reqwest::Client>,
    reach: &Reach,
    timeout: Duration,
    job: &Fetch,
) -> Result<(), String> {
    let http = http.ok_or("the simulator was given no HTTP client")?;
    // Checked again: an imported world may contain links that were never checked here.
    let link = reach.check(&job.link)?;
    let answer = http.get(link).timeout(timeout).send().await;
    let mut answer = answer.map_err(|e| {
        let why = if e.is_timeout() {
            "the time is over"
        } else {
            "the host cannot be reached"
        };
        format!("Downloading media from weblink failed: {why}")
    })?;
    let status = answer.status();
    if !status.is_success() {
        return Err(format!(
            "Downloading media from weblink failed with http code {}, status message {}",
            status.as_u16(),
            status.canonical_reason().unwrap_or_default()
        ));
    }
    let mime = answer
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or("application/octet-stream")
        .to_owned();
    let fits = match job.kind.as_str() {
        "document" => true,
        "sticker" => mime.starts_with("image/webp"),
        kind => mime.starts_with(&format!("{kind}/")),
    };
    let limit = if job.kind == "document" {
        Some(100 << 20)
    } else {
        media::limit(&mime)
    };
    let Some(limit) = limit.filter(|_| fits) else {
        return Err(format!(
            "Unsupported {} mime type {mime}. Please use one of the supported types.",
            job.kind
        ));
    };
    let mut size = 0;
    while let Some(chunk) = answer
        .chunk()
        .await
        .map_err(|_| "Downloading media from weblink failed: it broke off")?
    {
        size += chunk.len();
        if size > limit {
            return Err(format!(
                "Media file size too big. Max file size we currently support: {limit} bytes."
            ));
        }
    }
    Ok(())
}

impl Core {
    /// The link of an accepted message is due to be fetched.
    pub fn fetch_link(&mut self, wamid: &str) {
        let found = self.world.message(wamid).and_then(|m| of(&m.kind, &m.content));
        match found {
            Some((kind, link)) => self.links.waiting.push(Fetch {
                wamid: wamid.to_owned(),
                link,
                kind,
            }),
            None => self.plan_status(self.now(), wamid, "sent", None),
        }
    }

    /// A fetch has ended: the message continues, or fails with 131053.
    pub fn link_fetched(&mut self, wamid: &str, outcome: Result<(), String>) {
        self.links.in_flight.remove(wamid);
        self.count("links_fetched");
        let now = self.now();
        match outcome {
            Ok(()) => self.plan_status(now, wamid, "sent", None),
            Err(details) => self.plan_status(now, wamid, "failed", Some((131_053, Some(details)))),
        }
    }

    /// Schedules the fetch of a message's link, if it has one to fetch; false: it continues without.
    pub fn plan_fetch(&mut self, due: i64, wamid: &str) -> bool {
        let link = self
            .world
            .message(wamid)
            .and_then(|m| of(&m.kind, &m.content))
            .map(|(_, link)| link);
        if !link.is_some_and(|link| is_fetched(&self.config, &link)) {
            return false;
        }
        self.plan_life(
            due,
            Life::Fetch {
                wamid: wamid.to_owned(),
            },
        );
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_fetched() {
        let mut config = SimConfig::default();
        assert!(!is_fetched(&config, "http://127.0.0.1:9/x.png"));
        config.fetch_links = true;
        for (link, fetched) in [
            ("http://127.0.0.1:9/x.png", true),
            ("http://[::1]/x.png", true),
            ("http://localhost/x.png", true),
            ("http://10.0.0.1/x.png", false),
            ("https://shop.example/x.png", false),
            ("nonsense", false),
        ] {
            assert_eq!(is_fetched(&config, link), fetched, "{link}");
        }
        config.fetch_links = false;
        config.link_hosts = vec![
            "127.0.0.1:443".into(),
            "localhost".into(),
            "shop.example".into(),
            "10.0.0.1".into(),
        ];
        assert!(is_fetched(&config, "https://127.0.0.1/x.png"));
        assert!(!is_fetched(&config, "http://127.0.0.1/x.png"));
        assert!(is_fetched(&config, "http://localhost:81/x.png"));
        // Naming a host does not make it reachable.
        assert!(!is_fetched(&config, "https://shop.example/x.png"));
        assert!(!is_fetched(&config, "http://10.0.0.1:81/x.png"));
    }
}
