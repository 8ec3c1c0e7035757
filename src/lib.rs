//! The right AWS credentials in the right shell, at once, from AWS IAM Identity Center.
//!
//! The folders are the design. Dependencies point one way:
//!
//! ```text
//! command → session → identity_center, vault, index, shell, directory, user_file, ui → role, profile, finder, environment, config
//! ```
//!
//! * [`cli`] declares every command, flag and help text; [`command`] holds one file per command.
//! * [`config`] reads `config.yaml`; [`index`] is the state file that answers at once; [`vault`] keeps secrets sealed.
//! * [`session`] joins the three below: who is signed in, the credentials of a role, what AWS lists.
//! * [`identity_center`] is all that talks to AWS; no AWS SDK type leaves it.
//! * [`role`], [`profile`], [`finder`] and [`environment`] are the domain: no SQL, no SDK, no terminal.
//! * [`directory`] finds and reads role files, and says what becomes of a shell's role.
//! * [`user_file`] changes files that belong to the person: one marked block, atomically, with a backup.
//! * `private` makes files for this user alone, [`memory`] wipes what held secrets.
//! * [`shell`] quotes for each shell, [`ui`] draws on the terminal, [`browser`] decides what happens to a URL.

pub mod browser;
pub mod cli;
pub mod command;
pub mod config;
pub mod context;
pub mod directory;
pub mod environment;
pub mod error;
pub mod finder;
pub mod identity_center;
pub mod index;
pub mod memory;
mod private;
pub mod profile;
pub mod role;
pub mod session;
pub mod shell;
pub mod ui;
pub mod user_file;
pub mod vault;

pub use error::{Error, Exit, Result};

/// A runtime for the commands that talk to AWS; the others never start one.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::failed(format!("could not start the runtime: {error}")))
}
