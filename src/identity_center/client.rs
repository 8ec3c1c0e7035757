//! The SDK clients of one SSO instance.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
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

use crate::Result;
use crate::config::{Config, Instance};
use crate::context::Context;

use super::endpoints::EndpointSettings;
use super::http::{Http, sleep};
use super::pace::Pace;

/// How much a caller waits for AWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a connection may take.
    pub(super) connect: Duration,
    /// How long a whole answer may take.
    pub(super) answer: Duration,
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
    pub(super) http: Http,
    pub(super) patience: Patience,
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
        let http = Http::new(context.env.get("AWS_CA_BUNDLE").map(Path::new))?;
        let settings = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(instance.sso_region.clone()))
            .http_client(http.client())
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
            http,
            patience,
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

    /// STS in `region`, for the holder of `keys`.
    pub(super) fn sts(&self, keys: Credentials, region: &str) -> aws_sdk_sts::Client {
        let mut settings = aws_sdk_sts::config::Builder::from(&self.settings)
            .region(Region::new(region.to_owned()))
            .credentials_provider(keys)
            .interceptor(self.observer.clone());
        settings.set_endpoint_url(self.endpoints.sts.clone());
        aws_sdk_sts::Client::from_conf(settings.build())
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
