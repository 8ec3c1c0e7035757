//! `AutoConfigCheck`: the profiles in `~/.aws/config` follow the roles that were fetched, unasked and in one line.

#[path = "support/profiles.rs"]
mod profiles;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;

use identity_center::Simulator;
use profiles::*;
use support::{Answer, Home, config, small_organization};

const AUTO: &str = "SecureStore: json\nAutoConfigCheck: true\n";

fn home_with(instance: &str, more: &str) -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    home.write_config(&config(&simulator, instance, &format!("{AUTO}{more}")));
    (simulator, home)
}

/// A command that must succeed.
#[track_caller]
fn runs(home: &Home, arguments: &[&str]) -> Answer {
    let answer = home.run(arguments);
    assert_eq!(answer.status, Some(0), "{arguments:?}: {}", answer.stderr);
    answer
}

/// The line that a command says about the profiles, of which there is one.
#[track_caller]
fn line(answer: &Answer) -> &str {
    let lines: Vec<&str> = answer.stderr.lines().filter(|line| line.contains("profiles")).collect();
    let [line] = lines[..] else { panic!("{}", answer.stderr) };
    line
}

#[test]
fn each_fetch_brings_the_profiles_up_to_date_in_one_line() {
    let (simulator, home) = home_with("", "");
    let login = runs(&home, &["login"]);
    assert_eq!(line(&login), "brought the profiles in ~/.aws/config up to date (+6 -0)");
    assert_eq!((names(&read(&aws_config(&home))).len(), login.stdout.as_str()), (6, ""));
    let before = fs::metadata(aws_config(&home)).and_then(|metadata| metadata.modified()).expect("a time");
    let cache = runs(&home, &["cache"]);
    assert!(!cache.stderr.contains("profiles") && cache.stdout.is_empty(), "{}", cache.stderr);
    assert_eq!(fs::metadata(aws_config(&home)).and_then(|metadata| metadata.modified()).expect("a time"), before);

    simulator.change(|organization| {
        let changed = std::mem::take(organization);
        *organization = changed.with_account("000000000007", "new", "new@example.com", &["Admin", "Billing"]);
    });
    let cache = runs(&home, &["cache"]);
    assert_eq!(cache.stdout, "+ arn:aws:iam::000000000007:role/Admin\n+ arn:aws:iam::000000000007:role/Billing\n");
    assert_eq!(
        line(&cache),
        "brought the profiles in ~/.aws/config up to date (+2 -0) (backup: ~/.aws/config.aws-sso-backup)"
    );
    simulator.change(|organization| *organization = small_organization());
    let cache = runs(&home, &["cache", "--silent"]);
    assert_eq!((cache.stdout.as_str(), cache.stderr.as_str()), ("", ""));
    assert_eq!(names(&read(&aws_config(&home))).len(), 6);
}

#[test]
fn what_the_config_says_is_followed_as_well() {
    let (simulator, home) = home_with("", "");
    runs(&home, &["login"]);
    for (instance, more, counts) in [
        ("DefaultRegion: eu-west-1", "", "(+0 -0, 5 changed)"),
        ("DefaultRegion: eu-west-1", "ConfigVariables: {output: json}\n", "(+0 -0, 5 changed)"),
        ("Accounts: {'1': {Roles: {Admin: {Profile: mine, DefaultRegion: eu-west-2}}}}", "", "(+1 -1, 4 changed)"),
        ("Accounts: {'1': {Roles: {Admin: {Profile: \"Bob's\"}}}}", "", "(+0 -1)"),
        ("", "ProfileFormat: '{{ .RoleName }}.{{ .AccountIdPad }}'\n", "(+5 -4)"),
    ] {
        home.write_config(&config(&simulator, instance, &format!("{AUTO}{more}")));
        let told = runs(&home, &["cache"]);
        assert!(line(&told).contains(counts), "{counts}: {}", told.stderr);
        let is_short = line(&told).contains("some roles have none because of their names");
        assert_eq!(is_short, instance.contains("Bob's"), "{}", told.stderr);
    }
    // With a session and a young listing there is nothing to fetch, and nothing to follow.
    home.write_config(&config(&simulator, "", AUTO));
    assert!(!runs(&home, &["login"]).stderr.contains("profiles"));
    assert!(line(&runs(&home, &["list", "--no-cache"])).contains("(+5 -5)"));
}

#[test]
fn nothing_is_written_unless_it_is_wanted() {
    let (simulator, home) = home_with("", "");
    runs(&home, &["--no-config-check", "login"]);
    runs(&home, &["cache", "--no-config-check"]);
    assert!(!aws_config(&home).exists());
    home.write_config(&config(&simulator, "", "SecureStore: json\n"));
    runs(&home, &["cache"]);
    assert!(!aws_config(&home).exists());
    install(&home);
    home.write_config(&config(&simulator, "", AUTO));
    let told = remove(&home);
    assert!(told.contains("AutoConfigCheck in ~/.config/aws-sso/config.yaml writes them anew"), "{told}");
}

#[test]
fn a_failure_is_one_warning_and_the_command_succeeds() {
    let (simulator, home) = home_with("", "");
    runs(&home, &["login", "--no-refresh"]);
    for (theirs, words) in [
        (format!("[profile {DEV}]\nregion = x\n"), ".aws/config:1"),
        ("# >>> aws-sso profiles >>>\n".to_owned(), "config:1: a block begins here"),
        (
            "# >>> aws-sso profiles >>>\n# All roles of /elsewhere: x\n# <<< aws-sso profiles <<<\n".to_owned(),
            "are of another config file",
        ),
    ] {
        write(&home, "config", &theirs);
        let answer = runs(&home, &["cache"]);
        assert!(line(&answer).contains(words) && line(&answer).contains("AutoConfigCheck"), "{}", answer.stderr);
        assert_eq!(read(&aws_config(&home)), theirs);
    }
    // A name of two instances; and a directory in the place of the file.
    fs::remove_file(aws_config(&home)).expect("it goes");
    write_two(&simulator, &home, "", "AutoConfigCheck: true\n");
    runs(&home, &["login", "-S", "Home"]);
    assert!(line(&runs(&home, &["login", "-S", "My Work"])).contains("two SSO instances have a profile"));
    fs::remove_file(aws_config(&home)).expect("it goes");
    fs::create_dir(aws_config(&home)).expect("a directory");
    assert!(line(&runs(&home, &["cache"])).contains("it is a directory"));
}

#[test]
fn an_instance_whose_roles_are_not_known_keeps_its_profiles() {
    let simulator = Simulator::start(small_organization());
    let home = two_instances(&simulator, "AutoConfigCheck: true\n");
    let both = read(&aws_config(&home));
    assert_eq!(names(&both).len(), 11);
    fs::remove_file(home.state_path()).expect("the state file goes");
    let told = runs(&home, &["login", "-S", "Home"]);
    assert!(line(&told).contains("run 'aws-sso login -S 'My Work''"), "{}", told.stderr);
    assert_eq!(read(&aws_config(&home)), both);
    runs(&home, &["login", "-S", "My Work"]);
    assert_eq!(read(&aws_config(&home)), both);
}

#[test]
fn the_first_fetch_of_a_command_that_needs_roles_counts_too() {
    let (_simulator, home) = home_with("", "");
    runs(&home, &["login", "--no-refresh"]);
    assert!(!aws_config(&home).exists());
    // Nobody is asked on a terminal either.
    let (shown, status) = terminal::end(terminal::aws_sso(&home, &["exec", "-p", DEV, "--", "true"]));
    assert!(status == 0 && shown.contains("up to date (+6 -0)") && !shown.contains('?'), "{shown}");
    assert_eq!(names(&read(&aws_config(&home))).len(), 6);
}

#[test]
fn many_at_once_leave_one_whole_block() {
    let (_simulator, home) = home_with("", "");
    runs(&home, &["login", "--no-refresh"]);
    write(&home, "config", "[default]\n");
    let answers = home.run_at_once(&vec![vec!["cache"]; 8]);
    for answer in &answers {
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(!answer.stderr.contains("AutoConfigCheck"), "{}", answer.stderr);
    }
    let text = read(&aws_config(&home));
    assert!(text.starts_with("[default]\n\n# >>> aws-sso profiles >>>\n"), "{text}");
    assert_eq!((names(&text).len(), text.matches("# <<< aws-sso profiles <<<\n").count()), (7, 1));
}
