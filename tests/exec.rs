//! `exec`: a command as a role, with nothing of ours between it and whoever started it.

mod support;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Stdio;

use identity_center::{Operation, Organization, Simulator};
use support::{Answer, BINARY, Home, config, small_organization, variables};

const ADMIN: &str = "000000000001:Admin";

fn signed_in(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    home
}

/// The environment of a child of `exec` with these arguments.
fn environment(home: &Home, arguments: &[&str]) -> BTreeMap<String, String> {
    let output = home.command(&["exec"]).args(arguments).args(["--", "env", "-0"]).output().expect("aws-sso starts");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    variables(&output.stdout)
}

/// The role that a child of `exec` with these arguments has.
fn role(home: &Home, arguments: &[&str]) -> String {
    environment(home, arguments).remove("AWS_SSO_ROLE_ARN").expect("a role")
}

fn arn(account: &str, role: &str) -> String {
    format!("arn:aws:iam::{account}:role/{role}")
}

#[test]
fn the_status_of_the_command_is_ours() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    for status in [0, 1, 2, 7, 130, 255] {
        let answer = home.run(&["exec", "-p", ADMIN, "--", "sh", "-c", &format!("exit {status}")]);
        assert_eq!((answer.status, answer.stdout.as_str(), answer.stderr.as_str()), (Some(status), "", ""));
    }
}

#[test]
fn a_signal_that_ends_the_command_ends_us() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    for (name, number) in [("TERM", 15), ("KILL", 9), ("INT", 2), ("HUP", 1)] {
        let kill = format!("kill -{name} $$");
        let output = home.command(&["exec", "-p", ADMIN, "--", "sh", "-c", &kill]).output().expect("aws-sso starts");
        assert_eq!(output.status.signal(), Some(number), "SIG{name}");
    }
    let mut shell = home.program("bash");
    shell.args(["-c", r#""$0" exec -p "$1" -- sh -c 'kill -TERM $$'; echo "$?""#, BINARY, ADMIN]);
    assert_eq!(Answer::of(shell).stdout, "143\n");
}

#[test]
fn the_command_takes_our_place() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let mut command = home.command(&["exec", "-p", ADMIN, "--", "sh", "-c", "echo $$"]);
    let child = command.stdout(Stdio::piped()).spawn().expect("aws-sso starts");
    let id = child.id();
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), id.to_string());
}

#[test]
fn input_and_output_pass_through() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let bytes: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    let mut command = home.command(&["exec", "-p", ADMIN, "--", "sh", "-c", "cat; echo told >&2"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("aws-sso starts");
    let mut input = child.stdin.take().expect("a pipe");
    let sent = bytes.clone();
    let writer = std::thread::spawn(move || input.write_all(&sent));
    let output = child.wait_with_output().expect("the command ends");
    writer.join().expect("the writer ends").expect("all was written");
    assert!(output.stdout == bytes, "{} of {} bytes came back", output.stdout.len(), bytes.len());
    assert_eq!(output.stderr, b"told\n");
}

#[test]
fn arguments_reach_the_command_as_they_were_typed() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let arguments = [
        "a b",
        "",
        "*",
        "?",
        "~",
        "$HOME",
        "$(touch executed)",
        "`touch executed`",
        "'",
        "\"",
        "\\",
        "a\nb",
        "é",
        "--help",
        "-p",
        "other",
        "--",
        "-O",
        "--version",
        "-S",
        "nowhere",
        "--no-such-flag",
    ];
    let print = ["sh", "-c", r#"printf '%s\0' "$@""#, "sh"];
    for separator in [&["--"][..], &[]] {
        let mut command = home.command(&["exec", "-p", ADMIN]);
        command.args(separator).args(print).args(arguments);
        let answer = Answer::of(command);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        let came_out: Vec<&str> = answer.stdout.split_terminator('\0').collect();
        assert_eq!(came_out, arguments, "{separator:?}");
    }
    assert!(!home.path().join("executed").exists());
}

#[test]
fn arguments_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let mut command = home.command(&["exec", "-p", ADMIN, "--", "printf", "%s"]);
    command.arg(std::ffi::OsStr::from_bytes(b"a\xff\xfeb"));
    assert_eq!(command.output().expect("aws-sso starts").stdout, b"a\xff\xfeb");
}

#[test]
fn a_command_that_is_not_there_is_named_before_a_role_is_fetched() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    std::fs::write(home.path().join("plain"), "no program").expect("a file");
    for name in ["no-such-command", "./plain", "/", "/nowhere/program"] {
        let message = home.fails(1, &["exec", "-p", ADMIN, "--", name]);
        assert!(message.contains(&format!("'{name}'")), "{message}");
    }
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 0);
}

#[test]
fn a_file_that_the_system_cannot_run_is_an_error_with_its_name() {
    use std::os::unix::fs::PermissionsExt as _;
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let path = home.path().join("broken");
    std::fs::write(&path, "#!/nowhere/interpreter\n").expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let message = home.fails(1, &["exec", "-p", ADMIN, "--", "./broken"]);
    assert!(message.contains("broken"), "{message}");
}

#[test]
fn credentials_of_somebody_else_are_refused_by_name() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    for name in ["AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"] {
        home.set(name, "mine");
        let message = home.fails(1, &["exec", "-p", ADMIN, "--", "true"]);
        assert!(message.contains(&format!("{name} is set")) && message.contains("-O"), "{message}");
        home.set(name, "");
        assert_eq!(home.run(&["exec", "-p", ADMIN, "--", "true"]).status, Some(0), "an empty {name} counts as unset");
        home.unset(name);
    }
    home.set("AWS_PROFILE", "mine");
    home.set("AWS_SSO_ROLE_ARN", &arn("000000000001", "Admin"));
    home.fails(1, &["exec", "--", "true"]);
}

#[test]
fn overwriting_replaces_credentials_and_keeps_settings() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let foreign = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SECURITY_TOKEN", "AWS_WEB_IDENTITY_TOKEN_FILE"];
    let replaced = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];
    let regions = ["AWS_REGION", "AWS_DEFAULT_REGION"];
    let kept = ["AWS_CONFIG_FILE", "AWS_PAGER", "AWS_SSO_HELPER_ARGS", "AWS_EC2_METADATA_DISABLED", "UNRELATED"];
    for name in foreign.iter().chain(&replaced).chain(&regions).chain(&kept) {
        home.set(name, "mine");
    }
    let before: BTreeMap<String, String> = home.environment().iter().cloned().collect();
    let after = environment(&home, &["-O", "-p", ADMIN]);
    for name in foreign {
        assert!(!after.contains_key(name), "{name}");
    }
    for name in replaced {
        assert_ne!(after[name], "mine", "{name}");
    }
    for name in regions {
        assert_eq!(after[name], "us-west-2", "{name}");
    }
    for name in kept.iter().chain(&["AWS_SSO_FILE_PASSWORD", "AWS_ENDPOINT_URL_SSO"]) {
        assert_eq!(after[*name], before[*name], "{name}");
    }
}

#[test]
fn a_private_certificate_authority_reaches_the_command() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    // Fetched before, so that the file is not asked for by us.
    home.ok(&["process", "-p", ADMIN]);
    home.set("AWS_CA_BUNDLE", "/a/bundle.pem");
    for arguments in [&["-p", ADMIN][..], &["-O", "-p", ADMIN]] {
        assert_eq!(environment(&home, arguments)["AWS_CA_BUNDLE"], "/a/bundle.pem");
    }
}

#[test]
fn the_environment_names_the_role_where_no_flag_does() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    home.set("AWS_SSO_ACCOUNT_ID", "000000000002");
    home.fails(2, &["exec", "--", "true"]);
    home.set("AWS_SSO_ROLE_NAME", "ReadOnly");
    assert_eq!(role(&home, &[]), arn("000000000002", "ReadOnly"));
    home.set("AWS_SSO_ROLE_ARN", &arn("000000000001", "ReadOnly"));
    assert_eq!(role(&home, &[]), arn("000000000001", "ReadOnly"), "the ARN is the whole role");
}

#[test]
fn what_is_typed_beats_the_environment_and_is_never_mixed_with_it() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    for (name, value) in environment(&home, &["-p", ADMIN]) {
        if name.starts_with("AWS_") {
            home.set(&name, &value);
        }
    }
    let wanted = arn("000000000002", "ReadOnly");
    for arguments in [
        &["-p", "000000000002:ReadOnly"][..],
        &["-a", &wanted],
        &["-a", "000000000002:ReadOnly"],
        &["-a", "2:ReadOnly"],
        &["-A", "2", "-R", "ReadOnly"],
        &["-A", "000000000002", "-R", "ReadOnly"],
    ] {
        let child = environment(&home, arguments);
        assert_eq!(child["AWS_SSO_ROLE_ARN"], wanted, "{arguments:?}");
        assert_eq!((&*child["AWS_SSO_ACCOUNT_ID"], &*child["AWS_SSO_ROLE_NAME"]), ("000000000002", "ReadOnly"));
    }
    for (half, missing) in [(["-R", "ReadOnly"], "--account"), (["-A", "2"], "--role")] {
        let message = home.fails(2, &["exec", half[0], half[1], "--", "true"]);
        assert!(message.contains(missing), "{message}");
    }
}

#[test]
fn a_nested_exec_switches_the_role_as_a_whole() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let instance =
        "DefaultRegion: us-west-2\nAccounts:\n  '000000000001': {DefaultRegion: eu-west-1, Tags: {Team: blue}}";
    home.write_config(&config(&simulator, instance, "SecureStore: json\nEnvVarTags: [Team]\n"));
    home.ok(&["login"]);
    let outer = environment(&home, &["-p", ADMIN]);
    assert_eq!((&*outer["AWS_REGION"], &*outer["AWS_SSO_TAG_TEAM"]), ("eu-west-1", "blue"));

    let inner = ["exec", "-p", ADMIN, "--", BINARY, "exec", "-p", "000000000002:ReadOnly", "--", "env", "-0"];
    let output = home.command(&inner).output().expect("aws-sso starts");
    let inner = variables(&output.stdout);
    let direct = environment(&home, &["-p", "000000000002:ReadOnly"]);
    assert_eq!(inner, direct, "nothing of the outer role is left");
}

#[test]
fn without_a_command_it_is_the_persons_shell() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    home.set("SHELL", "/bin/sh");
    let mut command = home.command(&["exec", "-p", ADMIN]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("aws-sso starts");
    child.stdin.take().expect("a pipe").write_all(b"echo \"$0 $AWS_SSO_PROFILE\"\nexit 3\n").expect("a shell reads");
    let output = child.wait_with_output().expect("the shell ends");
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("/bin/sh {ADMIN}\n"));
    assert_eq!(output.status.code(), Some(3));

    home.unset("SHELL");
    let message = home.fails(2, &["exec", "-p", ADMIN]);
    assert!(message.contains("SHELL") && message.contains("-- COMMAND"), "{message}");
}

#[test]
fn the_region_follows_the_rule() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator);
    let regions = |home: &Home, arguments: &[&str]| {
        let child = environment(home, arguments);
        let value = |name: &str| child.get(name).cloned().unwrap_or_else(|| "-".to_owned());
        ["AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SSO_DEFAULT_REGION"].map(value).join(" ")
    };
    assert_eq!(regions(&home, &["-p", ADMIN]), "us-west-2 us-west-2 us-west-2");
    assert_eq!(regions(&home, &["-n", "-p", ADMIN]), "- - -");
    home.set("AWS_REGION", "mine");
    assert_eq!(regions(&home, &["-p", ADMIN]), "- mine -");
    assert_eq!(regions(&home, &["--no-region", "-p", ADMIN]), "- mine -");
    assert_eq!(regions(&home, &["-O", "-p", ADMIN]), "us-west-2 us-west-2 us-west-2");
    home.set("AWS_REGION", "old");
    home.set("AWS_DEFAULT_REGION", "old");
    home.set("AWS_SSO_DEFAULT_REGION", "old");
    assert_eq!(regions(&home, &["-p", ADMIN]), "us-west-2 us-west-2 us-west-2", "an earlier role's region follows");
    assert_eq!(regions(&home, &["-n", "-p", ADMIN]), "old old old");
}

#[test]
fn without_a_session_it_says_how_to_sign_in() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    home.ok(&["logout"]);
    let message = home.fails(3, &["exec", "-p", ADMIN, "--", "true"]);
    assert!(message.contains("aws-sso login"), "{message}");
}

#[test]
fn a_role_that_nobody_knows_is_an_error_with_the_nearest_ones() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let message = home.fails(4, &["exec", "-p", "000000000001:Admim", "--", "true"]);
    assert!(message.contains("did you mean") && message.contains(ADMIN), "{message}");
}

#[test]
fn a_name_that_no_environment_can_hold_does_not_keep_a_role_from_being_used() {
    let organization = Organization::new().with_account("000000000001", "a\0b", "x@example.com", &["Admin"]);
    let simulator = Simulator::start(organization);
    let home = Home::new(&simulator, "SecureStore: json\nEnvVarTags: [AccountAlias]\n");
    home.ok(&["login"]);
    assert_eq!(environment(&home, &["-p", ADMIN])["AWS_SSO_TAG_ACCOUNTALIAS"], "ab");
}

#[test]
fn a_logout_inside_a_role_says_that_its_keys_are_still_there() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator);
    let answer = home.run(&["exec", "-p", ADMIN, "--", BINARY, "logout"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains(ADMIN) && answer.stderr.contains("eval --clear"), "{}", answer.stderr);
    home.ok(&["login"]);
    assert!(!home.run(&["logout"]).stderr.contains("eval --clear"));
}
