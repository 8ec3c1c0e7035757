//! What a call to AWS can fail with, in words for a person.

use std::error::Error as StdError;
use std::fmt::Debug;
use std::io::ErrorKind;
use std::time::Duration;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::Error;

/// The most that `Retry-After` is honoured for: no answer may hold a command for an hour.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

const WEB_PAGE: &str = "a web page answered in AWS's place: a captive portal or a proxy is in the way; open a browser and sign in to the network, or set HTTPS_PROXY";

/// What callers do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallErrorKind {
    /// 401: the access token is no longer accepted.
    Unauthorized,
    /// 429: too many calls.
    Throttled,
    /// 5xx, or the connection broke: the same call may succeed.
    Transient,
    /// Nobody answers (DNS, refused, no route, silence): they may be back in a moment, or not for hours.
    Unreachable,
    /// sso-oidc: the person has not confirmed yet.
    AuthorizationPending,
    /// sso-oidc: polled too fast.
    SlowDown,
    /// sso-oidc: the device code or the refresh token ended.
    Expired,
    /// sso-oidc: the grant is not accepted.
    InvalidGrant,
    /// sso-oidc: the registration is not known (any more).
    InvalidClient,
    /// The person, or AWS, said no.
    Denied,
    /// AWS answered with any other error; calling again will not help.
    Rejected,
    /// What answered, if anything, was not AWS; calling again will not help.
    Permanent,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallError {
    /// What to do about it.
    pub kind: CallErrorKind,
    /// What happened, without the next command.
    pub message: String,
    /// `Retry-After`, where AWS sent it.
    pub retry_after: Option<Duration>,
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CallError {}

impl From<CallError> for Error {
    fn from(error: CallError) -> Self {
        Self::failed(error.message)
    }
}

impl CallError {
    /// An answer that AWS should not give.
    pub(super) fn unexpected(operation: &str, what: &str) -> Self {
        Self { kind: CallErrorKind::Permanent, message: format!("{operation} answered {what}"), retry_after: None }
    }

    /// A call that AWS would not take.
    pub(super) fn refused(operation: &str, why: &str) -> Self {
        Self { kind: CallErrorKind::Rejected, message: format!("{operation}: {why}"), retry_after: None }
    }

    /// Translates what the SDK reports about `operation` (`sso:ListAccounts`).
    pub(super) fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let response = error.raw_response();
        let retry_after = response
            .and_then(|response| response.headers().get("retry-after"))
            .and_then(|seconds| seconds.trim().parse().ok())
            .map(|seconds| Duration::from_secs(seconds).min(LONGEST_PAUSE));
        let (kind, what) = match error {
            SdkError::ServiceError(_) | SdkError::ResponseError(_) if is_web_page(response) => {
                (CallErrorKind::Permanent, WEB_PAGE.to_owned())
            }
            SdkError::ServiceError(service) => of_service(service.err(), service.raw().status().as_u16()),
            SdkError::TimeoutError(_) => {
                (CallErrorKind::Unreachable, "AWS did not answer in time: check the network".to_owned())
            }
            SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
                Some(error) => of_connection(error, failure.is_timeout()),
                None => (CallErrorKind::Transient, "the request could not be sent".to_owned()),
            },
            SdkError::ResponseError(failure) => of_answer(failure.raw().status().as_u16(), error),
            other => (CallErrorKind::Permanent, format!("the request could not be made ({})", chain(other))),
        };
        Self { kind, message: format!("{operation}: {what}"), retry_after }
    }

    /// A connection for `operation` that did not come about, or broke.
    pub(super) fn of_connector(operation: &str, error: &ConnectorError) -> Self {
        let (kind, what) = of_connection(error, error.is_timeout());
        Self { kind, message: format!("{operation}: {what}"), retry_after: None }
    }

    /// An answer to `operation` that is no success, of a service without an SDK.
    pub(super) fn of_response(operation: &str, response: &HttpResponse, hint: &str) -> Self {
        let status = response.status().as_u16();
        let (kind, what) = match status {
            _ if is_web_page(Some(response)) && status < 300 => (CallErrorKind::Permanent, WEB_PAGE.to_owned()),
            429 => (CallErrorKind::Throttled, "AWS answered with status 429".to_owned()),
            500.. => (CallErrorKind::Transient, format!("AWS answered with status {status}")),
            _ => (CallErrorKind::Rejected, format!("AWS answered with status {status}: {hint}")),
        };
        Self { kind, message: format!("{operation}: {what}"), retry_after: None }
    }
}

/// An error that AWS put into its answer.
fn of_service(error: &(impl ProvideErrorMetadata + StdError), status: u16) -> (CallErrorKind, String) {
    use CallErrorKind as K;
    let code = error.code().unwrap_or_default();
    let said = error.message().unwrap_or_default();
    let kind = match code {
        "UnauthorizedException" => K::Unauthorized,
        "TooManyRequestsException" | "ThrottlingException" | "Throttling" => K::Throttled,
        "AuthorizationPendingException" => K::AuthorizationPending,
        "SlowDownException" => K::SlowDown,
        "ExpiredTokenException" => K::Expired,
        "InvalidGrantException" => K::InvalidGrant,
        "InvalidClientException" => K::InvalidClient,
        "AccessDeniedException" | "ForbiddenException" | "AccessDenied" => K::Denied,
        _ => match status {
            401 => K::Unauthorized,
            429 => K::Throttled,
            500.. => K::Transient,
            // AWS gives its errors a name: a refusal without one is a proxy's.
            _ if code.is_empty() => K::Permanent,
            403 => K::Denied,
            _ => K::Rejected,
        },
    };
    let what = match (code, said) {
        ("", "") if status < 300 => {
            format!("the answer (status {status}) is not AWS's: check the proxy and the AWS_ENDPOINT_URL variables")
        }
        ("", "") => format!("AWS answered with status {status}"),
        ("", said) => format!("AWS answered with status {status}: {said}"),
        (code, "") => code.to_owned(),
        (code, said) => format!("{code}: {said}"),
    };
    (kind, what)
}

/// A connection that did not come about, or broke.
pub(super) fn of_connection(error: &(impl StdError + 'static), timeout: bool) -> (CallErrorKind, String) {
    let text = chain(error);
    let lower = text.to_lowercase();
    let io = io_kind(error);
    if lower.contains("dns error") || lower.contains("failed to lookup address") {
        return (
            CallErrorKind::Unreachable,
            "the host name could not be looked up (DNS): check the network, and SSORegion in config.yaml".to_owned(),
        );
    }
    if lower.contains("certificate")
        || lower.contains("corrupt message")
        || lower.contains("tls")
        || lower.contains("handshake")
    {
        let hint = "a proxy that inspects TLS needs its CA in AWS_CA_BUNDLE";
        return (CallErrorKind::Permanent, format!("the TLS connection failed ({}): {hint}", innermost(error)));
    }
    match io {
        Some(ErrorKind::ConnectionRefused) => (
            CallErrorKind::Unreachable,
            "the connection was refused: check the network, the proxy and the AWS_ENDPOINT_URL variables".to_owned(),
        ),
        Some(ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable) => {
            (CallErrorKind::Unreachable, "the network cannot be reached: check the connection".to_owned())
        }
        _ if timeout => {
            (CallErrorKind::Unreachable, "the connection took too long: check the network and the proxy".to_owned())
        }
        _ => (CallErrorKind::Transient, format!("the connection broke ({})", innermost(error))),
    }
}

/// An answer that could not be read to its end, or is not what was announced.
fn of_answer(status: u16, error: &(impl StdError + 'static)) -> (CallErrorKind, String) {
    let cause = innermost(error);
    if status >= 500
        || io_kind(error).is_some()
        || chain(error).contains("end of file")
        || chain(error).contains("connection")
    {
        return (CallErrorKind::Transient, format!("the answer was cut short ({cause})"));
    }
    (
        CallErrorKind::Permanent,
        format!(
            "the answer (status {status}) is not AWS's ({cause}): check the proxy and the AWS_ENDPOINT_URL variables"
        ),
    )
}

pub(super) fn is_web_page(response: Option<&HttpResponse>) -> bool {
    let media_type = response.and_then(|response| response.headers().get("content-type")).unwrap_or_default();
    media_type.to_lowercase().starts_with("text/html")
}

fn sources<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let current = next?;
        next = current.source();
        Some(current)
    })
}

fn io_kind(error: &(dyn StdError + 'static)) -> Option<ErrorKind> {
    sources(error).filter_map(|source| source.downcast_ref::<std::io::Error>()).map(std::io::Error::kind).next()
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    sources(error).last().map(ToString::to_string).unwrap_or_default()
}

fn chain(error: &(dyn StdError + 'static)) -> String {
    sources(error).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
