//! All that talks to AWS: sign-in (sso-oidc), the portal (sso), role chaining (sts) and the console's federation.
//! No type of an AWS SDK leaves this module.
//!
//! The person's own `~/.aws/config`, `AWS_PROFILE` and keys never influence these calls: the clients
//! are built from `config.yaml` and the endpoint variables alone.

mod chain;
mod client;
mod console;
mod endpoints;
mod error;
mod foreign;
mod http;
mod pace;
mod portal;
mod reach;
mod sign_in;

pub use client::{IdentityCenter, Patience, clock_sentence};
pub use console::{ConsoleSignIn, destination};
pub use endpoints::EndpointSettings;
pub use error::{CallError, CallErrorKind};
pub use foreign::Caller;
pub use portal::{ListingEvent, ListingFailure};
pub use reach::{Answered, Place, Unanswered, places, reach};
pub use sign_in::{SignIn, SignInError, choose_workflow};
