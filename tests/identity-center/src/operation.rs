//! Which operation a request asks for.

use hyper::Method;

/// The operations that are told apart in the log and in fault rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// SSO-OIDC: a client makes itself known.
    RegisterClient,
    /// SSO-OIDC: a device code is issued.
    StartDeviceAuthorization,
    /// SSO-OIDC: a grant is exchanged for an access token.
    CreateToken,
    /// The browser's visit for the authorization code.
    Authorize,
    /// The browser's visit to approve a device.
    VerifyDevice,
    /// Portal: the accounts of the user.
    ListAccounts,
    /// Portal: the roles of the user in an account.
    ListAccountRoles,
    /// Portal: credentials for a role.
    GetRoleCredentials,
    /// Portal: the end of the session.
    Logout,
    /// STS: a further role with the credentials of the first.
    AssumeRole,
    /// STS: whose credentials these are.
    GetCallerIdentity,
    /// STS: temporary credentials for whoever has a user's keys.
    GetFederationToken,
    /// Federation: a token for a console session.
    GetSigninToken,
    /// Federation: the browser's visit with that token.
    Login,
    /// Anything else.
    Other,
}

/// The service an operation belongs to, which decides the shape of its errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    Oidc,
    Portal,
    Sts,
    Browser,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 15] = [
        Self::RegisterClient,
        Self::StartDeviceAuthorization,
        Self::CreateToken,
        Self::Authorize,
        Self::VerifyDevice,
        Self::ListAccounts,
        Self::ListAccountRoles,
        Self::GetRoleCredentials,
        Self::Logout,
        Self::AssumeRole,
        Self::GetCallerIdentity,
        Self::GetFederationToken,
        Self::GetSigninToken,
        Self::Login,
        Self::Other,
    ];

    /// `action` is the `Action` parameter of the query or the form.
    pub(crate) fn of(method: &Method, path: &str, action: Option<&str>) -> Self {
        match (method, path, action) {
            (&Method::POST, "/client/register", _) => Self::RegisterClient,
            (&Method::POST, "/device_authorization", _) => Self::StartDeviceAuthorization,
            (&Method::POST, "/token", _) => Self::CreateToken,
            (&Method::GET, "/authorize", _) => Self::Authorize,
            (&Method::GET, "/device", _) => Self::VerifyDevice,
            (&Method::GET, "/assignment/accounts", _) => Self::ListAccounts,
            (&Method::GET, "/assignment/roles", _) => Self::ListAccountRoles,
            (&Method::GET, "/federation/credentials", _) => Self::GetRoleCredentials,
            (&Method::POST, "/logout", _) => Self::Logout,
            (&Method::POST, "/", Some("AssumeRole")) => Self::AssumeRole,
            (&Method::POST, "/", Some("GetCallerIdentity")) => Self::GetCallerIdentity,
            (&Method::POST, "/", Some("GetFederationToken")) => Self::GetFederationToken,
            (&Method::GET | &Method::POST, "/federation", Some("getSigninToken")) => Self::GetSigninToken,
            (&Method::GET | &Method::POST, "/federation", Some("login")) => Self::Login,
            _ => Self::Other,
        }
    }

    pub(crate) fn service(self) -> Service {
        match self {
            Self::RegisterClient | Self::StartDeviceAuthorization | Self::CreateToken => Service::Oidc,
            Self::ListAccounts | Self::ListAccountRoles | Self::GetRoleCredentials | Self::Logout => Service::Portal,
            Self::AssumeRole | Self::GetCallerIdentity | Self::GetFederationToken => Service::Sts,
            Self::Authorize | Self::VerifyDevice | Self::GetSigninToken | Self::Login | Self::Other => Service::Browser,
        }
    }

    pub(crate) fn is_portal(self) -> bool {
        self.service() == Service::Portal
    }

    /// Whether the portal's rate limit counts the call.
    pub(crate) fn is_limited(self) -> bool {
        self.is_portal() && self != Self::Logout
    }
}
