//! The AWS console: credentials become the URL of a browser session, by way of AWS's federation endpoint
//! (`getSigninToken`, `login`), which no SDK knows.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;
use http_body_util::{BodyExt as _, Limited};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::config::checked_region;
use crate::role::{Partition, RoleCredentials};
use crate::{Error, Result};

use super::client::IdentityCenter;
use super::error::{CallError, CallErrorKind};

const OPERATION: &str = "signin:getSigninToken";
/// A sign-in token has one or two thousand characters.
const LARGEST_ANSWER: usize = 1 << 20;

/// Whom the console is to be opened for, and where.
pub struct ConsoleSignIn<'a> {
    /// What signs in: temporary credentials.
    pub credentials: &'a RoleCredentials,
    /// The partition that they are of.
    pub partition: Partition,
    /// Where the person is sent when the session has ended: the start URL.
    pub issuer: &'a str,
    /// The page to open; see [`destination`].
    pub destination: &'a Url,
    /// How long the session is to last. None for credentials of a chained role or of a federated user, for which
    /// AWS takes no time: their sessions end with them.
    pub duration: Option<Duration>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    signin_token: SecretString,
}

impl IdentityCenter {
    /// The URL that signs in whoever opens it within 15 minutes.
    pub async fn console_url(&self, sign_in: &ConsoleSignIn<'_>) -> Result<SecretString, CallError> {
        let federation = self.federation(sign_in.partition)?;
        let token = self.sign_in_token(&federation, sign_in).await?;
        let mut url = federation;
        url.query_pairs_mut()
            .append_pair("Action", "login")
            .append_pair("Issuer", sign_in.issuer)
            .append_pair("Destination", sign_in.destination.as_str())
            .append_pair("SigninToken", token.expose_secret());
        Ok(String::from(url).into())
    }

    /// The federation endpoint: that of the Identity Center's region where the partition is its own.
    fn federation(&self, partition: Partition) -> Result<Url, CallError> {
        let base = self.endpoints.sign_in(partition, &self.region).ok_or_else(|| {
            let why = format!(
                "the console of the partition {partition} has no address known here: name it with AWS_ENDPOINT_URL_SIGNIN"
            );
            CallError::refused(OPERATION, &why)
        })?;
        Url::parse(&format!("{base}/federation"))
            .map_err(|error| CallError::refused(OPERATION, &format!("AWS_ENDPOINT_URL_SIGNIN is no URL ({error})")))
    }

    /// Asks for a sign-in token. By POST: the credentials in a query would be in the logs of every proxy.
    async fn sign_in_token(&self, federation: &Url, sign_in: &ConsoleSignIn<'_>) -> Result<SecretString, CallError> {
        let connector = self.http.single(self.patience.connect, self.patience.answer);
        let form = form(sign_in);
        let answer = self.pace.call(|| async {
            tracing::debug!(method = "POST", place = federation.as_str(), "calling AWS");
            let mut request = Request::new(SdkBody::from(form.expose_secret()));
            let made = request.set_method("POST").is_ok() && request.set_uri(federation.as_str()).is_ok();
            if !made {
                return Err(CallError::refused(OPERATION, "its address cannot be used"));
            }
            request.headers_mut().insert("content-type", "application/x-www-form-urlencoded");
            let response = connector.call(request).await.map_err(|error| CallError::of_connector(OPERATION, &error))?;
            tracing::debug!(status = response.status().as_u16(), "AWS answered");
            let is_html = response.headers().get("content-type").is_some_and(|kind| kind.starts_with("text/html"));
            if !response.status().is_success() || is_html {
                return Err(CallError::of_response(OPERATION, &response, &hint(sign_in.duration)));
            }
            let cut = |_| CallError {
                kind: CallErrorKind::Transient,
                message: format!("{OPERATION}: the answer was cut short"),
                retry_after: None,
            };
            Ok(Limited::new(response.into_body(), LARGEST_ANSWER).collect().await.map_err(cut)?.to_bytes())
        });
        let answer: Answer =
            serde_json::from_slice(&answer.await?).map_err(|_| CallError::unexpected(OPERATION, "no sign-in token"))?;
        Ok(answer.signin_token)
    }
}

fn form(sign_in: &ConsoleSignIn<'_>) -> SecretString {
    let credentials = sign_in.credentials;
    let session = serde_json::json!({
        "sessionId": credentials.access_key_id,
        "sessionKey": credentials.secret_access_key.expose_secret(),
        "sessionToken": credentials.session_token.expose_secret(),
    });
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", "getSigninToken");
    if let Some(duration) = sign_in.duration {
        form.append_pair("SessionDuration", &duration.as_secs().to_string());
    }
    form.append_pair("Session", &session.to_string());
    form.finish().into()
}

/// What may be wrong where AWS says no; it does not say what.
fn hint(duration: Option<Duration>) -> String {
    let ended = "the credentials may have ended (--sts-refresh fetches new ones)";
    match duration {
        Some(duration) => format!(
            "{ended}, or a session of {} minutes is too long for this role (--duration)",
            duration.as_secs() / 60
        ),
        None => ended.to_owned(),
    }
}

/// The domain of a partition's console pages. Of the isolated ones nobody here knows it; whoever is there names
/// a page by its whole URL.
fn console_domain(partition: Partition) -> Option<&'static str> {
    match partition {
        Partition::Aws => Some("aws.amazon.com"),
        Partition::AwsCn => Some("amazonaws.cn"),
        Partition::AwsUsGov => Some("amazonaws-us-gov.com"),
        Partition::AwsEusc => Some("amazonaws-eusc.eu"),
        Partition::AwsIso | Partition::AwsIsoB | Partition::AwsIsoE | Partition::AwsIsoF => None,
    }
}

/// The console page that a person means: none is the console's home, a word is a service (`s3`), a path is that
/// of a page (`s3/buckets/x`), and a URL is taken where it is one of the partition's console. The region is added
/// where the page names none.
pub fn destination(partition: Partition, region: Option<&str>, page: Option<&str>) -> Result<Url> {
    let domain = console_domain(partition);
    let page = page.map(str::trim).filter(|page| !page.is_empty()).unwrap_or("console");
    let mut url = if page.contains("://") {
        let url = Url::parse(page).ok().filter(|url| url.scheme() == "https" && is_below(url.host_str(), domain));
        url.ok_or_else(|| {
            Error::usage(format!(
                "'{page}' is no page of the AWS console{}: write its https address, or a service such as s3",
                domain.map(|domain| format!(" at {domain}")).unwrap_or_default()
            ))
        })?
    } else {
        let domain = domain.ok_or_else(|| {
            Error::usage(format!(
                "the console of the partition {partition} has no address known here: name the page with --destination https://…"
            ))
        })?;
        // As an address of its own the path could lead to another host.
        let path = page.trim_start_matches(['/', '\\']);
        let path = match path {
            "" => "console/home".to_owned(),
            path if path.contains('/') => path.to_owned(),
            service => with_home(service),
        };
        Url::parse(&format!("https://console.{domain}/{path}"))
            .map_err(|error| Error::usage(format!("'{page}' is no page of the AWS console ({error})")))?
    };
    let names_region = url.query_pairs().any(|(key, _)| key == "region") || is_regional(url.host_str());
    if let Some(region) = region.filter(|_| !names_region) {
        url.query_pairs_mut().append_pair("region", region);
    }
    Ok(url)
}

/// `s3` is at `s3/home`; what follows the service stays behind it.
fn with_home(path: &str) -> String {
    let end = path.find(['?', '#']).unwrap_or(path.len());
    format!("{}/home{}", &path[..end], &path[end..])
}

/// Whether a host is the console of one region, as in addresses that people copy from a browser. With another region
/// behind it the page would be that of the other one.
fn is_regional(host: Option<&str>) -> bool {
    let first = host.and_then(|host| host.split_once(".console.")).map(|(first, _)| first);
    first.is_some_and(|first| checked_region(first).is_ok())
}

fn is_below(host: Option<&str>, domain: Option<&str>) -> bool {
    let (Some(host), Some(domain)) = (host, domain) else { return host.is_some() };
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_named_by_service_path_or_url() {
        let home = "https://console.aws.amazon.com/console/home";
        for (page, region, expected) in [
            (None, None, home.to_owned()),
            (None, Some("eu-west-1"), format!("{home}?region=eu-west-1")),
            (Some("s3"), None, "https://console.aws.amazon.com/s3/home".to_owned()),
            (
                Some("/s3/buckets/a b"),
                Some("eu-west-1"),
                "https://console.aws.amazon.com/s3/buckets/a%20b?region=eu-west-1".to_owned(),
            ),
            (
                Some("ec2#Instances:"),
                Some("eu-west-1"),
                "https://console.aws.amazon.com/ec2/home?region=eu-west-1#Instances:".to_owned(),
            ),
            (
                Some("ec2/home?region=us-west-2"),
                Some("eu-west-1"),
                "https://console.aws.amazon.com/ec2/home?region=us-west-2".to_owned(),
            ),
            (Some(""), Some("eu-west-1"), format!("{home}?region=eu-west-1")),
            (Some(" / "), None, home.to_owned()),
            (
                Some("https://eu-central-1.console.aws.amazon.com/s3/buckets#x"),
                Some("eu-west-1"),
                "https://eu-central-1.console.aws.amazon.com/s3/buckets#x".to_owned(),
            ),
            (Some("//evil.example/x"), None, "https://console.aws.amazon.com/evil.example/x".to_owned()),
            (
                Some("https://health.aws.amazon.com/health/home"),
                None,
                "https://health.aws.amazon.com/health/home".to_owned(),
            ),
        ] {
            assert_eq!(destination(Partition::Aws, region, page).unwrap().as_str(), expected, "{page:?}");
        }
        for bad in [
            "https://evil.example/",
            "https://console.aws.amazon.com.evil.example/",
            "http://console.aws.amazon.com/",
            "https://evilaws.amazon.com/",
            "https://console.amazonaws.cn/",
        ] {
            let error = destination(Partition::Aws, None, Some(bad)).unwrap_err().to_string();
            assert!(error.contains(bad) && error.contains("aws.amazon.com"), "{error}");
        }
    }

    #[test]
    fn every_partition_has_its_console() {
        for (partition, expected) in [
            (Partition::AwsCn, "https://console.amazonaws.cn/console/home?region=x-1"),
            (Partition::AwsUsGov, "https://console.amazonaws-us-gov.com/console/home?region=x-1"),
            (Partition::AwsEusc, "https://console.amazonaws-eusc.eu/console/home?region=x-1"),
        ] {
            assert_eq!(destination(partition, Some("x-1"), None).unwrap().as_str(), expected);
        }
        assert!(destination(Partition::AwsIso, None, None).unwrap_err().to_string().contains("--destination"));
        assert!(destination(Partition::AwsIso, None, Some("https://console.example.gov/")).is_ok());
    }

    proptest! {
        #[test]
        fn no_page_leads_out_of_the_console(page in ".*") {
            if let Ok(url) = destination(Partition::Aws, Some("eu-west-1"), Some(&page)) {
                prop_assert!(is_below(url.host_str(), Some("aws.amazon.com")), "{}", url);
                prop_assert_eq!(url.scheme(), "https");
            }
        }
    }
}
