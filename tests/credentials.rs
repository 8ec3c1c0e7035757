//! `credentials`: keys in clear text, where a program can do nothing else, and never in the place of somebody else's.

#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use identity_center::{Operation, Simulator};
use sessions::simulator;
use support::{Answer, Home, json, python, signed_in};

const NAMES: &str = "\
Accounts:
  '000000000001':
    Roles:
      Admin: {Profile: 'a, b'}
      ReadOnly: {Profile: reader}
  '000000000002':
    Roles:
      Admin: {Profile: 'x]y'}
";

fn home() -> (Simulator, Home) {
    let simulator = simulator();
    let home = signed_in(&simulator, NAMES, "");
    (simulator, home)
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("the file").permissions().mode() & 0o777
}

#[test]
fn keys_are_printed_with_a_warning() {
    let (_simulator, home) = home();
    let answer = home.run(&["credentials", "-p", "reader"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(answer.stderr.contains("clear text") && answer.stderr.lines().count() == 1, "{}", answer.stderr);
    let keys = json(&home.ok(&["process", "-p", "reader"]));
    let expected = format!(
        "\n[reader]\n# Expires: {}\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n",
        keys["Expiration"].as_str().expect("text"),
        keys["AccessKeyId"].as_str().expect("text"),
        keys["SecretAccessKey"].as_str().expect("text"),
        keys["SessionToken"].as_str().expect("text"),
    );
    assert_eq!(answer.stdout, expected);
}

#[test]
fn several_profiles_go_into_a_file_that_boto3_reads() {
    let (simulator, home) = home();
    let file = home.path().join("keys");
    for arguments in
        [&["-p", "reader,123456789012:ReadOnly"][..], &["-p", "reader", "-p", "123456789012:ReadOnly", "-p", "reader"]]
    {
        let arguments: Vec<&str> = ["credentials", "--file", "~/keys"].iter().chain(arguments).copied().collect();
        let answer = home.run(&arguments);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{}", answer.stderr);
        assert!(answer.stderr.contains(&file.display().to_string()), "{}", answer.stderr);
        assert_eq!(mode(&file), 0o600);
        let text = fs::read_to_string(&file).expect("the file");
        assert_eq!(text.matches("[reader]").count(), 1, "{text}");
        for (profile, account) in [("reader", "000000000001"), ("123456789012:ReadOnly", "123456789012")] {
            let mut boto3 = home.program(python());
            boto3.env("AWS_SHARED_CREDENTIALS_FILE", &file).args([
                "-c",
                "import sys, boto3; print(boto3.Session(profile_name=sys.argv[1], region_name='eu-west-1').client('sts').get_caller_identity()['Arn'])",
                profile,
            ]);
            assert_eq!(Answer::of(boto3).stdout.trim(), simulator.session_arn(account, "ReadOnly"));
        }
    }
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 2);
}

#[test]
fn a_name_with_a_comma_is_one_name() {
    let (_simulator, home) = home();
    assert!(home.ok(&["credentials", "-p", "a, b"]).contains("\n[a, b]\n"));
    assert!(
        home.ok(&["credentials", "--profiles", "a, b"]).contains("\n[a, b]\n"),
        "as version 1 of the Go tool spelled it"
    );
    home.refuses(1, &["credentials", "-p", "x]y"], &["'x]y'", "Profile"]);
    home.refuses(4, &["credentials", "-p", "reader,nobody"], &["nobody"]);
    home.refuses(2, &["credentials"], &["--profile"]);
    home.refuses(2, &["credentials", "-p", ","], &["-p PROFILE"]);
}

#[test]
fn what_somebody_else_keeps_in_the_file_stays() {
    let (simulator, mut home) = home();
    let aws = home.path().join(".aws");
    let file = aws.join("credentials");
    fs::create_dir_all(&aws).expect("~/.aws");
    let theirs =
        "; old\r\n[default]\r\naws_access_key_id = AKIA\r\n# of the build server\n[build]\naws_access_key_id = X";
    fs::write(&file, theirs).expect("their keys");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("a mode");
    home.set("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials");
    home.refuses(1, &["credentials", "-p", "reader"], &["credentials:2", "'default'", "--append"]);
    assert_eq!(fs::read_to_string(&file).expect("the file"), theirs);
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 0, "nothing is fetched for nothing");
    for _ in 0..2 {
        home.ok(&["credentials", "--append", "-p", "reader"]);
        let text = fs::read_to_string(&file).expect("the file");
        let (before, ours) = text.split_once("\n[reader]\n").expect("our section");
        assert_eq!(before, format!("{theirs}\n"));
        assert_eq!(ours.lines().count(), 4, "{ours}");
        assert_eq!(mode(&file), 0o600, "whoever could read the file before");
    }
    home.ok(&["credentials", "--append", "-p", "a, b"]);
    let text = fs::read_to_string(&file).expect("the file");
    assert!(text.contains("[reader]") && text.contains("[a, b]") && text.starts_with(theirs), "{text}");
    fs::write(&file, "[reader]\naws_access_key_id = MINE\n").expect("their keys");
    home.refuses(1, &["credentials", "--append", "-p", "reader"], &["credentials:1", "'reader'", "rename"]);
    assert!(!aws.join("credentials.aws-sso-backup").exists(), "no copy of keys is left anywhere");
    assert_eq!(fs::read_dir(&aws).expect("~/.aws").count(), 1);
}

#[test]
fn a_file_of_something_else_is_not_replaced() {
    let (simulator, home) = home();
    let file = home.path().join("notes");
    fs::write(&file, "\nDear diary\n").expect("a file");
    home.refuses(1, &["credentials", "-p", "reader", "-f", "notes"], &["notes:2", "--append", "another file"]);
    assert_eq!(fs::read_to_string(&file).expect("the file"), "\nDear diary\n");
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 0);
}

#[test]
fn a_file_of_ours_is_replaced_and_a_link_followed() {
    let (_simulator, home) = home();
    let (real, link) = (home.path().join("real"), home.path().join("link"));
    std::os::unix::fs::symlink(&real, &link).expect("a link");
    home.ok(&["credentials", "-f", "link", "-p", "reader"]);
    home.ok(&["credentials", "-f", "link", "-p", "a, b"]);
    let text = fs::read_to_string(&real).expect("the file");
    assert!(!text.contains("[reader]") && text.contains("[a, b]") && link.is_symlink(), "{text}");
    home.refuses(2, &["credentials", "-p", "reader", "--append"], &["--file"]);
    home.refuses(1, &["credentials", "-p", "reader", "-f", "/proc/none/x"], &["/proc/none/x"]);
}
