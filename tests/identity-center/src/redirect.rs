//! Where the browser may be sent after the consent (RFC 8252).

use url::{Host, Url};

/// Whether AWS registers this address for a public client: HTTP on a loopback address.
pub(crate) fn may_register(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| url.scheme() == "http" && (is_loopback(&url) || url.domain() == Some("localhost")))
}

/// Whether a requested address is the registered one. The port of a loopback address is free, as
/// it is only known once the client listens; a registration without a path leaves that free too.
pub(crate) fn matches(registered: &str, requested: &str) -> bool {
    if registered == requested {
        return true;
    }
    let (Ok(registered), Ok(requested)) = (Url::parse(registered), Url::parse(requested)) else { return false };
    let same_path = registered.path() == "/" || registered.path() == requested.path();
    let plain = requested.username().is_empty() && requested.password().is_none() && requested.fragment().is_none();
    let same_origin = registered.scheme() == requested.scheme() && registered.host() == requested.host();
    is_loopback(&registered) && same_origin && same_path && plain && registered.query() == requested.query()
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_of_a_loopback_address_is_free() {
        assert!(matches("http://127.0.0.1/oauth/callback", "http://127.0.0.1:38123/oauth/callback"));
        assert!(matches("http://127.0.0.1", "http://127.0.0.1:38123/oauth/callback"));
        assert!(matches("http://[::1]/", "http://[::1]:38123/"));
        assert!(!matches("http://127.0.0.1/oauth/callback", "http://127.0.0.1:38123/other"));
        assert!(!matches("http://127.0.0.1/oauth/callback", "http://127.0.0.1.example.com/oauth/callback"));
        assert!(!matches("http://127.0.0.1/oauth/callback", "http://127.0.0.1@example.com/oauth/callback"));
        assert!(!matches("http://127.0.0.1", "http://user@127.0.0.1:38123/"));
        assert!(!matches("http://localhost/callback", "http://localhost:38123/callback"));
        assert!(matches("http://localhost:38123/callback", "http://localhost:38123/callback"));
    }

    #[test]
    fn only_loopback_addresses_are_registered() {
        assert!(may_register("http://127.0.0.1/oauth/callback"));
        assert!(may_register("http://127.0.0.1"));
        assert!(!may_register("https://example.com/callback"));
        assert!(!may_register("javascript:alert(1)"));
    }
}
