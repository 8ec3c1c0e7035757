//! The AWS console, for a role of this session or for credentials that others issued.

use std::time::Duration;

use secrecy::SecretString;

use crate::Result;
use crate::identity_center::{Caller, ConsoleSignIn};
use crate::role::{RoleCredentials, StaticKeys};

use super::Session;

impl Session<'_> {
    /// The URL that signs in whoever opens it within 15 minutes. It goes to the browser and nowhere else.
    pub fn console_url(&self, sign_in: &ConsoleSignIn<'_>) -> Result<SecretString> {
        let network = self.network()?;
        Ok(network.wait(network.aws.console_url(sign_in))?)
    }

    /// Whose credentials these are; `region` is where to ask, else that of the SSO instance.
    pub fn caller(&self, keys: &StaticKeys, region: Option<&str>) -> Result<Caller> {
        let network = self.network()?;
        Ok(network.wait(network.aws.caller(keys, region.unwrap_or(&self.instance.sso_region)))?)
    }

    /// Temporary credentials in the place of a user's keys.
    pub fn federate(
        &self,
        keys: &StaticKeys,
        region: Option<&str>,
        name: &str,
        duration: Duration,
    ) -> Result<RoleCredentials> {
        let network = self.network()?;
        let region = region.unwrap_or(&self.instance.sso_region);
        Ok(network.wait(network.aws.federate(keys, region, name, duration))?)
    }

    /// The start URL of the instance.
    pub fn start_url(&self) -> &str {
        &self.instance.start_url
    }
}
