//! The authorization code flow with PKCE (RFC 7636): the browser brings the code to a listener on the
//! loopback address (RFC 8252).

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

use crate::role::{ClientRegistration, Token};

use super::super::client::IdentityCenter;
use super::super::error::CallError;
use super::{CODE_GRANT, REDIRECT, SCOPE, SignIn, SignInError, read_token};

/// How long the person may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// What the browser brought.
enum Answer {
    Code(SecretString),
    Refused(String),
}

impl IdentityCenter {
    pub(super) async fn sign_in_by_code(
        &self,
        registration: &ClientRegistration,
        present: &mut impl FnMut(&SignIn) -> crate::Result<()>,
    ) -> Result<Token, SignInError> {
        let local = |error: &dyn std::fmt::Display| {
            SignInError::Refused(format!(
                "could not listen on 127.0.0.1 ({error}): set AuthWorkflow: device_code in config.yaml"
            ))
        };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(|error| local(&error))?;
        let port = listener.local_addr().map_err(|error| local(&error))?.port();
        let redirect = format!("{REDIRECT}:{port}");
        let verifier = SecretString::from(random_text(48).map_err(|error| local(&error))?);
        let state = random_text(24).map_err(|error| local(&error))?;
        let url = self.authorization_url(registration, &redirect, &verifier, &state).await?;
        present(&SignIn { url, user_code: None }).map_err(SignInError::Present)?;

        let answer = tokio::time::timeout(PATIENCE, wait_for_browser(listener, &state)).await;
        let code = match answer {
            Ok(Answer::Code(code)) => code,
            Ok(Answer::Refused(why)) => {
                return Err(SignInError::Refused(format!(
                    "the sign-in page answered '{why}': run '{}' to try again",
                    self.login_command
                )));
            }
            Err(_) => {
                return Err(SignInError::Refused(format!(
                    "nobody signed in within five minutes; if the page showed 'invalid grant', SSORegion ({}) in config.yaml is probably wrong; else run '{}' to try again",
                    self.region, self.login_command
                )));
            }
        };
        let request = self
            .oidc
            .create_token()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose_secret())
            .grant_type(CODE_GRANT)
            .code(code.expose_secret())
            .code_verifier(verifier.expose_secret())
            .redirect_uri(&redirect);
        let token = request.send().await.map_err(|error| CallError::of("sso-oidc:CreateToken", &error));
        Ok(read_token(&token.map_err(|error| self.explain(error))?)?)
    }

    async fn authorization_url(
        &self,
        registration: &ClientRegistration,
        redirect: &str,
        verifier: &SecretString,
        state: &str,
    ) -> Result<String, SignInError> {
        let wrong = |why: String| {
            SignInError::Refused(format!("there is no sign-in page for SSORegion {} ({why})", self.region))
        };
        let base = self.endpoints.authorize_url(&self.region, registration.authorization_endpoint.as_deref()).await;
        let mut url = Url::parse(&base.map_err(wrong)?).map_err(|error| wrong(error.to_string()))?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &registration.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", state)
            .append_pair("code_challenge_method", "S256")
            .append_pair("code_challenge", &challenge)
            .append_pair("scopes", SCOPE);
        Ok(url.into())
    }
}

/// `bytes` random bytes as text that needs no escaping in a URL.
fn random_text(bytes: usize) -> Result<String, getrandom::Error> {
    let mut random = zeroize::Zeroizing::new(vec![0; bytes]);
    getrandom::fill(&mut random)?;
    Ok(URL_SAFE_NO_PAD.encode(&*random))
}

/// Serves the browser until it brings an answer to our question. Whatever else knocks at the port gets
/// a 400 and changes nothing.
async fn wait_for_browser(listener: TcpListener, state: &str) -> Answer {
    let (sender, mut answers) = mpsc::channel::<Answer>(1);
    let mut connections = tokio::task::JoinSet::new();
    let answer = loop {
        tokio::select! {
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else { continue };
                let (state, sender) = (state.to_owned(), sender.clone());
                connections.spawn(async move {
                    let service = service_fn(async |request| Ok::<_, Infallible>(reply(&request, &state, &sender)));
                    let mut http = hyper::server::conn::http1::Builder::new();
                    http.timer(TokioTimer::new()).header_read_timeout(Duration::from_secs(10)).keep_alive(false);
                    // A browser that hangs up early is no concern of ours.
                    let _ = http.serve_connection(TokioIo::new(stream), service).await;
                });
            }
            Some(answer) = answers.recv() => break answer,
        }
    };
    // The person should see the page before we go.
    let _ =
        tokio::time::timeout(Duration::from_secs(1), async { while connections.join_next().await.is_some() {} }).await;
    answer
}

fn reply(request: &Request<Incoming>, state: &str, sender: &mpsc::Sender<Answer>) -> Response<Full<Bytes>> {
    let Some(answer) = read_answer(request.method(), request.uri().path(), request.uri().query(), state) else {
        return page(
            StatusCode::BAD_REQUEST,
            "This address waits for an AWS sign-in",
            "The request did not belong to it and was ignored.",
        );
    };
    let response = match &answer {
        Answer::Code(_) => page(StatusCode::OK, "You are signed in", "Close this tab and go back to your terminal."),
        Answer::Refused(_) => {
            page(StatusCode::BAD_REQUEST, "You are not signed in", "The sign-in was refused. Your terminal says why.")
        }
    };
    // A second answer finds the first one there.
    let _ = sender.try_send(answer);
    response
}

/// The answer in a request, if it is one to the question with this `state`.
fn read_answer(method: &Method, path: &str, query: Option<&str>, state: &str) -> Option<Answer> {
    if method != Method::GET || path != "/" {
        return None;
    }
    let parameters: Vec<(String, String)> = url::form_urlencoded::parse(query?.as_bytes())
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    let get = |name: &str| parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    // Compared by digest: how long it takes tells nothing about the state.
    if Sha256::digest(get("state")?) != Sha256::digest(state) {
        return None;
    }
    if let Some(error) = get("error") {
        return Some(Answer::Refused(match get("error_description") {
            Some(description) => format!("{error}: {description}"),
            None => error.to_owned(),
        }));
    }
    get("code").filter(|code| !code.is_empty()).map(|code| Answer::Code(code.into()))
}

fn page(status: StatusCode, title: &str, text: &str) -> Response<Full<Bytes>> {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>aws-sso</title>\
         <style>body{{font:18px system-ui,sans-serif;margin:20vh auto;max-width:30em;text-align:center;color-scheme:light dark}}</style>\
         <h1>{title}</h1><p>{text}</p></html>"
    );
    let mut response = Response::new(Full::new(Bytes::from(html)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ] {
        headers.insert(name, hyper::header::HeaderValue::from_static(value));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(method: &Method, path: &str, query: &str) -> String {
        match read_answer(method, path, Some(query), "right") {
            None => "stranger".to_owned(),
            Some(Answer::Code(code)) => format!("code {}", code.expose_secret()),
            Some(Answer::Refused(why)) => why,
        }
    }

    #[test]
    fn only_an_answer_with_our_state_counts() {
        let get = |query| read(&Method::GET, "/", query);
        assert_eq!(get("code=abc%2F&state=right"), "code abc/");
        assert_eq!(get("error=access_denied&error_description=no+way&state=right"), "access_denied: no way");
        for query in
            ["", "code=abc", "code=abc&state=wrong", "code=&state=right", "state=right", "error=x", "error=x&state="]
        {
            assert_eq!(get(query), "stranger", "{query}");
        }
        assert_eq!(read(&Method::POST, "/", "code=abc&state=right"), "stranger");
        assert_eq!(read(&Method::GET, "/favicon.ico", "code=abc&state=right"), "stranger");
    }
}
