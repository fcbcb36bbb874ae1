//! The table of addresses, a resolver whose answers change, redirects into the private network.

use std::{
    collections::VecDeque,
    sync::{Mutex, Once},
};

use poem::{
    EndpointExt, Route, Server, get, handler,
    http::StatusCode,
    listener::{Acceptor, Listener, TcpListener},
    web::{Data, Query},
};

use super::*;

/// Returns prepared answers, one per query, and records the queries.
#[derive(Clone, Default)]
struct Told {
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Told {
    fn new(answers: &[&'static str]) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            asked: Arc::default(),
        }
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Lookup for Told {
    fn lookup(&self, name: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        self.asked.lock().unwrap().push(name);
        let answer = self.answers.lock().unwrap().pop_front().unwrap_or_default();
        let answer = answer.split_whitespace().map(|ip| ip.parse().unwrap()).collect();
        Box::pin(async move { Ok(answer) })
    }
}

/// A web server on 127.0.0.1, which represents the public internet here; 127.0.0.2 and the rest stay private.
async fn web() -> u16 {
    #[handler]
    fn file() -> poem::Response {
        poem::Response::builder()
            .content_type("image/png")
            .body("some bytes")
    }
    #[handler]
    fn redirect(to: Query<Vec<(String, String)>>) -> poem::Response {
        let to =
            to.0.iter()
                .find(|(key, _)| key == "to")
                .map(|(_, to)| to.clone())
                .unwrap_or_default();
        poem::Response::builder()
            .status(StatusCode::FOUND)
            .header("location", to)
            .finish()
    }
    #[handler]
    fn hop(Query(left): Query<std::collections::HashMap<String, u32>>, port: Data<&u16>) -> poem::Response {
        let to = match left["left"] {
            0 => format!("http://files.example:{}/file", *port),
            left => format!("/hop?left={}", left - 1),
        };
        poem::Response::builder()
            .status(StatusCode::PERMANENT_REDIRECT)
            .header("location", to)
            .finish()
    }
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let port = acceptor.local_addr()[0].as_socket_addr().unwrap().port();
    let route = Route::new()
        .at("/file", get(file))
        .at("/redirect", get(redirect))
        .at("/hop", get(hop))
        .data(port);
    tokio::spawn(Server::new_with_acceptor(acceptor).run(route));
    port
}

fn fetcher(port: u16, lookup: &Told) -> PublicFetcher {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let policy = FetchPolicy {
        ports: vec![port],
        http: true,
        networks: vec!["127.0.0.1/32".parse().unwrap()],
        timeout: Duration::from_secs(5),
    };
    PublicFetcher::new(policy, Arc::new(lookup.clone())).unwrap()
}

async fn fetch(fetcher: &PublicFetcher, url: &str) -> Result<Vec<u8>, FetchError> {
    let fetched = fetcher.get(&Url::parse(url).unwrap()).await?;
    let parts: Vec<_> = fetched
        .bytes
        .try_collect()
        .await
        .map_err(|error| FetchError::Unreachable(error.into()))?;
    Ok(parts.concat())
}

fn refused(outcome: Result<Vec<u8>, FetchError>) -> &'static str {
    match outcome {
        Err(FetchError::Refused(why)) => why,
        other => panic!("{other:?} is no refusal"),
    }
}

#[test]
fn the_table_of_addresses() {
    let policy = FetchPolicy {
        http: true,
        ..FetchPolicy::default()
    };
    let mut rows = 0;
    let mut wrong = Vec::new();
    for line in include_str!("addresses.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        rows += 1;
        let (address, expected) = line.rsplit_once(' ').unwrap();
        let verdict = match Url::parse(address.trim()) {
            Err(_) => "unreadable",
            Ok(url) => match (policy.check(&url), url.host()) {
                (Err(_), _) => "refused",
                (Ok(()), Some(Host::Domain(_))) => "name",
                (Ok(()), _) => "allowed",
            },
        };
        if verdict != expected {
            wrong.push(format!("{address} is {verdict}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= 80, "only {rows} addresses");
}

#[test]
fn only_https_unless_told() {
    let policy = FetchPolicy::default();
    assert!(
        policy
            .check(&Url::parse("http://93.184.215.14/").unwrap())
            .is_err()
    );
    assert!(
        policy
            .check(&Url::parse("https://93.184.215.14/").unwrap())
            .is_ok()
    );
}

#[tokio::test]
async fn a_file_is_fetched_from_the_address_that_was_checked() {
    let port = web().await;
    let dns = Told::new(&["127.0.0.1"]);
    let bytes = fetch(&fetcher(port, &dns), &format!("http://files.example:{port}/file")).await;
    assert_eq!(bytes.unwrap(), b"some bytes");
    assert_eq!(
        dns.asked(),
        1,
        "one question a connection: nothing can change in between"
    );
}

#[tokio::test]
async fn a_name_that_resolves_into_the_house_is_refused() {
    let port = web().await;
    for answer in [
        "127.0.0.2",
        "10.0.0.1",
        "169.254.169.254",
        "::1",
        "::ffff:127.0.0.1",
        "fd00::1",
        "127.0.0.1 10.0.0.1",
    ] {
        let dns = Told::new(&[answer]);
        let outcome = fetch(&fetcher(port, &dns), &format!("http://files.example:{port}/file")).await;
        assert_eq!(refused(outcome), NOT_PUBLIC, "{answer}");
    }
}

#[tokio::test]
async fn a_resolver_that_changes_its_mind_gains_nothing() {
    let port = web().await;
    let dns = Told::new(&["127.0.0.1", "127.0.0.2", "127.0.0.1"]);
    let fetcher = fetcher(port, &dns);
    let file = format!("http://files.example:{port}/file");
    assert!(fetch(&fetcher, &file).await.is_ok());
    assert_eq!(refused(fetch(&fetcher, &file).await), NOT_PUBLIC);
    assert!(fetch(&fetcher, &file).await.is_ok());
    // And between a redirect and its target.
    let dns = Told::new(&["127.0.0.1", "10.0.0.1"]);
    let outcome = fetch(
        &self::fetcher(port, &dns),
        &format!("http://files.example:{port}/hop?left=0"),
    )
    .await;
    assert_eq!(refused(outcome), NOT_PUBLIC);
    assert_eq!(dns.asked(), 2);
}

#[tokio::test]
async fn redirects_are_followed_three_times_and_never_into_the_house() {
    let port = web().await;
    let here = ["127.0.0.1"; 5];
    let hops = |left: u32| format!("http://files.example:{port}/hop?left={left}");
    assert_eq!(
        fetch(&fetcher(port, &Told::new(&here)), &hops(2)).await.unwrap(),
        b"some bytes"
    );
    let outcome = fetch(&fetcher(port, &Told::new(&here)), &hops(3)).await;
    assert_eq!(refused(outcome), "the address redirects more than three times");
    for to in [
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.2/",
        "http://[::1]/",
        "http://2130706434/",
        "https://files.example:22/",
        "file:///etc/passwd",
        "//10.0.0.1/",
    ] {
        let mut url = Url::parse(&format!("http://files.example:{port}/redirect")).unwrap();
        url.query_pairs_mut().append_pair("to", to);
        refused(fetch(&fetcher(port, &Told::new(&here)), url.as_str()).await);
    }
}

#[tokio::test]
async fn what_is_no_file_says_so() {
    let port = web().await;
    let dns = Told::new(&["127.0.0.1", ""]);
    let fetcher = fetcher(port, &dns);
    let missing = fetch(&fetcher, &format!("http://files.example:{port}/nothing")).await;
    assert!(matches!(missing, Err(FetchError::Status(404))), "{missing:?}");
    let unknown = fetch(&fetcher, &format!("http://nowhere.example:{port}/")).await;
    assert!(matches!(unknown, Err(FetchError::Unreachable(_))), "{unknown:?}");
}
