//! Console federation: credentials become a browser session.

use std::time::Instant;

use serde::Deserialize;
use serde_json::json;
use url::Url;

use crate::credentials::Issued;
use crate::http::{Call, Reply};
use crate::identity::{Identity, Kind};
use crate::log::Request;
use crate::refusal::Refusal;
use crate::secrets;
use crate::state::State;

#[derive(Deserialize)]
struct Session {
    #[serde(rename = "sessionId")]
    id: String,
    #[serde(rename = "sessionKey")]
    key: String,
    #[serde(rename = "sessionToken")]
    token: String,
}

fn bad(message: &str) -> Refusal {
    Refusal::new(400, "Bad Request", message)
}

pub(crate) fn get_signin_token(state: &mut State, call: &Call, record: &mut Request) -> Result<Reply, Refusal> {
    let issued = session(state, call)?;
    note(record, issued);
    check_duration(call, &issued.identity)?;
    let (access_key_id, token) = (issued.access_key_id.clone(), secrets::opaque::<384>());
    let expires = Instant::now() + state.settings.lifetimes.signin_token;
    state.signin.insert(token.clone(), (access_key_id, expires));
    Ok(Reply::json(200, &json!({ "SigninToken": token })))
}

fn session<'state>(state: &'state State, call: &Call) -> Result<&'state Issued, Refusal> {
    let text = call.field("Session").ok_or_else(|| bad("Session is required"))?;
    let session: Session = serde_json::from_str(text).map_err(|_| bad("Session is not valid JSON"))?;
    let issued = state
        .vault
        .get(&session.id)
        .filter(|issued| issued.identity.kind != Kind::User)
        .filter(|issued| issued.secret_access_key == session.key && issued.session_token == session.token);
    issued.filter(|issued| !issued.has_expired()).ok_or_else(|| bad("The session credentials are not valid"))
}

fn check_duration(call: &Call, identity: &Identity) -> Result<(), Refusal> {
    let Some(text) = call.field("SessionDuration") else { return Ok(()) };
    if identity.chained || identity.kind == Kind::Federated {
        return Err(bad("SessionDuration cannot be used with credentials from role chaining or federation"));
    }
    match text.parse() {
        Ok(900..=43200) => Ok(()),
        _ => Err(bad("SessionDuration must be between 900 and 43200 seconds")),
    }
}

fn note(record: &mut Request, issued: &Issued) {
    record.account = Some(issued.identity.account.clone());
    record.role = Some(issued.identity.label.clone());
}

pub(crate) fn login(state: &State, call: &Call, record: &mut Request) -> Result<Reply, Refusal> {
    let token = call.field("SigninToken").ok_or_else(|| bad("SigninToken is required"))?;
    let known = state.signin.get(token).filter(|(_, expires)| *expires > Instant::now());
    let (access_key_id, _) = known.ok_or_else(|| bad("The token is invalid or has expired"))?;
    if let Some(issued) = state.vault.get(access_key_id) {
        note(record, issued);
    }
    let destination = call.field("Destination").and_then(|text| Url::parse(text).ok());
    let destination = destination.filter(|url| matches!(url.scheme(), "http" | "https"));
    Ok(Reply::redirect(&destination.ok_or_else(|| bad("Destination must be the address of a console page"))?))
}
