//! Quoting, judged by the shells themselves: a value that is set comes out of the shell's environment
//! as it went in.

use std::collections::BTreeMap;
use std::process::Command;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::Shell;

/// A program with its arguments, which reads the statements in the file `$F` in one of the documented ways.
struct Way {
    shell: Shell,
    program: &'static str,
    options: &'static [&'static str],
    read: &'static str,
}

const QUOTED: &str = r#"eval "$(cat "$F")""#;
const UNQUOTED: &str = r#"eval $(cat "$F")"#;

const BASH: [Way; 4] = [
    Way { shell: Shell::Bash, program: "bash", options: &["--norc", "-c"], read: QUOTED },
    Way { shell: Shell::Bash, program: "bash", options: &["--norc", "-c"], read: UNQUOTED },
    Way {
        shell: Shell::Bash,
        program: "bash",
        options: &["--norc", "-O", "nullglob", "-O", "extglob", "-euc"],
        read: UNQUOTED,
    },
    Way { shell: Shell::Bash, program: "bash", options: &["--norc", "-O", "failglob", "-c"], read: UNQUOTED },
];

const ZSH: [Way; 3] = [
    Way { shell: Shell::Zsh, program: "zsh", options: &["-f", "-c"], read: QUOTED },
    Way { shell: Shell::Zsh, program: "zsh", options: &["-f", "-c"], read: UNQUOTED },
    // What the documented form meets where somebody made zsh behave like other shells.
    Way {
        shell: Shell::Zsh,
        program: "zsh",
        options: &["-f", "-o", "shwordsplit", "-o", "globsubst", "-o", "extendedglob", "-o", "magicequalsubst", "-c"],
        read: UNQUOTED,
    },
];

const FISH: [Way; 2] = [
    Way { shell: Shell::Fish, program: "fish", options: &["--no-config", "-c"], read: "cat $F | source" },
    Way { shell: Shell::Fish, program: "fish", options: &["--no-config", "-c"], read: "eval (cat $F)" },
];

const POSIX: [Way; 4] = [
    Way { shell: Shell::Posix, program: "sh", options: &["-c"], read: QUOTED },
    Way { shell: Shell::Posix, program: "dash", options: &["-euc"], read: QUOTED },
    Way { shell: Shell::Posix, program: "bash", options: &["--norc", "--posix", "-c"], read: QUOTED },
    Way { shell: Shell::Posix, program: "zsh", options: &["-f", "-c"], read: QUOTED },
];

impl Way {
    /// The variables `V…` that the shell has after it read `statements`.
    fn variables_after(&self, statements: &str, locale: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("statements");
        std::fs::write(&file, statements).unwrap();
        let output = Command::new(self.program)
            .args(self.options)
            .arg(format!("{}; env -0", self.read))
            .current_dir(folder.path())
            .env("F", &file)
            .env("HOME", folder.path())
            .env("LC_ALL", locale)
            .output()
            .unwrap_or_else(|error| panic!("{0} is not installed: run tests/run.sh ({error})", self.program));
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(errors.is_empty() && output.status.success(), "{} {}: {errors}", self.program, self.read);
        let entries = output.stdout.split(|byte| *byte == 0);
        entries
            .filter_map(|entry| {
                let equals = entry.iter().position(|byte| *byte == b'=')?;
                let name = String::from_utf8(entry[..equals].to_vec()).ok()?;
                let is_ours = name.strip_prefix('V').is_some_and(|number| number.parse::<usize>().is_ok());
                is_ours.then(|| (name, entry[equals + 1..].to_vec()))
            })
            .collect()
    }

    fn keeps(&self, values: &[String]) -> Result<(), TestCaseError> {
        let lines = |line: &dyn Fn(usize, &String) -> String| -> String {
            values.iter().enumerate().map(|(i, value)| line(i, value) + "\n").collect()
        };
        let set = lines(&|i, value| self.shell.set(&format!("V{i}"), value));
        let unset = lines(&|i, _| self.shell.unset(&format!("V{i}")));
        for locale in ["C", "C.UTF-8"] {
            let variables = self.variables_after(&set, locale);
            for (i, value) in values.iter().enumerate() {
                let came_out = variables.get(&format!("V{i}")).map(Vec::as_slice);
                prop_assert_eq!(
                    came_out,
                    Some(value.as_bytes()),
                    "{} {:?}, {}, LC_ALL={}: {}",
                    self.program,
                    self.options,
                    self.read,
                    locale,
                    self.shell.set("V", value)
                );
            }
            // Twice: the second time there is nothing to remove.
            let left = self.variables_after(&format!("{set}{unset}{unset}:\n"), locale);
            prop_assert_eq!(left, BTreeMap::new(), "{} {}", self.program, self.read);
        }
        Ok(())
    }
}

/// Values that have broken one quoting or another.
fn pitfalls() -> Vec<String> {
    let printable: String = (' '..='~').collect();
    let every_control: String = ('\u{1}'..=' ').chain(['\u{7f}', '\u{80}', '\u{85}', '\u{9b}']).collect();
    let fixed = [
        "",
        " ",
        "  ",
        "\n",
        "\n\n",
        "a\n",
        "\na",
        "a  b",
        "a\tb",
        "\t",
        "\r\n",
        "-",
        "-n",
        "--",
        "-e x",
        "=ls",
        "~",
        "a:~",
        "~root",
        "*",
        "?",
        "[a-z]*",
        "statements",
        "s*",
        "{a,b}",
        "{1..3}",
        "!!",
        "!x",
        "$HOME",
        "${HOME}",
        "$(id)",
        "`id`",
        "$'x'",
        "\\",
        "\\\\",
        "\\n",
        "\\x41",
        "\\X41",
        "\\u0041",
        "\\'",
        "'",
        "''",
        "\"",
        "it's",
        "%self",
        "%s",
        "#x",
        "a #x",
        "a;b",
        "a&b",
        "a|b",
        "(a)",
        "<x",
        ">x",
        "^x",
        "x^y",
        "@(a)",
        "+(a)",
        "1",
        "0x1",
        "é",
        "\u{2019}",
        "\u{201b}",
        "日本",
        "\u{1f600}",
        "\u{200b}",
        "\u{feff}x",
        "\u{fffd}",
        "\u{10ffff}",
        "\u{e000}",
        "\u{f600}",
        "\u{1}",
        "\u{7f}",
        "\u{1b}[31m",
        "export A=b",
        "a=b",
        "fi",
        "end",
    ];
    fixed
        .into_iter()
        .map(str::to_owned)
        .chain([printable, every_control])
        .chain((' '..='~').map(String::from))
        .collect()
}

fn any_value() -> impl Strategy<Value = String> {
    let without_nul = |text: String| text.replace('\0', "");
    prop_oneof![
        "[ -~]{0,30}",
        "[\\\\'\"`$!*?\\[\\]{}()~=%^#;&|<> \n\t\r-]{0,12}",
        "(?s).{0,20}".prop_map(without_nul),
        prop::collection::vec(prop::sample::select(pitfalls()), 0..5).prop_map(|parts| parts.concat()),
    ]
}

/// Many values for each start of a shell: starting it is what takes the time.
fn assert_keep(ways: &[Way]) {
    let config = Config { cases: 4, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    for way in ways {
        way.keeps(&pitfalls()).unwrap();
        let values = prop::collection::vec(any_value(), 100);
        if let Err(error) = TestRunner::new(config.clone()).run(&values, |values| way.keeps(&values)) {
            panic!("{error}");
        }
    }
}

#[test]
fn bash_reads_what_was_written() {
    assert_keep(&BASH);
}

#[test]
fn zsh_reads_what_was_written() {
    assert_keep(&ZSH);
}

#[test]
fn fish_reads_what_was_written() {
    assert_keep(&FISH);
}

#[test]
fn posix_shells_read_what_was_written() {
    assert_keep(&POSIX);
}
