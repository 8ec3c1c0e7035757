//! AWS IAM Identity Center on loopback: sign-in, access portal, STS and console federation.
//!
//! A [`Simulator`] serves an [`Organization`] over plain HTTP on 127.0.0.1, with the paths, bodies,
//! headers and error shapes that the AWS SDKs expect. It really checks what AWS checks: PKCE
//! challenges, one-time codes, redirect addresses, bearer tokens, Signature Version 4. [`Fault`]s
//! make it fail on request, and every call it received can be read back from its log.
//!
//! ```
//! use identity_center::{Organization, Simulator};
//!
//! let organization =
//!     Organization::new().with_account("111122223333", "payments-dev", "aws@example.com", &["ReadOnly"]);
//! let simulator = Simulator::start(organization);
//! for (name, value) in simulator.env() {
//!     println!("{name}={value}");
//! }
//! ```

mod authorize;
mod bucket;
mod clock;
mod credentials;
mod faults;
mod generated;
mod grants;
mod http;
mod identity;
mod log;
mod oidc;
mod operation;
mod organization;
mod pkce;
mod portal;
mod redirect;
mod refusal;
mod secrets;
mod server;
mod sessions;
mod signin;
mod sigv4;
mod simulator;
mod socket;
mod state;
mod sts;
mod text;
mod token;
mod trust;

pub use bucket::RateLimit;
pub use faults::{Fault, FaultKind, When};
pub use log::{Console, Request};
pub use operation::Operation;
pub use organization::{Account, Organization};
pub use simulator::{Builder, Simulator};
pub use state::{Consent, Lifetimes, USER};
pub use trust::TrustPolicy;
