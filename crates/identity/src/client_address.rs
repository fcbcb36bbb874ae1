//! Where a request came from, behind any number of proxies.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;
use poem::{
    Addr,
    http::{HeaderMap, header},
};

/// The client, as the name of a rate limit's bucket: an IPv4 address, or the /64 of an IPv6 one, since a single customer has
/// that many.
///
/// The forwarding headers are read only when the peer is one of `trusted_proxies`, from the last entry backwards: the first
/// entry that is not a trusted proxy is the client, and everything before it is only the client's claim. An entry that is not an
/// address ends the search: the proxy that wrote it is then the client.
///
/// `X-Forwarded-For` is read, and `Forwarded` (RFC 7239) only where there is none: a proxy writes one of them, and
/// passes the other through as the client sent it.
pub(crate) fn client_address(peer: &Addr, headers: &HeaderMap, trusted_proxies: &[IpNet]) -> String {
    let Addr::SocketAddr(peer) = peer else {
        return "local".to_owned();
    };
    let trusted = |ip: &IpAddr| trusted_proxies.iter().any(|network| network.contains(ip));
    let mut client = peer.ip().to_canonical();
    if trusted(&client) {
        let mut hops = hops(headers);
        while let Some(hop) = hops.pop() {
            let Some(ip) = hop else { break };
            client = ip;
            if !trusted(&client) {
                break;
            }
        }
    }
    bucket(client)
}

/// The addresses that the proxies wrote, the nearest last; `None` is an entry that is not an address.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let lines = |name: &str| -> Vec<Option<String>> {
        let lines = headers.get_all(name).iter();
        lines.map(|line| line.to_str().ok().map(str::to_owned)).collect()
    };
    let entries = |lines: Vec<Option<String>>, read: fn(&str) -> Option<IpAddr>| {
        let each = lines.into_iter().flat_map(|line| match line {
            // Lists may have empty elements, which are ignored.
            Some(line) => line
                .split(',')
                .map(str::trim)
                .filter(|entry| !entry.is_empty())
                .map(read)
                .collect(),
            None => vec![None],
        });
        each.collect::<Vec<_>>()
    };
    let forwarded_for = lines("x-forwarded-for");
    if forwarded_for.is_empty() {
        entries(lines(header::FORWARDED.as_str()), forwarded)
    } else {
        entries(forwarded_for, address)
    }
}

/// An address with or without port, an IPv6 one with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let in_brackets = || {
        text.strip_prefix('[')?
            .strip_suffix(']')?
            .parse::<Ipv6Addr>()
            .ok()
    };
    let ip = text
        .parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .or_else(|| in_brackets().map(IpAddr::from))?;
    Some(ip.to_canonical())
}

/// The `for` of one element of `Forwarded`: `for="[2001:db8::1]:4711";proto=https`. An element whose `for` is hidden, given
/// twice or missing is `None`.
fn forwarded(element: &str) -> Option<IpAddr> {
    let mut named = element
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
    let (_, value) = named.next()?;
    if named.next().is_some() {
        return None;
    }
    let value = value.trim();
    let unquoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    address(unquoted.unwrap_or(value))
}

fn bucket(client: IpAddr) -> String {
    match client {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderName, HeaderValue};

    use super::*;

    const NETWORKS: [&str; 4] = ["10.0.0.1/32", "172.16.0.0/12", "::1/128", "2001:db8:ffff::/48"];

    fn client(peer: &str, lines: &[(&'static str, &[u8])]) -> String {
        let networks: Vec<IpNet> = NETWORKS.iter().map(|net| net.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_bytes(value).unwrap(),
            );
        }
        client_address(&Addr::SocketAddr(peer.parse().unwrap()), &headers, &networks)
    }

    #[test]
    fn the_client_is_the_last_entry_that_no_trusted_proxy_wrote_of_itself() {
        for (peer, forwarded, expected) in [
            // Only a trusted proxy is believed.
            ("203.0.113.9:4000", "198.51.100.1", "203.0.113.9"),
            ("192.168.0.7:4000", "198.51.100.1", "192.168.0.7"),
            ("10.0.0.1:4000", "198.51.100.1", "198.51.100.1"),
            // What the client claimed is further left.
            ("10.0.0.1:4000", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
            (
                "10.0.0.1:4000",
                "6.6.6.6, 198.51.100.1, 172.17.0.9",
                "198.51.100.1",
            ),
            (
                "10.0.0.1:4000",
                "10.0.0.1, 198.51.100.1, 172.31.255.255, 10.0.0.1",
                "198.51.100.1",
            ),
            // Trusted all the way: the first of them.
            ("10.0.0.1:4000", "172.17.0.9, 172.17.0.8", "172.17.0.9"),
            // A network ends where it ends.
            ("172.32.0.1:4000", "198.51.100.1", "172.32.0.1"),
            // Forms.
            ("10.0.0.1:4000", "198.51.100.1:5000", "198.51.100.1"),
            ("10.0.0.1:4000", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("10.0.0.1:4000", "[2001:db8:1:2:3:4:5:6]", "2001:db8:1:2::/64"),
            ("10.0.0.1:4000", "[2001:db8:1:2:3:4:5:6]:443", "2001:db8:1:2::/64"),
            ("10.0.0.1:4000", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.1:4000", "198.51.100.1, ::ffff:172.17.0.9", "198.51.100.1"),
            ("10.0.0.1:4000", " 198.51.100.1 ,, ", "198.51.100.1"),
            ("[::ffff:10.0.0.1]:4000", "198.51.100.1", "198.51.100.1"),
            ("[::1]:4000", "198.51.100.1", "198.51.100.1"),
            ("[2001:db8:ffff:9::1]:4000", "198.51.100.1", "198.51.100.1"),
            // Entries that are not addresses.
            ("10.0.0.1:4000", "6.6.6.6, rubbish", "10.0.0.1"),
            ("10.0.0.1:4000", "198.51.100.1, rubbish, 172.17.0.9", "172.17.0.9"),
            ("10.0.0.1:4000", "unknown", "10.0.0.1"),
            ("10.0.0.1:4000", "198.51.100.1.evil.example", "10.0.0.1"),
            ("10.0.0.1:4000", "\"198.51.100.1\"", "10.0.0.1"),
            ("10.0.0.1:4000", "198.51.100.1:http", "10.0.0.1"),
            ("10.0.0.1:4000", "", "10.0.0.1"),
        ] {
            assert_eq!(
                client(peer, &[("x-forwarded-for", forwarded.as_bytes())]),
                expected,
                "{peer} {forwarded}"
            );
        }
        assert_eq!(client("10.0.0.1:4000", &[]), "10.0.0.1");
        assert_eq!(client("[2001:db8:1:2:3:4:5:6]:4000", &[]), "2001:db8:1:2::/64");
    }

    #[test]
    fn several_headers_are_one_list() {
        let name = "x-forwarded-for";
        let lines: [(&str, &[u8]); 3] = [(name, b"6.6.6.6"), (name, b"198.51.100.1"), (name, b"172.17.0.9")];
        assert_eq!(client("10.0.0.1:4000", &lines), "198.51.100.1");
        let unreadable: [(&str, &[u8]); 2] = [(name, b"198.51.100.1"), (name, b"\xff")];
        assert_eq!(client("10.0.0.1:4000", &unreadable), "10.0.0.1");
    }

    #[test]
    fn forwarded_is_read_where_there_is_no_x_forwarded_for() {
        for (forwarded, expected) in [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "for=6.6.6.6, for=198.51.100.1;proto=https, For=172.17.0.9",
                "198.51.100.1",
            ),
            ("proto=https;FOR=\"198.51.100.1:5000\"", "198.51.100.1"),
            ("for=\"[2001:db8:1:2:3:4:5:6]:4711\"", "2001:db8:1:2::/64"),
            ("for=198.51.100.1;for=6.6.6.6", "10.0.0.1"),
            ("for=6.6.6.6, for=_hidden", "10.0.0.1"),
            ("for=6.6.6.6, by=172.17.0.9", "10.0.0.1"),
            ("198.51.100.1", "10.0.0.1"),
        ] {
            assert_eq!(
                client("10.0.0.1:4000", &[("forwarded", forwarded.as_bytes())]),
                expected,
                "{forwarded}"
            );
        }
        let both: [(&str, &[u8]); 2] = [
            ("forwarded", b"for=6.6.6.6"),
            ("x-forwarded-for", b"198.51.100.1"),
        ];
        assert_eq!(client("10.0.0.1:4000", &both), "198.51.100.1");
        assert_eq!(
            client("203.0.113.9:4000", &[("forwarded", b"for=6.6.6.6")]),
            "203.0.113.9"
        );
    }
}
