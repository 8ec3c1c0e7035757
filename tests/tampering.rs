//! A state file with wrong bytes in it: what is whole of it is used, nothing wrong is taken for right, and a command
//! says what to do.

#[path = "support/chance.rs"]
mod chance;
#[path = "support/fault.rs"]
mod fault;
mod support;

use std::fs;
use std::sync::Mutex;

use chance::{Chance, seed};
use fault::*;
use identity_center::Simulator;
use rusqlite::Connection;
use rusqlite::types::Value;
use support::{Home, config, small_organization};

/// A copy of the state in a directory of its own, named to the home.
fn bring(home: &mut Home, name: &str, state: &[u8], log: &[u8]) {
    let directory = home.path().join(name);
    let _ = fs::remove_dir_all(&directory);
    fs::create_dir(&directory).expect("made");
    fs::write(directory.join("state.db"), state).expect("written");
    fs::write(directory.join("state.db-wal"), log).expect("written");
    home.set("AWS_SSO_STATE", directory.join("state.db").to_str().expect("UTF-8"));
}

#[test]
fn a_torn_log_loses_its_tail_and_nothing_else() {
    let seed = seed();
    let mut chance = Chance(seed);
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let whole = fs::read(home.state_path()).expect("readable");
    let reader = Connection::open(home.state_path()).expect("opens");
    reader.execute_batch("BEGIN; SELECT count(*) FROM record;").expect("a transaction");
    for arguments in [&["cache"][..], &["process", "-p", "000000000002:Admin"], &["flush"], &["list"]] {
        home.ok(arguments);
    }
    let log = fs::read(home.state_path().with_file_name("state.db-wal")).expect("a log");
    assert!(log.len() > 10 * 4096, "{} bytes of log are too few", log.len());
    drop(reader);
    for round in 0..60 {
        let mut torn = log.clone();
        let at = chance.below(torn.len());
        let what = match chance.below(3) {
            0 => {
                torn.truncate(at);
                format!("cut at {at}")
            }
            1 => {
                torn[at] ^= 1 << chance.below(8);
                format!("a bit of {at}")
            }
            _ => {
                let end = torn.len().min(at + 1 + chance.below(8192));
                torn[at..end].iter_mut().for_each(|byte| *byte = u8::try_from(chance.below(256)).expect("a byte"));
                format!("noise at {at}..{end}")
            }
        };
        let what = format!("seed {seed}, round {round}: {what}");
        bring(&mut home, "torn", &whole, &torn);
        // Whoever comes first finds the log.
        for arguments in [chance.of(READING), TAB] {
            let told = home.run(arguments);
            assert_clean(&what, arguments, &told);
            assert_eq!((told.status, told.stderr.contains("damaged")), (Some(0), false), "{what}: {told:?}");
        }
        assert_whole(&home, &what);
        home.ok(&["cache"]);
    }
}

/// A home whose config nobody can tell from that of `source`; its path.
fn twin(simulator: &Simulator, source: &Home) -> (Home, String) {
    let home = Home::new(simulator, "");
    let modified = fs::metadata(source.config_path()).and_then(|metadata| metadata.modified()).expect("a time");
    fs::File::options().write(true).open(home.config_path()).and_then(|file| file.set_modified(modified)).expect("set");
    let path = home.config_path().display().to_string();
    (home, path)
}

/// Values that no column of a kind should have.
fn wrong_values(kind: &str, chance: &mut Chance) -> Vec<Value> {
    match kind {
        "INTEGER" => [-1, i64::MAX, i64::MIN].map(Value::Integer).to_vec(),
        "REAL" => [f64::INFINITY, -1e300, 0.0].map(Value::Real).to_vec(),
        "TEXT" => {
            let texts =
                ["", "\u{1b}[31m\n'\"; $(id) \u{202e}", &"x".repeat(100_000)].map(|text| Value::Text(text.to_owned()));
            texts.into_iter().chain([Value::Blob(vec![0xff, b'A'])]).collect()
        }
        _ => {
            let noise = (0..48).map(|_| u8::try_from(chance.below(256)).expect("a byte")).collect();
            vec![Value::Blob(Vec::new()), Value::Blob(noise)]
        }
    }
}

/// Each column of each table, with its kind.
fn columns(state: &Connection) -> Vec<(String, String, String)> {
    let sql = "SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'
               AND m.name NOT LIKE 'sqlite_%'";
    let mut statement = state.prepare(sql).expect("a statement");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    rows.map(|row| row.expect("a row")).collect()
}

#[test]
fn a_wrong_value_in_any_row_is_borne() {
    let seed = seed();
    let simulator = Simulator::start(small_organization());
    let source = signed_in(&simulator);
    let whole = fs::read(source.state_path()).expect("readable");
    let state = Connection::open(source.state_path()).expect("opens");
    let columns = columns(&state);
    assert!(columns.len() > 50, "{columns:?}");
    let (simulator, source, columns, whole) = (&simulator, &source, &columns, &whole);
    let unbearable = &Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for half in 0..2 {
            scope.spawn(move || {
                let mut chance = Chance(seed);
                let (mut home, path) = twin(simulator, source);
                for (table, column, kind) in columns.iter().skip(half).step_by(2) {
                    for value in wrong_values(kind, &mut chance) {
                        let shown = format!("{value:?}").chars().take(60).collect::<String>();
                        let what = format!("seed {seed}: {table}.{column} = {shown}");
                        bring(&mut home, "wrong", whole, &[]);
                        let file = home.path().join("wrong/state.db");
                        let state = Connection::open(&file).expect("opens");
                        state.execute("UPDATE config SET path = ?1", [&path]).expect("moved");
                        state
                            .execute_batch("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF")
                            .expect("set");
                        let sql = format!("UPDATE OR REPLACE {table} SET {column} = CAST(?1 AS {kind})");
                        if state.execute(&sql, [&value]).is_err() {
                            continue;
                        }
                        drop(state);
                        let refresh = ["instance", "account"].contains(&table.as_str()).then_some(&["cache"][..]);
                        for arguments in READING.iter().copied().chain(refresh) {
                            let answer = home.run(arguments);
                            if !is_borne(arguments, &answer) {
                                let line = answer.stderr.lines().take(3).collect::<Vec<_>>().join(" ");
                                unbearable.lock().expect("a lock").push(format!("{what}, {arguments:?}: {line}"));
                            }
                        }
                    }
                }
            });
        }
    });
    let unbearable = unbearable.lock().expect("a lock");
    assert!(unbearable.is_empty(), "{}", unbearable.join("\n"));
}

/// Does what it is told to until a role can be had; whether that came about.
fn overcome(home: &Home, what: &str) -> bool {
    for _ in 0..4 {
        let answer = home.run(&ROLE);
        assert!(is_borne(&ROLE, &answer), "{what}: {answer:?}");
        if answer.status == Some(0) {
            return true;
        }
        for command in ["logout", "cache", "login"] {
            if answer.stderr.contains(&format!("'aws-sso {command}'")) {
                let answer = home.run(&[command]);
                assert!(is_borne(&[command], &answer), "{what}, {command}: {answer:?}");
            }
        }
    }
    false
}

#[test]
fn a_flipped_bit_anywhere_is_borne_and_mostly_overcome() {
    let seed = seed();
    let simulator = Simulator::start(small_organization());
    let source = signed_in(&simulator);
    let whole = fs::read(source.state_path()).expect("readable");
    let mut chance = Chance(seed);
    let (mut home, path) = twin(&simulator, &source);
    let mut lasting = Vec::new();
    for round in 0..100 {
        bring(&mut home, "flipped", &whole, &[]);
        let file = home.path().join("flipped/state.db");
        Connection::open(&file).expect("opens").execute("UPDATE config SET path = ?1", [&path]).expect("moved");
        let mut bytes = fs::read(&file).expect("readable");
        let at = chance.below(bytes.len());
        bytes[at] ^= 1 << chance.below(8);
        fs::write(&file, bytes).expect("written");
        let what = format!("seed {seed}, round {round}: a bit of {at}");
        for arguments in [chance.of(READING), TAB, SYNC] {
            let answer = home.run(arguments);
            assert!(is_borne(arguments, &answer), "{what}, {arguments:?}: {answer:?}");
        }
        if !overcome(&home, &what) {
            // SQLite does not see an entry of an index that is another than it was. The file can be deleted.
            lasting.push(what.clone());
            fs::remove_dir_all(file.parent().expect("a directory")).expect("removed");
            home.ok(&["login"]);
            home.ok(&ROLE);
        }
    }
    assert!(lasting.len() <= 5, "{lasting:#?}");
}

/// The kinds of records that are sealed, and a command that needs one of the kind.
const KINDS: [(&str, &[&str]); 3] =
    [("role-credentials", &ROLE), ("token", &["cache"]), ("client-registration", &["login", "--force"])];

/// Changes of a record, in SQL. `?1` is its kind.
const CHANGES: [&str; 6] = [
    "UPDATE record SET nonce = randomblob(24) WHERE kind = ?1",
    "UPDATE record SET sealed = randomblob(length(sealed)) WHERE kind = ?1",
    "UPDATE record SET sealed = CAST(substr(sealed, 1, length(sealed) - 1) AS BLOB) WHERE kind = ?1",
    "UPDATE record SET sealed = CAST(sealed || x'00' AS BLOB) WHERE kind = ?1",
    "UPDATE record SET sealed = x'' WHERE kind = ?1",
    "UPDATE record SET sealed = (SELECT other.sealed FROM record other WHERE other.kind != ?1), nonce = (SELECT other.nonce FROM \
     record other WHERE other.kind != ?1) WHERE kind = ?1",
];

#[track_caller]
fn assert_detected(home: &Home, kind: &str, needs: &[&str], what: &str) {
    let told = home.run(needs);
    assert_clean(what, needs, &told);
    let named = told.stderr.contains(&format!("the stored {kind}")) && told.stderr.contains("was changed on disk");
    assert!(told.status == Some(1) && named, "{what}: {told:?}");
}

/// Changes the state by SQL.
fn change(home: &Home, sql: &str) {
    let state = Connection::open(home.state_path()).expect("opens");
    state.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn start_anew(home: &Home, what: &str) {
    home.ok(&["logout"]);
    home.ok(&["login"]);
    assert_whole(home, what);
}

#[test]
fn a_sealed_record_of_any_kind_that_was_changed_is_named_and_not_used() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    for (kind, needs) in KINDS {
        for sql in CHANGES {
            let state = Connection::open(home.state_path()).expect("opens");
            assert!(state.execute(sql, [kind]).expect("changed") >= 1, "{kind}: {sql}");
            drop(state);
            assert_detected(&home, kind, needs, &format!("{kind}: {sql}"));
            start_anew(&home, sql);
        }
    }
}

#[test]
fn a_sealed_record_in_the_place_of_another_is_named_and_not_used() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let (region, url) = (simulator.region(), simulator.start_url());
    let other =
        format!("  Other:\n    SSORegion: {region}\n    StartUrl: {url}\nDefaultSSO: Default\nUrlAction: exec\n");
    home.write_config(&config(&simulator, "DefaultRegion: us-west-2", "").replacen("UrlAction: exec\n", &other, 1));
    let prepare = || {
        for instance in ["Default", "Other"] {
            home.ok(&["-S", instance, "login"]);
            home.ok(&["-S", instance, "process", "-p", "000000000001:Admin"]);
        }
        home.ok(&["process", "-p", "000000000002:Admin"]);
    };
    let id = |instance: &str| format!("(SELECT id FROM instance WHERE name = '{instance}')");
    let (mine, others) = (id("Default"), id("Other"));
    for (kind, needs) in KINDS {
        prepare();
        let same_name = "AND name IN (SELECT name FROM record mine WHERE mine.kind = record.kind)";
        change(
            &home,
            &format!(
                "DELETE FROM record WHERE kind = '{kind}' AND instance_id = {others} {same_name};
                 UPDATE record SET instance_id = {others} WHERE kind = '{kind}' AND instance_id = {mine}"
            ),
        );
        let needs: Vec<&str> = ["-S", "Other"].iter().chain(needs).copied().collect();
        assert_detected(&home, kind, &needs, &format!("{kind} of another instance"));
        home.ok(&["logout", "--all"]);
    }
    prepare();
    for (kind, source) in [("token", "client-registration"), ("client-registration", "token")] {
        change(
            &home,
            &format!(
                "DELETE FROM record WHERE kind = '{kind}' AND instance_id = {mine};
                 UPDATE record SET kind = '{kind}' WHERE kind = '{source}' AND instance_id = {mine}"
            ),
        );
        let needs: &[&str] = if kind == "token" { &["cache"] } else { &["login"] };
        assert_detected(&home, kind, needs, &format!("{source} as {kind}"));
        home.ok(&["logout"]);
        prepare();
    }
    change(
        &home,
        &format!(
            "DELETE FROM record WHERE name LIKE '%000000000001%Admin%' AND instance_id = {mine};
             UPDATE record SET name = replace(name, '000000000002', '000000000001') WHERE instance_id = {mine}"
        ),
    );
    assert_detected(&home, "role-credentials", &ROLE, "credentials of another role");
}

/// What says which key a record has is no secret; a wrong one is no key, and the record not an absent one.
#[test]
fn a_record_of_a_key_that_is_not_there_is_named() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    change(&home, "UPDATE record SET key_id = randomblob(16) WHERE kind = 'role-credentials'");
    assert_detected(&home, "role-credentials", &ROLE, "another key");
    home.ok(&["flush"]);
    home.ok(&ROLE);
    change(&home, "UPDATE record SET key_id = randomblob(16) WHERE kind = 'token'");
    assert_detected(&home, "token", &["cache"], "another key");
    home.ok(&["logout"]);
    home.ok(&["login"]);
    assert_whole(&home, "another key");
}

#[test]
fn a_wrapped_key_that_was_changed_opens_nothing() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let byte = |at: usize| format!("substr(wrapped, 1, {at}) || randomblob(1) || x'77' || substr(wrapped, {at} + 3)");
    let changes = [
        "NULL".to_owned(),
        "x''".to_owned(),
        "x'02' || substr(wrapped, 2)".to_owned(),
        "substr(wrapped, 1, 60)".to_owned(),
        "randomblob(length(wrapped))".to_owned(),
        byte(14),
        byte(30),
        byte(60),
    ];
    for wrapped in changes.iter().map(|value| format!("UPDATE data_key SET wrapped = CAST({value} AS BLOB)")).chain([
        "UPDATE data_key SET id = x'00112233445566778899aabbccddeeff'; UPDATE record SET key_id = (SELECT id FROM data_key)"
            .to_owned(),
    ]) {
        change(&home, &wrapped);
        for needs in [&ROLE[..], &["cache"], &["login", "--force"]] {
            let told = home.run(needs);
            assert_clean(&wrapped, needs, &told);
            assert!(told.status == Some(5) && told.stderr.contains("'aws-sso logout'"), "{wrapped}: {told:?}");
        }
        start_anew(&home, &wrapped);
    }
}
