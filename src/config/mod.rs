//! `config.yaml`: where it is, what it may say, and what is wrong with it.
//!
//! [`discover`] finds the file, [`load()`] reads it into a [`Config`], and [`ConfigError`] says by file
//! and line what to correct. Nothing here talks to AWS, opens a store or reads the environment by
//! itself. `docs/configuration.md` describes every key for the people who write them.

mod checks;
mod choices;
mod colors;
pub mod discover;
pub(crate) mod document;
pub mod edit;
mod error;
mod exec_command;
mod identity;
mod instances;
mod lines;
mod load;
mod lookup;
mod model;
mod parse;
mod report;
mod section;
mod shell_settings;
mod suggest;
mod urls;
mod via;

#[cfg(test)]
mod tests;

pub use checks::{region as checked_region, start_url as checked_start_url};
pub use choices::{AuthWorkflow, ChoiceError, Color, DirectoryMode, LogLevel, SecureStore, UrlAction, UseWith};
pub use colors::PromptColors;
pub use error::{ConfigError, EXAMPLE};
pub use exec_command::{problem as exec_command_problem, split as split_exec_command};
pub use identity::FileIdentity;
pub use load::{Loaded, load, parse};
pub use lookup::env_var_of_tag;
pub use model::{Account, Config, Instance, RoleConfig};
pub use shell_settings::ShellSettings;
pub use suggest::suggest;

/// Every key that a config may have, at any level, old ones too; for what has to keep in step with them.
pub fn keys() -> impl Iterator<Item = &'static str> {
    let levels =
        [parse::KEYS, instances::INSTANCE_KEYS, instances::ACCOUNT_KEYS, instances::ROLE_KEYS, PromptColors::KEYS];
    levels.into_iter().chain([parse::STORE_KEYS, parse::DIRECTORY_KEYS]).flatten().copied()
}
