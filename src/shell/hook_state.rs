//! What a shell's hook keeps of the role in the shell, beside the environment: enough to draw the prompt
//! and to know when credentials end without starting a process. None of it is secret, none is exported.

use crate::error::is_format_control;
use crate::profile::{self, LEFT, ProfileFields, ProfileTemplate};
use crate::role::{Role, TagColor};

use super::Shell;

/// How long before they are due credentials are renewed where the shell cannot do it between Enter and
/// the command (bash without a preexec), in seconds: the person may leave the prompt alone for that long.
const LEAD: i64 = 15 * 60;

/// The variables of a hook.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HookState {
    /// The segment of the prompt, with [`LEFT`] for the time that is left; empty for none.
    pub text: String,
    /// Its colour.
    pub color: Option<TagColor>,
    /// Unix time in seconds when the keys in the environment end.
    pub expires_at: Option<i64>,
    /// Unix time in seconds from which on they are renewed before the next command.
    pub renew_at: Option<i64>,
    /// The same for a shell that renews at its next opportunity.
    pub early_at: Option<i64>,
}

impl HookState {
    /// The state for a role whose keys end at `expires_at`. `refresh_before` is `RefreshBefore` in
    /// seconds, `now` Unix time in seconds. Credentials that live shorter than that are renewed when
    /// half of their life is over.
    #[must_use]
    pub fn with_keys(mut self, expires_at: i64, refresh_before: i64, now: i64) -> Self {
        let left = (expires_at - now).max(0);
        let before = if left > refresh_before { refresh_before } else { left / 2 };
        let renew_at = expires_at - before;
        self.expires_at = Some(expires_at);
        self.renew_at = Some(renew_at);
        self.early_at = Some(renew_at - LEAD.min(left / 4));
        self
    }

    /// The state for a role whose keys are to be loaded before the first command that could need them.
    #[must_use]
    pub fn without_keys_yet(self) -> Self {
        self.not_before(0)
    }

    /// Whether the role waits for its keys.
    pub fn is_without_keys(&self) -> bool {
        self.expires_at.is_none() && self.renew_at.is_some()
    }

    /// The state for a role whose keys are not tried to be had before `at` (Unix time).
    #[must_use]
    pub fn not_before(mut self, at: i64) -> Self {
        self.renew_at = Some(at);
        self.early_at = Some(at);
        self
    }

    /// The statements that give a shell this state.
    pub fn statements(&self, shell: Shell) -> String {
        let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
        let color = self.color.map(|color| color_code(shell, color)).unwrap_or_default();
        let mut statements = String::new();
        if shell != Shell::PowerShell {
            // The segment that the shell has drawn is not of this state.
            statements += &(shell.assign("__aws_sso_redraw_at", "") + "\n");
        }
        for (name, value) in [
            ("__aws_sso_text", self.text.as_str()),
            ("__aws_sso_color", color),
            ("__aws_sso_expires", &number(self.expires_at)),
            ("__aws_sso_renew_at", &number(self.renew_at)),
            ("__aws_sso_early_at", &number(self.early_at)),
        ] {
            statements += &(shell.assign(name, value) + "\n");
        }
        statements
    }
}

/// What a `PromptFormat` makes of a role, safe for a terminal. A format that cannot be used is said and
/// replaced by the default.
pub fn segment_text(format: Option<&str>, role: &Role) -> String {
    let render = |format: &str| ProfileTemplate::parse_prompt(format)?.render(&ProfileFields::of(role));
    let text = render(format.unwrap_or_default()).or_else(|error| {
        tracing::warn!("PromptFormat: {error}");
        render(profile::DEFAULT_PROMPT)
    });
    let safe = |c: char| if c != LEFT && (c.is_control() || is_format_control(c)) { '\u{fffd}' } else { c };
    text.unwrap_or_default().chars().map(safe).collect()
}

/// A colour as the shell's own script writes it: a number for zsh's `%F{}`, the parameters of a terminal's
/// SGR sequence for the others.
fn color_code(shell: Shell, color: TagColor) -> &'static str {
    let (zsh, sgr) = match color {
        TagColor::Red => ("1", "31"),
        TagColor::Green => ("2", "32"),
        TagColor::Yellow => ("3", "33"),
        TagColor::Blue => ("4", "34"),
        TagColor::Purple => ("5", "35"),
        TagColor::Turquoise => ("6", "36"),
        TagColor::Pink => ("13", "95"),
        TagColor::Orange => ("208", "38;5;208"),
    };
    if shell == Shell::Zsh { zsh } else { sgr }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(expires_at: i64, refresh_before: i64) -> (Option<i64>, Option<i64>) {
        let state = HookState::default().with_keys(expires_at, refresh_before, 1000);
        (state.renew_at, state.early_at)
    }

    #[test]
    fn credentials_are_renewed_before_they_end_and_never_all_the_time() {
        assert_eq!(times(1000 + 3600, 300), (Some(4300), Some(4300 - 900)));
        assert_eq!(times(1000 + 1200, 300), (Some(1900), Some(1900 - 300)));
        assert_eq!(times(1000 + 300, 3600), (Some(1150), Some(1150 - 75)), "a short life is used to its half");
        assert_eq!(times(900, 300), (Some(900), Some(900)), "what has ended is due at once");
    }

    #[test]
    fn a_segment_is_safe_and_leaves_the_time_open() {
        let role = |profile: &str| Role { profile: profile.to_owned(), ..Role::default() };
        assert_eq!(segment_text(None, &role("dev:Admin")), "☁ dev:Admin \u{1f}");
        assert_eq!(segment_text(Some("[{{ .Profile }}]"), &role("a\u{1b}[31m\u{202e}b")), "[a\u{fffd}[31m\u{fffd}b]");
        assert_eq!(segment_text(Some("{{ Profile }}{% if Left %} {{ Left }}{% endif %}"), &role("x")), "x \u{1f}");
        assert_eq!(
            segment_text(Some("{{ .Nonsense }}"), &role("x")),
            "☁ x \u{1f}",
            "a wrong format is no reason to lie"
        );
    }

    #[test]
    fn a_state_is_written_for_each_shell() {
        let state = HookState { text: "x y".into(), color: Some(TagColor::Orange), ..HookState::default() };
        let first =
            |shell: Shell| state.statements(shell).lines().skip(1).take(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(first(Shell::Bash), [r"__aws_sso_text=$'x\x20y';", r"__aws_sso_color=$'38\x3b5\x3b208';"]);
        assert_eq!(first(Shell::Zsh), [r"__aws_sso_text=$'x\x20y';", "__aws_sso_color=208;"]);
        assert_eq!(first(Shell::Fish)[0], r"set -g __aws_sso_text x\X20y;");
    }
}
