//! The address of an access portal, as people paste it: from a mail, a browser's address bar, a config file.

use url::Url;

use crate::config::{checked_region, checked_start_url};
use crate::role::Partition;

/// A start URL, and what it says of where its Identity Center is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartUrl {
    /// As it is written into `config.yaml`.
    pub url: String,
    /// The region that is a part of it.
    pub region: Option<String>,
    /// The partition that its domain belongs to; none for a domain that is not AWS's.
    pub partition: Option<Partition>,
}

const EXPECTED: &str = "write the address of your access portal, such as https://d-1234567890.awsapps.com/start";

/// Marks that stand around an address in mails, chats and files.
const AROUND: &[char] = &['<', '>', '"', '\'', '`', '(', ')', '[', ']', ',', ';', '“', '”', '‘', '’', '«', '»'];

/// Reads what was pasted. `partition` says where a directory is that was given by its id alone.
pub fn parse(text: &str, partition: Partition) -> Result<StartUrl, String> {
    let invisible = |c: char| c.is_whitespace() || c.is_control() || crate::error::is_format_control(c);
    let text = text.trim_matches(|c| invisible(c) || AROUND.contains(&c));
    if text.is_empty() {
        return Err(EXPECTED.to_owned());
    }
    if text.contains(invisible) {
        return Err(format!("this is more than one word: {EXPECTED}"));
    }
    if is_directory(text) {
        return of_directory(&text.to_lowercase(), partition);
    }
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let mut url = Url::parse(&url).map_err(|_| EXPECTED.to_owned())?;
    let host = url.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
    let ours = domain(&host);
    if ours.is_none() && !text.contains("://") {
        return Err(EXPECTED.to_owned());
    }
    // Whatever stood in front of it, the portals speak https.
    if ours.is_some() && url.scheme() == "http" {
        let _ = url.set_scheme("https");
    }
    if ours.is_some() {
        let _ = url.set_host(Some(&host));
    }
    url.set_query(None);
    url.set_fragment(None);
    if let Some(path) = ours.map(|domain| domain.path(&host, url.path())) {
        url.set_path(&path?);
    }
    let url = checked_start_url(url.as_str())?;
    let region = ours.and_then(|_| host.split('.').find_map(|label| checked_region(label).ok()));
    let partition = region.as_deref().map(Partition::of_region).or(ours.and_then(Domain::partition));
    Ok(StartUrl { url, region, partition })
}

/// AWS's domains for portals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Domain {
    /// `NAME.awsapps.com/start`
    Apps,
    /// `start.us-gov-home.awsapps.com/directory/NAME`, with or without a region behind `start`
    GovDirectory,
    /// `start.home.awsapps.cn/directory/NAME`
    ChinaDirectory,
    /// `ssoins-ID.portal.REGION.app.aws` and its like
    Portal,
}

fn domain(host: &str) -> Option<Domain> {
    let below = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    Some(match () {
        () if below("us-gov-home.awsapps.com") => Domain::GovDirectory,
        () if below("home.awsapps.cn") => Domain::ChinaDirectory,
        () if below("awsapps.com") => Domain::Apps,
        () if below("app.aws") || below("portal.amazonaws.com") || below("portal.amazonaws.com.cn") => Domain::Portal,
        () if host.starts_with("identitycenter.") && host.contains("amazonaws.") => Domain::Portal,
        () => return None,
    })
}

impl Domain {
    /// The path of a portal, without the page in it that somebody looked at.
    fn path(self, host: &str, path: &str) -> Result<String, String> {
        let mut parts = path.split('/').filter(|part| !part.is_empty());
        match self {
            Self::Apps => Ok("/start".to_owned()),
            Self::GovDirectory | Self::ChinaDirectory => {
                let is_directory = parts.next().is_some_and(|first| first.eq_ignore_ascii_case("directory"));
                match parts.next().filter(|_| is_directory) {
                    Some(name) => Ok(format!("/directory/{}", name.to_lowercase())),
                    None => Err(format!("the directory is missing: write https://{host}/directory/d-1234567890")),
                }
            }
            Self::Portal => Ok(parts.next().map_or_else(String::new, |first| format!("/{first}"))),
        }
    }

    fn partition(self) -> Option<Partition> {
        match self {
            Self::Apps => Some(Partition::Aws),
            Self::GovDirectory => Some(Partition::AwsUsGov),
            Self::ChinaDirectory => Some(Partition::AwsCn),
            Self::Portal => None,
        }
    }
}

/// Whether a text is the id of an identity store: `d-` and ten digits of a hexadecimal number.
fn is_directory(text: &str) -> bool {
    let id = text.strip_prefix(['d', 'D']).and_then(|rest| rest.strip_prefix('-'));
    id.is_some_and(|id| id.len() == 10 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn of_directory(id: &str, partition: Partition) -> Result<StartUrl, String> {
    let url = match partition {
        Partition::Aws => format!("https://{id}.awsapps.com/start"),
        Partition::AwsUsGov => format!("https://start.us-gov-home.awsapps.com/directory/{id}"),
        Partition::AwsCn => format!("https://start.home.awsapps.cn/directory/{id}"),
        _ => return Err(format!("{id} alone does not say where the portal is: write its whole address")),
    };
    Ok(StartUrl { url, region: None, partition: Some(partition) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<String, String> {
        parse(text, Partition::Aws).map(|url| url.url)
    }

    #[test]
    fn an_address_is_understood_however_it_was_pasted() {
        for text in [
            "https://d-1234567890.awsapps.com/start",
            "https://d-1234567890.awsapps.com/start/",
            "https://d-1234567890.awsapps.com/start#/",
            "https://d-1234567890.awsapps.com/start/#/?tab=accounts",
            "https://d-1234567890.awsapps.com/start/?x=y#/console?account_id=1",
            "https://d-1234567890.awsapps.com/start/console",
            "https://d-1234567890.awsapps.com",
            "http://d-1234567890.awsapps.com/start",
            "HTTPS://D-1234567890.AWSAPPS.COM/START",
            "d-1234567890.awsapps.com/start",
            "d-1234567890.awsapps.com",
            "d-1234567890",
            "  D-1234567890\r\n",
            "<https://d-1234567890.awsapps.com/start>,",
            "“https://d-1234567890.awsapps.com/start”",
            "'https://d-1234567890.awsapps.com/start#/'",
            "\u{feff}\u{200b}https://d-1234567890.awsapps.com/start",
        ] {
            assert_eq!(read(text).as_deref(), Ok("https://d-1234567890.awsapps.com/start"), "{text:?}");
        }
        for (text, url) in [
            ("AnyCompany.awsapps.com/start", "https://anycompany.awsapps.com/start"),
            ("http://127.0.0.1:8080/start/?a#/", "http://127.0.0.1:8080/start"),
            ("https://sso.example.com/portal", "https://sso.example.com/portal"),
            ("https://identitycenter.amazonaws.com/ssoins-12ab/", "https://identitycenter.amazonaws.com/ssoins-12ab"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(url), "{text:?}");
        }
    }

    #[test]
    fn the_address_tells_where_it_is() {
        for (text, url, region, partition) in [
            (
                "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws/",
                "https://ssoins-1234567890abcdef.portal.eu-west-1.app.aws",
                Some("eu-west-1"),
                Some(Partition::Aws),
            ),
            (
                "start.us-gov-home.awsapps.com/directory/D-1234567890#/",
                "https://start.us-gov-home.awsapps.com/directory/d-1234567890",
                None,
                Some(Partition::AwsUsGov),
            ),
            (
                "https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/corp/?x",
                "https://start.us-gov-east-1.us-gov-home.awsapps.com/directory/corp",
                Some("us-gov-east-1"),
                Some(Partition::AwsUsGov),
            ),
            (
                "https://start.cn-north-1.home.awsapps.cn/directory/corp#/",
                "https://start.cn-north-1.home.awsapps.cn/directory/corp",
                Some("cn-north-1"),
                Some(Partition::AwsCn),
            ),
            ("https://us-east-1.example.com/start", "https://us-east-1.example.com/start", None, None),
        ] {
            let expected = StartUrl { url: url.to_owned(), region: region.map(str::to_owned), partition };
            assert_eq!(parse(text, Partition::Aws), Ok(expected), "{text}");
        }
        for (partition, url) in [
            (Partition::AwsUsGov, Some("https://start.us-gov-home.awsapps.com/directory/d-1234567890")),
            (Partition::AwsCn, Some("https://start.home.awsapps.cn/directory/d-1234567890")),
            (Partition::AwsEusc, None),
        ] {
            assert_eq!(parse("d-1234567890", partition).ok().map(|url| url.url).as_deref(), url);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_word() {
        for (text, word) in [
            ("", "such as"),
            ("my portal", "more than one word"),
            ("mycompany", "such as"),
            ("d-123", "such as"),
            ("ftp://d-1234567890.awsapps.com", "such as"),
            ("http://sso.example.com/start", "https"),
            ("https://me:secret@d-1234567890.awsapps.com/start", "user name"),
            ("https://start.us-gov-home.awsapps.com/", "/directory/"),
            ("https://", "such as"),
        ] {
            let problem = read(text).expect_err(text);
            assert!(problem.contains(word), "{text}: {problem}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics_and_what_is_read_is_read_the_same(text in ".{0,60}|(https?://|)[a-z0-9.-]{1,20}(awsapps.com|app.aws|home.awsapps.cn)?[/a-zA-Z#?=]{0,20}") {
            if let Ok(first) = parse(&text, Partition::Aws) {
                prop_assert_eq!(parse(&first.url, Partition::Aws), Ok(first.clone()));
                prop_assert_eq!(checked_start_url(&first.url), Ok(first.url));
            }
        }
    }
}
