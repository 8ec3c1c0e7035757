//! AWS as it is reached through a proxy: each region at a host of its own, over TLS.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::io::{BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::support::Home;
use super::wire::{read_message, send, split};

/// A proxy behind which every host is a simulator. Ends with the test's process.
pub struct Regions {
    hosts: Arc<Mutex<Vec<String>>>,
}

impl Regions {
    /// Has `home` reach AWS through the proxy. `simulator` says which one a region is, by its URL.
    pub fn behind_proxy(home: &mut Home, simulator: impl Fn(&str) -> String + Send + Sync + 'static) -> Self {
        let (key, certificate) = certificate(home);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let proxy = format!("http://{}", listener.local_addr().expect("its address"));
        home.set("HTTPS_PROXY", &proxy);
        home.set("AWS_CA_BUNDLE", &certificate);
        let chain = vec![CertificateDer::from_pem_file(&certificate).expect("a certificate")];
        let key = PrivateKeyDer::from_pem_file(&key).expect("a key");
        let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("TLS")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("a usable certificate");
        let (tls, simulator) = (Arc::new(tls), Arc::new(simulator));
        let hosts = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&hosts);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, simulator, kept) = (Arc::clone(&tls), Arc::clone(&simulator), Arc::clone(&kept));
                std::thread::spawn(move || tunnel(stream, tls, &*simulator, &kept));
            }
        });
        Self { hosts }
    }

    /// The hosts that connections were asked for, each once, in that order.
    pub fn hosts(&self) -> Vec<String> {
        let mut hosts = self.hosts.lock().expect("the hosts").clone();
        hosts.dedup();
        hosts
    }
}

fn tunnel(
    mut stream: TcpStream,
    tls: Arc<ServerConfig>,
    simulator: &dyn Fn(&str) -> String,
    hosts: &Mutex<Vec<String>>,
) -> Option<()> {
    let request = read_message(&mut BufReader::new(stream.try_clone().ok()?))?;
    let host = request.strip_prefix("CONNECT ")?.split(':').next()?.to_owned();
    hosts.lock().expect("the hosts").push(host.clone());
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").ok()?;
    let region = host.split('.').nth(1)?;
    let (to, _) = split(&simulator(region));
    let mut tls = BufReader::new(StreamOwned::new(ServerConnection::new(tls).ok()?, stream));
    while let Some(request) = read_message(&mut tls) {
        tls.get_mut().write_all(send(&to, &request).as_bytes()).ok()?;
    }
    Some(())
}

/// A key, and a certificate for the sign-in service of the regions that are asked first.
fn certificate(home: &Home) -> (String, String) {
    let place = |name: &str| home.path().join(name).display().to_string();
    let (key, certificate) = (place("regions.key"), place("regions.pem"));
    let names = "subjectAltName=DNS:oidc.us-east-1.amazonaws.com,DNS:oidc.us-west-2.amazonaws.com,\
                 DNS:oidc.eu-west-1.amazonaws.com,DNS:oidc.eu-central-1.amazonaws.com,DNS:oidc.us-east-2.amazonaws.com";
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=test", "-addext", names])
        .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", &key, "-out", &certificate])
        .stderr(Stdio::null())
        .status();
    assert!(made.is_ok_and(|status| status.success()), "openssl could not make a certificate");
    (key, certificate)
}
