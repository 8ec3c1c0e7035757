//! Errors in the shape of the service that is asked.

use serde_json::json;

use crate::http::Reply;
use crate::operation::Service;
use crate::secrets::request_id;
use crate::text::{escape, page};

/// Why a call is refused: the status and the name and message of the AWS exception.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: String,
    pub message: String,
}

impl Refusal {
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.into(), message: message.into() }
    }

    pub fn throttled(service: Service) -> Self {
        match service {
            Service::Sts => Self::new(400, "Throttling", "Rate exceeded"),
            _ => Self::new(429, "TooManyRequestsException", "HTTP 429 Unknown Code"),
        }
    }

    pub fn unauthorized(service: Service) -> Self {
        match service {
            Service::Oidc => Self::new(401, "InvalidClientException", "Invalid client"),
            Service::Sts => {
                Self::new(403, "InvalidClientTokenId", "The security token included in the request is invalid.")
            }
            _ => Self::new(401, "UnauthorizedException", "Session token not found or invalid"),
        }
    }

    pub fn of_status(status: u16) -> Self {
        let (code, message) = match status {
            400 => ("InvalidRequestException", "Bad request"),
            401 => ("UnauthorizedException", "Session token not found or invalid"),
            403 => ("ForbiddenException", "No access"),
            404 => ("ResourceNotFoundException", "Not found"),
            429 => ("TooManyRequestsException", "HTTP 429 Unknown Code"),
            503 => ("ServiceUnavailableException", "Service unavailable"),
            504 => ("GatewayTimeoutException", "Endpoint request timed out"),
            _ => ("InternalServerException", "Internal server error"),
        };
        Self::new(status, code, message)
    }

    pub fn into_reply(self, service: Service) -> Reply {
        match service {
            Service::Oidc => self.oidc(),
            Service::Portal => self.portal(),
            Service::Sts => self.sts(),
            Service::Browser => {
                let content = format!("<p>{}</p>", escape(&self.message));
                Reply::html(self.status, page(&self.code, &content))
            }
        }
    }

    fn oidc(self) -> Reply {
        let body = json!({ "error": oauth_error(&self.code), "error_description": self.message });
        // AWS sends the namespace along here, which clients have to cut off.
        let kind = format!("{}:http://internal.amazon.com/coral/com.amazonaws.sso.oidc/", self.code);
        Reply::json(self.status, &body).with_header("x-amzn-errortype", kind)
    }

    fn portal(self) -> Reply {
        let body =
            json!({ "message": self.message, "__type": format!("com.amazonaws.switchboard.portal#{}", self.code) });
        Reply::json(self.status, &body).with_header("x-amzn-errortype", self.code)
    }

    fn sts(self) -> Reply {
        let kind = if self.status < 500 { "Sender" } else { "Receiver" };
        let (code, message, request) = (escape(&self.code), escape(&self.message), request_id());
        Reply::xml(
            self.status,
            format!(
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>{kind}</Type>\
                 <Code>{code}</Code><Message>{message}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
            ),
        )
    }
}

/// The OAuth name of an exception: `SlowDownException` is `slow_down`.
fn oauth_error(code: &str) -> String {
    let words = code.trim_end_matches("Exception");
    if words == "InternalServer" {
        return "server_error".into();
    }
    let mut name = String::new();
    for character in words.chars() {
        if character.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::oauth_error;

    #[test]
    fn exceptions_have_their_oauth_names() {
        assert_eq!(oauth_error("AuthorizationPendingException"), "authorization_pending");
        assert_eq!(oauth_error("InvalidGrantException"), "invalid_grant");
        assert_eq!(oauth_error("InternalServerException"), "server_error");
    }
}
