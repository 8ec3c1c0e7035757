//! What single values must look like. Each refusal is a hint that follows `KEY is 'VALUE': `.

use url::{Host, Url};

/// A region's name: lower-case words and a number, joined by hyphens (`us-east-1`, `us-gov-west-1`).
///
/// Only the shape is checked: AWS adds regions faster than programs are released.
pub fn region(text: &str) -> Result<String, &'static str> {
    let mut parts: Vec<&str> = text.split('-').collect();
    let number = parts.pop().unwrap_or_default();
    let word = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    let is_region = parts.len() >= 2
        && parts[0].len() >= 2
        && parts.iter().all(word)
        && !number.is_empty()
        && number.bytes().all(|b| b.is_ascii_digit());
    if is_region { Ok(text.to_owned()) } else { Err("write an AWS region such as us-east-1") }
}

/// A start URL without what a browser adds to it: the fragment `#/` and slashes at the end.
pub fn start_url(text: &str) -> Result<String, &'static str> {
    let expected = "write the address of the AWS access portal, such as https://d-1234567890.awsapps.com/start";
    let mut url = Url::parse(text).map_err(|_| expected)?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(expected),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => return Err("write https: a sign-in over http can be listened to"),
        _ => return Err(expected),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("write it without a user name and password");
    }
    url.set_fragment(None);
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// STS `AssumeRole`, `SourceIdentity`: 2 to 64 of `[\w+=,.@-]`, and `aws:` at the start is AWS's own.
pub(super) fn source_identity(text: &str) -> Result<String, &'static str> {
    if text.starts_with("aws:") {
        return Err("AWS keeps names that start with aws: to itself");
    }
    if !is_sts_name(text, b"+=,.@-_") || !(2..=64).contains(&text.len()) {
        return Err("write 2 to 64 letters, digits or any of + = , . @ - _");
    }
    Ok(text.to_owned())
}

/// STS `AssumeRole`, `ExternalId`: 2 to 1224 of `[\w+=,.@:/-]`.
pub(super) fn external_id(text: &str) -> Result<String, &'static str> {
    if !is_sts_name(text, b"+=,.@:/-_") || !(2..=1224).contains(&text.len()) {
        return Err("write 2 to 1224 letters, digits or any of + = , . @ : / - _");
    }
    Ok(text.to_owned())
}

fn is_sts_name(text: &str, also: &[u8]) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || also.contains(&b))
}

/// A name that is written into files of one line per entry.
pub(super) fn one_line_name(text: &str) -> Result<String, &'static str> {
    if text.chars().any(char::is_control) {
        return Err("write it without line breaks and control characters");
    }
    Ok(text.to_owned())
}

/// Whether a name can be a key of a profile in `~/.aws/config`: the SDKs end it at `=`, Python's also at `:`.
pub(super) fn is_profile_key(name: &str) -> bool {
    let begins_otherwise = name.starts_with(['#', ';', '[']);
    let plain = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '=' | ':' | '[' | ']');
    !name.is_empty() && !begins_otherwise && name.chars().all(plain)
}

/// Whether a key of an AWS profile says where its credentials come from. SDKs prefer most of these to a process.
pub(super) fn gives_credentials(key: &str) -> bool {
    const KEYS: [&str; 9] = [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "credential_process",
        "credential_source",
        "login_session",
        "role_arn",
        "source_profile",
        "web_identity_token_file",
    ];
    let key = key.to_ascii_lowercase();
    key.starts_with("sso_") || KEYS.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn regions_are_told_by_their_shape() {
        for good in ["us-east-1", "us-gov-west-1", "eusc-de-east-1", "ap-southeast-12"] {
            assert!(region(good).is_ok(), "{good}");
        }
        for bad in
            ["", "us-east", "us-east1", "US-EAST-1", "u-east-1", "us--1", "us-1", "us-east-1a", "-east-1", "us-east-"]
        {
            assert!(region(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn start_urls_lose_what_a_browser_adds() {
        for (text, expected) in [
            ("https://d-1.awsapps.com/start", "https://d-1.awsapps.com/start"),
            ("https://d-1.awsapps.com/start/", "https://d-1.awsapps.com/start"),
            ("https://d-1.awsapps.com/start#/", "https://d-1.awsapps.com/start"),
            ("https://d-1.awsapps.com/start/#/?tab=accounts", "https://d-1.awsapps.com/start"),
            ("HTTPS://D-1.awsapps.com/start", "https://d-1.awsapps.com/start"),
            ("https://ssoins-1.portal.eu-west-1.app.aws", "https://ssoins-1.portal.eu-west-1.app.aws"),
            ("http://127.0.0.1:8080/start", "http://127.0.0.1:8080/start"),
            ("http://[::1]:8080/start", "http://[::1]:8080/start"),
            ("http://localhost/start", "http://localhost/start"),
        ] {
            assert_eq!(start_url(text), Ok(expected.to_owned()), "{text}");
        }
        for bad in [
            "",
            "d-1.awsapps.com/start",
            "http://d-1.awsapps.com/start",
            "ftp://x/y",
            "https://",
            "https://me:pw@x/start",
        ] {
            assert!(start_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_for_sts_are_those_that_it_takes() {
        assert!(source_identity("jane.doe@example.com").is_ok());
        for bad in ["aws:x", "x", "a b", "é!", &"x".repeat(65)] {
            assert!(source_identity(bad).is_err(), "{bad}");
        }
        assert!(external_id("a:b/c-1=").is_ok());
        for bad in ["x", "a b", &"x".repeat(1225)] {
            assert!(external_id(bad).is_err());
        }
    }

    #[test]
    fn a_key_of_a_profile_is_one_word_and_does_not_choose_the_credentials() {
        for (name, is_key) in [
            ("output", true),
            ("cli_pager", true),
            ("", false),
            ("a b", false),
            ("a=b", false),
            ("a:b", false),
            ("[x", false),
            ("x]", false),
            ("#x", false),
            (";x", false),
            ("a\nb", false),
            (" a", false),
        ] {
            assert_eq!(is_profile_key(name), is_key, "{name:?}");
        }
        for (name, gives) in
            [("role_arn", true), ("SSO_Session", true), ("Credential_Process", true), ("region", false), ("sso", false)]
        {
            assert_eq!(gives_credentials(name), gives, "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = (region(&text), start_url(&text), source_identity(&text), external_id(&text));
        }

        #[test]
        fn a_start_url_that_was_read_is_read_the_same(path in "[a-z/]{0,12}(#[/a-z]*)?") {
            if let Ok(url) = start_url(&format!("https://example.com/{path}")) {
                prop_assert_eq!(start_url(&url), Ok(url.clone()));
            }
        }
    }
}
