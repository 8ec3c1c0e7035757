//! A bare HTTP client, which shows what a library would hide: resets, short bodies, raw headers.
#![allow(dead_code, reason = "every test binary uses its own share")]

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use identity_center::Simulator;
use serde_json::{Value, json};

pub const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("a JSON body")
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The parameters of the address that a redirect leads to.
    pub fn location(&self) -> std::collections::HashMap<String, String> {
        let location = url::Url::parse(self.header("location").expect("a redirect")).expect("an address");
        location.query_pairs().into_owned().collect()
    }
}

/// A connection that is kept alive.
pub struct Client(BufReader<TcpStream>);

impl Client {
    pub fn new(simulator: &Simulator) -> Self {
        let address = simulator.url().trim_start_matches("http://");
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a time limit");
        stream.set_nodelay(true).expect("no delay");
        Self(BufReader::new(stream))
    }

    pub fn time_limit(self, limit: Duration) -> Self {
        self.0.get_ref().set_read_timeout(Some(limit)).expect("a time limit");
        self
    }

    pub fn send(&mut self, method: &str, target: &str, headers: &str, body: &str) -> io::Result<Response> {
        let length = body.len();
        let request =
            format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
        self.0.get_mut().write_all(request.as_bytes())?;
        let status =
            self.line()?.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
        let mut headers = Vec::new();
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        let mut response = Response { status, headers, body: Vec::new() };
        let length = response.header("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        response.body.resize(length, 0);
        self.0.read_exact(&mut response.body)?;
        Ok(response)
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.0.read_line(&mut line)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

pub fn get(simulator: &Simulator, target: &str) -> Response {
    Client::new(simulator).send("GET", target, "", "").expect("an answer")
}

pub fn post(simulator: &Simulator, target: &str, body: &Value) -> Response {
    Client::new(simulator).send("POST", target, "", &body.to_string()).expect("an answer")
}

pub fn portal(simulator: &Simulator, token: &str, target: &str) -> Response {
    let header = format!("x-amz-sso_bearer_token: {token}\r\n");
    Client::new(simulator).send("GET", target, &header, "").expect("an answer")
}

/// A registration for all three grant types: the client id and the secret.
pub fn register(simulator: &Simulator) -> (String, String) {
    let answer = post(
        simulator,
        "/client/register",
        &json!({
            "clientName": "test",
            "clientType": "public",
            "scopes": ["sso:account:access"],
            "grantTypes": ["authorization_code", "refresh_token", DEVICE_GRANT],
            "redirectUris": ["http://127.0.0.1/oauth/callback"],
            "issuerUrl": simulator.start_url(),
        }),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    (text(&answer["clientId"]), text(&answer["clientSecret"]))
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

/// A `CreateToken` with the client's id and secret and further members.
pub fn create_token(simulator: &Simulator, client: &(String, String), members: Value) -> Response {
    let mut body = members;
    body["clientId"] = json!(client.0);
    body["clientSecret"] = json!(client.1);
    post(simulator, "/token", &body)
}

/// The answer of a device authorization.
pub fn start_device(simulator: &Simulator, client: &(String, String)) -> Value {
    let start = json!({ "clientId": client.0, "clientSecret": client.1, "startUrl": simulator.start_url() });
    let answer = post(simulator, "/device_authorization", &start);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Signs in with a device code; the tokens.
pub fn sign_in(simulator: &Simulator, client: &(String, String)) -> Value {
    let device = start_device(simulator, client);
    simulator.approve_device_codes();
    let grant = json!({ "grantType": DEVICE_GRANT, "deviceCode": device["deviceCode"] });
    let answer = create_token(simulator, client, grant);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The access token of a fresh session.
pub fn access_token(simulator: &Simulator) -> String {
    text(&sign_in(simulator, &register(simulator))["accessToken"])
}
