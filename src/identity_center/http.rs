//! The way to AWS over HTTP: proxies, a private CA, time limits. The SDK's clients share it with the one endpoint
//! that no SDK knows, the console's federation.

use std::path::Path;
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::{Error, Result};

/// What every connection to AWS is made with.
#[derive(Debug, Clone)]
pub(super) struct Http {
    tls: TlsContext,
}

impl Http {
    /// Trusts the certificates of `ca_bundle` alone, or, without one, those that the system trusts.
    pub(super) fn new(ca_bundle: Option<&Path>) -> Result<Self> {
        let trust = match ca_bundle {
            Some(path) => TrustStore::empty().with_pem_certificate(certificates(path)?),
            None => TrustStore::default(),
        };
        let tls = TlsContext::builder().with_trust_store(trust).build();
        Ok(Self { tls: tls.map_err(|error| Error::failed(format!("could not set up TLS: {error}")))? })
    }

    /// For an SDK's client, which brings its own settings.
    pub(super) fn client(&self) -> SharedHttpClient {
        let http = self.clone();
        Builder::new().build_with_connector_fn(move |settings, _| http.connector(settings.cloned()))
    }

    /// For single requests.
    pub(super) fn single(&self, connect: Duration, answer: Duration) -> Connector {
        let settings = HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(answer).build();
        self.connector(Some(settings))
    }

    /// Honours `HTTPS_PROXY` and `NO_PROXY`.
    fn connector(&self, settings: Option<HttpConnectorSettings>) -> Connector {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env()).sleep_impl(sleep());
        connector.set_connector_settings(settings);
        connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(self.tls.clone()).build()
    }
}

pub(super) fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

/// The certificates of a bundle that TLS can use, as PEM. The connector panics at any other one, and
/// bundles that people gather over the years have some.
fn certificates(path: &Path) -> Result<String> {
    let pem = std::fs::read(path).map_err(|error| {
        Error::failed(format!("could not read the CA bundle {} (AWS_CA_BUNDLE): {error}", path.display()))
    })?;
    let usable = |certificate: &CertificateDer<'_>| RootCertStore::empty().add(certificate.clone()).is_ok();
    let encode = |certificate: CertificateDer<'_>| {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(&certificate))
    };
    let usable: String = CertificateDer::pem_slice_iter(&pem).flatten().filter(usable).map(encode).collect();
    if usable.is_empty() {
        return Err(Error::failed(format!(
            "the CA bundle {} (AWS_CA_BUNDLE) holds no usable PEM certificate: name another file, or unset the variable",
            path.display()
        )));
    }
    Ok(usable)
}
