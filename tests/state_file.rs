//! The state file when things go wrong: damaged, newer, locked, read-only, on a full disk, of another
//! config.

mod support;

use std::fs;
use std::process::Command;

use identity_center::{Operation, Simulator};
use rusqlite::Connection;
use support::{Answer, BINARY, Home, json, small_organization, take_back};

fn signed_in(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    home.ok(&["login"]);
    home
}

fn set_aside(home: &Home) -> Vec<String> {
    let directory = home.state_path();
    let entries = fs::read_dir(directory.parent().expect("a directory")).expect("readable");
    let names = entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.contains(".damaged-")).collect()
}

#[test]
fn a_damaged_file_is_set_aside_with_one_message_and_rebuilt() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    fs::write(home.state_path(), "garbage".repeat(1000)).expect("written");
    let answer = home.run(&["process", "-p", "000000000001:Admin"]);
    assert_eq!(answer.status, Some(3), "{}", answer.stderr);
    assert!(
        answer.stderr.contains("was damaged and now lies at") && answer.stderr.contains("'aws-sso login'"),
        "{}",
        answer.stderr
    );
    assert_eq!(set_aside(&home).len(), 1);
    home.ok(&["login"]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    assert_eq!(set_aside(&home).len(), 1, "once is enough");
}

#[test]
fn a_file_of_an_older_version_is_brought_up_to_date_and_keeps_what_it_has() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    let calls = simulator.requests().len();
    take_back(&home.state_path());
    let complete = ["hook", "zsh", "complete", "--", "aws-sso-use", "1234"];
    assert_eq!(home.ok(&complete), "words\n", "a TAB brings nothing up to date");
    assert_eq!(home.run(&["list", "--json"]).stdout.matches("profile").count(), 5);
    assert_eq!(home.ok(&complete), "words\n123456789012:ReadOnly\tdata platform ReadOnly\n");
    home.ok(&["process", "-p", "000000000001:Admin"]);
    assert_eq!(simulator.requests().len(), calls, "session and credentials are still there");
}

#[test]
fn a_search_does_without_its_block() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let words = ["hook", "bash", "use", "--", "payments-prod", "read"];
    for damage in ["DELETE FROM catalog", "UPDATE catalog SET block = x'0100000007'"] {
        let before = home.ok(&words);
        assert!(before.contains("000000000002:ReadOnly"), "{before}");
        Connection::open(home.state_path()).expect("opens").execute_batch(damage).expect("damaged");
        assert!(home.ok(&words).contains("000000000002:ReadOnly"), "{damage}");
    }
}

/// Overwrites each page in turn with noise; whatever is hit, a command says so in one line, and the
/// next ones work.
#[test]
fn a_broken_page_is_found_wherever_it_is() {
    let simulator = Simulator::start(small_organization());
    let whole = signed_in(&simulator);
    Connection::open(whole.state_path())
        .expect("opens")
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .expect("checkpoint");
    let bytes = fs::read(whole.state_path()).expect("readable");
    let pages = bytes.len() / 4096;
    let mut found = 0;
    for page in 0..pages {
        let home = Home::new(&simulator, "");
        fs::create_dir_all(home.state_path().parent().expect("a directory")).expect("made");
        let mut broken = bytes.clone();
        broken[page * 4096..(page + 1) * 4096].fill(0xa5);
        fs::write(home.state_path(), broken).expect("written");
        for arguments in [&["list"][..], &["process", "-p", "000000000001:Admin"], &["login"]] {
            let answer = home.run(arguments);
            assert!(!answer.stderr.contains("panicked"), "page {page}: {}", answer.stderr);
            found += usize::from(answer.stderr.contains("damaged"));
        }
        // Each of the two may be the first to come upon the broken page.
        let works = || {
            home.run(&["login"]).status == Some(0)
                && home.run(&["list", "--json"]).stdout.matches("profile").count() == 5
        };
        assert!((0..3).any(|_| works()), "page {page} is not overcome");
    }
    assert!(found >= pages / 3, "{found} of {pages} broken pages were noticed");
}

#[test]
fn a_newer_file_is_refused_by_version_and_untouched() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    Connection::open(home.state_path()).expect("opens").pragma_update(None, "user_version", 99).expect("set");
    let before = fs::read(home.state_path()).expect("readable");
    for arguments in [&["list"][..], &["process", "-p", "000000000001:Admin"], &["login"], &["cache"], &["logout"]] {
        let message = home.fails(1, arguments);
        assert!(message.contains("schema version 99") && message.contains("state.db"), "{message}");
    }
    assert_eq!(fs::read(home.state_path()).expect("readable"), before);
}

#[test]
fn a_reader_does_not_wait_for_a_writer() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    let writer = Connection::open(home.state_path()).expect("opens");
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO meta VALUES ('x', 'y')").expect("locked");
    home.ok(&["list"]);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    home.ok(&["status"]);
}

#[test]
fn a_writer_that_waits_in_vain_says_for_what() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let writer = Connection::open(home.state_path()).expect("opens");
    writer.execute_batch("BEGIN IMMEDIATE; INSERT INTO meta VALUES ('x', 'y')").expect("locked");
    let message = home.fails(1, &["cache"]);
    assert!(message.contains("locked by another process") && message.contains("state.db"), "{message}");
}

/// Runs a shell script as root of a user namespace of its own, where it may mount.
fn with_mounts(home: &Home, script: &str) -> Answer {
    let mut command: Command = home.program("unshare");
    command
        .args(["--user", "--map-root-user", "--mount", "sh", "-euc", script])
        .env("AWS_SSO", "")
        .env("BINARY", BINARY);
    command.env("STATE", home.state_path().parent().expect("a directory"));
    Answer::of(command)
}

#[test]
fn a_read_only_home_can_be_read_and_says_why_it_cannot_be_written() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    home.ok(&["process", "-p", "000000000001:Admin"]);
    let answer = with_mounts(
        &home,
        r#"mount --bind "$HOME" "$HOME"; mount -o remount,ro,bind "$HOME"
           "$BINARY" list >/dev/null; "$BINARY" process -p 000000000001:Admin; "$BINARY" status >/dev/null
           "$BINARY" cache || echo "status $?""#,
    );
    assert!(answer.stdout.contains("AccessKeyId") && answer.stdout.ends_with("status 1\n"), "{answer:?}");
    let last = answer.stderr.lines().last().unwrap_or_default();
    assert!(last.contains("read-only") && last.contains("AWS_SSO_STATE"), "{answer:?}");
}

#[test]
fn a_full_disk_fails_the_command_and_keeps_the_file_whole() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let answer = with_mounts(
        &home,
        r#"cp -r "$STATE" "$HOME/copy"; mount -t tmpfs -o size=400k tmpfs "$STATE"; cp "$HOME"/copy/state.db* "$STATE"/
           dd if=/dev/zero of="$STATE/filler" bs=1k 2>/dev/null || true
           "$BINARY" process -p 000000000001:Admin > "$HOME/process.json" && echo "status 0" || echo "status $?"
           "$BINARY" cache || echo "status $?"
           rm "$STATE/filler"
           "$BINARY" list --json > "$HOME/list.json"; "$BINARY" process -p 000000000001:Admin > /dev/null; echo whole"#,
    );
    assert!(answer.stdout.ends_with("whole\n"), "{answer:?}");
    assert!(answer.stdout.contains("status 1"), "{answer:?}");
    assert!(answer.stderr.contains("disk is full"), "{answer:?}");
    let list = fs::read_to_string(home.path().join("list.json")).expect("listed");
    assert_eq!(json(&list).as_array().map(Vec::len), Some(5));
}

#[test]
fn two_configs_in_one_state_file_share_nothing() {
    let one = Simulator::start(small_organization());
    let two = Simulator::start(small_organization());
    let home = signed_in(&one);
    let first = home.ok(&["process", "-p", "000000000001:Admin"]);
    let config = fs::read_to_string(home.config_path()).expect("config");
    let other = home.path().join("other.yaml");
    fs::write(&other, config.replace(one.start_url(), two.start_url())).expect("written");
    let other = other.to_str().expect("UTF-8");
    home.fails(3, &["--config", other, "cache"]);
    home.ok(&["--config", other, "list"]);
    assert_eq!(home.ok(&["process", "-p", "000000000001:Admin"]), first, "the first config kept its session");
}

#[test]
fn an_instance_that_points_elsewhere_is_another_one() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let config = fs::read_to_string(home.config_path()).expect("config");
    home.write_config(&config.replace(simulator.region(), "ca-central-1"));
    home.fails(3, &["cache"]);
    simulator.clear_log();
    assert_eq!(json(&home.ok(&["list", "--json"])), serde_json::json!([]));
    assert_eq!(simulator.count(Operation::ListAccounts), 0);
}

#[test]
fn the_first_processes_of_all_may_start_at_once() {
    let simulator = Simulator::start(small_organization());
    for _ in 0..5 {
        let home = Home::new(&simulator, "");
        for answer in home.run_at_once(&vec![vec!["list"]; 12]) {
            assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        }
    }
}

#[test]
fn the_roles_used_are_recorded_unless_the_history_is_off() {
    for (more, expected) in [("", 1), ("HistoryLimit: 0\n", 0)] {
        let simulator = Simulator::start(small_organization());
        let home = Home::new(&simulator, more);
        home.ok(&["login"]);
        home.ok(&["exec", "-p", "000000000001:Admin", "--", "true"]);
        let state = Connection::open(home.state_path()).expect("opens");
        let used: i64 = state.query_row("SELECT count(*) FROM history", [], |row| row.get(0)).expect("a count");
        assert_eq!(used, expected, "{more}");
    }
}

/// A change of the config is derived for the roles that it concerns: as all of them would be, and with the rows of the
/// others left alone.
#[test]
fn what_is_derived_of_a_change_is_what_would_be_derived_of_all() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let plain = fs::read_to_string(home.config_path()).expect("config");
    let accounts = |text: &str| plain.replace("UrlAction:", &format!("    Accounts:\n{text}UrlAction:"));
    let first = "      '000000000001':\n";
    let via = "        Roles: {Deep: {Via: 'arn:aws:iam::000000000001:role/Admin'}}\n";
    let database = Connection::open(home.state_path()).expect("opens");
    let rows = || -> Vec<(i64, Vec<u8>)> {
        let mut rows = database.prepare("SELECT id, fingerprint FROM role").expect("a statement");
        let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        rows.collect::<Result<_, _>>().expect("rows")
    };
    let derived = || [&["list", "--json"][..], &["tags", "--json"]].map(|arguments| home.ok(arguments));
    let mut before = rows();
    for (config, untouched) in [
        (format!("{plain}# a comment\n"), 5),
        (accounts(&format!("{first}        Tags: {{Env: dev}}\n")), 3),
        (accounts(&format!("{first}        Tags: {{Env: prod}}\n        Name: Payments\n")), 3),
        (accounts(&format!("{first}        Roles: {{Admin: {{Profile: boss}}}}\n")), 3),
        (accounts(&format!("{first}        Roles: {{Admin: {{DefaultRegion: eu-west-1}}}}\n")), 4),
        (accounts(&format!("{first}{via}")), 4),
        (format!("{plain}ProfileFormat: '{{{{ .RoleName }}}}@{{{{ .AccountId }}}}'\n"), 0),
        (format!("{plain}ProfileFormat: '{{{{ .AccountId }}}}@{{{{ .RoleName }}}}'\n"), 0),
        (plain.replace("us-west-2", "eu-central-1"), 0),
        (plain.clone(), 0),
        (plain.clone() + "\n", 5),
    ] {
        home.write_config(&config);
        let some = derived();
        let after = rows();
        assert_eq!(after.iter().filter(|row| before.contains(row)).count(), untouched, "{config}");
        database
            .execute_batch("UPDATE role SET fingerprint = NULL; UPDATE config SET derivation = 0")
            .expect("forgotten");
        assert_eq!(derived(), some, "{config}");
        before = rows();
    }
}
