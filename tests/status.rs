//! `status`, `time` and `version`: what a shell is, in words and in JSON.

mod support;

use identity_center::Simulator;
use support::{BINARY, Home, json, small_organization};

fn signed_in(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    home.ok(&["login"]);
    home
}

/// The value in the line of `status` that starts with `name`.
fn line(text: &str, name: &str) -> String {
    let found = text.lines().find_map(|line| line.strip_prefix(name));
    found.unwrap_or_else(|| panic!("no {name}: {text}")).trim().to_owned()
}

#[test]
fn a_shell_with_a_role_is_explained() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let inside =
        |arguments: &[&str]| home.ok(&[&["exec", "-p", "000000000001:Admin", "--", BINARY], arguments].concat());
    let text = inside(&["status"]);
    assert_eq!(line(&text, "Role"), "000000000001:Admin (arn:aws:iam::000000000001:role/Admin), taken by hand");
    assert!(["keys, 1h0m left", "keys, 59m left"].contains(&&*line(&text, "Credentials")), "{text}");
    assert_eq!(line(&text, "Region"), "us-west-2, managed by aws-sso");
    assert_eq!(line(&text, "Instance"), format!("Default, {} in {}", simulator.start_url(), simulator.region()));
    assert!(
        line(&text, "Session").starts_with("signed in, 7h59m") || line(&text, "Session").starts_with("signed in, 8h"),
        "{text}"
    );
    assert_eq!(line(&text, "Roles"), "fetched just now");
    assert_eq!(line(&text, "Store"), "file");
    assert_eq!(line(&text, "Config"), home.config_path().display().to_string());
    assert_eq!(line(&text, "State"), home.state_path().display().to_string());
    let status = json(&inside(&["status", "--json"]));
    assert_eq!((&status["profile"], &status["delivery"]), (&"000000000001:Admin".into(), &"keys".into()));
    assert_eq!((&status["region"], &status["region_managed_by"]), (&"us-west-2".into(), &"aws-sso".into()));
    assert!(["1h0m\n", "59m\n"].contains(&&*inside(&["time"])));
}

#[test]
fn a_shell_without_one_says_so_and_whose_the_rest_is() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let text = home.ok(&["status"]);
    assert_eq!((line(&text, "Role"), line(&text, "Credentials")), ("none in this shell".into(), "none".into()));
    assert_eq!(line(&text, "Region"), "none");
    home.set("AWS_PROFILE", "mine");
    home.set("AWS_REGION", "ca-central-1");
    let text = home.ok(&["status"]);
    assert!(line(&text, "Role").contains("AWS_PROFILE was set by someone else"), "{text}");
    assert_eq!(line(&text, "Region"), "ca-central-1, set by you");
    home.ok(&["logout"]);
    assert!(line(&home.ok(&["status"]), "Session").contains("'aws-sso login'"));
}

#[test]
fn the_version_needs_no_config() {
    let home = Home::bare();
    let version = env!("CARGO_PKG_VERSION");
    assert!(home.ok(&["version"]).starts_with(&format!("aws-sso {version} (")));
    assert_eq!(json(&home.ok(&["version", "--json"]))["version"], version);
    assert_eq!(home.ok(&["--version"]), format!("aws-sso {version}\n"));
}

#[test]
fn the_directory_and_what_it_may_choose_are_explained() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let tree = home.path().canonicalize().expect("the home").join("tree");
    std::fs::create_dir(&tree).expect("a directory");
    let file = tree.join(".aws-sso-role").display().to_string();
    let status = |environment: &[(&str, &str)], arguments: &[&str]| {
        let mut command = home.command(&[&["status"], arguments].concat());
        command.current_dir(&tree).envs(environment.iter().copied());
        let answer = support::Answer::of(command);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        answer.stdout
    };
    let directory = |environment: &[(&str, &str)]| line(&status(environment, &[]), "Directory");
    assert_eq!(directory(&[]), "no .aws-sso-role here or above");

    std::fs::write(&file, "000000000001:Admin\n").expect("a role file");
    assert!(directory(&[]).starts_with(&format!("{file} asks for 000000000001:Admin, the role Admin in account")));
    home.ok(&["allow", &file]);
    let chooses = format!("{file} chooses 000000000001:Admin in a shell with 'aws-sso shell-init' (Mode: profile)");
    assert_eq!(directory(&[]), chooses);
    let by_hand =
        [("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000002:role/Admin"), ("AWS_SSO_PROFILE", "000000000002:Admin")];
    assert_eq!(
        directory(&by_hand),
        format!("{file} would choose 000000000001:Admin: 'aws-sso-use --auto' gives this shell back to it")
    );
    assert!(line(&status(&by_hand, &[]), "Role").ends_with(", taken by hand"));
    let by_directory = [
        ("AWS_SSO_ROLE_ARN", "arn:aws:iam::000000000001:role/Admin"),
        ("AWS_SSO_PROFILE", "000000000001:Admin"),
        ("AWS_PROFILE", "000000000001:Admin"),
        ("AWS_SSO_DIRECTORY", &file),
    ];
    assert_eq!(directory(&by_directory), format!("{file}: 000000000001:Admin, Mode: profile"));
    let text = status(&by_directory, &[]);
    assert!(line(&text, "Role").ends_with(&format!(", chosen by {file}")), "{text}");
    assert_eq!(line(&text, "Credentials"), "AWS_PROFILE");
    let told = json(&status(&by_directory, &["--json"]));
    assert_eq!((&told["chosen_by"], &told["directory"]["file"]), (&"directory".into(), &file.clone().into()));
    assert_eq!(
        (&told["directory"]["allowed"], &told["directory"]["problem"]),
        (&true.into(), &serde_json::Value::Null)
    );

    home.ok(&["deny", &file]);
    assert_eq!(directory(&[]), format!("{file}: it was denied"));
    std::fs::write(&file, "profle: x\n").expect("a role file");
    home.ok(&["allow", "--list"]);
    let told = json(&status(&[], &["--json"]));
    assert_eq!(
        (&told["directory"]["allowed"], &told["directory"]["problem"]),
        (&false.into(), &"it was denied".into())
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_role_that_a_shell_was_started_with_was_not_taken_there() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let script = format!("{BINARY} status; true");
    let text = home.ok(&["exec", "-p", "000000000001:Admin", "--", "sh", "-c", &script]);
    assert!(line(&text, "Role").ends_with("as this shell was started (exec, or a shell around it)"), "{text}");
}
