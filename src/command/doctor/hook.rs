//! The hook: whether the start-up file of the person's shell loads it, by which program, and whether the shell that
//! runs this has the hook of this program.

use std::fs;
use std::path::{Path, PathBuf};

use crate::command::program::running_program;
use crate::command::setup::shown;
use crate::command::{find_path, surrounded};
use crate::config::discover::expand_tilde;
use crate::shell::{self, HOOK, Shell, System};

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "hook";
const INSTALL: &str = "aws-sso setup completions --install";

/// What belongs in front of our line, which is to be the last one: by a word of the lines that load it.
const BEFORE: [(&str, &str); 9] = [
    ("starship init", "starship"),
    ("oh-my-posh init", "oh-my-posh"),
    ("oh-my-zsh.sh", "oh-my-zsh"),
    ("powerlevel10k.zsh-theme", "powerlevel10k"),
    ("bash-preexec.sh", "bash-preexec"),
    ("direnv hook", "direnv"),
    ("zoxide init", "zoxide"),
    ("mise activate", "mise"),
    ("function prompt", "a prompt function"),
];

/// A line that loads the hook.
struct Line {
    file: PathBuf,
    number: usize,
    text: String,
    /// What comes after it and should not, with its line.
    followed_by: Option<(&'static str, usize)>,
}

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Some(shell) = patient.shell else {
        return vec![Finding::note(CHECK, "the shell that runs this could not be told")];
    };
    if shell::version(shell).is_none() && loaded(patient).is_none() {
        let none = format!("there is no hook for {}: 'aws-sso eval' gives it a role", shell.name());
        return vec![Finding::note(CHECK, none)];
    }
    let line = find_line(patient, shell);
    let mut findings = vec![running(patient, shell, line.as_ref())];
    findings.extend(line.iter().flat_map(|line| of_line(patient, shell, line)));
    findings
}

/// What the running shell has, or one of another kind that this one was started in.
fn running(patient: &Patient<'_>, shell: Shell, line: Option<&Line>) -> Finding {
    let loaded = loaded(patient);
    let of = loaded.and_then(|version| Shell::from_name(version.split('-').next()?)).unwrap_or(shell);
    let name = of.name();
    let restart = |finding: Finding| match of {
        Shell::PowerShell => finding,
        _ => finding.mended_by(format!("exec {name}")),
    };
    match (loaded, line) {
        (Some(loaded), _) if shell::version(of).is_some_and(|version| version == loaded) => {
            Finding::ok(CHECK, format!("this {name} has the hook of this aws-sso"))
        }
        (Some(loaded), _) => restart(Finding::problem(
            CHECK,
            format!("this {name} has the hook of another aws-sso ({loaded}): start the shell anew"),
        )),
        (None, Some(line)) => {
            let file = shown(&line.file, patient.context);
            let later = format!("{file} loads the hook, and this {name} has not loaded it: start the shell anew");
            restart(Finding::note(CHECK, later))
        }
        (None, None) => {
            let never = format!("{name} does not load the hook when it starts: no aws-sso-use, prompt, completion");
            Finding::note(CHECK, never).mended_by(INSTALL)
        }
    }
}

/// The version of the hook in the shell that runs this.
fn loaded<'a>(patient: &Patient<'a>) -> Option<&'a str> {
    let (id, version) = patient.context.env.get(HOOK)?.split_once(':')?;
    let parents = shell::parent_process_ids();
    let is_of_parent = id.parse().is_ok_and(|id: u32| parents.contains(&id));
    (is_of_parent || parents.is_empty()).then_some(version)
}

/// What the line says that cannot be.
fn of_line(patient: &Patient<'_>, shell: Shell, line: &Line) -> Vec<Finding> {
    let place = format!("{}:{}", shown(&line.file, patient.context), line.number);
    let mut findings = Vec::new();
    match program(&line.text).map(|program| (resolve(patient, program), program)) {
        Some((None, program)) => {
            let gone = format!("{place} loads the hook by {program}, which is not there");
            findings.push(Finding::problem(CHECK, gone).mended_by(INSTALL));
        }
        Some((Some(path), program)) if !is_this(&path) => {
            let other = format!("{place} loads the hook by {program}, which is not this aws-sso");
            findings.push(Finding::problem(CHECK, other).mended_by(INSTALL));
        }
        Some(_) => {}
        // A word that is quoted can only be compared with what would be written.
        None => {
            let ours = running_program(patient.context).and_then(|program| shell::hook_line(shell, &program));
            if ours.is_ok_and(|ours| !ours.contains(line.text.trim()) && !line.text.contains(&ours)) {
                let other = format!("{place} may load the hook by another program than this one");
                findings.push(Finding::note(CHECK, other).mended_by(INSTALL));
            }
        }
    }
    if let Some((what, number)) = line.followed_by {
        let order = format!("{place} should be the last line, and {what} comes after it in line {number}");
        findings.push(Finding::note(CHECK, order));
    }
    findings
}

/// The word in front of `shell-init`, where it is one without quotes.
fn program(line: &str) -> Option<&str> {
    let before = line.split_once("shell-init")?.0.trim_end();
    let start = before.rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '`' | '"' | '&' | ';' | '|'));
    let word = &before[start.map_or(0, |at| at + 1)..];
    let plain = |c: char| c.is_alphanumeric() || "/._-~${}+@:".contains(c);
    (!word.is_empty() && word.chars().all(plain)).then_some(word)
}

/// The program that a word of a start-up file means.
fn resolve(patient: &Patient<'_>, word: &str) -> Option<PathBuf> {
    let home = patient.context.env.get("HOME").unwrap_or_default();
    let word = word.replace("${HOME}", home).replace("$HOME", home);
    let path = find_path(patient.context, |around| expand_tilde(Path::new(&word), around)).ok();
    let path = path.filter(|_| word.contains(['/', '\\']));
    let directory = std::env::current_dir().unwrap_or_else(|_| "/".into());
    which::which_in(path.unwrap_or_else(|| word.into()), patient.context.env.get("PATH"), directory).ok()
}

fn is_this(program: &Path) -> bool {
    let running = std::env::current_exe().and_then(|path| path.canonicalize());
    running.is_ok_and(|running| program.canonicalize().is_ok_and(|program| program == running))
}

fn find_line(patient: &Patient<'_>, shell: Shell) -> Option<Line> {
    start_up_files(patient, shell).into_iter().find_map(|file| {
        let text = String::from_utf8_lossy(&fs::read(&file).ok()?).into_owned();
        let lines = || (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with('#'));
        let (number, line) = lines().find(|(_, line)| line.contains("aws-sso") && line.contains("shell-init"))?;
        let loads = |line: &str| BEFORE.iter().find(|(word, _)| line.contains(word)).map(|(_, name)| *name);
        let followed_by =
            lines().filter(|(at, _)| *at > number).find_map(|(at, line): (usize, _)| Some((loads(line)?, at)));
        Some(Line { file, number, text: line.to_owned(), followed_by })
    })
}

/// The files that a shell reads when a person starts it, the usual one first.
fn start_up_files(patient: &Patient<'_>, shell: Shell) -> Vec<PathBuf> {
    let context = patient.context;
    let Ok(usual) = surrounded(context, |around| shell::rc_file(shell, System::here(), around)) else {
        return Vec::new();
    };
    let names: &[&str] = match shell {
        Shell::Bash => &[".bashrc", ".bash_profile", ".bash_login", ".profile"],
        Shell::Zsh => &[".zprofile", ".zlogin", ".zshenv"],
        Shell::PowerShell => &["Microsoft.PowerShell_profile.ps1"],
        _ => &[],
    };
    let mut files: Vec<PathBuf> = names.iter().map(|name| usual.with_file_name(name)).collect();
    if shell == Shell::Fish {
        let snippets = fs::read_dir(usual.with_file_name("conf.d")).into_iter().flatten().flatten();
        files.extend(
            snippets.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "fish")),
        );
        files.sort();
    }
    files.insert(0, usual);
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_of_a_line_is_found_where_it_is_plain() {
        for (line, expected) in [
            (r#"eval "$(aws-sso shell-init bash)""#, Some("aws-sso")),
            (r#"[ ! -x /opt/bin/aws-sso ] || eval "$(/opt/bin/aws-sso shell-init bash)""#, Some("/opt/bin/aws-sso")),
            ("~/bin/aws-sso shell-init fish | source", Some("~/bin/aws-sso")),
            ("& $HOME/aws-sso shell-init powershell | Out-String | Invoke-Expression", Some("$HOME/aws-sso")),
            (r#"eval "$($'/a\x20b/aws-sso' shell-init bash)""#, None),
            ("& '/a b/aws-sso' shell-init powershell", None),
            ("shell-init", None),
        ] {
            assert_eq!(program(line), expected, "{line}");
        }
    }
}
