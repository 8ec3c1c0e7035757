//! Every way in which the role of a shell turns with its directory, by a table and by chance, in real bash,
//! zsh and fish on real terminals.

#[path = "support/chance.rs"]
mod chance;
#[path = "support/ruled.rs"]
mod ruled;
mod support;
#[path = "support/typist.rs"]
mod typist;

use chance::Chance;
use identity_center::Simulator;
use ruled::*;
use support::Home;
use typist::*;

/// How a shell comes to stand as it does, from its home without a role. The role before, where it counts, is `g`.
const STATES: [(&str, &[&str]); 6] = [
    ("none", &[]),
    ("hand", &["aws-sso-use 123456789012:ReadOnly"]),
    ("directory", &["cd ~/dev"]),
    ("directory after hand", &["aws-sso-use 123456789012:ReadOnly", "cd ~/dev"]),
    ("directory and overridden", &["cd ~/dev", "aws-sso-use 123456789012:ReadOnly"]),
    ("foreign", &[FOREIGN]),
];

const FOREIGN: &str = "FOREIGN";

/// What happens, and what the shell holds afterwards, for each of the states.
const TABLE: [(&str, [&str; 6]); 15] = [
    ("cd ~/dev", ["/d", "/d", "/d", "/d", "H", "F"]),
    ("cd ~/dev/src", ["/d", "/d", "/d", "/d", "H", "F"]),
    ("cd ~", ["-", "H", "-", "h>H", "-", "F"]),
    ("cd ~/dev/deep/src", ["/e", "/e", "/e", "/e", "H", "F"]),
    ("cd ~/prod", ["/p", "/p", "/p", "/p", "/p", "F"]),
    ("cd ~/wild", ["-", "H", "-", "h>H", "-", "F"]),
    ("aws-sso-use 000000000002:ReadOnly", ["G", "G", "G", "G", "G", "F"]),
    ("aws-sso-use -", ["G", "G", "G", "H", "D", "F"]),
    ("aws-sso-use --auto", ["-", "-", "/d", "/d", "/d", "F"]),
    ("aws-sso-clear", ["-", "-", "-", "-", "-", "F"]),
    ("CHANGED", ["-", "H", "-", "h>H", "H", "F"]),
    ("DENIED", ["-", "H", "-", "h>H", "H", "F"]),
    ("GONE", ["-", "H", "-", "h>H", "H", "F"]),
    ("EXPIRED", ["/p!", "/p!", "/p!", "/p!", "/p!", "F"]),
    ("OFFLINE", ["/p!", "/p!", "/p!", "/p!", "/p!", "F"]),
];

/// A cell of the table in one of the modes: what is held at once, and after the first command that could
/// need credentials. `!`: they are not to be had.
fn cell(cell: &str, mode: &str) -> (String, String) {
    let with_keys = |role: &str| role.to_uppercase();
    match (cell.split_once('>'), cell.strip_suffix('!'), mode) {
        (Some((now, then)), ..) => (now.to_owned(), then.to_owned()),
        (_, Some(role), _) => (role.to_owned(), role.to_owned()),
        (_, None, "keys") if cell.starts_with('/') => (cell.to_owned(), with_keys(cell)),
        (_, None, "eager") if cell.starts_with('/') => (with_keys(cell), with_keys(cell)),
        _ => (cell.to_owned(), cell.to_owned()),
    }
}

fn set_foreign(shell: Shell) -> &'static str {
    if shell == Shell::Fish { "set -gx AWS_PROFILE mine" } else { "export AWS_PROFILE=mine" }
}

fn unset(shell: Shell, name: &str) -> String {
    if shell == Shell::Fish { format!("set -e {name}") } else { format!("unset {name}") }
}

struct Stage<'a> {
    simulator: &'a Simulator,
    home: Home,
    typist: Typist,
}

impl Stage<'_> {
    /// Runs a row of the table from a fresh state.
    fn play(&mut self, mode: &str, state: (&str, &[&str]), event: &str, expected: &str) {
        let what = format!("{:?}, {mode}: {} × {event}", self.typist.shell, state.0);
        let shell = self.typist.shell;
        let unset = unset(shell, "AWS_PROFILE");
        let mut reset = vec![unset.as_str(), "cd ~", "aws-sso-use --auto"];
        if event == "aws-sso-use -" {
            reset.extend(["aws-sso-use 000000000002:ReadOnly", "aws-sso-clear"]);
        }
        let state_lines = state.1.iter().map(|line| if *line == FOREIGN { set_foreign(shell) } else { line });
        self.typist.lines(&reset.into_iter().chain(state_lines).collect::<Vec<_>>());
        match event {
            "CHANGED" => std::fs::write(file(&self.home, "dev"), "000000000002:Admin\n").expect("written"),
            "GONE" => std::fs::remove_file(file(&self.home, "dev")).expect("removed"),
            "DENIED" => _ = self.home.ok(&["deny", &file(&self.home, "dev").display().to_string()]),
            "EXPIRED" => {
                self.home.ok(&["flush"]);
                self.simulator.revoke_sessions();
                self.typist.line("cd ~/prod");
            }
            "OFFLINE" => {
                self.home.ok(&["flush"]);
                let offline = "AWS_ENDPOINT_URL_SSO http://127.0.0.1:9";
                self.typist.line(&match shell {
                    Shell::Fish => format!("set -gx {offline}"),
                    _ => format!("export {}", offline.replace(' ', "=")),
                });
                self.typist.line("cd ~/prod");
            }
            line => self.typist.line(line),
        }
        if matches!(event, "CHANGED" | "GONE" | "DENIED") {
            self.typist.line("");
        }
        let (now, then) = cell(expected, mode);
        let variables = exported(&mut self.typist, &self.home);
        assert_eq!(held(&variables, &self.home, &what), now, "{what}");
        self.typist.line("/bin/true");
        let variables = exported(&mut self.typist, &self.home);
        assert_eq!(held(&variables, &self.home, &what), then, "{what}, after a command");
        match event {
            "OFFLINE" => self.typist.line(&match shell {
                Shell::Fish => format!("set -gx AWS_ENDPOINT_URL_SSO {}", self.simulator.url()),
                _ => format!("export AWS_ENDPOINT_URL_SSO={}", self.simulator.url()),
            }),
            "EXPIRED" => _ = self.home.ok(&["login", "--force", "--no-refresh"]),
            "CHANGED" | "GONE" | "DENIED" => {
                std::fs::write(file(&self.home, "dev"), FILES[0].1).expect("written");
                allow(&self.home, "dev");
            }
            _ => {}
        }
    }
}

fn table(shell: Shell, mode: &str) {
    let simulator = simulator();
    let home = home(&simulator, &format!("DirectoryRoles: {{Mode: {mode}}}\n"));
    let typist = Typist::sit_down(shell, &home);
    let mut stage = Stage { simulator: &simulator, home, typist };
    for (event, expected) in TABLE {
        for (state, expected) in STATES.into_iter().zip(expected) {
            stage.play(mode, state, event, expected);
        }
    }
    stage.typist.leave();
}

macro_rules! tables {
    ($($name:ident: $shell:ident $mode:literal,)+) => {
        $(#[test]
        fn $name() {
            table(Shell::$shell, $mode);
        })+
    };
}

tables! {
    bash_turns_by_the_table_in_profile_mode: Bash "profile",
    bash_turns_by_the_table_in_keys_mode: Bash "keys",
    bash_turns_by_the_table_in_eager_mode: Bash "eager",
    zsh_turns_by_the_table_in_profile_mode: Zsh "profile",
    zsh_turns_by_the_table_in_keys_mode: Zsh "keys",
    zsh_turns_by_the_table_in_eager_mode: Zsh "eager",
    fish_turns_by_the_table_in_profile_mode: Fish "profile",
    fish_turns_by_the_table_in_keys_mode: Fish "keys",
    fish_turns_by_the_table_in_eager_mode: Fish "eager",
}

/// What a shell holds, in other words than those of the program: what was decided in a tree while the shell
/// is in it, else the role of the nearest allowed file, else what its person took elsewhere.
#[derive(Debug, Clone, Default)]
struct Model {
    directory: &'static str,
    elsewhere: Option<char>,
    decided: Option<(&'static str, Option<char>)>,
    previous: Option<char>,
}

impl Model {
    fn tree(&self) -> Option<(&'static str, char)> {
        [("dev/deep", 'e'), ("dev", 'd'), ("prod", 'p')].into_iter().find(|(tree, _)| self.directory.starts_with(tree))
    }

    fn role(&self) -> Option<char> {
        match self.decided {
            Some((_, role)) => role,
            None => self.tree().map(|(_, role)| role).or(self.elsewhere),
        }
    }

    fn turn(&mut self, turn: impl FnOnce(&mut Self)) {
        let before = self.role();
        turn(self);
        if before.is_some() && before != self.role() {
            self.previous = before;
        }
    }

    fn go(&mut self, directory: &'static str) {
        self.directory = directory;
        self.decided = self.decided.filter(|(tree, _)| directory.starts_with(tree));
    }

    fn take(&mut self, role: Option<char>) {
        match (self.decided, self.tree()) {
            (Some((tree, _)), _) | (None, Some((tree, _))) => self.decided = Some((tree, role)),
            (None, None) => self.elsewhere = role,
        }
    }

    fn auto(&mut self) {
        if self.decided.take().is_none() && self.tree().is_none() {
            self.elsewhere = None;
        }
    }

    fn held(&self) -> String {
        match (self.role(), self.decided, self.tree()) {
            (Some(role), None, Some(_)) => format!("/{role}"),
            (Some(role), ..) => role.to_string(),
            (None, ..) => "-".to_owned(),
        }
    }
}

const DIRECTORIES: [&str; 9] =
    ["", "plain", "dev", "dev/src", "dev/deep", "dev/deep/src", "prod", "prod/src", "wild/src"];

fn walk(shell: Shell, mode: &str, seed: u64, steps: usize) {
    let simulator = simulator();
    let home = home(&simulator, &format!("DirectoryRoles: {{Mode: {mode}}}\n"));
    std::fs::create_dir(home.path().join("plain")).expect("a directory");
    let mut typist = Typist::sit_down(shell, &home);
    let mut chance = Chance(seed);
    let mut model = Model::default();
    let mut way = Vec::new();
    for _ in 0..steps {
        let line = match chance.below(16) {
            0..10 => {
                let directory = DIRECTORIES[chance.below(DIRECTORIES.len())];
                model.turn(|model| model.go(directory));
                format!("cd ~/{directory}")
            }
            10..12 => {
                let (letter, profile) = ROLES[3 + chance.below(2)];
                model.turn(|model| model.take(Some(letter)));
                format!("aws-sso-use {profile}")
            }
            12 => {
                if let Some(previous) = model.previous {
                    model.turn(|model| model.take(Some(previous)));
                }
                "aws-sso-use -".to_owned()
            }
            13 => {
                model.turn(Model::auto);
                "aws-sso-use --auto".to_owned()
            }
            14 => {
                model.turn(|model| model.take(None));
                "aws-sso-clear".to_owned()
            }
            _ => "/bin/true".to_owned(),
        };
        typist.line(&line);
        way.push(line);
        let variables = exported(&mut typist, &home);
        let what = format!("{shell:?} {mode} {seed}, after {}", way[way.len().saturating_sub(12)..].join("; "));
        assert_eq!(held(&variables, &home, &what).to_lowercase(), model.held(), "{what}: {model:?}");
    }
    typist.leave();
}

#[test]
fn shells_walk_by_chance_as_the_model_does() {
    std::thread::scope(|scope| {
        for (shell, seed) in SHELLS.into_iter().zip(1..) {
            scope.spawn(move || walk(shell, "profile", seed, 400));
            scope.spawn(move || walk(shell, "keys", 10 * seed, 250));
        }
    });
}
