//! How a shell comes to load what `shell-init` prints: the line that does it, the start-up file that the
//! line belongs into, and where the Go tool of the same name has put its own.

use std::path::PathBuf;

use super::Shell;
use crate::config::discover::Surroundings;
use crate::{Error, Result};

/// The shells that `shell-init` writes for.
pub const WITH_HOOK: [Shell; 4] = [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell];

/// Systems whose shells read different files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Terminals start login shells.
    MacOs,
    /// Windows.
    Windows,
    /// Everything else.
    Unix,
}

impl System {
    /// The one this program was built for.
    pub fn here() -> Self {
        match () {
            () if cfg!(target_os = "macos") => Self::MacOs,
            () if cfg!(windows) => Self::Windows,
            () => Self::Unix,
        }
    }
}

/// The line that loads the hook of `program`. Once the program has gone it does nothing and says nothing.
pub fn hook_line(shell: Shell, program: &str) -> Result<String> {
    let (name, program) = (shell.name(), shell.quote(program));
    match shell {
        Shell::Bash | Shell::Zsh => Ok(format!(r#"[ ! -x {program} ] || eval "$({program} shell-init {name})""#)),
        Shell::Fish => Ok(format!("test -x {program}; and {program} shell-init {name} | source")),
        Shell::PowerShell => Ok(format!(
            "if (Test-Path -LiteralPath {program}) {{ & {program} shell-init {name} | Out-String | Invoke-Expression }}"
        )),
        Shell::Posix | Shell::Xonsh => Err(no_hook(shell)),
    }
}

/// The file that an interactive shell reads when it starts, whether or not it exists.
pub fn rc_file(shell: Shell, system: System, around: &Surroundings<'_>) -> Result<PathBuf> {
    const INSTEAD: &str = "name the file with --shell-script";
    match (shell, system) {
        (Shell::Bash, System::MacOs) => Ok(around.home(INSTEAD)?.join(".bash_profile")),
        (Shell::Bash, _) => Ok(around.home(INSTEAD)?.join(".bashrc")),
        (Shell::Zsh, _) => match around.path("ZDOTDIR").filter(|path| path.is_absolute()) {
            Some(directory) => Ok(directory.join(".zshrc")),
            None => Ok(around.home(INSTEAD)?.join(".zshrc")),
        },
        (Shell::Fish, _) => Ok(around.xdg("XDG_CONFIG_HOME", ".config", INSTEAD)?.join("fish/config.fish")),
        (Shell::PowerShell, System::Windows) => {
            let home = around.path("USERPROFILE").map_or_else(|| around.home(INSTEAD).map(PathBuf::from), Ok)?;
            Ok(home.join("Documents").join("PowerShell").join("profile.ps1"))
        }
        (Shell::PowerShell, _) => Ok(around.xdg("XDG_CONFIG_HOME", ".config", INSTEAD)?.join("powershell/profile.ps1")),
        (Shell::Posix | Shell::Xonsh, _) => Err(no_hook(shell)),
    }
}

/// The files that the Go tool writes for a shell, as far as the environment tells where they are. Those of
/// fish are the tool's alone.
pub fn go_tool_files(shell: Shell, around: &Surroundings<'_>) -> Vec<PathBuf> {
    let home = |names: &[&str]| match around.home("") {
        Ok(home) => names.iter().map(|name| home.join(name)).collect(),
        Err(_) => Vec::new(),
    };
    match shell {
        Shell::Bash => home(&[".bash_profile", ".bashrc"]),
        Shell::Zsh => home(&[".zshrc"]),
        Shell::Fish => {
            let Ok(config) = around.xdg("XDG_CONFIG_HOME", ".config", "") else { return Vec::new() };
            let names = ["completions/aws-sso", "functions/aws-sso-profile", "completions/aws-sso-profile"];
            let names = names.into_iter().chain(["functions/aws-sso-clear"]);
            names.map(|name| config.join(format!("fish/{name}.fish"))).collect()
        }
        Shell::PowerShell | Shell::Posix | Shell::Xonsh => Vec::new(),
    }
}

fn no_hook(shell: Shell) -> Error {
    let names = WITH_HOOK.map(Shell::name).join(", ");
    Error::usage(format!("there is no hook for {}: name another shell with --shell ({names})", shell.name()))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::path::Path;

    use super::*;

    fn within<T>(variables: &str, home: Option<&str>, find: impl Fn(&Surroundings<'_>) -> T) -> T {
        let env = |name: &str| {
            variables.split_whitespace().find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(OsString::from)
        };
        find(&Surroundings { env: &env, home: home.map(Path::new), is_dir: &|_| false })
    }

    #[test]
    fn each_shell_has_its_file() {
        use Shell::{Bash, Fish, PowerShell, Zsh};
        use System::{MacOs, Unix, Windows};
        for (shell, system, variables, expected) in [
            (Bash, Unix, "", "/h/.bashrc"),
            (Bash, Windows, "", "/h/.bashrc"),
            (Bash, MacOs, "", "/h/.bash_profile"),
            (Zsh, Unix, "", "/h/.zshrc"),
            (Zsh, MacOs, "ZDOTDIR=", "/h/.zshrc"),
            (Zsh, Unix, "ZDOTDIR=/z", "/z/.zshrc"),
            (Zsh, Unix, "ZDOTDIR=z", "/h/.zshrc"),
            (Fish, Unix, "", "/h/.config/fish/config.fish"),
            (Fish, MacOs, "XDG_CONFIG_HOME=/x", "/x/fish/config.fish"),
            (Fish, Unix, "XDG_CONFIG_HOME=x", "/h/.config/fish/config.fish"),
            (PowerShell, Unix, "", "/h/.config/powershell/profile.ps1"),
            (PowerShell, MacOs, "XDG_CONFIG_HOME=/x", "/x/powershell/profile.ps1"),
            (PowerShell, Windows, "USERPROFILE=/u XDG_CONFIG_HOME=/x", "/u/Documents/PowerShell/profile.ps1"),
            (PowerShell, Windows, "", "/h/Documents/PowerShell/profile.ps1"),
        ] {
            let found = within(variables, Some("/h"), |around| rc_file(shell, system, around));
            assert_eq!(found.unwrap(), Path::new(expected), "{shell:?} {system:?} {variables}");
        }
    }

    #[test]
    fn without_a_home_the_flag_is_named() {
        for shell in WITH_HOOK {
            let error = within("", None, |around| rc_file(shell, System::Unix, around)).unwrap_err().to_string();
            assert!(error.contains("--shell-script"), "{error}");
            assert_eq!(within("", None, |around| go_tool_files(shell, around)), Vec::<PathBuf>::new());
        }
        assert!(within("ZDOTDIR=/z", None, |around| rc_file(Shell::Zsh, System::Unix, around)).is_ok());
    }

    #[test]
    fn other_shells_are_told_which_there_are() {
        for shell in [Shell::Posix, Shell::Xonsh] {
            for error in [
                hook_line(shell, "/p").unwrap_err(),
                within("", Some("/h"), |around| rc_file(shell, System::Unix, around)).unwrap_err(),
            ] {
                assert_eq!(error.exit(), crate::Exit::Usage);
                assert!(error.message().contains("bash, zsh, fish, powershell"), "{error}");
            }
        }
    }

    #[test]
    fn the_line_quotes_the_program_for_its_shell() {
        for (shell, expected) in [
            (Shell::Bash, r#"[ ! -x $'/a\x20b' ] || eval "$($'/a\x20b' shell-init bash)""#),
            (Shell::Zsh, r#"[ ! -x $'/a\x20b' ] || eval "$($'/a\x20b' shell-init zsh)""#),
            (Shell::Fish, r"test -x /a\X20b; and /a\X20b shell-init fish | source"),
            (
                Shell::PowerShell,
                "if (Test-Path -LiteralPath '/a b') { & '/a b' shell-init powershell | Out-String | Invoke-Expression }",
            ),
        ] {
            assert_eq!(hook_line(shell, "/a b").unwrap(), expected);
        }
    }
}
