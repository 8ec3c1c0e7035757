//! What is wrong with a `config.yaml` is said by file and line, with the way out.

mod support;

use identity_center::Simulator;
use support::{Home, small_organization};

const INSTANCE: &str =
    "SSOConfig:\n  Default:\n    SSORegion: us-east-1\n    StartUrl: https://d-1.awsapps.com/start\n";

#[test]
fn a_wrong_config_is_named_by_file_and_line() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let with = |more: &str| format!("{INSTANCE}{more}\n");
    let cases: &[(String, usize, &[&str])] = &[
        (String::new(), 0, &["SSOConfig is missing"]),
        ("\n# nothing yet\n".into(), 0, &["SSOConfig is missing"]),
        ("SSOConfig:\n".into(), 1, &["SSOConfig is empty"]),
        ("- a\n- b\n".into(), 0, &["mapping"]),
        ("just words\n".into(), 0, &["mapping"]),
        ("SSOConfig: {Default: {SSORegion: us-east-1}}\n".into(), 1, &["StartUrl"]),
        ("SSOConfig:\n  Default:\n    StartUrl: https://d-1.awsapps.com/start\n".into(), 2, &["SSORegion"]),
        ("SSOConfig:\n  Default:\n\tSSORegion: x\n".into(), 3, &[]),
        ("SSOConfig: [\n".into(), 2, &[]),
        ("SSOConfig: {Default: {SSORegion: nowhere, StartUrl: 'https://x'}}\n".into(), 1, &["nowhere", "us-east-1"]),
        (INSTANCE.replace("https:", "http:"), 4, &["https"]),
        (INSTANCE.replace("https://d-1.awsapps.com/start", "d-1"), 4, &["d-1", "https://"]),
        (with("SecureStore: vault"), 5, &["SecureStore", "vault", "file"]),
        (with("SecureStore: 1password"), 5, &["1password", "not supported", "file"]),
        (with("UrlAction: shout"), 5, &["UrlAction", "shout", "print"]),
        (with("LogLevel: loud"), 5, &["LogLevel", "loud", "debug"]),
        (with("AuthWorkflow: magic"), 5, &["AuthWorkflow", "pkce"]),
        (with("Threads: 0"), 5, &["Threads"]),
        (with("Threads: many"), 5, &["Threads", "many", "whole number"]),
        (with("RateLimit: -1"), 5, &["RateLimit", "above 0"]),
        (with("AutoLogin: perhaps"), 5, &["AutoLogin", "true or false"]),
        (with("DefaultRegion: US-EAST"), 5, &["DefaultRegion", "us-east-1"]),
        (with("UrlAction: exec"), 5, &["UrlExecCommand"]),
        (with("EnvVarTags: [Cost Center, Cost_Center]"), 5, &["AWS_SSO_TAG_COST_CENTER"]),
        (with("LogLevel: [a, b]"), 5, &["LogLevel", "single value"]),
        (format!("{INSTANCE}    Accounts:\n      x: {{}}\n"), 6, &["x", "12 digits"]),
        (format!("{INSTANCE}    Accounts:\n      '1': {{Roles: {{'a b': {{}}}}}}\n"), 6, &["a b", "role name"]),
        (
            format!(
                "{INSTANCE}    Accounts:\n      '1':\n        Roles:\n          A: {{Via: '1:B'}}\n          B: {{Via: '1:A'}}\n"
            ),
            8,
            &["circle", "000000000001:A"],
        ),
    ];
    for (yaml, line, words) in cases {
        home.write_config(yaml);
        // What is missing is on no line.
        let place = if *line == 0 { "config.yaml: ".to_owned() } else { format!("config.yaml:{line}: ") };
        let mut words = words.to_vec();
        words.push(&place);
        for command in [&["list"][..], &["process", "-p", "x"]] {
            home.refuses(1, command, &words);
        }
    }
}

#[test]
fn several_mistakes_are_counted() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    home.write_config(&format!("{INSTANCE}Threads: 0\nUrlAction: shout\nLogLevel: loud\n"));
    home.refuses(1, &["list"], &["config.yaml:5: ", "(and 2 more problems)"]);
}

#[test]
fn a_config_that_cannot_be_read_says_why() {
    let mut home = Home::bare();
    home.set("RUST_BACKTRACE", "1");
    let path = home.config_path();
    let shown = path.display().to_string();
    for command in [&["list"][..], &["process", "-p", "x"], &["login"], &["eval", "-p", "x"], &["status"], &["cache"]] {
        home.refuses(1, command, &["no configuration", &shown, "SSOConfig"]);
    }
    home.refuses(1, &["--config", "/nowhere/c.yaml", "list"], &["/nowhere/c.yaml"]);

    std::fs::create_dir_all(&path).expect("a directory");
    home.refuses(1, &["list"], &["it is a directory", &shown]);
    std::fs::remove_dir(&path).expect("the directory goes");

    std::fs::write(&path, b"SSOConfig:\n  \xff\xfe\n").expect("a file");
    home.refuses(1, &["list"], &["config.yaml:2: ", "UTF-8"]);
    for binary in [&b"\x7fELF\x02\x01\x01\0\0\0"[..], b"\0\0\0\0", b"SQLite format 3\0\x10\0\x01\x01"] {
        std::fs::write(&path, binary).expect("a file");
        home.refuses(1, &["list"], &["config.yaml"]);
    }
    std::fs::write(&path, "a: &x [1,1,1]\nb: &y [*x,*x,*x]\nc: &z [*y,*y,*y]\n").expect("a file");
    home.refuses(1, &["list"], &["config.yaml"]);
    std::fs::write(&path, "[".repeat(100_000)).expect("a file");
    home.refuses(1, &["list"], &["config.yaml"]);
    std::fs::write(&path, " ".repeat(17 << 20)).expect("a file");
    home.refuses(1, &["list"], &["16 MiB"]);
}

#[test]
fn odd_keys_are_warnings_with_their_line() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "Threds: 5\nNonsense: true\nx-mine: 1\nDefaultSSO: Defaut\n");
    let answer = home.run(&["list"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    for expected in ["Threds, did you mean Threads?", "unknown key Nonsense", "DefaultSSO is 'Defaut'"] {
        let line = answer.stderr.lines().find(|line| line.contains(expected));
        let line = line.unwrap_or_else(|| panic!("no {expected}: {}", answer.stderr));
        assert!(line.contains("config.yaml:"), "{line}");
    }
    assert!(!answer.stderr.contains("x-mine"), "{}", answer.stderr);
    assert_eq!(home.run(&["-L", "error", "list"]).stderr.matches("unknown").count(), 0);
}

#[test]
fn several_instances_without_a_default_ask_for_one() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let url = simulator.start_url();
    home.write_config(&format!(
        "SSOConfig:\n  One: {{SSORegion: eu-central-1, StartUrl: '{url}'}}\n  Two: {{SSORegion: eu-central-1, StartUrl: '{url}'}}\n"
    ));
    home.refuses(1, &["list"], &["One, Two", "-S", "DefaultSSO"]);
    home.ok(&["-S", "Two", "list"]);
}

#[test]
fn a_wrong_profile_format_is_shown_with_line_and_column() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    for (format, words) in [
        ("{{ .AccountIdPad }}:{{ .RolName }}", &["1:24: ", "RoleName"][..]),
        ("{{ .AccountIdPad ", &["1:1"]),
        ("{{ nosuch .RoleName }}", &["1:4: ", "nosuch"]),
        ("{{ if }}x{{ end }}", &["1:"]),
        ("{% for %}", &["1:"]),
    ] {
        let text = std::fs::read_to_string(home.config_path()).expect("the config");
        let text: String =
            text.lines().filter(|line| !line.starts_with("ProfileFormat")).map(|l| format!("{l}\n")).collect();
        home.write_config(&format!("{text}ProfileFormat: '{format}'\n"));
        let answer = home.run(&["list"]);
        assert_eq!(answer.status, Some(0), "{format}: {}", answer.stderr);
        let line = answer.stderr.lines().find(|line| line.contains("ProfileFormat"));
        let line = line.unwrap_or_else(|| panic!("{format}: {}", answer.stderr));
        for word in words.iter().chain(&["config.yaml"]) {
            assert!(line.contains(word), "{format} does not say {word}: {line}");
        }
        home.refuses(1, &["cache"], words);
        assert!(answer.stdout.contains("000000000001:Admin"), "the names of before stay: {}", answer.stdout);
    }
}

#[test]
fn two_roles_of_one_name_are_both_shown_and_the_old_names_stay() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    let text = std::fs::read_to_string(home.config_path()).expect("the config");
    home.write_config(&format!("{text}ProfileFormat: '{{{{ .RoleName }}}}'\n"));
    let words = [
        "arn:aws:iam::000000000001:role/Admin",
        "arn:aws:iam::000000000002:role/Admin",
        "ProfileFormat: '{{ .RoleName }}:{{ .AccountIdPad }}' in config.yaml",
    ];
    let answer = home.run(&["list"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    for word in words {
        assert!(answer.stderr.contains(word), "{word}: {}", answer.stderr);
    }
    assert!(answer.stdout.contains("000000000002:Admin"), "{}", answer.stdout);
    home.refuses(1, &["cache"], &words);
    home.ok(&["process", "-p", "000000000002:Admin"]);
    home.refuses(4, &["process", "-p", "Admin"], &words[..2]);
    // The format that is suggested is one that works.
    home.write_config(&format!("{text}ProfileFormat: '{{{{ .RoleName }}}}:{{{{ .AccountIdPad }}}}'\n"));
    home.ok(&["cache"]);
    home.ok(&["process", "-p", "Admin:000000000002"]);
}
