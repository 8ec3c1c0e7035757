//! Killed at any moment, a command leaves the old state or the new one, and the next command works.

#[path = "support/chance.rs"]
mod chance;
mod support;

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chance::{Chance, seed};
use identity_center::Simulator;
use rusqlite::Connection;
use support::{Answer, Home, json, small_organization, take_back};

const KILLS: usize = 200;
const HOMES: usize = 4;

const ROLE: [&str; 3] = ["process", "-p", "000000000001:Admin"];
const KILLED: Option<i32> = Some(9);

/// Everything by which a state file and what lies beside it changes.
const WRITES: &str = "pwrite64,ftruncate,fsync,fdatasync,rename,unlink,mkdir,fchmod";

/// What is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    First,
    Login,
    Cache,
    Use,
    Process,
    Logout,
    Migration,
}

const KINDS: [Kind; 7] =
    [Kind::First, Kind::Login, Kind::Cache, Kind::Use, Kind::Process, Kind::Logout, Kind::Migration];

impl Kind {
    fn command(self) -> &'static [&'static str] {
        match self {
            Self::First => &["login"],
            Self::Login => &["login", "--force"],
            Self::Cache => &["cache"],
            Self::Use => &["eval", "-p", "000000000001:Admin", "--shell", "bash"],
            Self::Process => &["process", "-p", "000000000001:Admin"],
            Self::Logout => &["logout"],
            Self::Migration => &["list"],
        }
    }
}

/// How long a command usually takes, and how many writes it does.
#[derive(Clone, Copy)]
struct Usual {
    time: Duration,
    writes: usize,
}

/// A home whose commands are killed.
struct Victim {
    simulator: Simulator,
    home: Home,
    chance: Chance,
    usual: Vec<Usual>,
    /// How many roles AWS lists.
    roles: usize,
}

impl Victim {
    fn new(seed: u64) -> Self {
        let simulator = Simulator::start(small_organization());
        let home = Home::new(&simulator, "");
        home.ok(&["login"]);
        let mut victim = Self { simulator, home, chance: Chance(seed), usual: Vec::new(), roles: 5 };
        victim.usual = KINDS.map(|kind| victim.measure(kind)).to_vec();
        victim
    }

    fn measure(&mut self, kind: Kind) -> Usual {
        self.prepare(kind);
        let start = Instant::now();
        self.home.ok(kind.command());
        let time = start.elapsed();
        if kind == Kind::Logout {
            self.home.ok(&["login"]);
        }
        self.prepare(kind);
        let trace = self.home.path().join("trace");
        let mut traced = self.traced(kind, &["-o".as_ref(), trace.as_os_str(), "-e".as_ref(), "signal=none".as_ref()]);
        assert!(traced.output().expect("strace").status.success(), "{kind:?}");
        let writes = fs::read_to_string(trace).expect("a trace").lines().filter(|line| line.contains('(')).count();
        self.home.ok(&["login"]);
        Usual { time, writes: writes.max(1) }
    }

    fn traced(&self, kind: Kind, options: &[&std::ffi::OsStr]) -> Command {
        let mut command = self.home.program("strace");
        command.args(["-f", "-q", "-e", &format!("trace={WRITES}")]).args(options).arg(support::BINARY);
        command.args(kind.command());
        command
    }

    /// The state that the command is to change.
    fn prepare(&mut self, kind: Kind) {
        match kind {
            Kind::First => fs::remove_dir_all(self.place()).expect("removed"),
            Kind::Cache => self.change_the_roles(),
            Kind::Use | Kind::Process if self.chance.below(4) > 0 => drop(self.home.ok(&["flush"])),
            Kind::Migration => take_back(&self.home.state_path()),
            _ => {}
        }
    }

    fn change_the_roles(&mut self) {
        let (account, role) = ("000000000002", "Auditor");
        let there = self.simulator.change(|organization| organization.remove_role(account, role));
        if !there {
            self.simulator.change(|organization| organization.add_role(account, role));
        }
        self.roles = if there { 5 } else { 6 };
    }

    fn place(&self) -> PathBuf {
        self.home.state_path().parent().expect("a directory").to_owned()
    }

    /// Kills a command by the clock, or at one of its writes; where. None where it came to its end first.
    fn kill(&mut self, kind: Kind) -> Option<String> {
        let usual = self.usual[KINDS.iter().position(|known| *known == kind).expect("known")];
        if self.chance.below(2) == 0 {
            let at = self.chance.below(usual.writes) + 1;
            let inject = format!("inject={WRITES}:signal=KILL:when={at}");
            let mut traced = self.traced(kind, &["-o".as_ref(), "/dev/null".as_ref(), "-e".as_ref(), inject.as_ref()]);
            let killed = traced.output().expect("strace").status.signal() == KILLED;
            return killed.then(|| format!("at write {at} of {}", usual.writes));
        }
        let at =
            Duration::from_micros(self.chance.below(usize::try_from(usual.time.as_micros()).expect("short")) as u64);
        let mut command = self.home.command(kind.command());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("aws-sso starts");
        std::thread::sleep(at);
        child.kill().expect("killed");
        let killed = child.wait().expect("its end").signal() == KILLED;
        killed.then(|| format!("after {at:?} of {:?}", usual.time))
    }

    /// What must hold after a kill. `before` is how many roles there were.
    fn inspect(&self, kind: Kind, before: usize, what: &str) {
        let entries: Vec<_> = names(&self.place());
        assert!(!entries.iter().any(|name| name.contains("damaged")), "{what}: {entries:?}");
        if self.home.state_path().exists() {
            self.inspect_state(kind, before, what);
        }
        let next = self.home.run(&ROLE);
        let told = |status: i32, command: &str| next.status == Some(status) && next.stderr.contains(command);
        let expected = match kind {
            Kind::First => told(3, "'aws-sso login'") || told(4, "'aws-sso cache'"),
            Kind::Login | Kind::Logout => told(3, "'aws-sso login'"),
            _ => false,
        };
        assert!(next.status == Some(0) || expected, "{what}: {next:?}");
        if next.status == Some(0) {
            assert!(next.stderr.is_empty() && json(&next.stdout)["SecretAccessKey"].is_string(), "{what}: {next:?}");
        }
        assert!(!next.stderr.contains("damaged") && next.stderr.lines().count() <= 1, "{what}: {next:?}");
        self.works(&["login"], what);
        if next.status != Some(0) {
            self.works(&ROLE, what);
        }
        if !matches!(kind, Kind::Use | Kind::Process | Kind::Migration) {
            // Whatever session there is, AWS knows it.
            self.works(&["cache"], what);
        }
        let listed = json(&self.works(&["list", "--json"], what)).as_array().map(Vec::len);
        assert_eq!(listed, Some(self.roles), "{what}");
        let entries: Vec<_> = names(&self.place());
        assert!(!entries.iter().any(|name| name.contains("damaged")), "{what}: {entries:?}");
    }

    fn works(&self, arguments: &[&str], what: &str) -> String {
        let answer: Answer = self.home.run(arguments);
        assert_eq!(answer.status, Some(0), "{what}, then {arguments:?}: {}", answer.stderr);
        answer.stdout
    }

    /// Looks into a copy, so that the next command is the first to find the log that the dead one left.
    fn inspect_state(&self, kind: Kind, before: usize, what: &str) {
        let copy = tempfile::tempdir().expect("a directory");
        for name in names(&self.place()).iter().filter(|name| ["state.db", "state.db-wal"].contains(&name.as_str())) {
            fs::copy(self.place().join(name), copy.path().join(name)).expect("copied");
        }
        let state = Connection::open(copy.path().join("state.db")).expect("opens");
        let check: String = state.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
        assert_eq!(check, "ok", "{what}");
        let orphans = state.prepare("PRAGMA foreign_key_check").expect("a statement").exists([]).expect("a check");
        assert!(!orphans, "{what}");
        if kind == Kind::First {
            return;
        }
        for (told, kept) in [
            ("SELECT id, '' FROM instance WHERE session_expires_at IS NOT NULL", "token"),
            ("SELECT instance_id, arn FROM expiry", "role-credentials"),
        ] {
            let kept = format!("SELECT instance_id, name FROM record WHERE kind = '{kept}'");
            let differ = format!("SELECT * FROM ({told} EXCEPT {kept}) UNION ALL SELECT * FROM ({kept} EXCEPT {told})");
            let differ = state.prepare(&differ).expect("a statement").exists([]).expect("a check");
            assert!(!differ, "{what}: what is told of secrets is not what is kept");
        }
        let count = |table: &str| -> usize {
            let sql = format!("SELECT count(*) FROM {table}");
            state.query_row(&sql, [], |row| row.get::<_, u32>(0)).expect(what) as usize
        };
        assert!([before, self.roles].contains(&count("role")), "{what}: {} roles of {before}", count("role"));
        assert!([before, self.roles].contains(&count("assignment")), "{what}: {} assignments", count("assignment"));
        assert_eq!((count("account"), count("instance"), count("config")), (3, 1, 1), "{what}");
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_command_that_is_killed_leaves_the_old_state_or_the_new() {
    let seed = seed();
    std::thread::scope(|scope| {
        for number in 0..HOMES {
            scope.spawn(move || {
                let seed = seed + number as u64;
                let mut victim = Victim::new(seed);
                let mut kills = 0;
                while kills < KILLS / HOMES {
                    let kind = match KINDS[kills % KINDS.len()] {
                        // A key is made of the password again, which is meant to take long.
                        Kind::First if kills % 3 > 0 => Kind::Migration,
                        kind => kind,
                    };
                    let before = victim.roles;
                    victim.prepare(kind);
                    let Some(place) = victim.kill(kind) else { continue };
                    kills += 1;
                    victim.inspect(kind, before, &format!("seed {seed}, kill {kills}: {kind:?} {place}"));
                }
            });
        }
    });
}
