//! A role is chosen: inline, on the terminal, below the line where the command was typed.
//!
//! ```text
//! state   → what each key makes of it
//! view    → the lines that show it, for any width and height
//! numbers → the same for a terminal that only knows lines
//! ```

mod numbers;
mod state;
#[cfg(test)]
mod tests;
mod view;

use crate::Result;
use crate::config::PromptColors;
use crate::context::Env;
use crate::finder::{Finder, Query};
use crate::role::Role;
use crate::ui::screen::{self, Dialog, Frame, Key, Step};

use state::State;
use view::View;

/// What is chosen from, and how it is shown.
pub struct Picking<'a> {
    /// The roles.
    pub finder: &'a Finder,
    /// What the command line asked for besides words: an account, the name of a role.
    pub narrow: &'a Query,
    /// The SSO instance, to be named where there are several.
    pub instance: Option<&'a str>,
    /// `FirstTag`: the first of the keys that TAB offers.
    pub first_tag: Option<&'a str>,
    /// `AccountPrimaryTag`: the first of these that a role has describes it.
    pub primary_tags: &'a [String],
    /// `PromptColors`
    pub colors: &'a PromptColors,
    /// What the state file has of a role, by the key of its row.
    pub details: &'a dyn Fn(i64) -> Option<Details>,
    /// Unix time in seconds.
    pub now: i64,
}

/// What is known of a role besides what is searched.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// The role with its tags.
    pub role: Role,
    /// Unix time in seconds when it was used last.
    pub last_used: Option<i64>,
}

/// Lets a person choose; the number of the role. A person who leaves chooses none: that is an error with the
/// status of an interrupted command.
pub fn pick(picking: &Picking<'_>, typed: &str, env: &Env) -> Result<usize> {
    if !screen::is_capable(env) {
        return numbers::pick(picking, typed);
    }
    screen::run(&mut Picker { state: State::new(picking, typed), view: View::new(picking) }, env)
}

/// The picker as a dialog.
struct Picker<'a> {
    state: State<'a>,
    view: View<'a>,
}

impl Dialog for Picker<'_> {
    type Answer = usize;

    fn frame(&mut self, width: usize, height: usize) -> Frame {
        self.view.frame(&mut self.state, width, height)
    }

    fn press(&mut self, key: Key) -> Step<usize> {
        self.state.press(key)
    }
}
