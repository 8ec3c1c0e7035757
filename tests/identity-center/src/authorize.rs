//! The pages a browser sees: consent for a client, and approval of a device.

use std::time::Instant;

use url::Url;

use crate::grants::{AUTHORIZATION_CODE, Code, Decision};
use crate::http::{Call, Reply};
use crate::oidc::bad;
use crate::redirect;
use crate::refusal::Refusal;
use crate::secrets;
use crate::state::{Consent, State};
use crate::text::{escape, page};

/// `GET /authorize`: a code for the client at the redirect address, if the user allows it.
///
/// A request that names a wrong client or address ends on a page: the browser must not be sent to
/// an address that nobody vouches for.
pub(crate) fn authorize(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let invalid = |message: &str| bad("InvalidRequestException", message);
    let client_id = call.field("client_id").ok_or_else(|| invalid("client_id is required"))?;
    let known = state.grants.clients.get(client_id).filter(|client| client.expires > Instant::now());
    let client = known.ok_or_else(|| Refusal::new(401, "InvalidClientException", "Invalid client provided"))?;
    let requested = call.field("redirect_uri").ok_or_else(|| invalid("redirect_uri is required"))?;
    let registered = client.redirects.iter().any(|registered| redirect::matches(registered, requested));
    let target = Url::parse(requested).ok().filter(|_| registered);
    let target = target.ok_or_else(|| invalid("The redirect URI is not registered"))?;
    if !client.allows(AUTHORIZATION_CODE) {
        return Ok(send_back(target, call, &[("error", "unauthorized_client")]));
    }
    if let Err((error, description)) = check(call) {
        return Ok(send_back(target, call, &[("error", error), ("error_description", description)]));
    }
    Ok(match decision(state.settings.consent, call) {
        Decision::Pending => consent_page(call, state.settings.consent, "Allow this client to access your data?"),
        Decision::Denied => {
            let description = "User denied access";
            send_back(target, call, &[("error", "access_denied"), ("error_description", description)])
        }
        Decision::Approved => {
            let code = issue(state, client_id, requested, call.field("code_challenge").unwrap_or_default());
            send_back(target, call, &[("code", &code)])
        }
    })
}

fn check(call: &Call) -> Result<(), (&'static str, &'static str)> {
    if call.field("response_type") != Some("code") {
        return Err(("unsupported_response_type", "response_type must be code"));
    }
    if call.field("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method must be S256"));
    }
    if call.field("code_challenge").is_none_or(|challenge| challenge.len() != 43) {
        return Err(("invalid_request", "code_challenge must be a SHA-256 digest"));
    }
    if call.field("scopes").or_else(|| call.field("scope")).is_none_or(str::is_empty) {
        return Err(("invalid_scope", "scopes is required"));
    }
    Ok(())
}

fn issue(state: &mut State, client_id: &str, redirect_uri: &str, challenge: &str) -> String {
    let code = secrets::opaque::<48>();
    let grant = Code {
        client_id: client_id.into(),
        redirect_uri: redirect_uri.into(),
        challenge: challenge.into(),
        expires: Instant::now() + state.settings.lifetimes.authorization_code,
    };
    state.grants.codes.insert(code.clone(), grant);
    code
}

fn send_back(mut target: Url, call: &Call, answer: &[(&str, &str)]) -> Reply {
    target.query_pairs_mut().extend_pairs(answer);
    if let Some(state) = call.field("state") {
        target.query_pairs_mut().append_pair("state", state);
    }
    Reply::redirect(&target)
}

fn decision(consent: Consent, call: &Call) -> Decision {
    match (consent, call.field("decision")) {
        (Consent::Grant, _) | (Consent::Manual, Some("allow")) => Decision::Approved,
        (Consent::Deny, _) | (Consent::Manual, Some("deny")) => Decision::Denied,
        (Consent::Ignore | Consent::Manual, _) => Decision::Pending,
    }
}

fn consent_page(call: &Call, consent: Consent, question: &str) -> Reply {
    let link = |decision: &str, label: &str| {
        let address = format!("{}&decision={decision}", call.uri);
        format!("<p><a href=\"{}\">{label}</a></p>", escape(&address))
    };
    let links = match consent {
        Consent::Manual => link("allow", "Allow access") + &link("deny", "Deny access"),
        _ => String::new(),
    };
    Reply::html(200, page(question, &links))
}

/// `GET /device?user_code=ABCD-EFGH`: the user approves what the device shows.
pub(crate) fn verify_device(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let Some(user_code) = call.field("user_code") else {
        let form = "<form><input name=\"user_code\" autofocus> <button>Confirm and continue</button></form>";
        return Ok(Reply::html(200, page("Enter the code that the device shows", form)));
    };
    let consent = state.settings.consent;
    let device = state.grants.device_showing(user_code).filter(|device| device.expires > Instant::now());
    let device = device.ok_or_else(|| bad("InvalidRequestException", "The code is unknown or has expired"))?;
    let decision = decision(consent, call);
    if decision != Decision::Pending {
        device.decision = decision;
    }
    Ok(match decision {
        Decision::Approved => Reply::html(200, page("Request approved", "<p>You can close this window.</p>")),
        Decision::Denied => Reply::html(200, page("Request denied", "<p>You can close this window.</p>")),
        Decision::Pending => consent_page(call, consent, &format!("Confirm the code {user_code}?")),
    })
}
