//! The device code flow: the person compares a code in the browser, we poll.

use std::time::Duration;

use aws_sdk_ssooidc::operation::start_device_authorization::StartDeviceAuthorizationOutput;
use secrecy::ExposeSecret;
use tokio::time::Instant;

use crate::role::{ClientRegistration, Token};

use super::super::client::IdentityCenter;
use super::super::error::{CallError, CallErrorKind};
use super::{DEVICE_GRANT, SignIn, SignInError, read_token};

/// What RFC 8628 asks for where the server names no interval, and adds on `slow_down`.
const FIVE_SECONDS: Duration = Duration::from_secs(5);

impl IdentityCenter {
    pub(super) async fn sign_in_by_device(
        &self,
        registration: &ClientRegistration,
        present: &mut impl FnMut(&SignIn) -> crate::Result<()>,
    ) -> Result<Token, SignInError> {
        let started = self.start_device_authorization(registration).await.map_err(|error| self.explain(error))?;
        let incomplete =
            || CallError::unexpected("sso-oidc:StartDeviceAuthorization", "a device code that is incomplete");
        let url = started.verification_uri_complete().or(started.verification_uri()).ok_or_else(incomplete)?;
        let device_code = started.device_code().ok_or_else(incomplete)?;
        let user_code = started.user_code().map(str::to_owned);
        present(&SignIn { url: url.to_owned(), user_code }).map_err(SignInError::Present)?;

        let seconds = |n: i32| Duration::from_secs(u64::try_from(n).unwrap_or_default());
        let interval = if started.interval() > 0 { seconds(started.interval()) } else { FIVE_SECONDS };
        let deadline = Instant::now() + seconds(started.expires_in());
        self.poll(registration, device_code, interval, deadline).await
    }

    /// Asks for a device code (sso-oidc:StartDeviceAuthorization).
    pub(super) async fn start_device_authorization(
        &self,
        registration: &ClientRegistration,
    ) -> Result<StartDeviceAuthorizationOutput, CallError> {
        let request = self
            .oidc
            .start_device_authorization()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose_secret())
            .start_url(&self.start_url);
        let started = self.pace.call(|| {
            let request = request.clone();
            async move { request.send().await.map_err(|e| CallError::of("sso-oidc:StartDeviceAuthorization", &e)) }
        });
        started.await
    }

    async fn poll(
        &self,
        registration: &ClientRegistration,
        device_code: &str,
        mut interval: Duration,
        deadline: Instant,
    ) -> Result<Token, SignInError> {
        loop {
            tokio::time::sleep(interval).await;
            let request = self
                .oidc
                .create_token()
                .client_id(&registration.client_id)
                .client_secret(registration.client_secret.expose_secret())
                .grant_type(DEVICE_GRANT)
                .device_code(device_code);
            let error = match request.send().await {
                Ok(answer) => return Ok(read_token(&answer)?),
                Err(error) => CallError::of("sso-oidc:CreateToken", &error),
            };
            match error.kind {
                // A connection that breaks while the person types is no reason to start again.
                CallErrorKind::AuthorizationPending | CallErrorKind::Transient | CallErrorKind::Unreachable => {}
                CallErrorKind::SlowDown | CallErrorKind::Throttled => interval += FIVE_SECONDS,
                CallErrorKind::Expired => return Err(self.too_late()),
                CallErrorKind::Denied => {
                    return Err(SignInError::Refused(format!(
                        "the request was refused in the browser: run '{}' to try again",
                        self.login_command
                    )));
                }
                _ => return Err(self.explain(error)),
            }
            if Instant::now() > deadline {
                return Err(self.too_late());
            }
        }
    }

    fn too_late(&self) -> SignInError {
        SignInError::Refused(format!(
            "nobody confirmed the code in time: run '{}' to get a new one",
            self.login_command
        ))
    }
}
