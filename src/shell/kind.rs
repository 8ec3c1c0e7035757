//! Which shell this is: `$SHELL` names the login shell, the parent process is the one that asks.

/// A shell whose quoting we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shell {
    /// GNU bash, 3.2 and later.
    Bash,
    /// zsh.
    Zsh,
    /// fish, 3.0 and later.
    Fish,
    /// PowerShell, from Windows PowerShell 5.1 on.
    PowerShell,
    /// Any other shell of the POSIX family: dash, ksh, `BusyBox`'s ash, `sh` itself.
    Posix,
    /// xonsh.
    Xonsh,
}

/// How many ancestors are looked at: editors and terminal multiplexers are further away than that
/// from a shell that asks.
const MAX_ANCESTORS: usize = 5;

impl Shell {
    /// The shell of that program: a name or a path, of a login shell (`-zsh`), with a version
    /// (`zsh-5.9`) or with `.exe`.
    pub fn from_name(program: &str) -> Option<Self> {
        let name = program.rsplit(['/', '\\']).next()?.trim().to_ascii_lowercase();
        let name = name.strip_prefix('-').unwrap_or(&name);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        let name = match name.split_once('-') {
            Some((name, version)) if version.starts_with(|c: char| c.is_ascii_digit()) || version == "preview" => name,
            _ => name,
        };
        Some(match name {
            "bash" | "rbash" => Self::Bash,
            "zsh" | "rzsh" => Self::Zsh,
            "fish" => Self::Fish,
            "pwsh" | "powershell" => Self::PowerShell,
            "sh" | "dash" | "ash" | "ksh" | "ksh93" | "mksh" | "lksh" | "oksh" | "yash" | "busybox" => Self::Posix,
            "xonsh" => Self::Xonsh,
            _ => return None,
        })
    }

    /// The name that `aws-sso shell-init` and completions know the shell by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::PowerShell => "powershell",
            Self::Posix => "sh",
            Self::Xonsh => "xonsh",
        }
    }
}

/// The shell that reads our output: the nearest ancestor that is one, then `$SHELL`.
///
/// `parents` are program names as [`parent_process_names`] gives them; whatever is no shell (`sudo`,
/// `env`, a wrapper script) is passed over.
pub fn detect(parent_process_names: &[String], shell_var: Option<&str>) -> Option<Shell> {
    let parent = parent_process_names.iter().find_map(|name| Shell::from_name(name));
    parent.or_else(|| shell_var.and_then(Shell::from_name))
}

/// The ids of the processes above this one, nearest first; empty where the system does not tell.
pub fn parent_process_ids() -> Vec<u32> {
    let mut ids = Vec::new();
    let mut id = parent_id();
    while id > 1 && ids.len() < MAX_ANCESTORS {
        ids.push(id);
        id = system::process(id).map_or(0, |process| process.parent);
    }
    ids
}

/// The names of the processes above this one, nearest first; empty where the system does not tell.
///
/// First come the names that processes call themselves by, then those of their executables: a script
/// has the former, and the shell that runs it is not the one that reads our output.
pub fn parent_process_names() -> Vec<String> {
    let (mut names, mut executables) = (Vec::new(), Vec::new());
    let mut id = parent_id();
    for _ in 0..MAX_ANCESTORS {
        // 0 is no process, and 1 is no shell.
        if id <= 1 {
            break;
        }
        let Some(process) = system::process(id) else { break };
        names.push(process.name);
        executables.extend(process.executable);
        id = process.parent;
    }
    names.append(&mut executables);
    names
}

#[cfg(unix)]
fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

#[cfg(not(unix))]
fn parent_id() -> u32 {
    0
}

/// One process, as far as it matters here.
#[derive(Debug, PartialEq, Eq)]
struct Process {
    parent: u32,
    name: String,
    executable: Option<String>,
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod system {
    use std::fs;

    use super::{Process, parse_stat};

    /// Looks a process up in `/proc`.
    pub fn process(id: u32) -> Option<Process> {
        let stat = fs::read(format!("/proc/{id}/stat")).ok()?;
        let (name, parent) = parse_stat(&String::from_utf8_lossy(&stat))?;
        let executable = fs::read_link(format!("/proc/{id}/exe")).ok();
        let executable = executable.and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
        Some(Process { parent, name, executable })
    }
}

#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
mod system {
    use std::process::Command;

    use super::{Process, parse_ps};

    /// Asks `ps`.
    pub fn process(id: u32) -> Option<Process> {
        // By its path: what PATH finds is somebody else's choice.
        let output = Command::new("/bin/ps").args(["-o", "ppid=,comm=", "-p", &id.to_string()]).output().ok()?;
        let (name, parent) = parse_ps(&String::from_utf8_lossy(&output.stdout))?;
        Some(Process { parent, name, executable: None })
    }
}

#[cfg(not(unix))]
mod system {
    pub fn process(_id: u32) -> Option<super::Process> {
        None
    }
}

/// Name and parent in a line of `/proc/PID/stat`: `PID (NAME) STATE PPID …`, proc(5). The name is the
/// process's own choice, parentheses and spaces included.
#[cfg(any(test, target_os = "linux", target_os = "android"))]
fn parse_stat(stat: &str) -> Option<(String, u32)> {
    let (before, after) = stat.rsplit_once(')')?;
    let (_, name) = before.split_once('(')?;
    let parent = after.split_whitespace().nth(1)?.parse().ok()?;
    Some((name.to_owned(), parent))
}

/// Name and parent in the answer of `ps -o ppid=,comm=`: `PPID PATH`.
#[cfg(any(test, not(any(target_os = "linux", target_os = "android"))))]
#[cfg_attr(not(any(test, unix)), expect(dead_code))]
fn parse_ps(answer: &str) -> Option<(String, u32)> {
    let (parent, name) = answer.trim().split_once(char::is_whitespace)?;
    Some((name.trim().to_owned(), parent.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_program_names_its_shell() {
        for (program, shell) in [
            ("bash", Some(Shell::Bash)),
            ("-bash", Some(Shell::Bash)),
            ("bash.exe", Some(Shell::Bash)),
            ("C:\\Program Files\\Git\\bin\\BASH.EXE", Some(Shell::Bash)),
            ("/usr/bin/zsh", Some(Shell::Zsh)),
            ("zsh-5.9", Some(Shell::Zsh)),
            ("/opt/homebrew/bin/fish", Some(Shell::Fish)),
            ("pwsh", Some(Shell::PowerShell)),
            ("pwsh-preview", Some(Shell::PowerShell)),
            ("powershell.exe", Some(Shell::PowerShell)),
            ("sh", Some(Shell::Posix)),
            ("dash", Some(Shell::Posix)),
            ("ksh", Some(Shell::Posix)),
            ("xonsh", Some(Shell::Xonsh)),
            ("", None),
            ("-", None),
            ("nu", None),
            ("tmux: server", None),
            ("/bin/bash/", None),
            ("bash-completion", None),
            ("sshd", None),
        ] {
            assert_eq!(Shell::from_name(program), shell, "{program}");
        }
    }

    #[test]
    fn every_shell_is_found_by_its_own_name() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell, Shell::Posix, Shell::Xonsh] {
            assert_eq!(Shell::from_name(shell.name()), Some(shell));
        }
    }

    #[test]
    fn the_nearest_shell_wins_over_the_login_shell() {
        let parents = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(detect(&parents(&["sudo", "fish", "bash"]), Some("/bin/zsh")), Some(Shell::Fish));
        assert_eq!(detect(&parents(&["code", "systemd"]), Some("/bin/zsh")), Some(Shell::Zsh));
        assert_eq!(detect(&[], Some("/bin/tcsh")), None);
        assert_eq!(detect(&[], None), None);
    }

    #[test]
    fn a_process_may_choose_any_name() {
        assert_eq!(parse_stat("12 (bash) S 7 12 12 0"), Some(("bash".into(), 7)));
        assert_eq!(parse_stat("12 (a) S 9 (b c)) R 7 1"), Some(("a) S 9 (b c)".into(), 7)));
        assert_eq!(parse_stat("12 bash S 7"), None);
        assert_eq!(parse_ps("  431 /bin/zsh\n"), Some(("/bin/zsh".into(), 431)));
        assert_eq!(parse_ps("1 -zsh"), Some(("-zsh".into(), 1)));
        assert_eq!(parse_ps(""), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn this_process_has_a_parent() {
        assert!(!parent_process_names().is_empty());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(?s).*") {
            let _ = (Shell::from_name(&text), parse_stat(&text), parse_ps(&text));
        }
    }
}
