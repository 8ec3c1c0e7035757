//! The SDK clients of one SSO instance.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{HttpConnectorSettings, SharedHttpClient};
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::config::{Config, Instance};
use crate::context::Context;
use crate::{Error, Result};

use super::endpoints::EndpointSettings;
use super::pace::Pace;

/// How much a caller waits for AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a connection may take.
    connect: Duration,
    /// How long a whole answer may take.
    answer: Duration,
    /// How often a call is tried at most; none leaves it to `MaxRetry`.
    attempts: Option<u32>,
}

impl Patience {
    /// For a command whose purpose is the call.
    pub const USUAL: Self = Self { connect: Duration::from_secs(10), answer: Duration::from_secs(20), attempts: None };
    /// For a call on the way to something else, which goes on without it.
    pub const BRIEF: Self = Self { connect: Duration::from_secs(3), answer: Duration::from_secs(5), attempts: Some(1) };
}

/// The services of one SSO instance.
pub struct IdentityCenter {
    pub(super) sso: aws_sdk_sso::Client,
    pub(super) oidc: aws_sdk_ssooidc::Client,
    /// What an STS client is built of, once there are credentials for it.
    pub(super) settings: SdkConfig,
    pub(super) observer: Observer,
    pub(super) endpoints: EndpointSettings,
    pub(super) region: String,
    pub(super) start_url: String,
    pub(super) login_command: String,
    pub(super) pace: Arc<Pace>,
    pub(super) threads: usize,
    skew: Arc<AtomicI64>,
}

impl IdentityCenter {
    /// The services of `instance`. Nothing is connected yet.
    pub fn new(config: &Config, instance: &Instance, context: &Context, patience: Patience) -> Result<Self> {
        let endpoints = EndpointSettings::of(&context.env);
        let skew = Arc::new(AtomicI64::new(0));
        let observer = Observer { skew: Arc::clone(&skew) };
        let settings = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(instance.sso_region.clone()))
            .http_client(http_client(context.env.get("AWS_CA_BUNDLE").map(Path::new))?)
            .sleep_impl(sleep())
            // The pace decides when a call is made again.
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(patience.connect)
                    .operation_attempt_timeout(patience.answer)
                    .build(),
            )
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .use_fips(endpoints.fips)
            .use_dual_stack(endpoints.dual_stack)
            .build();
        let mut sso = aws_sdk_sso::config::Builder::from(&settings).interceptor(observer.clone());
        sso.set_endpoint_url(endpoints.sso.clone());
        let mut oidc = aws_sdk_ssooidc::config::Builder::from(&settings).interceptor(observer.clone());
        oidc.set_endpoint_url(endpoints.oidc.clone());
        Ok(Self {
            sso: aws_sdk_sso::Client::from_conf(sso.build()),
            oidc: aws_sdk_ssooidc::Client::from_conf(oidc.build()),
            settings,
            observer,
            endpoints,
            region: instance.sso_region.clone(),
            start_url: instance.start_url.clone(),
            login_command: config.command("login", &instance.name, context.env.get("AWS_SSO")),
            pace: Arc::new(Pace::new(
                config.rate_limit,
                patience.attempts.unwrap_or(config.max_retry),
                config.max_backoff,
            )),
            threads: context.globals.threads.unwrap_or(config.threads).max(1),
            skew,
        })
    }

    /// By how many seconds this computer's clock is ahead of AWS's (negative: behind), as the last
    /// answer's `Date` told.
    pub fn clock_skew(&self) -> i64 {
        self.skew.load(Ordering::Relaxed)
    }

    /// What to say of a clock that is off by more than AWS's five minutes.
    pub fn clock_warning(&self) -> Option<String> {
        clock_sentence(self.clock_skew())
    }
}

/// What to say of a clock that is so many seconds ahead of AWS's, if anything.
pub fn clock_sentence(skew: i64) -> Option<String> {
    let minutes = skew.unsigned_abs().div_ceil(60);
    let side = if skew > 0 { "ahead of" } else { "behind" };
    (skew.abs() > 300).then(|| format!("this computer's clock is {minutes} minutes {side} AWS's: set it right, for example with 'timedatectl set-ntp true'"))
}

fn sleep() -> SharedAsyncSleep {
    SharedAsyncSleep::new(TokioSleep::new())
}

/// An HTTP client that honours `HTTPS_PROXY`, `NO_PROXY` and a private CA.
fn http_client(ca_bundle: Option<&Path>) -> Result<SharedHttpClient> {
    let tls = tls(ca_bundle)?;
    Ok(Builder::new().build_with_connector_fn(move |settings, _| connector(&tls, settings.cloned())))
}

/// What makes its connections.
pub(super) fn connector(tls: &TlsContext, settings: Option<HttpConnectorSettings>) -> Connector {
    let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env()).sleep_impl(sleep());
    connector.set_connector_settings(settings);
    connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls.clone()).build()
}

/// Whom to trust: the certificates of the system, or those of a private CA.
pub(super) fn tls(ca_bundle: Option<&Path>) -> Result<TlsContext> {
    let mut trust = TrustStore::default();
    if let Some(path) = ca_bundle {
        let pem = std::fs::read(path).map_err(|error| {
            Error::failed(format!("could not read the CA bundle {} (AWS_CA_BUNDLE): {error}", path.display()))
        })?;
        let usable = usable_certificates(&pem);
        if usable.is_empty() {
            return Err(Error::failed(format!(
                "the CA bundle {} (AWS_CA_BUNDLE) holds no usable PEM certificate: name another file, or unset the variable",
                path.display()
            )));
        }
        trust = TrustStore::empty().with_pem_certificate(usable);
    }
    let context = TlsContext::builder().with_trust_store(trust).build();
    context.map_err(|error| Error::failed(format!("could not set up TLS: {error}")))
}

/// The certificates of a bundle that TLS can use, as PEM. The connector panics at any other one, and
/// bundles that people gather over the years have some.
fn usable_certificates(pem: &[u8]) -> String {
    let usable = |certificate: &CertificateDer<'_>| RootCertStore::empty().add(certificate.clone()).is_ok();
    let encode = |certificate: CertificateDer<'_>| {
        format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", STANDARD.encode(&certificate))
    };
    CertificateDer::pem_slice_iter(pem).flatten().filter(usable).map(encode).collect()
}

/// Watches every answer: notes the clock's skew, and logs what was called, never with what.
#[derive(Debug, Clone)]
pub(super) struct Observer {
    skew: Arc<AtomicI64>,
}

#[dyn_dispatch_hint]
impl Intercept for Observer {
    fn name(&self) -> &'static str {
        "Observer"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(theirs) = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok()) {
            let skew = jiff::Timestamp::now().as_second() - theirs.timestamp().as_second();
            self.skew.store(skew, Ordering::Relaxed);
        }
        tracing::debug!(status = context.response().status().as_u16(), "AWS answered");
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let request = context.request();
        // The query may hold a name, a code or a token: it stays out.
        let place = request.uri().split('?').next().unwrap_or_default();
        tracing::debug!(method = request.method(), place, "calling AWS");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_named_when_it_is_off_by_minutes() {
        assert_eq!(clock_sentence(300), None);
        assert!(clock_sentence(7200).unwrap().contains("120 minutes ahead of"));
        assert!(clock_sentence(-400).unwrap().contains("7 minutes behind"));
    }
}
