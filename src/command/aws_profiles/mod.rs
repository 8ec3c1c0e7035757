//! The profiles that SDKs find in `~/.aws/config`: two blocks of ours, which never define one profile twice.
//!
//! ```text
//! roster      → the roles of all SSO instances
//! roles       → the block with a profile for each of them, and `here`: 'setup profiles'
//! upkeep      → that block brought up to date after roles were fetched (AutoConfigCheck)
//! directories → the block with one for each role that a role file was allowed to choose: 'allow' and 'deny'
//! go_tool     → blocks that the Go tool of the same name wrote
//! caller      → how a profile calls this program
//! files       → the two files as they are, and what in them is the person's own
//! change      → how the file becomes the new one
//! ```

mod caller;
mod change;
mod directories;
mod files;
mod go_tool;
mod roles;
mod roster;
mod upkeep;

use crate::user_file::block::Markers;

pub(super) use change::Change;
pub(super) use directories::plan;
pub(super) use files::{config_path, credentials_path, text_of};
pub(super) use go_tool::MARKERS as GO_TOOL;
pub(super) use roles::{Block, Plan, removal};
pub(super) use roster::{Fetch, Roster};
pub(super) use upkeep::after_refresh;

pub(super) const ROLES: Markers<'_> =
    Markers { begin: "# >>> aws-sso profiles >>>", end: "# <<< aws-sso profiles <<<" };
pub(super) const DIRECTORIES: Markers<'_> =
    Markers { begin: "# >>> aws-sso directories >>>", end: "# <<< aws-sso directories <<<" };

/// The profile that asks for the role of whatever directory it is used in.
const HERE: &str = "here";

/// So many of what is wrong are shown, and the others are counted.
const SHOWN: usize = 20;

/// The first of some words, and how many there are beside them.
fn first_of(mut words: Vec<String>) -> String {
    let more = words.len().saturating_sub(SHOWN);
    words.truncate(SHOWN);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    words.join(", ") + &more
}
