//! Which roles a person means by some words, and in which order they are offered.
//!
//! ```text
//! lister   → all that is searched, as one block that is made when the index changes
//! catalog  → the same, read
//! parts    → work that is shared among the processors
//! text     → letters and words
//! query    → words and `Key=value` terms
//! grade    → how well one word fits one role
//! search   → the roles that fit, the best first
//! marks    → which letters of a name were typed
//! tags     → what a `Key=value` term may become
//! frecency → how much a role's past counts
//! ```
//!
//! Pure functions of text: no SQL, no terminal. A role fits **surely** where each word is a part of its
//! profile name, its account's id or names, its role's name, its e-mail address or a tag's value. Where those
//! are few, roles whose letters fit in order are **guesses**: they are offered, never chosen.

mod catalog;
mod frecency;
mod grade;
mod lister;
mod marks;
mod parts;
mod query;
mod search;
mod tags;
#[cfg(test)]
mod tests;
mod text;

pub use catalog::{Catalog, Entry, Field};
pub use frecency::{decayed, used_again};
pub use grade::Class;
pub use lister::Lister;
pub use marks::Marks;
pub use query::{Query, Term};
pub use search::{Finder, Found, Hit};
pub use tags::Choice;
