//! Whatever is wrong around the state file: a command says in one line what, where and what to do, a shell hears
//! nothing of it, the state is the old or the new, and the next command works once the fault is gone.

#[path = "support/fault.rs"]
mod fault;
mod support;

use std::ffi::OsStr;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use fault::*;
use identity_center::{Operation, Simulator};
use support::{Answer, BINARY, Home, json, small_organization};

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).expect("a mode");
}

/// A shell script as root of a user namespace, where it may mount. It runs `try NAME COMMAND...`, and the answers are
/// left in the home.
const TRY: &str = r#"
    try() { name=$1; shift; "$BINARY" "$@" >"$HOME/answer.$name.out" 2>"$HOME/answer.$name.err" && status=0 || status=$?
            echo "$status" >"$HOME/answer.$name.status"; }
"#;

fn with_mounts(home: &Home, script: &str) {
    let mut command = home.program("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-euc", &format!("{TRY}{script}")]);
    command.env("BINARY", BINARY).env("STATE", place(home));
    let answer = Answer::of(command);
    assert_eq!(answer.status, Some(0), "{answer:?}");
}

fn answer(home: &Home, name: &str) -> Answer {
    let part = |part: &str| {
        let path = home.path().join(format!("answer.{name}.{part}"));
        String::from_utf8(fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).expect("UTF-8")
    };
    Answer { status: part("status").trim().parse().ok(), stdout: part("out"), stderr: part("err") }
}

/// `try` with each of the commands; `before` and `after` are what the script does around each.
fn tries(before: &str, after: &str) -> String {
    let tried = commands().enumerate().map(|(number, arguments)| {
        let line = shell_line(arguments);
        format!("{before}\ntry $1.{number} {line}\n{after}\n", after = after.replace("$NUMBER", &number.to_string()))
    });
    format!("all() {{ {} }}\n", tried.collect::<String>())
}

fn shell_line(arguments: &[&str]) -> String {
    arguments.iter().map(|word| format!("'{word}' ")).collect()
}

#[test]
fn a_full_disk_leaves_the_old_state_or_the_new() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let before = "umount \"$STATE\" 2>/dev/null || true; mount -t tmpfs -o size=600k,mode=700 tmpfs \"$STATE\"
                  cp \"$HOME\"/copy/state.db \"$STATE\"/; mkdir -m 700 \"$STATE/locks\"
                  room=$(df -k --output=avail \"$STATE\" | tail -n 1)
                  dd if=/dev/zero of=\"$STATE/filler\" bs=1k count=$((room - $1)) 2>/dev/null || true";
    let after =
        "rm \"$STATE/filler\"; try $1.$NUMBER.list list --json; try $1.$NUMBER.next process -p 000000000001:Admin";
    let sizes = ["0", "8", "40", "120"];
    let fresh =
        "umount \"$STATE\" 2>/dev/null || true; try fresh login --force; try fresh process -p 000000000001:Admin
                 rm -rf \"$HOME/copy\"; mkdir \"$HOME/copy\"; cp \"$STATE\"/state.db \"$HOME/copy/\"";
    let script = format!("{}for room in {}; do {fresh}; all $room; done", tries(before, after), sizes.join(" "));
    with_mounts(&home, &script);
    let mut full = 0;
    for size in sizes {
        for (number, arguments) in commands().enumerate() {
            let what = format!("{size} KiB left, {arguments:?}");
            let told = answer(&home, &format!("{size}.{number}"));
            assert_clean(&what, arguments, &told);
            full += usize::from(told.stderr.contains("disk is full"));
            let listed = answer(&home, &format!("{size}.{number}.list"));
            assert_eq!(json(&listed.stdout).as_array().map(Vec::len), Some(5), "{what}: {listed:?}");
            assert_next(&what, arguments, &answer(&home, &format!("{size}.{number}.next")));
        }
    }
    assert!(full >= 4, "only {full} commands met the end of the disk");
    home.ok(&["login"]);
    assert_whole(&home, "at the end");
}

#[test]
fn a_read_only_disk_is_read() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let script = format!(
        "{}mkdir \"$HOME/disk\"; cp -r \"$STATE\" \"$HOME/disk/\"; mount --bind \"$STATE\" \"$STATE\"
         mount -o remount,ro,bind \"$STATE\"; all ro",
        tries("", "")
    );
    with_mounts(&home, &script);
    for (number, arguments) in commands().enumerate() {
        let told = answer(&home, &format!("ro.{number}"));
        assert_clean("read-only", arguments, &told);
        let reads = READING.contains(&arguments);
        assert_eq!(told.status == Some(0), reads, "{arguments:?}: {told:?}");
        assert!(reads || told.stderr.contains("read-only"), "{arguments:?}: {told:?}");
    }
    assert_whole(&home, "afterwards");
}

/// Without the right of root to pass over modes.
fn without_rights(home: &Home, arguments: &[&str]) -> Answer {
    let mut command = if is_root() { home.program("setpriv") } else { home.program("env") };
    if is_root() {
        command.args(["--bounding-set=-all", "--inh-caps=-all"]);
    }
    Answer::of({
        command.arg(BINARY).args(arguments);
        command
    })
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").expect("/proc").uid() == 0
}

#[test]
fn what_may_not_be_opened_is_named() {
    let simulator = Simulator::start(small_organization());
    for (name, mode) in
        [("state.db", 0o000), ("state.db", 0o400), ("", 0o500), ("", 0o000), ("locks", 0o000), ("locks", 0o500)]
    {
        let home = signed_in(&simulator);
        fs::remove_dir_all(place(&home).join("locks")).expect("removed");
        fs::create_dir(place(&home).join("locks")).expect("made");
        let closed = place(&home).join(name);
        let before = fs::metadata(&closed).expect("there").permissions().mode();
        set_mode(&closed, mode);
        let mut failed = 0;
        for arguments in commands() {
            let what = format!("{name} {mode:o}");
            let told = without_rights(&home, arguments);
            assert_clean(&what, arguments, &told);
            if told.status != Some(0) {
                failed += 1;
                assert!(told.stderr.contains(place(&home).to_str().expect("UTF-8")), "{what} {arguments:?}: {told:?}");
            }
        }
        assert!(failed > 0, "{name} {mode:o} forbids nothing");
        set_mode(&closed, before);
        home.ok(&["login"]);
        assert_whole(&home, &format!("{name} was {mode:o}"));
    }
}

#[test]
fn a_config_that_may_not_be_opened_is_named() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let config = home.config_path();
    for closed in [config.parent().expect("a directory"), &config] {
        let before = fs::metadata(closed).expect("there").permissions().mode();
        set_mode(closed, 0o000);
        for arguments in commands() {
            let told = without_rights(&home, arguments);
            assert_clean("config", arguments, &told);
            let named = told.stderr.contains("config.yaml") && told.stderr.contains("permission denied");
            assert!(told.status == Some(0) || named, "{arguments:?}: {told:?}");
        }
        set_mode(closed, before);
        assert_whole(&home, "afterwards");
    }
}

#[test]
fn a_directory_in_the_place_of_a_file_is_named() {
    let simulator = Simulator::start(small_organization());
    for name in ["state.db", "config.yaml", "state.db-wal", "state.db-shm", "state.db.lock", "locks"] {
        let home = signed_in(&simulator);
        let place = if name == "config.yaml" { home.config_path() } else { place(&home).join(name) };
        let kept = home.path().join("kept");
        let was_there = fs::rename(&place, &kept).is_ok();
        if name == "locks" { fs::write(&place, "") } else { fs::create_dir(&place) }.expect("made");
        for arguments in commands() {
            let told = home.run(arguments);
            assert_clean(name, arguments, &told);
            let named = told.stderr.contains(place.with_extension("").to_str().expect("UTF-8"));
            assert!(told.status == Some(0) || named, "{name} {arguments:?}: {told:?}");
        }
        if name == "locks" { fs::remove_file(&place) } else { fs::remove_dir(&place) }.expect("removed");
        if was_there {
            fs::rename(&kept, &place).expect("put back");
        }
        home.ok(&["login"]);
        assert_whole(&home, name);
    }
}

#[test]
fn without_a_home_it_says_what_to_set() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    for value in [None, Some("")] {
        home.unset("HOME");
        let _ = value.map(|value| home.set("HOME", value));
        for arguments in commands() {
            let told = home.run(arguments);
            assert_clean("no home", arguments, &told);
            let named = told.stderr.contains("HOME is not set") && told.stderr.contains("set HOME, or name");
            assert!(told.status == Some(0) || named, "{arguments:?}: {told:?}");
        }
    }
    let path = home.path().to_str().expect("UTF-8").to_owned();
    home.set("AWS_SSO_CONFIG", &format!("{path}/.config/aws-sso/config.yaml"));
    home.set("AWS_SSO_STATE", &format!("{path}/.local/state/aws-sso/state.db"));
    assert_whole(&home, "with both files named");
}

#[test]
fn relative_xdg_directories_are_ignored_and_missing_ones_are_made_or_named() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    for relative in [".", "some/where", "~/x"] {
        home.set("XDG_CONFIG_HOME", relative);
        home.set("XDG_STATE_HOME", relative);
        assert_whole(&home, relative);
    }
    home.unset("XDG_CONFIG_HOME");
    let missing = home.path().join("not/there");
    home.set("XDG_STATE_HOME", missing.to_str().expect("UTF-8"));
    for arguments in commands() {
        assert_clean("no state", arguments, &home.run(arguments));
    }
    home.ok(&["login"]);
    assert_whole(&home, "a state directory that was made");
    assert_eq!(fs::metadata(missing.join("aws-sso")).expect("made").permissions().mode() & 0o777, 0o700);
    home.set("XDG_CONFIG_HOME", missing.to_str().expect("UTF-8"));
    for arguments in commands() {
        let told = home.run(arguments);
        assert_clean("no config", arguments, &told);
        let named =
            told.stderr.contains("no configuration at") && told.stderr.contains("not/there/aws-sso/config.yaml");
        assert!(told.status == Some(0) || named, "{arguments:?}: {told:?}");
    }
}

/// Where the state directory cannot be made.
#[test]
fn a_place_that_is_no_directory_is_named() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let file = home.path().join("file");
    fs::write(&file, "").expect("written");
    for state in [file.join("state.db"), PathBuf::from("/proc/none/state.db"), PathBuf::from("/dev/null")] {
        home.set("AWS_SSO_STATE", state.to_str().expect("UTF-8"));
        for arguments in commands() {
            let told = home.run(arguments);
            assert_clean(&format!("{}", state.display()), arguments, &told);
            assert!(told.status == Some(0) || told.stderr.contains("AWS_SSO_STATE"), "{arguments:?}: {told:?}");
        }
    }
    home.unset("AWS_SSO_STATE");
    assert_whole(&home, "afterwards");
}

/// Locks fail as they do where a network file system has no lock daemon.
const NO_LOCKS: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
static int refuse(void) { errno = atoi(getenv("LOCK_ERRNO")); return -1; }
int flock(int fd, int operation) { (void)fd; (void)operation; return refuse(); }
static int pass(const char *name, int fd, int command, void *argument) {
    int (*real)(int, int, ...) = (int (*)(int, int, ...))dlsym(RTLD_NEXT, name);
    if (command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK || command == F_OFD_SETLKW) return refuse();
    return real(fd, command, argument);
}
int fcntl(int fd, int command, ...) {
    va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest);
    return pass("fcntl", fd, command, argument);
}
int fcntl64(int fd, int command, ...) {
    va_list rest; va_start(rest, command); void *argument = va_arg(rest, void *); va_end(rest);
    return pass("fcntl64", fd, command, argument);
}
"#;

#[test]
fn a_file_system_without_locks_is_named() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let (source, shim) = (home.path().join("no_locks.c"), home.path().join("no_locks.so"));
    fs::write(&source, NO_LOCKS).expect("written");
    let paths: [&OsStr; 2] = [shim.as_os_str(), source.as_os_str()];
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).args(paths).arg("-ldl").status();
    assert!(compiled.expect("cc").success());
    let first = Home::new(&simulator, "");
    for errno in [libc_errno::ENOLCK, libc_errno::EIO] {
        let told = Answer::of({
            let mut command = first.command(&["login"]);
            command.env("LD_PRELOAD", &shim).env("LOCK_ERRNO", errno.to_string());
            command
        });
        assert_clean("the first command of all", &["login"], &told);
        assert!(told.stderr.contains("network"), "{told:?}");
        for arguments in commands() {
            let start = std::time::Instant::now();
            let mut command = home.command(arguments);
            command.env("LD_PRELOAD", &shim).env("LOCK_ERRNO", errno.to_string());
            let told = Answer::of(command);
            assert_clean(&format!("errno {errno}"), arguments, &told);
            let named = told.stderr.contains("network") && told.stderr.contains("AWS_SSO_STATE");
            assert!(told.status == Some(0) || named, "errno {errno} {arguments:?}: {told:?}");
            assert!(!told.stderr.contains("another process"), "errno {errno} {arguments:?}: {told:?}");
            assert!(start.elapsed().as_secs() < 5, "errno {errno} {arguments:?}: {:?}", start.elapsed());
        }
        assert_whole(&home, "afterwards");
    }
}

mod libc_errno {
    pub const EIO: i32 = 5;
    pub const ENOLCK: i32 = 37;
}

/// The clock of a computer is set back by two hours.
#[test]
fn a_clock_that_goes_back_keeps_nothing_from_working() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let faked = |arguments: &[&str]| {
        let mut command = home.program("faketime");
        command.args(["-f", "-2h", BINARY]).args(arguments);
        Answer::of(command)
    };
    simulator.clear_log();
    for arguments in commands().filter(|arguments| !ENDING.contains(arguments)) {
        let told = faked(arguments);
        assert_clean("two hours ago", arguments, &told);
        assert_eq!(told.status, Some(0), "{arguments:?}: {told:?}");
    }
    assert!(simulator.count(Operation::ListAccounts) > 0, "'cache' took the last listing for one of the future");
    simulator.change(|organization| organization.add_role("000000000002", "Auditor"));
    assert_eq!(faked(&["cache"]).status, Some(0));
    assert_eq!(json(&faked(&["list", "--json"]).stdout).as_array().map(Vec::len), Some(6));
    simulator.change(|organization| organization.remove_role("000000000002", "Auditor"));
    assert_eq!(faked(&["login", "--force"]).status, Some(0));
    assert_eq!(faked(&ROLE).status, Some(0));
    home.ok(&["cache"]);
    assert_whole(&home, "the clock goes right again");
}
