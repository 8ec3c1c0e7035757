//! What `aws-sso shell-init` prints: the scripts of shell/ and completions/ as they are, between the
//! settings that they start from and the call that starts them.

use super::Shell;
use crate::private::fingerprint;

/// The parts of the suite that a shell gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The segment in the prompt.
    pub prompt: bool,
    /// Completion.
    pub completion: bool,
    /// Role files of directories.
    pub directories: bool,
}

/// The variable that says which hook a shell has: the id of its process, a colon, and [`version`]. A shell that
/// inherits it without a hook of its own has another id.
pub const HOOK: &str = "AWS_SSO_HOOK";

/// What tells the hook that this program prints for a shell from that of another build, or shell.
pub fn version(shell: Shell) -> Option<String> {
    let (suite, completion) = sources(shell)?;
    let fingerprint = fingerprint([suite, completion].concat(), 4);
    Some(format!("{}-{}-{fingerprint}", shell.name(), env!("CARGO_PKG_VERSION")))
}

fn sources(shell: Shell) -> Option<(&'static str, &'static str)> {
    Some(match shell {
        Shell::Bash => (include_str!("../../shell/aws-sso.bash"), include_str!("../../completions/aws-sso.bash")),
        Shell::Zsh => (include_str!("../../shell/aws-sso.zsh"), include_str!("../../completions/aws-sso.zsh")),
        Shell::Fish => (include_str!("../../shell/aws-sso.fish"), include_str!("../../completions/aws-sso.fish")),
        Shell::PowerShell => (include_str!("../../shell/aws-sso.ps1"), include_str!("../../completions/aws-sso.ps1")),
        Shell::Posix | Shell::Xonsh => return None,
    })
}

/// The script for a shell. `program` is the absolute path of this program; `state` are statements with the
/// state of the role that the shell starts with. None for a shell that has no suite.
pub fn script(shell: Shell, program: &str, parts: Parts, state: &str) -> Option<String> {
    let (suite, completion) = sources(shell)?;
    let version = version(shell)?;
    let mut script = String::new();
    if matches!(shell, Shell::Bash | Shell::Zsh) {
        // `eval $(…)` joins the lines. It is to fail loudly, before the first comment takes all the rest away.
        script += "if \\builtin :\nthen \\builtin :\nfi\n";
    }
    let flag = |part: bool| if part { "1" } else { "" };
    for (name, value) in [
        ("__aws_sso_program", program),
        ("__aws_sso_prompt", flag(parts.prompt)),
        ("__aws_sso_directories", flag(parts.directories)),
        ("__aws_sso_version", &version),
    ] {
        script += &(shell.assign(name, value) + "\n");
    }
    script += suite;
    if parts.completion {
        script += completion;
    }
    script += state;
    script += "__aws_sso_init\n";
    Some(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Parts = Parts { prompt: true, completion: true, directories: true };

    #[test]
    fn every_shell_of_the_suite_has_a_script_and_the_others_have_none() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell] {
            let whole = script(shell, "/a b/aws-sso", ALL, "state\n").unwrap();
            assert!(whole.ends_with("state\n__aws_sso_init\n"));
            assert!(whole.contains(&version(shell).unwrap()) && whole.contains(HOOK));
            assert!(!whole.contains('\r') && !whole.starts_with('#'));
            let less = script(shell, "/a b/aws-sso", Parts { completion: false, ..ALL }, "").unwrap();
            assert!(less.len() < whole.len());
        }
        assert_eq!(script(Shell::Posix, "/a", ALL, ""), None);
        assert_eq!(script(Shell::Xonsh, "/a", ALL, ""), None);
    }
}
