//! Credentials by directory: `process --here` and `exec --here` choose by the working directory, and
//! `process` gives no program the role of the directory that its shell has just left.

#[path = "support/directories.rs"]
mod directories;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use directories::*;
use identity_center::Operation;
use support::{Answer, Home, json, variables};

const READ_ONLY: &str = "000000000001:ReadOnly";

fn place(home: &Home, name: &str) -> PathBuf {
    home.path().join(name).canonicalize().expect("a directory")
}

/// What the program answers in a directory, with an environment.
fn run(home: &Home, env: &BTreeMap<String, String>, directory: &Path, arguments: &[&str]) -> Answer {
    let mut command = inside(home.command(arguments), directory);
    command.envs(env.iter().filter(|(name, _)| name.starts_with("AWS_")));
    Answer::of(command)
}

/// As an SDK runs the line of the profile that AWS_PROFILE names.
fn process(home: &Home, env: &BTreeMap<String, String>, directory: &Path) -> Answer {
    run(home, env, directory, &["-S", &env["AWS_SSO"], "process", "--arn", &env["AWS_SSO_ROLE_ARN"]])
}

#[track_caller]
fn answered(answer: &Answer) -> String {
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""));
    json(&answer.stdout)["AccessKeyId"].as_str().expect("a key").to_owned()
}

#[track_caller]
fn refused(answer: &Answer, words: &[&str]) {
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(1), ""), "{}", answer.stderr);
    assert!(answer.stderr.starts_with("aws-sso: ") && answer.stderr.lines().count() == 1, "{}", answer.stderr);
    for word in words {
        assert!(answer.stderr.contains(word), "no {word:?} in: {}", answer.stderr);
    }
}

#[test]
fn exec_here_runs_a_command_with_the_keys_of_the_directory() {
    let (_simulator, home) = dev_and_prod();
    fs::write(place(&home, "prod").join(FILE), format!("profile: '{PROD}'\nregion: eu-central-1\n")).expect("a file");
    home.ok(&["allow", "prod"]);
    let below = directory(&home, "prod/below");
    let output = inside(home.command(&["exec", "--here", "--", "env", "-0"]), &below).output().expect("aws-sso starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let env = variables(&output.stdout);
    assert_eq!((&*env["AWS_SSO_ROLE_ARN"], &*env["AWS_SSO_PROFILE"]), (PROD_ARN, PROD));
    assert_eq!((&*env["AWS_REGION"], &*env["AWS_DEFAULT_REGION"]), ("eu-central-1", "eu-central-1"));
    assert_eq!(env["AWS_SSO_DIRECTORY"], format!("{}/{FILE}", text(&place(&home, "prod"))));
    assert!(!env.contains_key("AWS_PROFILE"));
    let direct = json(&home.ok(&["process", "-p", PROD]));
    assert_eq!(env["AWS_ACCESS_KEY_ID"], direct["AccessKeyId"].as_str().expect("a key"));

    // From a shell with the role of another directory as well.
    let dev = enter(&home, &place(&home, "dev"));
    let print = ["exec", "--here", "--", "printenv", "AWS_SSO_ROLE_ARN", "AWS_REGION"];
    let answer = run(&home, &dev.env, &below, &print);
    assert_eq!(answer.stdout, format!("{PROD_ARN}\neu-central-1\n"), "{}", answer.stderr);
    let status = run(&home, &dev.env, &below, &["exec", "--here", "--", "sh", "-c", "exit 7"]).status;
    assert_eq!(status, Some(7));
}

#[test]
fn a_file_may_choose_a_role_of_another_instance() {
    let simulator = sessions::simulator();
    let home = sessions::two_instances(&simulator, "SecureStore: json\n");
    home.ok(&["-S", "Other", "login"]);
    let tree = allowed(&home, "tree", &format!("profile: '{PROD}'\nsso: Other\n"));
    // Nobody is signed in to the default instance: what answers is the other one.
    home.fails(3, &["process", "-p", PROD]);
    let print = ["exec", "--here", "--", "printenv", "AWS_SSO", "AWS_SSO_ROLE_ARN"];
    let answer = run(&home, &BTreeMap::new(), &tree, &print);
    assert_eq!(answer.stdout, format!("Other\n{PROD_ARN}\n"), "{}", answer.stderr);
    answered(&run(&home, &BTreeMap::new(), &tree, &["process", "--here"]));
    let shell = enter(&home, &tree);
    shell.chose(PROD_ARN);
    answered(&process(&home, &shell.env, &tree));
    // The instance that the shell had before has no say in it.
    let before = BTreeMap::from([("AWS_SSO".to_owned(), "Default".to_owned())]);
    answered(&run(&home, &before, &tree, &["process", "--here"]));
}

#[test]
fn only_shells_leave_marks() {
    let (_simulator, home) = dev_and_prod();
    let dev = place(&home, "dev");
    let marks = home.state_path().with_file_name("directories");
    for command in [&["process", "--here"][..], &["exec", "--here", "--", "true"], &["status"]] {
        assert_eq!(run(&home, &BTreeMap::new(), &dev, command).status, Some(0), "{command:?}");
        assert!(!marks.exists(), "{command:?}");
    }
    enter(&home, &dev).chose(DEV_ARN);
    assert!(marks.exists());
}

#[test]
fn where_no_file_rules_here_is_no_role() {
    let (simulator, home) = dev_and_prod();
    simulator.clear_log();
    let none = BTreeMap::new();
    for (name, command) in [("one", &["process", "--here"][..]), ("other", &["exec", "--here", "--", "true"])] {
        let plain = place(&home, "plain");
        let answer = run(&home, &none, &plain, command);
        assert_eq!((answer.status, answer.stdout.as_str()), (Some(2), ""), "{command:?}");
        let rules = format!("no .aws-sso-role rules {}: write one with 'aws-sso allow --init", plain.display());
        assert!(answer.stderr.contains(&rules), "{}", answer.stderr);

        let wild = ruled(&home, name, DEV);
        let asks = format!("asks for {DEV}, the role Admin in account 000000000001");
        refused(&run(&home, &none, &wild, command), &[&asks, "'aws-sso allow' permits it"]);
        let wrong = ruled(&home, "wrong", "one\ntwo\n");
        refused(&run(&home, &none, &wrong, command), &["wrong/.aws-sso-role:2: a second line"]);
        home.ok(&["deny", name]);
        refused(&run(&home, &none, &wild, command), &["was denied: 'aws-sso allow' permits it"]);
    }
    for mixed in [&["process", "--here", "-p", DEV][..], &["exec", "--here", "-a", DEV_ARN, "--", "true"]] {
        assert_eq!(home.run(mixed).status, Some(2), "{mixed:?}");
    }
    assert_eq!(simulator.count(Operation::GetRoleCredentials), 0);
}

#[test]
fn a_program_elsewhere_does_not_get_the_role_that_its_shell_has_left() {
    let (simulator, home) = dev_and_prod();
    let (dev, prod) = (place(&home, "dev"), place(&home, "prod"));
    let shell = enter(&home, &dev);
    let key = answered(&process(&home, &shell.env, &dev));
    simulator.clear_log();
    let words = [
        format!("refused: {}/{FILE} asks for {PROD}", prod.display()),
        format!("this shell has {DEV} of {}/{FILE}", dev.display()),
        "'aws-sso exec --here -- COMMAND'".to_owned(),
    ];
    let words = words.each_ref().map(String::as_str);
    for place in [&prod, &directory(&home, "prod/a/b"), &prod.join("../prod/a")] {
        refused(&process(&home, &shell.env, place), &words);
    }
    // By the profile's name it is the same question.
    refused(&run(&home, &shell.env, &prod, &["process", "-p", DEV]), &words);
    // And so it is where the other file has no say: whoever wrote it does not want this role there.
    let wild = ruled(&home, "wild", PROD);
    refused(&process(&home, &shell.env, &wild), &[&format!("wild/{FILE} asks for {PROD}"), DEV]);
    let wrong = ruled(&home, "wrong", "one\ntwo\n");
    refused(&process(&home, &shell.env, &wrong), &[&format!("this shell has {DEV}"), "wrong/.aws-sso-role:2:"]);
    assert_eq!(simulator.requests(), [], "nobody was asked for what is refused");

    // After a prompt there, it is the role of that place.
    let shell = enter_from(&home, &shell.env, &prod);
    shell.chose(PROD_ARN);
    assert_ne!(answered(&process(&home, &shell.env, &prod)), key);
    refused(&process(&home, &shell.env, &dev), &[DEV, PROD]);
}

#[test]
fn a_program_elsewhere_gets_what_nothing_there_speaks_against() {
    let (_simulator, home) = dev_and_prod();
    let shell = enter(&home, &place(&home, "dev"));
    let key = answered(&process(&home, &shell.env, &place(&home, "dev")));
    // No file at all, the root, and a file that asks for the same role in other words.
    let same = allowed(&home, "same", "account: 1\nrole: Admin\n");
    let unasked = ruled(&home, "unasked", DEV_ARN);
    for place in [&place(&home, "plain"), Path::new("/"), &same, &unasked] {
        assert_eq!(answered(&process(&home, &shell.env, place)), key, "{}", place.display());
    }
    // A role that the program itself names was not handed on by the shell.
    let prod = place(&home, "prod");
    let named = run(&home, &shell.env, &prod, &["process", "-p", READ_ONLY]);
    assert_ne!(answered(&named), key);
    // And a shell whose role was chosen by hand is no matter of directories.
    assert_eq!(answered(&run(&home, &BTreeMap::new(), &prod, &["process", "--arn", DEV_ARN])), key);
}

#[test]
fn a_file_that_was_edited_takes_its_old_role_away_before_the_next_prompt() {
    let (_simulator, home) = dev_and_prod();
    let dev = place(&home, "dev");
    let shell = enter(&home, &dev);
    answered(&process(&home, &shell.env, &dev));
    let below = directory(&home, "dev/below");
    for allow in [false, true] {
        fs::write(dev.join(FILE), PROD).expect("another role");
        if allow {
            home.ok(&["allow", "dev"]);
        }
        for place in [&dev, &below] {
            let had = format!("this shell has {DEV} it had before");
            refused(&process(&home, &shell.env, place), &[&format!("dev/{FILE} asks for {PROD}"), &had]);
        }
    }
    fs::write(dev.join(FILE), "one\ntwo\n").expect("no role");
    refused(&process(&home, &shell.env, &dev), &["dev/.aws-sso-role:2: a second line"]);
    fs::remove_file(dev.join(FILE)).expect("the file goes");
    answered(&process(&home, &shell.env, &dev));
}
