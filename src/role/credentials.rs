//! The keys of a role and of a session. Never printed: no `Debug`, wiped when dropped.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};

/// What sso:GetRoleCredentials or sts:AssumeRole answered.
#[derive(Clone, Serialize, Deserialize)]
pub struct RoleCredentials {
    /// `accessKeyId`
    pub access_key_id: String,
    /// `secretAccessKey`
    #[serde(serialize_with = "expose")]
    pub secret_access_key: SecretString,
    /// `sessionToken`
    #[serde(serialize_with = "expose")]
    pub session_token: SecretString,
    /// Unix time in seconds.
    pub expires_at: i64,
}

impl RoleCredentials {
    /// How long credentials must live to be given out, in seconds: one that ends under the reader's
    /// hands is of no use.
    pub const MARGIN: i64 = 60;

    /// Whether they are good for another minute at `now` (Unix time in seconds).
    pub fn are_valid_at(&self, now: i64) -> bool {
        self.expires_at - Self::MARGIN > now
    }
}

/// Keys that others issued, as they stand in an environment or in `~/.aws/credentials`.
pub struct StaticKeys {
    /// `aws_access_key_id`
    pub access_key_id: String,
    /// `aws_secret_access_key`
    pub secret_access_key: SecretString,
    /// `aws_session_token`; the keys of a user have none.
    pub session_token: Option<SecretString>,
}

/// What sso-oidc:RegisterClient answered.
#[derive(Serialize, Deserialize)]
pub struct ClientRegistration {
    /// `clientId`
    pub client_id: String,
    /// `clientSecret`
    #[serde(serialize_with = "expose")]
    pub client_secret: SecretString,
    /// `clientSecretExpiresAt`, Unix time in seconds.
    pub expires_at: i64,
    /// The grant types that it was registered for.
    pub grant_types: Vec<String>,
    /// `authorizationEndpoint`, where AWS names one.
    pub authorization_endpoint: Option<String>,
}

/// What sso-oidc:CreateToken answered: an SSO session.
#[derive(Serialize, Deserialize)]
pub struct Token {
    /// `accessToken`
    #[serde(serialize_with = "expose")]
    pub access_token: SecretString,
    /// `refreshToken`, where AWS gives one.
    #[serde(serialize_with = "expose_option")]
    pub refresh_token: Option<SecretString>,
    /// Unix time in seconds.
    pub expires_at: i64,
}

impl Token {
    /// Whether it is good for another minute at `now` (Unix time in seconds).
    pub fn is_valid_at(&self, now: i64) -> bool {
        self.expires_at - 60 > now
    }
}

/// Writes a secret where it is meant to go: into the vault.
fn expose<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
fn expose_option<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}

#[cfg(test)]
mod tests {
    use std::fmt::{Debug, Display};
    use std::marker::PhantomData;

    use super::*;

    /// The trait answers for every type; the inherent constants win where their bounds hold.
    trait Unprinted {
        const DEBUG: bool = false;
        const DISPLAY: bool = false;
    }
    struct Probe<T>(PhantomData<T>);
    impl<T> Unprinted for Probe<T> {}
    impl<T: Debug> Probe<T> {
        const DEBUG: bool = true;
    }
    impl<T: Display> Probe<T> {
        const DISPLAY: bool = true;
    }

    #[test]
    fn what_holds_secrets_cannot_be_printed() {
        const { assert!(Probe::<String>::DEBUG && Probe::<String>::DISPLAY, "the probe sees nothing") };
        const { assert!(!Probe::<RoleCredentials>::DEBUG && !Probe::<RoleCredentials>::DISPLAY) };
        const { assert!(!Probe::<ClientRegistration>::DEBUG && !Probe::<ClientRegistration>::DISPLAY) };
        const { assert!(!Probe::<StaticKeys>::DEBUG && !Probe::<StaticKeys>::DISPLAY) };
        const { assert!(!Probe::<Token>::DEBUG && !Probe::<Token>::DISPLAY) };
    }
}
