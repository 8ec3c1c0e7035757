//! The documentation and the program say the same: commands, flags, keys, variables, exit statuses, links. All differences
//! are told at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use aws_sso::cli::{ClearCli, Cli, UseCli};
use aws_sso::config;
use clap::{Command, CommandFactory};

/// A page of the documentation.
struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    fn read(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    /// All pages for people.
    fn all() -> Vec<Self> {
        let docs = fs::read_dir("docs").expect("docs").map(|entry| entry.expect("an entry").path());
        let pages = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
        pages.chain(["README.md".into(), "CHANGELOG.md".into()]).map(Self::read).collect()
    }

    /// The lines outside of fenced blocks, and those within.
    fn lines(&self) -> (Vec<&str>, Vec<&str>) {
        let (mut prose, mut code, mut fenced) = (Vec::new(), Vec::new(), false);
        for line in self.text.lines() {
            match line.trim_start().starts_with("```") {
                true => fenced = !fenced,
                false if fenced => code.push(line),
                false => prose.push(line),
            }
        }
        (prose, code)
    }

    /// What is set as code, within prose and in blocks.
    fn code(&self) -> Vec<String> {
        let (prose, code) = self.lines();
        spans(&prose.join("\n")).into_iter().chain(code.into_iter().map(str::to_owned)).collect()
    }

    /// The text below a heading, down to the next one of its rank or above. The heading is given with its marks.
    fn section(&self, heading: &str) -> String {
        let rank = heading.split(' ').next().unwrap_or_default().len();
        let mut fenced = false;
        let mut above = |line: &str| {
            fenced ^= line.trim_start().starts_with("```");
            let marks = line.split(' ').next().unwrap_or_default();
            // Within a fence it is a comment.
            !fenced && !marks.is_empty() && marks.len() <= rank && marks.bytes().all(|byte| byte == b'#')
        };
        let lines = self.text.lines().skip_while(|line| *line != heading).skip(1);
        lines.take_while(|line| !above(line)).collect::<Vec<_>>().join("\n")
    }

    /// The anchors of its headings, as GitHub makes them.
    fn anchors(&self) -> BTreeSet<String> {
        let (prose, _) = self.lines();
        let headings = prose.into_iter().filter(|line| line.starts_with('#'));
        headings.map(|line| anchor(line.trim_start_matches('#'))).collect()
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() }).collect()
}

/// The code spans of a text. In tables a bar within them is escaped.
fn spans(text: &str) -> Vec<String> {
    let parts = text.split('`').enumerate().filter(|(at, _)| at % 2 == 1);
    parts.map(|(_, span)| span.replace("\\|", "|").replace('\n', " ")).collect()
}

/// The flags in a text, without values.
fn flags(text: &str) -> impl Iterator<Item = String> + '_ {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    words.filter(|word| word.starts_with("--") && word.len() > 2).map(str::to_owned)
}

/// The commands below a command, each by its whole name (`setup store`).
fn commands(command: &Command, name: &str, found: &mut BTreeMap<String, Command>) {
    for child in command.get_subcommands().filter(|child| child.get_name() != "help") {
        let name = format!("{name} {}", child.get_name()).trim().to_owned();
        commands(child, &name, found);
        found.insert(name, child.clone());
    }
}

fn all_commands() -> BTreeMap<String, Command> {
    let mut found = BTreeMap::new();
    commands(&Cli::command(), "", &mut found);
    found
}

/// The long flags of a command that are to be seen, but for those of every program.
fn visible_flags(command: &Command) -> Vec<String> {
    let seen = command.get_arguments().filter(|argument| !argument.is_hide_set() && !argument.is_global_set());
    let longs = seen.filter_map(clap::Arg::get_long).filter(|long| !matches!(*long, "help" | "version"));
    longs.map(|long| format!("--{long}")).collect()
}

/// Every flag of the program, hidden ones and other spellings too.
fn all_flags() -> BTreeSet<String> {
    fn collect(command: &Command, found: &mut BTreeSet<String>) {
        for argument in command.get_arguments() {
            let aliases = argument.get_all_aliases().unwrap_or_default();
            found.extend(argument.get_long().into_iter().chain(aliases).map(|long| format!("--{long}")));
        }
        command.get_subcommands().for_each(|child| collect(child, found));
    }
    let mut found = ["--help", "--version"].map(str::to_owned).into();
    for command in [Cli::command(), UseCli::command(), ClearCli::command()] {
        collect(&command, &mut found);
    }
    found
}

#[track_caller]
fn none(differences: &[String]) {
    assert!(differences.is_empty(), "{} differences:\n{}", differences.len(), differences.join("\n"));
}

/// What the reference says of a command: its row in the table, its own section, and what several share.
fn about(reference: &Page, name: &str) -> String {
    let begins = |span: &String| span == name || span.starts_with(&format!("{name} "));
    let rows = reference.text.lines().filter(|line| line.starts_with("| `"));
    let rows = rows.filter(|line| spans(line.split(" | ").next().unwrap_or_default()).iter().any(begins));
    let mut text: Vec<String> = rows.map(str::to_owned).collect();
    for line in reference.text.lines().filter_map(|line| line.strip_prefix("### ")) {
        if line.split(", ").any(|command| command == name) {
            text.push(reference.section(&format!("### {line}")));
        }
    }
    text.extend(["## Which role", "## The region"].map(|heading| reference.section(heading)));
    text.join("\n")
}

#[test]
fn every_command_and_flag_is_in_the_reference() {
    let reference = Page::read("docs/commands.md");
    let mut differences = Vec::new();
    for (name, command) in all_commands() {
        // What only holds others together has no row of its own.
        if command.has_subcommands() || command.is_hide_set() {
            continue;
        }
        let about = about(&reference, &name);
        if !spans(&about).iter().any(|span| span == &name || span.starts_with(&format!("{name} "))) {
            differences.push(format!("docs/commands.md has no row for {name}"));
        }
        let documented: BTreeSet<String> =
            spans(&about).iter().flat_map(|span| flags(span).collect::<Vec<_>>()).collect();
        for flag in visible_flags(&command).into_iter().filter(|flag| !documented.contains(flag)) {
            differences.push(format!("docs/commands.md does not speak of {name} {flag}"));
        }
    }
    let global = reference.section("## Global flags");
    let documented: BTreeSet<String> = spans(&global).iter().flat_map(|span| flags(span).collect::<Vec<_>>()).collect();
    let globals = Cli::command();
    let globals = globals.get_arguments().filter(|argument| argument.is_global_set() && !argument.is_hide_set());
    for flag in globals.filter_map(|argument| Some(format!("--{}", argument.get_long()?))) {
        if !documented.contains(&flag) {
            differences.push(format!("docs/commands.md does not have {flag} among the global flags"));
        }
    }
    none(&differences);
}

#[test]
fn every_flag_that_is_documented_exists() {
    let known = all_flags();
    let mut differences = Vec::new();
    for page in Page::all() {
        for code in page.code().iter().filter(|code| is_ours(code)) {
            for flag in flags(code).filter(|flag| !known.contains(flag)) {
                differences.push(format!("{}: there is no {flag} (in '{code}')", page.path.display()));
            }
        }
    }
    none(&differences);
}

/// Whether code speaks of this program: it names it, or is a flag by itself.
fn is_ours(code: &str) -> bool {
    let code = code.split(" -- ").next().unwrap_or_default();
    let named = |word: &str| word.trim_matches(['\'', '"', '(', '$']).rsplit('/').next() == Some("aws-sso");
    code.starts_with("--") || code.split_whitespace().any(named)
}

#[test]
fn every_command_that_is_documented_exists() {
    let names: BTreeSet<String> = all_commands().into_keys().collect();
    let mut differences = Vec::new();
    for page in Page::all() {
        for code in page.code() {
            for call in code.split("aws-sso ").skip(1).filter(|_| !code.contains("synfinatic")) {
                let words: Vec<&str> = call.split_whitespace().collect();
                // Flags that stand before the command, with their values.
                let mut at = 0;
                while words.get(at).is_some_and(|word| word.starts_with('-')) {
                    at += if words[at].starts_with("--no-") || words[at] == "--lines" { 1 } else { 2 };
                }
                let trimmed =
                    |at: usize| words.get(at).map(|word| word.trim_end_matches([')', '"', '\'', ',', ';', '.']));
                let Some(word) = trimmed(at).filter(|word| word.starts_with(|c: char| c.is_ascii_lowercase())) else {
                    continue;
                };
                let name = match (word, trimmed(at + 1)) {
                    ("setup", Some(more)) if more.starts_with(|c: char| c.is_ascii_lowercase()) => {
                        format!("setup {more}")
                    }
                    _ => word.to_owned(),
                };
                if !names.contains(&name) && !PROSE.contains(&word) {
                    differences.push(format!("{}: there is no command {name} (in '{code}')", page.path.display()));
                }
            }
        }
    }
    none(&differences);
}

/// Words that follow the program's name without being a command for people: in a marker, or of the shells' scripts.
const PROSE: [&str; 3] = ["directories", "profiles", "hook"];

#[test]
fn every_key_is_in_the_reference_and_every_documented_key_exists() {
    let reference = Page::read("docs/configuration.md");
    let known: BTreeSet<&str> = config::keys().collect();
    let everywhere: BTreeSet<String> = spans(&reference.lines().0.join("\n")).into_iter().collect();
    let mut differences: Vec<String> = known
        .iter()
        .filter(|key| !everywhere.contains(**key))
        .map(|key| format!("docs/configuration.md does not speak of {key}"))
        .collect();
    let mut within = false;
    for line in reference.text.lines() {
        match line {
            _ if line.starts_with("| Key ") || line.starts_with("| Old ") => within = true,
            _ if !line.starts_with('|') => within = false,
            _ if within && !line.starts_with("|-") => {
                let cell = line.split(" | ").next().unwrap_or_default();
                let keys = spans(cell);
                // Old names of fields and calls stand beside the old keys.
                let is_key = |span: &&String| span.chars().all(char::is_alphanumeric) && !cell.contains(" in `");
                for key in keys.iter().filter(is_key).filter(|key| !known.contains(key.as_str())) {
                    differences.push(format!("docs/configuration.md has the key {key}, which does not exist"));
                }
            }
            _ => {}
        }
    }
    let example = reference.section("## Every key at once");
    let old = reference.section("## Old keys");
    let ignored = |key: &str| {
        spans(&old).iter().any(|span| span.contains(key))
            || ["OnePassword", "Vault", "AuthType", "Account"].contains(&key)
    };
    // One colour stands for all.
    let colours = config::PromptColors::KEYS;
    for key in known.iter().filter(|key| !ignored(key) && !colours.contains(key)) {
        if !example.lines().any(|line| line.trim_start().starts_with(&format!("{key}:"))) {
            differences.push(format!("'Every key at once' in docs/configuration.md has no {key}"));
        }
    }
    none(&differences);
}

#[test]
fn exit_statuses_are_the_same_everywhere() {
    let numbers =
        |text: &str| -> BTreeSet<u32> { text.split_whitespace().filter_map(|word| word.parse().ok()).collect() };
    let source = fs::read_to_string("src/error.rs").expect("src/error.rs");
    let variants =
        source.split("pub enum Exit {").nth(1).and_then(|rest| rest.split('}').next()).expect("the statuses");
    let code: Vec<&str> = variants.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    // Success has no variant.
    let mut known = numbers(&code.join(" ").replace(',', " "));
    known.insert(0);
    let help = Cli::command().get_after_help().expect("help").to_string();
    let help =
        help.split("Exit status:").nth(1).and_then(|rest| rest.split("\n\n").next()).expect("the statuses").to_owned();
    assert_eq!(numbers(&help), known, "aws-sso --help");
    let table = Page::read("docs/commands.md").section("## Exit status");
    let cells = table.lines().filter(|line| line.starts_with('|')).filter_map(|line| line.split('|').nth(1));
    assert_eq!(numbers(&cells.collect::<Vec<_>>().join(" ")), known, "docs/commands.md");
}

/// Variables without an underscore or a prefix of ours.
const PLAIN: [&str; 9] =
    ["HOME", "PATH", "TERM", "SHELL", "ZDOTDIR", "EDITOR", "DISPLAY", "USERPROFILE", "XONSH_VERSION"];

/// The variables that the program names, outside of its tests.
fn variables_of_the_source() -> BTreeSet<String> {
    fn collect(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                collect(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !is_of_tests(&path) {
                let source = fs::read_to_string(&path).expect("a source file");
                let code = source.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
                let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
                let literals = code.flat_map(|line| line.split('"').skip(1).step_by(2));
                found.extend(literals.filter(|literal| is_variable(literal)).map(str::to_owned));
            }
        }
    }
    let mut found = BTreeSet::new();
    collect(Path::new("src"), &mut found);
    found
}

/// Whether a file of the source is there for tests alone.
fn is_of_tests(path: &Path) -> bool {
    ["tests.rs", "fuzz.rs", "real_shells.rs"].iter().any(|name| path.ends_with(name))
}

fn is_variable(literal: &str) -> bool {
    const PREFIXES: [&str; 10] =
        ["AWS_", "SSH_", "WSL_", "XDG_", "NO_", "HTTP", "ALL_PROXY", "PASSWORD_STORE_", "DIRENV_", "WAYLAND_"];
    let is_name = literal.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let usual = PREFIXES.iter().any(|prefix| literal.starts_with(prefix)) && literal.contains('_');
    is_name && !literal.ends_with('_') && (usual || PLAIN.contains(&literal))
}

#[test]
fn every_variable_is_in_the_reference_and_every_documented_one_is_read() {
    let reference = Page::read("docs/commands.md");
    let (read, set) = (reference.section("## Variables that are read"), reference.section("## Variables that are set"));
    let named = |text: &str| -> BTreeSet<String> { spans(text).into_iter().filter(|span| is_variable(span)).collect() };
    let source = variables_of_the_source();
    let documented: BTreeSet<String> = named(&read).union(&named(&set)).cloned().collect();
    let missing =
        source.difference(&documented).map(|name| format!("docs/commands.md does not speak of the variable {name}"));
    let mut scripts = String::new();
    for directory in ["shell", "completions"] {
        for entry in fs::read_dir(directory).expect("a directory") {
            scripts += &fs::read_to_string(entry.expect("an entry").path()).expect("a script");
        }
    }
    // Put together of parts, or read by the HTTP client.
    let built = [
        "AWS_ENDPOINT_URL_SSO",
        "AWS_ENDPOINT_URL_SSO_OIDC",
        "AWS_ENDPOINT_URL_STS",
        "AWS_ENDPOINT_URL_SIGNIN",
        "NO_PROXY",
    ];
    let unread = documented
        .iter()
        .filter(|name| !source.contains(*name) && !scripts.contains(name.as_str()) && !built.contains(&name.as_str()));
    let unread = unread.map(|name| format!("docs/commands.md has the variable {name}, which nothing reads or sets"));
    none(&missing.chain(unread).collect::<Vec<_>>());
}

#[test]
fn every_link_leads_somewhere() {
    let mut differences = Vec::new();
    let pages = Page::all();
    for page in &pages {
        let text = page.lines().0.join("\n");
        // What is code is no link.
        let text: String = text.split('`').step_by(2).collect();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = target.split_once('#').map_or((target, None), |(file, anchor)| (file, Some(anchor)));
            let folder = page.path.parent().unwrap_or(Path::new(""));
            let path = if file.is_empty() { page.path.clone() } else { folder.join(file) };
            let wrong = |why: &str| format!("{}: {target} {why}", page.path.display());
            if !path.exists() {
                differences.push(wrong("does not exist"));
                continue;
            }
            if let Some(anchor) = anchor
                && !Page::read(path).anchors().contains(anchor)
            {
                differences.push(wrong("has no such heading"));
            }
        }
    }
    none(&differences);
}

#[test]
fn every_page_is_linked_to() {
    let pages = Page::all();
    let linked =
        |name: &str| pages.iter().any(|page| page.path.file_name() != Some(name.as_ref()) && page.text.contains(name));
    let orphans = pages.iter().filter_map(|page| page.path.strip_prefix("docs").ok()?.to_str());
    none(&orphans.filter(|name| !linked(name)).map(|name| format!("no page leads to docs/{name}")).collect::<Vec<_>>());
}

#[test]
fn the_readers_of_these_tests_see_what_is_there() {
    let page = Page {
        path: "x.md".into(),
        text: "# A b, `c`\n`one\\|two` x `--flag=V`\n```sh\naws-sso list\n# no\n```\n## D\ne\n# F".into(),
    };
    assert_eq!(page.code(), ["c", "one|two", "--flag=V", "aws-sso list", "# no"]);
    assert_eq!(page.anchors(), ["a-b-c", "d", "f"].map(str::to_owned).into());
    assert_eq!(page.section("## D"), "e");
    assert_eq!(flags("[-f] [--a-b] --c=d --").collect::<Vec<_>>(), ["--a-b", "--c"]);
    for (literal, expected) in
        [("AWS_SSO", true), ("HOME", true), ("AWS_SSO_TAG_", false), ("SELECT", false), ("NO_COLOR", true)]
    {
        assert_eq!(is_variable(literal), expected, "{literal}");
    }
}
