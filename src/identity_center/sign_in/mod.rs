//! Signing in: authorization code with PKCE, or a device code; and the silent renewal by refresh token.

mod check;
mod device;
mod pkce;

use aws_sdk_ssooidc::operation::create_token::CreateTokenOutput;

use crate::config::AuthWorkflow;
use crate::context::Env;
use crate::role::{ClientRegistration, Token};

use super::client::IdentityCenter;
use super::error::{CallError, CallErrorKind};

const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CODE_GRANT: &str = "authorization_code";
const REFRESH_GRANT: &str = "refresh_token";
const SCOPE: &str = "sso:account:access";
/// AWS accepts any port of the loopback address for it.
const REDIRECT: &str = "http://127.0.0.1";
/// A registration that ends during the sign-in is of no use.
const REGISTRATION_MARGIN: i64 = 3600;

/// What the person has to see to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The URL to open in a browser.
    pub url: String,
    /// The code that the browser must show as well (device code only).
    pub user_code: Option<String>,
}

/// Why a sign-in did not come about. In words that end with what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// AWS, or the way to it.
    #[error("{}", .0.message)]
    Call(CallError),
    /// Nobody is signed in, as far as AWS is concerned: a browser is needed.
    #[error("{0}")]
    Refused(String),
    /// Showing the URL failed.
    #[error("{0}")]
    Present(crate::Error),
}

impl From<CallError> for SignInError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<SignInError> for crate::Error {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Present(error) => error,
            other => Self::failed(format!("could not sign in: {other}")),
        }
    }
}

/// The workflow to use: what was configured, else a device code where a browser of this computer
/// cannot reach us (SSH, WSL), else PKCE.
pub fn choose_workflow(configured: Option<AuthWorkflow>, env: &Env) -> AuthWorkflow {
    let remote = ["SSH_TTY", "SSH_CONNECTION", "WSL_DISTRO_NAME"].into_iter().any(|name| env.get(name).is_some());
    configured.unwrap_or(if remote { AuthWorkflow::DeviceCode } else { AuthWorkflow::Pkce })
}

impl IdentityCenter {
    /// Signs in through a browser, which `present` shows the way. `known` is an earlier registration;
    /// it is used again while it lasts. Answers the session, and the registration to keep.
    pub async fn sign_in(
        &self,
        workflow: AuthWorkflow,
        known: Option<ClientRegistration>,
        mut present: impl FnMut(&SignIn) -> crate::Result<()>,
    ) -> Result<(Token, ClientRegistration), SignInError> {
        let now = jiff::Timestamp::now().as_second();
        let known = known.filter(|known| is_usable(known, workflow, now));
        let reused = known.is_some();
        let registration = match known {
            Some(known) => known,
            None => self.register(workflow).await?,
        };
        match self.run(workflow, &registration, &mut present).await {
            // AWS forgot a registration that should still last: once more, with a new one.
            Err(SignInError::Call(CallError { kind: CallErrorKind::InvalidClient, .. })) if reused => {
                let registration = self.register(workflow).await?;
                let token = self.run(workflow, &registration, &mut present).await?;
                Ok((token, registration))
            }
            outcome => Ok((outcome?, registration)),
        }
    }

    async fn run(
        &self,
        workflow: AuthWorkflow,
        registration: &ClientRegistration,
        present: &mut impl FnMut(&SignIn) -> crate::Result<()>,
    ) -> Result<Token, SignInError> {
        match workflow {
            AuthWorkflow::Pkce => self.sign_in_by_code(registration, present).await,
            AuthWorkflow::DeviceCode => self.sign_in_by_device(registration, present).await,
        }
    }

    /// Renews a session without a browser. `Refused` means that the person has to sign in again.
    pub async fn renew(&self, registration: &ClientRegistration, token: &Token) -> Result<Token, SignInError> {
        use secrecy::ExposeSecret;
        let ended = || SignInError::Refused("the SSO session has ended".to_owned());
        let refresh_token = token.refresh_token.as_ref().ok_or_else(ended)?;
        let request = self
            .oidc
            .create_token()
            .client_id(&registration.client_id)
            .client_secret(registration.client_secret.expose_secret())
            .grant_type(REFRESH_GRANT)
            .refresh_token(refresh_token.expose_secret());
        let answer = self.pace.call(|| {
            let request = request.clone();
            async move { request.send().await.map_err(|error| CallError::of("sso-oidc:CreateToken", &error)) }
        });
        match answer.await {
            Ok(answer) => {
                let mut renewed = read_token(&answer)?;
                // AWS may leave out a refresh token that goes on being valid.
                renewed.refresh_token = renewed.refresh_token.or_else(|| token.refresh_token.clone());
                Ok(renewed)
            }
            Err(CallError { kind, .. }) if is_refusal(kind) => Err(ended()),
            Err(error) => Err(error.into()),
        }
    }

    async fn register(&self, workflow: AuthWorkflow) -> Result<ClientRegistration, SignInError> {
        self.register_for(workflow, Some(&self.start_url)).await.map_err(|error| self.explain(error))
    }

    /// `issuer` ties the registration to one start URL.
    async fn register_for(
        &self,
        workflow: AuthWorkflow,
        issuer: Option<&str>,
    ) -> Result<ClientRegistration, CallError> {
        let grant_types = grants(workflow).map(str::to_owned);
        let request = self
            .oidc
            .register_client()
            .client_name("aws-sso")
            .client_type("public")
            .set_issuer_url(issuer.map(str::to_owned))
            .scopes(SCOPE)
            .set_grant_types(Some(grant_types.to_vec()))
            .set_redirect_uris((workflow == AuthWorkflow::Pkce).then(|| vec![REDIRECT.to_owned()]));
        let answer = self.pace.call(|| {
            let request = request.clone();
            async move { request.send().await.map_err(|error| CallError::of("sso-oidc:RegisterClient", &error)) }
        });
        let answer = answer.await?;
        let incomplete = || CallError::unexpected("sso-oidc:RegisterClient", "a registration that is incomplete");
        Ok(ClientRegistration {
            client_id: answer.client_id().ok_or_else(incomplete)?.to_owned(),
            client_secret: answer.client_secret().ok_or_else(incomplete)?.into(),
            expires_at: answer.client_secret_expires_at(),
            grant_types: grant_types.to_vec(),
            authorization_endpoint: answer.authorization_endpoint().map(str::to_owned),
        })
    }

    /// AWS says `InvalidGrant` or `InvalidRequest` to a start URL that its region does not know.
    fn explain(&self, error: CallError) -> SignInError {
        let elsewhere = error.kind == CallErrorKind::InvalidGrant || error.message.contains("InvalidRequestException");
        if !elsewhere {
            return SignInError::Call(error);
        }
        SignInError::Refused(format!(
            "{} does not know {} ({}): SSORegion in config.yaml is {}, which is probably wrong; the settings page of IAM Identity Center shows the right region",
            self.region, self.start_url, error.message, self.region
        ))
    }
}

/// Whether AWS itself said that a grant is not good (any more): the network is not to blame.
fn is_refusal(kind: CallErrorKind) -> bool {
    use CallErrorKind as K;
    matches!(kind, K::InvalidGrant | K::Expired | K::InvalidClient | K::Denied | K::Unauthorized | K::Rejected)
}

fn grants(workflow: AuthWorkflow) -> [&'static str; 2] {
    match workflow {
        AuthWorkflow::Pkce => [CODE_GRANT, REFRESH_GRANT],
        AuthWorkflow::DeviceCode => [DEVICE_GRANT, REFRESH_GRANT],
    }
}

fn is_usable(registration: &ClientRegistration, workflow: AuthWorkflow, now: i64) -> bool {
    registration.expires_at - REGISTRATION_MARGIN > now
        && grants(workflow).iter().all(|grant| registration.grant_types.iter().any(|known| known == grant))
}

fn read_token(answer: &CreateTokenOutput) -> Result<Token, CallError> {
    let access_token =
        answer.access_token().ok_or_else(|| CallError::unexpected("sso-oidc:CreateToken", "no access token"))?;
    Ok(Token {
        access_token: access_token.into(),
        refresh_token: answer.refresh_token().map(Into::into),
        expires_at: jiff::Timestamp::now().as_second() + i64::from(answer.expires_in()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_shell_gets_a_device_code_unless_told_otherwise() {
        let choose = |configured, env: &[(&str, &str)]| choose_workflow(configured, &env.iter().copied().collect());
        assert_eq!(choose(None, &[]), AuthWorkflow::Pkce);
        assert_eq!(choose(None, &[("SSH_TTY", "/dev/pts/1")]), AuthWorkflow::DeviceCode);
        assert_eq!(choose(None, &[("WSL_DISTRO_NAME", "Debian")]), AuthWorkflow::DeviceCode);
        assert_eq!(choose(Some(AuthWorkflow::Pkce), &[("SSH_TTY", "/dev/pts/1")]), AuthWorkflow::Pkce);
    }

    #[test]
    fn a_registration_serves_only_the_flow_it_was_made_for() {
        let registration = |expires_at| ClientRegistration {
            client_id: "id".into(),
            client_secret: "secret".into(),
            expires_at,
            grant_types: grants(AuthWorkflow::DeviceCode).map(str::to_owned).to_vec(),
            authorization_endpoint: None,
        };
        assert!(is_usable(&registration(10_000), AuthWorkflow::DeviceCode, 6_000));
        assert!(!is_usable(&registration(10_000), AuthWorkflow::Pkce, 6_000));
        assert!(!is_usable(&registration(10_000), AuthWorkflow::DeviceCode, 6_400));
    }
}
