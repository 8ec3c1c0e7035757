//! `list` for a person: the width and the colours of a terminal, and the tree.

#[path = "support/screen.rs"]
mod screen;
mod support;
#[path = "support/typist.rs"]
mod typist;

use identity_center::{Organization, Simulator};
use rexpect::session::PtySession;
use screen::Screen;
use support::{Home, signed_in, small_organization};
use typist::Shell;

const TAGS: &str = "\
Accounts:
  '000000000001': {Name: Kasse, Tags: {Color: green}}
  '000000000002': {Tags: {Env: prod}}
";

/// What a terminal with colours, whose width nobody knows, is sent.
fn shown(home: &Home, arguments: &[&str]) -> String {
    let mut command = home.command(arguments);
    command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm-256color");
    let mut session: PtySession = rexpect::session::spawn_command(command, Some(20_000)).expect("a terminal");
    // rexpect takes every byte for a character.
    let bytes = session.exp_eof().expect("it ends").chars().map(|c| u8::try_from(c).expect("a byte")).collect();
    String::from_utf8(bytes).expect("text in UTF-8").replace("\r\n", "\n")
}

const TREE: &str = "\
000000000001 Kasse (payments-dev)
├─ Admin     000000000001:Admin
└─ ReadOnly  000000000001:ReadOnly
000000000002 payments-prod
├─ Admin     000000000002:Admin
└─ ReadOnly  000000000002:ReadOnly
123456789012 data platform
└─ ReadOnly  123456789012:ReadOnly
";

#[test]
fn a_tree_has_the_roles_below_their_accounts() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, TAGS, "");
    let answer = home.run(&["list", "--tree"]);
    assert!(answer.stderr.starts_with("AWS roles of the SSO instance Default [session: "), "{}", answer.stderr);
    assert_eq!(answer.stdout, TREE);
    home.set("AWS_SSO_FIELDS", "Arn");
    assert_eq!(home.ok(&["list", "--tree"]), TREE, "columns are no part of a tree");
    home.unset("AWS_SSO_FIELDS");
    let part: String =
        TREE.split_inclusive('\n').skip(3).take(2).chain(["└─ ReadOnly  000000000002:ReadOnly\n"]).collect();
    assert_eq!(home.ok(&["list", "--tree", "--prefix", "AccountAlias=payments-p"]), part);
    let reversed = home.ok(&["list", "--tree", "--reverse"]);
    assert!(reversed.starts_with("123456789012") && reversed.lines().count() == 8, "{reversed}");
    home.ok(&["process", "-p", "000000000002:Admin"]);
    let tree = home.ok(&["list", "--tree"]);
    let line = tree.lines().find(|line| line.contains("000000000002:Admin")).expect("the role");
    assert!(["  1h0m", "  59m"].iter().any(|left| line.ends_with(left)), "{line}");
    for other in ["--csv", "--json", "--list-fields", "Profile"] {
        home.refuses(2, &["list", "--tree", other], &["cannot be used with"]);
    }
}

#[test]
fn a_terminal_that_is_too_narrow_cuts_the_widest_columns() {
    let organization = Organization::new()
        .with_account("000000000001", "the development account of the payments team", "a@example.com", &["Admin"])
        .with_account("000000000002", "日本語日本語日本語日本語日本語", "b@example.com", &["ReadOnly"]);
    let simulator = Simulator::start(organization);
    let home = signed_in(&simulator, "", "");
    let screen = Screen::open(&home, Shell::Bash, (60, 20));
    let table = |arguments: &str| {
        let end = format!("end of {}", arguments.len());
        screen.enters(&format!("clear; {{ aws-sso list {arguments}; }} 2>/dev/null; echo {end}"));
        screen.until("the end", |lines| lines.contains(&end))
    };
    let lines = table("AccountIdPad AccountAlias RoleName Expires");
    assert_eq!(
        lines[..4],
        [
            "AccountIdPad | AccountAlias             | RoleName | Expires",
            "============================================================",
            "000000000001 | the development account… | Admin    |",
            "000000000002 | 日本語日本語日本語日本…  | ReadOnly |",
        ]
    );
    let lines = table("--tree");
    assert_eq!(lines[0], "000000000001 the development account of the payments team");
    let piped = table("AccountAlias Arn StartUrl | cat | head -n1 | tail -c 9");
    assert_eq!(piped[0], "StartUrl", "what is piped is whole");
    let whole = home.ok(&["list", "AccountAlias", "Arn", "StartUrl"]);
    assert!(whole.contains("the development account of the payments team") && !whole.contains('…'), "{whole}");
}

#[test]
fn a_terminal_that_tells_no_width_is_sent_everything() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, TAGS, "");
    home.set("NO_COLOR", "1");
    let fields = ["list", "Arn", "StartUrl", "EmailAddress", "AccountAlias", "Profile"];
    let text = home.ok(&fields);
    assert!(shown(&home, &fields).ends_with(&text));
    assert!(shown(&home, &["list", "--tree"]).ends_with(TREE));
}

#[test]
fn colours_are_those_of_tags_and_of_the_time_that_is_left() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, TAGS, "RefreshBefore: 7\n");
    for (role, seconds) in [("ReadOnly", 3630), ("Admin", 870)] {
        simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = std::time::Duration::from_secs(seconds));
        home.ok(&["process", "-p", &format!("000000000001:{role}")]);
    }
    simulator.adjust_lifetimes(|lifetimes| lifetimes.role_credentials = std::time::Duration::from_secs(390));
    home.ok(&["process", "-p", "000000000002:Admin"]);
    for arguments in [&["list"][..], &["list", "--tree"]] {
        let text = shown(&home, arguments);
        for (what, coloured) in [
            ("a Color", "\x1b[92m000000000001:Admin\x1b[0m"),
            ("production is red", "\x1b[91m000000000002:Admin\x1b[0m"),
            ("much is left", "\x1b[92m1h0m\x1b[0m"),
            ("little is left", "\x1b[93m14m\x1b[0m"),
            ("it ends soon", "\x1b[91m6m\x1b[0m"),
        ] {
            assert!(text.contains(coloured), "{what}: {text:?}");
        }
        assert!(text.contains(" 123456789012:ReadOnly"), "no tag, no colour: {text:?}");
    }
    let names = shown(&home, &["list", "RoleName", "AccountId"]);
    assert!(names.contains("\x1b[92mAdmin\x1b[0m    | 1\n"), "the first column that names the role: {names:?}");
    for arguments in [&["list"][..], &["list", "--tree"], &["list", "--csv"]] {
        assert!(!home.ok(arguments).contains('\x1b'), "what is piped has no colours");
    }
    home.set("NO_COLOR", "1");
    for arguments in [&["list"][..], &["list", "--tree"]] {
        assert!(!shown(&home, arguments).contains('\x1b'), "NO_COLOR");
    }
}

#[test]
fn hostile_names_cannot_leave_their_cells() {
    let simulator = Simulator::start(Organization::hostile());
    let mut home = signed_in(&simulator, "", "");
    home.set("NO_COLOR", "1");
    for arguments in [&["list", "--tree"][..], &["list"], &["tags"]] {
        let text = shown(&home, arguments);
        let odd = text.chars().find(|c| *c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(c)));
        assert_eq!(odd, None, "{arguments:?}: {text:?}");
    }
}
