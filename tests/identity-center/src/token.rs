//! SSO-OIDC: grants are exchanged for tokens.

use std::time::{Duration, Instant};

use serde::Deserialize;
use serde_json::json;

use crate::grants::{AUTHORIZATION_CODE, DEVICE_CODE, Decision, REFRESH_TOKEN};
use crate::http::{Call, Reply};
use crate::oidc::{bad, client, input, seconds};
use crate::pkce;
use crate::refusal::Refusal;
use crate::sessions::Tokens;
use crate::state::{Settings, State};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreateToken {
    client_id: String,
    client_secret: String,
    grant_type: String,
    device_code: Option<String>,
    code: Option<String>,
    code_verifier: Option<String>,
    redirect_uri: Option<String>,
    refresh_token: Option<String>,
}

pub(crate) fn create_token(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let request: CreateToken = input(call)?;
    if ![DEVICE_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN].contains(&request.grant_type.as_str()) {
        return Err(bad("UnsupportedGrantTypeException", "Unsupported grant type"));
    }
    let client = client(state, &request.client_id, &request.client_secret)?;
    if !client.allows(&request.grant_type) {
        return Err(bad("UnauthorizedClientException", "The client is not registered for this grant type"));
    }
    let refreshing = state.settings.refresh_tokens && client.may_refresh();
    if state.settings.wrong_region {
        return Err(invalid_grant());
    }
    match request.grant_type.as_str() {
        DEVICE_CODE => redeem_device_code(state, &request)?,
        AUTHORIZATION_CODE => redeem_code(state, &request)?,
        _ => return refresh(state, &request),
    }
    let lifetime = state.settings.lifetimes.access_token;
    let tokens = state.sessions.open(lifetime, refreshing.then_some(request.client_id.as_str()));
    Ok(token_reply(&tokens, lifetime))
}

fn invalid_grant() -> Refusal {
    bad("InvalidGrantException", "Invalid grant provided")
}

fn missing(member: &str) -> Refusal {
    bad("InvalidRequestException", &format!("{member} is required"))
}

fn token_reply(tokens: &Tokens, lifetime: Duration) -> Reply {
    let mut body = json!({ "accessToken": tokens.access, "tokenType": "Bearer", "expiresIn": seconds(lifetime) });
    if let Some(refresh) = &tokens.refresh {
        body["refreshToken"] = json!(refresh);
    }
    Reply::json(200, &body)
}

fn redeem_device_code(state: &mut State, request: &CreateToken) -> Result<(), Refusal> {
    let code = request.device_code.as_deref().ok_or_else(|| missing("deviceCode"))?;
    let device = state.grants.devices.get_mut(code).filter(|device| device.client_id == request.client_id);
    let device = device.ok_or_else(invalid_grant)?;
    let now = Instant::now();
    if device.expires <= now {
        return Err(bad("ExpiredTokenException", "Device code has expired"));
    }
    let Settings { lifetimes, approve_after, .. } = &state.settings;
    // A tenth of leeway: a client that sleeps exactly the interval can seem early on the way.
    let interval = lifetimes.poll_interval.mul_f64(0.9);
    let early = device.polled.replace(now).is_some_and(|last| now.duration_since(last) < interval);
    if early {
        return Err(bad("SlowDownException", "Polling too frequently"));
    }
    if device.decision == Decision::Pending && approve_after.is_some_and(|polls| device.polls >= polls) {
        device.decision = Decision::Approved;
    }
    device.polls += 1;
    match device.decision {
        Decision::Pending => Err(bad("AuthorizationPendingException", "Authorization is still pending")),
        Decision::Denied => Err(bad("AccessDeniedException", "The user denied the request")),
        Decision::Approved => {
            state.grants.devices.remove(code);
            Ok(())
        }
    }
}

/// A code is used up by the first attempt, right or wrong.
fn redeem_code(state: &mut State, request: &CreateToken) -> Result<(), Refusal> {
    let code = request.code.as_deref().ok_or_else(|| missing("code"))?;
    let verifier = request.code_verifier.as_deref().ok_or_else(|| missing("codeVerifier"))?;
    let redirect_uri = request.redirect_uri.as_deref().ok_or_else(|| missing("redirectUri"))?;
    let grant = state.grants.codes.remove(code).ok_or_else(invalid_grant)?;
    let fits = grant.client_id == request.client_id
        && grant.redirect_uri == redirect_uri
        && grant.expires > Instant::now()
        && pkce::verify(&grant.challenge, verifier);
    if fits { Ok(()) } else { Err(invalid_grant()) }
}

fn invalid_refresh() -> Refusal {
    bad("InvalidGrantException", "Invalid refresh token provided")
}

fn refresh(state: &mut State, request: &CreateToken) -> Result<Reply, Refusal> {
    let token = request.refresh_token.as_deref().ok_or_else(|| missing("refreshToken"))?;
    let Settings { lifetimes, refuse_refresh, refresh_once, .. } = &state.settings;
    if *refuse_refresh {
        return Err(invalid_refresh());
    }
    let lifetime = lifetimes.access_token;
    let tokens = state.sessions.refresh(token, &request.client_id, lifetime, *refresh_once);
    tokens.map(|tokens| token_reply(&tokens, lifetime)).ok_or_else(invalid_refresh)
}
