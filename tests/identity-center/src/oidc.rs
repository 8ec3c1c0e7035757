//! SSO-OIDC: clients make themselves known and ask for device codes.

use std::time::{Duration, Instant};

use jiff::SignedDuration;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::grants::{ACCOUNT_ACCESS, AUTHORIZATION_CODE, DEVICE_CODE, Decision, Device, REFRESH_TOKEN, Registration};
use crate::http::{Call, Reply};
use crate::redirect;
use crate::refusal::Refusal;
use crate::secrets;
use crate::state::{Settings, State};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RegisterClient {
    client_name: String,
    client_type: String,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    #[serde(default)]
    grant_types: Vec<String>,
    issuer_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct StartDeviceAuthorization {
    client_id: String,
    client_secret: String,
    start_url: String,
}

/// A refusal with status 400.
pub(crate) fn bad(code: &str, message: &str) -> Refusal {
    Refusal::new(400, code, message)
}

/// The JSON body; a missing member is an invalid request, as at AWS.
pub(crate) fn input<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    serde_json::from_slice(&call.body).map_err(|_| bad("InvalidRequestException", "Invalid request"))
}

pub(crate) fn register_client(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let request: RegisterClient = input(call)?;
    check_registration(&request, &state.settings)?;
    let lifetime = state.settings.lifetimes.registration;
    let (id, secret) = (secrets::opaque::<24>(), secrets::opaque::<512>());
    let registration = Registration {
        secret: secret.clone(),
        expires: Instant::now() + lifetime,
        scopes: request.scopes,
        redirects: request.redirect_uris,
        grant_types: request.grant_types,
    };
    state.grants.clients.insert(id.clone(), registration);
    let now = state.clock.now();
    let told = SignedDuration::try_from(lifetime).unwrap_or(SignedDuration::MAX);
    let expires = now.checked_add(told).unwrap_or(now);
    Ok(Reply::json(
        200,
        &json!({
            "clientId": id,
            "clientSecret": secret,
            "clientIdIssuedAt": now.as_second(),
            "clientSecretExpiresAt": expires.as_second(),
        }),
    ))
}

fn check_registration(request: &RegisterClient, settings: &Settings) -> Result<(), Refusal> {
    if request.client_name.is_empty() {
        return Err(bad("InvalidRequestException", "clientName must not be empty"));
    }
    if request.client_type != "public" {
        return Err(bad("InvalidClientMetadataException", "Only clients of type public can be registered"));
    }
    if request
        .grant_types
        .iter()
        .any(|grant| ![DEVICE_CODE, AUTHORIZATION_CODE, REFRESH_TOKEN].contains(&grant.as_str()))
    {
        return Err(bad("UnsupportedGrantTypeException", "Unsupported grant type"));
    }
    if !request.scopes.iter().all(|scope| is_scope(scope)) {
        return Err(bad("InvalidScopeException", "Invalid scope"));
    }
    let needs_redirect = request.grant_types.iter().any(|grant| grant == AUTHORIZATION_CODE);
    if needs_redirect && request.redirect_uris.is_empty() {
        return Err(bad("InvalidRedirectUriException", "authorization_code needs a redirect URI"));
    }
    if !request.redirect_uris.iter().all(|uri| redirect::may_register(uri)) {
        return Err(bad("InvalidRedirectUriException", "Invalid redirect URI"));
    }
    request.issuer_url.as_deref().map_or(Ok(()), |url| check_start_url(url, settings))
}

fn is_scope(scope: &str) -> bool {
    scope == ACCOUNT_ACCESS || scope == "openid" || scope == "aws" || scope.starts_with("codewhisperer:")
}

fn check_start_url(url: &str, settings: &Settings) -> Result<(), Refusal> {
    let plain = |url: &str| url.trim_end_matches(['/', '#']).to_owned();
    if settings.wrong_region || plain(url) != plain(&settings.start_url) {
        return Err(bad("InvalidRequestException", "Invalid start URL provided"));
    }
    Ok(())
}

/// The registration of the client that calls.
pub(crate) fn client<'state>(state: &'state State, id: &str, secret: &str) -> Result<&'state Registration, Refusal> {
    let refused = || Refusal::new(401, "InvalidClientException", "Invalid client provided");
    state.grants.client(id, secret).ok_or_else(refused)
}

pub(crate) fn start_device_authorization(state: &mut State, call: &Call) -> Result<Reply, Refusal> {
    let request: StartDeviceAuthorization = input(call)?;
    if !client(state, &request.client_id, &request.client_secret)?.allows(DEVICE_CODE) {
        return Err(bad("UnauthorizedClientException", "The client is not registered for device codes"));
    }
    check_start_url(&request.start_url, &state.settings)?;
    let Settings { url, lifetimes, .. } = &state.settings;
    let (device_code, user_code) = (secrets::opaque::<64>(), secrets::user_code());
    let body = json!({
        "deviceCode": device_code,
        "userCode": user_code,
        "verificationUri": format!("{url}/device"),
        "verificationUriComplete": format!("{url}/device?user_code={}", utf8_percent_encode(&user_code, NON_ALPHANUMERIC)),
        "expiresIn": seconds(lifetimes.device_code),
        "interval": seconds(lifetimes.poll_interval),
    });
    let device = Device {
        client_id: request.client_id,
        user_code,
        expires: Instant::now() + lifetimes.device_code,
        polled: None,
        polls: 0,
        decision: Decision::Pending,
    };
    state.grants.devices.insert(device_code, device);
    Ok(Reply::json(200, &body))
}

/// Whole seconds, rounded up: an interval of half a second is told as one, never as none.
pub(crate) fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
