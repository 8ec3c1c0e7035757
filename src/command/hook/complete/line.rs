//! What the flags that are on the line already say.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::command::find_path;
use crate::config::discover;
use crate::context::Context;
use crate::index::RoleFilter;

/// The files, the instance and the role that they name.
pub(super) struct Line {
    pub config: Option<PathBuf>,
    pub state: Option<PathBuf>,
    pub sso: Option<String>,
    pub filter: RoleFilter,
}

impl Line {
    pub fn read(words: &[OsString], context: &Context) -> Self {
        let words: Vec<&str> = words[..words.len() - 1].iter().map(|word| word.to_str().unwrap_or_default()).collect();
        let flag = |short: Option<&str>, long: &str| value_of(&words, short, long);
        let config = flag(None, "--config").map(PathBuf::from);
        Self {
            config: find_path(context, |around| discover::config_path(config.as_deref(), around)).ok(),
            state: find_path(context, discover::state_path).ok(),
            sso: flag(Some("-S"), "--sso").or_else(|| context.env.get("AWS_SSO").map(str::to_owned)),
            filter: RoleFilter {
                account: flag(Some("-A"), "--account").and_then(|account| account.parse().ok()),
                role: flag(Some("-R"), "--role"),
            },
        }
    }
}

/// The value of a flag in any of its spellings: `-S x`, `-Sx`, `-S=x`, `--sso x`, `--sso=x`. The last one wins.
fn value_of(words: &[&str], short: Option<&str>, long: &str) -> Option<String> {
    let mut value = None;
    for (at, word) in words.iter().enumerate() {
        if *word == "--" {
            break;
        }
        let next = || words.get(at + 1).map(|next| (*next).to_owned());
        if Some(*word) == short || *word == long {
            value = next().or(value);
        } else if let Some(rest) = word.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')) {
            value = Some(rest.to_owned());
        } else if let Some(rest) = short.and_then(|short| word.strip_prefix(short)) {
            value = Some(rest.strip_prefix('=').unwrap_or(rest).to_owned());
        }
    }
    value
}
