//! The right AWS credentials in the right shell, at once, from AWS IAM Identity Center.
//!
//! The folders are the design. Dependencies point one way:
//!
//! ```text
//! command → identity_center, vault, index, shell, directory, ui → role, profile, environment, config
//! ```
//!
//! * [`cli`] declares every command, flag and help text; [`command`] holds one file per command.
//! * [`config`] reads `config.yaml`; [`index`] is the state file that answers at once; [`vault`] keeps secrets sealed.
//! * [`identity_center`] is all that talks to AWS; no AWS SDK type leaves it.
//! * [`role`], [`profile`] and [`environment`] are the domain: no SQL, no SDK, no terminal.
//! * [`shell`] quotes for each shell, [`ui`] draws on the terminal, [`browser`] decides what happens to a URL.

pub mod config;
pub mod error;
pub mod profile;
pub mod role;
pub mod shell;

pub use error::{Error, Exit, Result};
