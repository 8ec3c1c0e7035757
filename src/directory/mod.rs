//! `.aws-sso-role`: the file that gives a directory, and what lies below it, a role.
//!
//! [`nearest`] finds it, [`RoleFile::read`] opens it once and refuses what somebody else could have put
//! there, [`Wish`] is what it asks for, [`Mark`] lets a shell see without a process that it has changed,
//! and [`turn`] says what becomes of a shell's role. Whether a file is trusted is kept in the state
//! file; see [`index`](crate::index).

mod access;
mod find;
mod mark;
mod parse;
mod read;
pub mod turn;

pub use find::{here, nearest};
pub use mark::Mark;
pub use parse::Wish;
pub use read::{Problem, RoleFile};

/// The name of a role file.
pub const FILE_NAME: &str = ".aws-sso-role";
