//! Addresses in the configuration. Errors do not contain the value: it may be a secret in the wrong place.

use std::net::{IpAddr, SocketAddr};

use ipnet::{IpNet, Ipv4Net};
use serde::{Deserialize, Deserializer, de::Error};

/// `host:port` of an IP address; none for an empty text.
///
/// # Errors
/// When it is neither.
pub fn address_or_nothing<'de, D: Deserializer<'de>>(from: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(from)?;
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| {
            D::Error::custom("must be an IP address with a port, such as 127.0.0.1:9464, or empty")
        }),
    }
}

/// A list of networks; an address is a network of one.
///
/// # Errors
/// The first invalid entry, counted from 1.
pub fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(from)?;
    let read = texts.iter().enumerate().map(|(at, text)| {
        network(text.trim()).ok_or_else(|| {
            D::Error::custom(format!(
                "entry {} must be an IP address or a network such as 172.16.0.0/12",
                at + 1
            ))
        })
    });
    read.collect()
}

fn network(text: &str) -> Option<IpNet> {
    let network = match text.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address),
        Err(_) => text.parse::<IpNet>().ok()?,
    };
    // Peers are compared in their shortest form: an IPv4 address written as an IPv6 one is an IPv4 address.
    let mapped = match network {
        IpNet::V6(v6) => (v6.addr().to_ipv4_mapped()).zip(v6.prefix_len().checked_sub(96)),
        IpNet::V4(_) => None,
    };
    match mapped {
        Some((address, length)) => Some(IpNet::V4(Ipv4Net::new(address, length).ok()?.trunc())),
        None => Some(network.trunc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_networks() {
        for (text, expected) in [
            ("127.0.0.1", Some("127.0.0.1/32")),
            ("::1", Some("::1/128")),
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("fd00::/8", Some("fd00::/8")),
            ("::ffff:10.0.0.1", Some("10.0.0.1/32")),
            ("::ffff:10.0.0.0/104", Some("10.0.0.0/8")),
            ("10.0.0.0/33", None),
            ("10.0.0.0/", None),
            ("proxy.example", None),
            ("127.0.0.1:80", None),
            ("", None),
        ] {
            assert_eq!(
                network(text).map(|net| net.to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
