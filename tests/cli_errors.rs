//! Every way to use the program wrongly: one line that says what to do, the documented status, and never
//! a panic.

mod support;

use std::fs::{File, OpenOptions};
use std::path::Path;

use identity_center::{Operation, Organization, Simulator};
use support::{Answer, Home, json, small_organization};

#[test]
fn a_wrong_command_line_is_one_line_with_a_way_out() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let cases: &[(&str, &[&str])] = &[
        ("nosuch", &["'nosuch'", "--help"]),
        ("logn", &["'logn'", "'login'"]),
        ("evel -p x", &["'eval'"]),
        ("--nosuch", &["--nosuch", "--help"]),
        ("list --revers", &["--reverse", "aws-sso list --help"]),
        ("login --forc", &["--force", "aws-sso login --help"]),
        ("eval -p x --profil y", &["aws-sso eval --help"]),
        ("eval -p x -a y", &["--profile", "--arn", "cannot be used"]),
        ("eval -p x -A 1 -R y", &["--profile", "cannot be used"]),
        ("process -a x -A 1 -R y", &["--arn", "cannot be used"]),
        ("exec -p x -R y -- true", &["--profile", "cannot be used"]),
        ("eval -p", &["--profile", "value"]),
        ("eval -A 1", &["--role", "-R ROLE"]),
        ("eval -R x", &["--account", "-A ACCOUNT"]),
        ("process -A 1", &["--role"]),
        ("process -R x", &["--account"]),
        ("exec -A 1 -- true", &["--role"]),
        ("eval -A x -R y", &["--account", "'x'"]),
        ("eval -A 1234567890123 -R y", &["1234567890123"]),
        ("eval -A -1 -R y", &["-1"]),
        ("process -A 0x1 -R y", &["0x1"]),
        ("eval", &["which role?", "-p PROFILE", "aws-sso list"]),
        ("process", &["which role?", "-p PROFILE"]),
        ("exec -- true", &["which role?"]),
        ("eval --refresh", &["AWS_SSO_ROLE_ARN", "-p PROFILE"]),
        ("eval --clear -p x", &["--clear", "--profile"]),
        ("eval --clear --refresh", &["--clear", "--refresh"]),
        ("eval --refresh -p x", &["--refresh", "--profile"]),
        ("eval -p x -n -O", &["--no-region", "--overwrite-region"]),
        ("exec -p x -n -O -- true", &["--no-region", "--overwrite-env"]),
        ("eval -p x --format yaml", &["yaml", "json", "dotenv"]),
        ("eval -p x --shell tcsh", &["'tcsh'", "bash", "fish", "powershell"]),
        ("-L loud list", &["loud", "debug"]),
        ("-u nowhere list", &["nowhere", "printurl"]),
        ("-S Nowhere list", &["'Nowhere'", "Default"]),
        ("-S Defualt process -p x", &["'Defualt'", "Default"]),
        ("--threads 0 list", &["0", "1..=1000"]),
        ("--threads x list", &["x"]),
        ("list --csv --json", &["--csv", "--json"]),
        ("list --json Arn", &["--json"]),
        ("list -f --csv", &["--list-fields", "--csv"]),
        ("list Nosuch", &["'Nosuch'", "list -f"]),
        ("list RolName", &["RoleName"]),
        ("list --sort Nosuch", &["'Nosuch'", "list -f"]),
        ("list --sort Tags", &["'Tags'"]),
        ("list --prefix RoleName", &["'RoleName'", "FIELD=PREFIX"]),
        ("list --prefix Nosuch=x", &["'Nosuch'"]),
        ("list --prefix Expires=1", &["Expires", "another field"]),
        ("list --prefix Id=1", &["Id", "another field"]),
        ("flush -t everything", &["everything", "sts", "all"]),
        ("time now", &["now"]),
        ("version --verbose", &["--verbose"]),
        ("logout Default", &["Default"]),
        ("list --config", &["--config", "value"]),
    ];
    for (line, words) in cases {
        let arguments: Vec<&str> = line.split(' ').collect();
        home.refuses(2, &arguments, words);
    }
    assert_eq!(simulator.requests(), [], "nobody was asked");
}

#[test]
fn a_word_that_is_not_text_is_one_line_too() {
    use std::os::unix::ffi::OsStrExt as _;
    let home = Home::bare();
    for arguments in [&[&b"\xff\xfe"[..]][..], &[b"list", b"\xff"], &[b"eval", b"-p", b"\xff"]] {
        let mut command = home.command(&[]);
        command.args(arguments.iter().map(|bytes| std::ffi::OsStr::from_bytes(bytes)));
        let answer = Answer::of(command);
        assert_eq!((answer.status, answer.stderr.lines().count()), (Some(2), 1), "{arguments:?}: {}", answer.stderr);
    }
}

/// Whether file modes bind this user.
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").expect("a process").uid() == 0
}

#[test]
fn what_the_person_may_not_read_or_write_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    if is_root() {
        return;
    }
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    };
    let path = home.config_path();
    mode(&path, 0o000);
    home.refuses(1, &["list"], &["permission denied", &path.display().to_string()]);
    mode(&path, 0o600);
    let parent = home.path().join(".local");
    std::fs::create_dir(&parent).expect("a directory");
    mode(&parent, 0o500);
    home.refuses(1, &["list"], &[".local"]);
    mode(&parent, 0o700);
}

#[test]
fn a_store_that_is_not_there_is_status_5() {
    let simulator = Simulator::start(small_organization());
    for store in ["keychain", "wincred", "secret-service", "kwallet"] {
        let home = Home::new(&simulator, &format!("SecureStore: {store}\n"));
        let answer = home.run(&["login"]);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(5), ""), "{store}: {}", answer.stderr);
        let line = answer.stderr.lines().last().expect("a message");
        assert!(line.starts_with("aws-sso: ") && line.contains("SecureStore: file"), "{line}");
        assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
        home.ok(&["list"]);
    }
}

#[test]
fn a_wrong_password_is_status_5() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "UnlockMinutes: 0\n");
    home.ok(&["login"]);
    home.set("AWS_SSO_FILE_PASSWORD", "wrong");
    home.refuses(5, &["process", "-p", "000000000001:Admin"], &["password"]);
    home.unset("AWS_SSO_FILE_PASSWORD");
    home.refuses(5, &["process", "-p", "000000000001:Admin"], &["AWS_SSO_FILE_PASSWORD"]);
}

#[test]
fn a_state_file_that_cannot_be_one_is_named() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "");
    std::fs::create_dir_all(home.state_path()).expect("a directory");
    let shown = home.state_path().display().to_string();
    for command in [&["list"][..], &["login"], &["process", "-p", "x"], &["status"]] {
        home.refuses(1, command, &[&shown]);
    }
    assert!(home.state_path().is_dir(), "what is not ours is left alone");
    for path in ["/dev/null/state.db", "/proc/state.db"] {
        home.set("AWS_SSO_STATE", path);
        home.refuses(1, &["list"], &[path.rsplit_once('/').expect("a folder").0]);
    }
}

#[test]
fn the_end_of_the_credentials_must_be_a_time() {
    let mut home = Home::bare();
    assert_eq!(home.ok(&["time"]), "", "no role, no time");
    for garbage in ["soon", "2026-13-01T00:00:00Z", "1767323045", "\u{1b}[31m\nx", "9999999999-01-01T00:00:00Z"] {
        home.set("AWS_SSO_SESSION_EXPIRATION", garbage);
        home.refuses(1, &["time"], &["AWS_SSO_SESSION_EXPIRATION", "aws-sso eval"]);
        assert!(!home.fails(1, &["time"]).contains('\u{1b}'));
    }
    for (time, expected) in [("2001-01-01T00:00:00Z", "Expired\n"), ("2001-01-01T01:00:00+01:00", "Expired\n")] {
        home.set("AWS_SSO_SESSION_EXPIRATION", time);
        assert_eq!(home.ok(&["time"]), expected);
    }
    assert_eq!(home.run(&["status"]).status, Some(1), "status needs a config, time does not");
}

#[test]
fn without_a_home_it_says_what_to_set() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "");
    let config = home.config_path().display().to_string();
    for value in [None, Some("")] {
        home.unset("HOME");
        if let Some(value) = value {
            home.set("HOME", value);
        }
        home.refuses(1, &["list"], &["HOME", "AWS_SSO_CONFIG"]);
        home.refuses(1, &["--config", &config, "list"], &["HOME", "AWS_SSO_STATE"]);
        for command in [&["version"][..], &["time"], &["--help"]] {
            assert_eq!(home.run(command).status, Some(0), "{command:?}");
        }
    }
    home.set("AWS_SSO_CONFIG", &config);
    home.set("AWS_SSO_STATE", &format!("{}/state.db", home.path().display()));
    home.ok(&["list"]);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let simulator = Simulator::start(Organization::generated(40, 2000));
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    assert!(home.ok(&["list"]).len() > 1 << 17, "more than a pipe holds");
    for arguments in
        [&["list"][..], &["list", "--json"], &["list", "--csv"], &["list", "-f"], &["version"], &["--help"]]
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = home.command(arguments);
        command.stdout(writer);
        let answer = Answer::of(command);
        assert_eq!(
            (answer.status, answer.stderr.contains("aws-sso: ")),
            (Some(0), false),
            "{arguments:?}: {}",
            answer.stderr
        );
        assert!(!answer.stderr.contains("panicked"), "{}", answer.stderr);
    }
}

#[test]
fn a_full_disk_under_the_output_is_a_failure() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    for arguments in [
        &["list", "--csv"][..],
        &["list", "--json"],
        &["eval", "-p", "000000000001:Admin", "--shell", "bash"],
        &["process", "-p", "000000000001:Admin"],
        &["status"],
        &["version"],
        &["--version"],
        &["--help"],
        &["list", "--help"],
    ] {
        let mut command = home.command(arguments);
        command.stdout(OpenOptions::new().write(true).open("/dev/full").expect("/dev/full"));
        let answer = Answer::of(command);
        assert_eq!(answer.status, Some(1), "{arguments:?}: {}", answer.stderr);
        assert_eq!(answer.stderr.lines().count(), 1, "{arguments:?}: {}", answer.stderr);
        assert!(answer.stderr.contains("standard output"), "{}", answer.stderr);
    }
    // Nowhere to complain to is no reason to panic.
    let mut command = home.command(&["nosuch"]);
    command.stderr(File::options().write(true).open("/dev/full").expect("/dev/full"));
    assert_eq!(command.status().expect("aws-sso starts").code(), Some(2));
}

#[test]
fn old_spellings_are_understood() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["-u", "exec", "login", "--threads", "3"]);
    let process = ["process", "-p", "000000000001:Admin"];
    let first = json(&home.ok(&process));
    assert_eq!(json(&home.ok(&["-u", "open", "process", "--open", "x", "-p", "000000000001:Admin"])), first);
    assert_ne!(json(&home.ok(&["--sts-refresh", "process", "-p", "000000000001:Admin"])), first);
    assert_ne!(json(&home.ok(&["process", "--sts-refresh", "-p", "000000000001:Admin"])), first);
    for command in [
        "--no-config-check list",
        "cache --no-config-check --silent",
        "--threads 7 cache",
        "list --no-cache",
        "list --profile-prefix RoleName=Admin",
        "list AccountIdStr ExpiresStr ARN",
        "exec -p 000000000001:Admin --overwrite-region -- true",
        "flush -t sts",
        "flush",
        "flush --type all",
        "login --url-action exec --browser /nowhere",
        "-S Default -L debug --lines list",
    ] {
        let arguments: Vec<&str> = command.split(' ').collect();
        home.ok(&arguments);
    }
    simulator.clear_log();
    home.ok(&["list", "--no-cache"]);
    assert_eq!(simulator.count(Operation::ListAccounts), 1, "--no-cache fetches");
}

#[test]
fn help_of_every_command_works_and_shows_examples() {
    let home = Home::bare();
    let top = home.ok(&["--help"]);
    assert!(top.contains("Exit status:"), "{top}");
    let commands: Vec<&str> = top
        .split_once("Commands:\n")
        .expect("commands")
        .1
        .lines()
        .map_while(|line| line.strip_prefix("  "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    assert!(commands.len() >= 11, "{commands:?}");
    for command in commands {
        let help = home.ok(&[command, "--help"]);
        assert!(help.contains(&format!("Usage: aws-sso {command}")), "{help}");
        assert!(help.contains("\nExamples:\n  "), "'{command} --help' shows no example");
        assert_eq!(home.ok(&["help", command]), help);
        assert!(!home.ok(&[command, "-h"]).is_empty());
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}

#[test]
fn nothing_is_coloured_that_is_no_terminal() {
    let simulator = Simulator::start(small_organization());
    let mut home = Home::new(&simulator, "Nonsense: true\n");
    home.set("TERM", "xterm-256color");
    for variables in [&[][..], &[("NO_COLOR", "1")], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]] {
        for (name, value) in variables {
            home.set(name, value);
        }
        for arguments in [&["list"][..], &["status"], &["--help"], &["nosuch"], &["-L", "trace", "list"]] {
            let answer = home.run(arguments);
            assert!(!answer.stdout.contains('\u{1b}') && !answer.stderr.contains('\u{1b}'), "{arguments:?}");
        }
    }
}
