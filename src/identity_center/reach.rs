//! Whether the hosts that commands would call can be reached, without a word about who asks.

use std::path::Path;
use std::time::Duration;

use aws_smithy_runtime_api::client::http::HttpConnector;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;
use tokio::task::JoinSet;

use crate::Result;
use crate::context::Env;
use crate::role::Partition;

use super::endpoints::EndpointSettings;
use super::error::{CallErrorKind, is_web_page, of_connection};
use super::http::Http;

/// How long an answer may take. All hosts are asked at once.
const PATIENCE: Duration = Duration::from_millis(2500);

/// A host that commands call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What is there, as a person would call it.
    pub service: &'static str,
    /// Its URL; else why AWS has no such endpoint.
    pub url: Result<String, String>,
}

/// A host that answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answered {
    /// By how many seconds this computer's clock is ahead of the host's, where it told the time.
    pub skew: Option<i64>,
}

/// A host that did not answer, or something in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// In words for a person.
    pub why: String,
    /// Nobody answered: the same for all hosts where a computer is offline.
    pub is_unreachable: bool,
    /// No name server knows the host, or none was asked.
    pub is_unknown: bool,
}

/// What is called for an SSO instance in a region.
pub async fn places(env: &Env, region: &str) -> Vec<Place> {
    let endpoints = EndpointSettings::of(env);
    let mut places = vec![
        Place { service: "access portal", url: endpoints.resolve_sso(region).await },
        Place { service: "OIDC", url: endpoints.resolve_oidc(region).await },
        Place { service: "STS", url: endpoints.resolve_sts(region).await },
    ];
    let sign_in = endpoints.sign_in(Partition::of_region(region), region);
    places.extend(sign_in.map(|url| Place { service: "console sign-in", url: Ok(url) }));
    places
}

/// Asks every host at once for anything, and waits for an answer of any kind. The answers are in the order of the
/// URLs.
pub async fn reach(urls: &[String], ca_bundle: Option<&Path>) -> Result<Vec<Result<Answered, Unanswered>>> {
    let http = Http::new(ca_bundle)?;
    let mut asked = JoinSet::new();
    for (at, url) in urls.iter().enumerate() {
        let connector = http.single(PATIENCE, PATIENCE);
        let url = url.clone();
        asked.spawn(async move { (at, ask(&connector, &url).await) });
    }
    let silence = || Err(unanswered(CallErrorKind::Unreachable, "it did not answer in time: check the network"));
    let mut answers: Vec<_> = urls.iter().map(|_| silence()).collect();
    while let Some(answer) = asked.join_next().await {
        if let Ok((at, answer)) = answer {
            answers[at] = answer;
        }
    }
    Ok(answers)
}

async fn ask(connector: &impl HttpConnector, url: &str) -> Result<Answered, Unanswered> {
    let mut request = HttpRequest::new(SdkBody::empty());
    if let Err(error) = request.set_uri(url) {
        return Err(unanswered(CallErrorKind::Permanent, &format!("this is no URL ({error})")));
    }
    let answer = match tokio::time::timeout(PATIENCE, connector.call(request)).await {
        Err(_) => {
            return Err(unanswered(CallErrorKind::Unreachable, "it did not answer in time: check the network"));
        }
        Ok(Err(error)) => {
            let (kind, why) = of_connection(&error, error.is_timeout());
            return Err(unanswered(kind, &why));
        }
        Ok(Ok(answer)) => answer,
    };
    let is_of_aws = answer.headers().iter().any(|(name, _)| name.starts_with("x-amz"));
    if answer.status().as_u16() == 407 {
        return Err(unanswered(CallErrorKind::Permanent, "the proxy wants a password: put it into HTTPS_PROXY"));
    }
    if is_web_page(Some(&answer)) && !is_of_aws && !url.contains("signin.") && !answer.status().is_client_error() {
        let why = "a web page answered in its place: sign in to the network in a browser, or set HTTPS_PROXY";
        return Err(unanswered(CallErrorKind::Permanent, why));
    }
    let date = answer.headers().get("date").and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    Ok(Answered { skew: date.map(|date| jiff::Timestamp::now().as_second() - date.timestamp().as_second()) })
}

fn unanswered(kind: CallErrorKind, why: &str) -> Unanswered {
    let is_unknown = why.contains("(DNS)");
    Unanswered { why: why.to_owned(), is_unreachable: kind == CallErrorKind::Unreachable, is_unknown }
}
