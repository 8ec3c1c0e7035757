//! The profiles in `~/.aws/config` that ask this program, or the Go tool of the same name, for credentials: whether
//! the program, the instance and the role are still there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::command::aws_profiles::{DIRECTORIES, GO_TOOL, ROLES, config_path};
use crate::command::setup::shown;
use crate::role::Selection;
use crate::user_file::aws_config::{Kind, Section, sections};

use super::finding::Finding;
use super::{Patient, Status, some_of};

const CHECK: &str = "profiles";

/// Whose block a profile stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    /// `allow` writes it.
    Directories,
    /// `setup profiles` writes it.
    Profiles,
    /// The Go tool wrote it.
    GoTool,
    /// None: the person wrote it.
    Own,
}

/// What is wrong with some profiles alike.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ill {
    ProgramGone(String),
    OtherProgram(String),
    NoInstance(String),
    NoRole,
    UrlAction,
    Unreadable,
}

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let Ok(path) = config_path(patient.context) else { return Vec::new() };
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            return vec![Finding::problem(CHECK, format!("could not read {}: {error}", shown(&path, patient.context)))];
        }
    };
    let text = String::from_utf8_lossy(&text);
    let (blocks, mut findings) = blocks(&text, &shown(&path, patient.context));
    let (mut ill, mut sound) = (BTreeMap::<(Block, Ill), Vec<String>>::new(), 0);
    let sections = sections(text.as_bytes());
    let profiles = || sections.iter().filter_map(|section| Some((section.profile_name(Kind::Config)?, section)));
    for (name, section) in profiles() {
        let Some(call) = Call::of(section, blocks[section.line - 1]) else { continue };
        match call.examine(patient) {
            None => sound += 1,
            Some(what) => ill.entry((call.block, what)).or_default().push(name),
        }
    }
    let name = shown(&path, patient.context);
    findings.extend(ill.iter().map(|((block, what), names)| finding(patient, &name, *block, what, names)));
    // The SDK signs in by itself.
    let uses_sso = |section: &Section| ["sso_session", "sso_start_url"].iter().any(|key| section.get(key).is_some());
    let theirs: Vec<String> = profiles().filter(|(_, section)| uses_sso(section)).map(|(name, _)| name).collect();
    if !theirs.is_empty() {
        let beside = "the AWS CLI signs in for that by itself ('aws sso login'), apart from aws-sso";
        findings.push(Finding::note(CHECK, format!("{} in {name}: {beside}", some_of(&theirs))));
    }
    if sound > 0 {
        findings.push(Finding::ok(CHECK, format!("profiles of aws-sso in {name} with a role that is there: {sound}")));
    }
    findings
}

/// The block of each line, and what is wrong with the markers.
fn blocks(text: &str, name: &str) -> (Vec<Block>, Vec<Finding>) {
    let (mut blocks, mut findings) = (Vec::new(), Vec::new());
    let mut open: Option<(Block, usize)> = None;
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if let Some(block) = begins(line) {
            if let Some((_, at)) = open.replace((block, number)) {
                findings.push(unclosed(name, at));
            }
        } else if ends(line) && open.take().is_none() {
            findings.push(Finding::problem(CHECK, format!("{name}:{number}: a block ends here that has no beginning")));
        }
        blocks.push(open.map_or(Block::Own, |(block, _)| block));
    }
    findings.extend(open.map(|(_, at)| unclosed(name, at)));
    (blocks, findings)
}

fn unclosed(name: &str, line: usize) -> Finding {
    Finding::problem(CHECK, format!("{name}:{line}: a block begins here that has no end: mend the markers"))
}

fn begins(line: &str) -> Option<Block> {
    match line {
        _ if line == DIRECTORIES.begin => Some(Block::Directories),
        _ if line == ROLES.begin => Some(Block::Profiles),
        _ if is_of_go_tool(line, GO_TOOL.begin) => Some(Block::GoTool),
        _ => None,
    }
}

fn ends(line: &str) -> bool {
    line == DIRECTORIES.end || line == ROLES.end || is_of_go_tool(line, GO_TOOL.end)
}

/// The Go tool puts the name of the instance behind its markers.
fn is_of_go_tool(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// How a profile asks for credentials.
struct Call {
    block: Block,
    program: String,
    arguments: Vec<String>,
}

impl Call {
    /// The call of a profile that is ours, or looks like it.
    fn of(profile: &Section, block: Block) -> Option<Self> {
        let command = profile.credential_process()?;
        let mut words = shell_words::split(command).unwrap_or_default().into_iter();
        let program = words.next().unwrap_or_default();
        let arguments: Vec<String> = words.collect();
        let name = Path::new(&program).file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let ours = name.starts_with("aws-sso") && arguments.iter().any(|word| word == "process");
        (ours || block != Block::Own).then_some(Self { block, program, arguments })
    }

    /// The value of a flag, in any spelling.
    fn value(&self, short: &str, long: &str) -> Option<&str> {
        self.arguments.iter().enumerate().find_map(|(at, word)| {
            if word == short || word == long {
                return self.arguments.get(at + 1).map(String::as_str);
            }
            word.strip_prefix(long).and_then(|rest| rest.strip_prefix('=')).or_else(|| {
                word.strip_prefix(short)
                    .filter(|rest| !rest.is_empty() && !word.starts_with("--"))
                    .map(|rest| rest.trim_start_matches('='))
            })
        })
    }

    fn examine(&self, patient: &Patient<'_>) -> Option<Ill> {
        if self.program.is_empty() {
            return Some(Ill::Unreadable);
        }
        let Some(found) = self.find_program(patient) else { return Some(Ill::ProgramGone(self.program.clone())) };
        let running = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
        if found.canonicalize().ok() != running {
            return Some(Ill::OtherProgram(self.program.clone()));
        }
        // Another config has its own instances and roles.
        if self.value("--config", "--config").is_some() {
            return None;
        }
        let config = patient.config.as_ref()?;
        let wanted = self.value("-S", "--sso");
        let Ok(instance) = config.instance(wanted.or_else(|| patient.context.wanted_instance())) else {
            return Some(Ill::NoInstance(wanted.unwrap_or_default().to_owned()));
        };
        if let (Some(index), Some(row)) =
            (&patient.index, patient.row(&instance.name).filter(|row| row.refreshed_at.is_some()))
            && let Some(selection) = self.selection()
            && index.find(row.id, &selection).is_ok_and(|found| found.is_empty())
        {
            return Some(Ill::NoRole);
        }
        self.value("-u", "--url-action").map(|_| Ill::UrlAction)
    }

    fn selection(&self) -> Option<Selection> {
        let arn = self.value("-a", "--arn").map(|arn| Selection::Arn(arn.to_owned()));
        arn.or_else(|| self.value("-p", "--profile").map(|profile| Selection::Profile(profile.to_owned())))
    }

    fn find_program(&self, patient: &Patient<'_>) -> Option<PathBuf> {
        let directory = std::env::current_dir().unwrap_or_else(|_| "/".into());
        which::which_in(&self.program, patient.context.env.get("PATH"), directory).ok()
    }
}

fn finding(patient: &Patient<'_>, file: &str, block: Block, what: &Ill, names: &[String]) -> Finding {
    let (status, why) = match what {
        Ill::ProgramGone(program) => (Status::Problem, format!("{program} is not there")),
        Ill::OtherProgram(program) => {
            let tool = if super::path::is_go_tool(Path::new(program)) { ", the Go tool," } else { "" };
            (Status::Note, format!("{program}{tool} is asked for credentials, and not this aws-sso"))
        }
        Ill::NoInstance(name) => (Status::Problem, format!("the SSO instance '{name}' is not in config.yaml")),
        Ill::NoRole => (Status::Problem, "no such role is among yours any more".to_owned()),
        Ill::UrlAction => {
            (Status::Note, "-u, as the Go tool wrote it, changes nothing: process opens no URL".to_owned())
        }
        Ill::Unreadable => (Status::Problem, "the credential_process cannot be read".to_owned()),
    };
    let message = format!("{} in {file}: {why}", some_of(names));
    let finding = Finding { status, ..Finding::ok(CHECK, message) };
    match block {
        Block::Directories if matches!(what, Ill::NoRole | Ill::NoInstance(_)) => {
            finding.mended_by("aws-sso allow --list")
        }
        Block::Directories => finding.mended_by("aws-sso allow"),
        Block::Profiles | Block::GoTool => finding.mended_by("aws-sso setup profiles"),
        Block::Own => {
            let editor = patient.context.env.get("EDITOR").unwrap_or("vi");
            finding.mended_by(format!("{editor} {file}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_say_whose_a_line_is() {
        let text = "[profile a]\n# >>> aws-sso directories >>>\nx\n# <<< aws-sso directories <<<\n\
                    # BEGIN_AWS_SSO_CLI_Work\nx\n# END_AWS_SSO_CLI_Work\n# BEGIN_AWS_SSO_CLIX\n# >>> aws-sso profiles >>>\nx";
        let (found, problems) = blocks(text, "f");
        assert_eq!(
            [found[0], found[2], found[5], found[7], found[9]],
            [Block::Own, Block::Directories, Block::GoTool, Block::Own, Block::Profiles]
        );
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.starts_with("f:9: "), "{}", problems[0].message);
        let (_, problems) = blocks("# END_AWS_SSO_CLI\n", "f");
        assert!(problems[0].message.starts_with("f:1: "), "{}", problems[0].message);
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        for line in ["-S Work", "-SWork", "--sso Work", "--sso=Work", "-S=Work"] {
            let arguments = shell_words::split(&format!("{line} process --arn x")).unwrap();
            let call = Call { block: Block::GoTool, program: "aws-sso".into(), arguments };
            assert_eq!(call.value("-S", "--sso"), Some("Work"), "{line}");
            assert_eq!(call.value("-u", "--url-action"), None);
        }
    }
}
