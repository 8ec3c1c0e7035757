//! Whether a region knows a start URL, asked as a sign-in would ask it, without anybody signing in.

use crate::config::AuthWorkflow;

use super::super::client::IdentityCenter;
use super::super::error::{CallError, CallErrorKind};

impl IdentityCenter {
    /// Asks this region for a device code for this start URL, which nobody will use. Whether it has the start URL;
    /// an error says that nobody could be asked.
    pub async fn knows_start_url(&self) -> Result<bool, CallError> {
        let registration = self.register_for(AuthWorkflow::DeviceCode, None).await?;
        match self.start_device_authorization(&registration).await {
            Ok(_) => Ok(true),
            // That is how AWS speaks of a start URL that is somewhere else, or nowhere.
            Err(error) if matches!(error.kind, CallErrorKind::InvalidGrant | CallErrorKind::Rejected) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
