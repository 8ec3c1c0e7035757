//! The helpers of the tour: programs that the demo's home has on its PATH.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

use anyhow::{Context, Result, bail};
use aws_credential_types::Credentials;
use url::Url;

/// `browser URL`: a person who agrees to everything, following redirects.
pub fn browse(address: &str) -> Result<()> {
    let mut url = Url::parse(address)?;
    for _ in 0..5 {
        let host = url.host_str().context("a URL without a host")?;
        let mut stream = TcpStream::connect((host, url.port_or_known_default().unwrap_or(80)))?;
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let location = answer.lines().take_while(|line| !line.is_empty()).find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
        });
        let Some(location) = location else { return Ok(()) };
        url = url.join(&location)?;
    }
    bail!("too many redirects")
}

fn variable(name: &str) -> Result<String> {
    std::env::var(name).with_context(|| format!("there is no role here ({name} is not set)"))
}

/// The credentials in the environment, else those of `AWS_PROFILE`, for which an SDK would ask as well.
fn credentials() -> Result<Credentials> {
    if std::env::var_os("AWS_ACCESS_KEY_ID").is_some() || std::env::var_os("AWS_PROFILE").is_none() {
        let (id, secret) = (variable("AWS_ACCESS_KEY_ID")?, variable("AWS_SECRET_ACCESS_KEY")?);
        return Ok(Credentials::new(id, secret, Some(variable("AWS_SESSION_TOKEN")?), None, "demo"));
    }
    let output = Command::new("aws-sso").args(["process", "--profile", &variable("AWS_PROFILE")?]).output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let text = |key: &str| answer[key].as_str().map(str::to_owned).with_context(|| format!("no {key} came"));
    Ok(Credentials::new(text("AccessKeyId")?, text("SecretAccessKey")?, Some(text("SessionToken")?), None, "demo"))
}

/// `who-am-i`: sts:GetCallerIdentity, as any AWS tool calls it.
pub fn who_am_i() -> Result<()> {
    let credentials = credentials()?;
    let region = std::env::var("AWS_REGION").unwrap_or_else(|_| "us-east-1".into());
    let config = aws_sdk_sts::Config::builder()
        .behavior_version(aws_sdk_sts::config::BehaviorVersion::latest())
        .region(aws_sdk_sts::config::Region::new(region))
        .credentials_provider(credentials)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .endpoint_url(variable("AWS_ENDPOINT_URL_STS")?)
        .build();
    let call = aws_sdk_sts::Client::from_conf(config).get_caller_identity().send();
    let answer = tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(call);
    println!("{}", answer.context("STS refused the credentials")?.arn().unwrap_or_default());
    Ok(())
}
