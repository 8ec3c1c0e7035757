//! `allow` and `deny`: a role file has no say before it was allowed, and none after it was denied.

#[path = "support/directories.rs"]
mod directories;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::fs;
use std::path::Path;

use directories::*;
use identity_center::{Organization, Simulator};
use support::{Answer, Home, json};

/// What `allow` with these arguments says in a directory, where it must succeed.
#[track_caller]
fn allow(home: &Home, directory: &Path, arguments: &[&str]) -> String {
    let answer = Answer::of(inside(home.command(&[&["allow"], arguments].concat()), directory));
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(0), ""), "{arguments:?}: {}", answer.stderr);
    answer.stderr
}

/// The one line of ours with which a command fails in a directory.
#[track_caller]
fn fails(home: &Home, directory: &Path, status: i32, arguments: &[&str]) -> String {
    let answer = Answer::of(inside(home.command(arguments), directory));
    assert_eq!((answer.status, answer.stdout.as_str()), (Some(status), ""), "{arguments:?}: {}", answer.stderr);
    assert!(answer.stderr.starts_with("aws-sso: ") && answer.stderr.lines().count() == 1, "{}", answer.stderr);
    answer.stderr
}

fn list(home: &Home) -> Vec<String> {
    home.ok(&["allow", "--list"]).lines().map(str::to_owned).collect()
}

#[test]
fn a_role_file_has_its_say_from_allow_on() {
    let (_simulator, home) = signed_in();
    let tree = ruled(&home, "dev", &format!("{DEV}\n"));
    let deep = directory(&home, "dev/a/b");
    let file = text(&tree).to_owned() + "/.aws-sso-role";
    let asks = "asks for 000000000001:Admin, the role Admin in account 000000000001 (payments-dev): 'aws-sso allow'";
    enter(&home, &deep).refused(&[&file, asks]);
    assert!(fails(&home, &deep, 1, &["process", "--here"]).contains(asks));

    let said = allow(&home, &deep, &[]);
    assert!(said.contains(&format!("{file} may now choose {DEV}, the role Admin in account 000000000001")), "{said}");
    for place in [&tree, &deep] {
        let shell = enter(&home, place);
        shell.chose(DEV_ARN);
        assert_eq!((&*shell.env["AWS_PROFILE"], &*shell.env["AWS_REGION"]), (DEV, "us-west-2"));
        assert_eq!(shell.env["AWS_SSO_DIRECTORY"], file);
        assert!(!shell.env.contains_key("AWS_ACCESS_KEY_ID"), "a name, and no secret");
    }
    let here = Answer::of(inside(home.command(&["process", "--here"]), &deep));
    assert_eq!(json(&here.stdout), json(&home.ok(&["process", "-p", DEV])), "{}", here.stderr);
    assert!(allow(&home, &deep, &[]).contains("may choose, as before,"));
}

#[test]
fn a_path_names_the_directory_or_the_file_however_it_is_spelled() {
    let (_simulator, home) = signed_in();
    let work = directory(&home, "work");
    std::os::unix::fs::symlink("work", home.path().join("link")).expect("a link");
    let spellings = ["a", "./b/", "c/.aws-sso-role", "../work/d", "../link/e", "f/../f/./.aws-sso-role"];
    for (spelling, name) in spellings.iter().zip(["a", "b", "c", "d", "e", "f"]) {
        let tree = ruled(&home, &format!("work/{name}"), DEV);
        allow(&home, &work, &[spelling]);
        enter(&home, &tree).chose(DEV_ARN);
    }
    assert_eq!(list(&home).len(), spellings.len());
    let own = ruled(&home, "own", DEV);
    allow(&home, &own, &[FILE]);
    enter(&home, &own).chose(DEV_ARN);
}

#[test]
fn where_there_is_no_file_it_says_how_to_make_one() {
    let (_simulator, home) = signed_in();
    for command in ["allow", "deny"] {
        home.refuses(2, &[command], &["no .aws-sso-role here or above", "'aws-sso allow --init -p PROFILE'"]);
    }
    let empty = directory(&home, "empty");
    home.refuses(1, &["allow", "empty"], &[&format!("{}/.aws-sso-role: there is no such file", text(&empty))]);
    home.refuses(1, &["allow", "nowhere"], &["nowhere/.aws-sso-role: there is no such file"]);
    assert_eq!(list(&home), [""; 0]);
}

#[test]
fn a_file_that_cannot_choose_is_not_allowed() {
    let (_simulator, home) = signed_in();
    for (content, status, words) in [
        ("000000000001:Admim\n", 4, &["cannot be allowed", "did you mean 000000000001:Admin"][..]),
        ("account: 1\nrole: Nobody\n", 4, &["the role 'Nobody' of account 000000000001"]),
        ("# x\nprofile: a\nrgion: b\n", 1, &[".aws-sso-role:3: unknown key 'rgion', did you mean region?"]),
        ("one\ntwo\n", 1, &[".aws-sso-role:2: a second line"]),
        ("", 1, &[".aws-sso-role:1: it names no role"]),
        ("{profile: '000000000001:Admin', sso: Elsewhere}", 1, &["tree/.aws-sso-role", "no SSO instance 'Elsewhere'"]),
    ] {
        let tree = ruled(&home, "tree", content);
        home.refuses(status, &["allow", "tree"], words);
        assert_eq!(enter(&home, &tree).role(), None, "{content:?}");
    }
    assert_eq!(list(&home), [""; 0]);
    assert!(!home.path().join(".aws").exists(), "nothing was written for what was refused");
}

#[test]
fn a_role_of_another_instance_is_found_by_the_key_that_names_it() {
    let simulator = sessions::simulator();
    let mut home = sessions::two_instances(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    home.ok(&["-S", "Other", "login"]);
    let tree = directory(&home, "tree");
    allow(&home, &tree, &["--init", "-S", "Other", "-p", DEV]);
    let content = fs::read_to_string(tree.join(FILE)).expect("the file");
    assert!(content.ends_with("role: Admin\nsso: Other\n"), "{content}");
    let shell = enter(&home, &tree);
    shell.chose(DEV_ARN);
    assert_eq!(shell.env["AWS_SSO"], "Other");
    // Neither the variable nor the flag is a reason to take the role of another instance than the file says.
    home.set("AWS_SSO", "Default");
    for more in [&["-S", "Default"][..], &[]] {
        allow(&home, &tree, more);
        assert_eq!(enter(&home, &tree).env["AWS_SSO"], "Other");
    }
    home.unset("AWS_SSO");
    let plain = directory(&home, "plain");
    allow(&home, &plain, &["--init", "-p", DEV]);
    let content = fs::read_to_string(plain.join(FILE)).expect("the file");
    assert!(!content.contains("\nsso:"), "the default instance needs no name: {content}");
}

#[test]
fn init_writes_the_role_that_is_named_or_in_use_and_allows_it() {
    let (_simulator, mut home) = signed_in();
    let expected = "account: \"000000000001\" # payments-dev\nrole: Admin\n";
    let ways: [&[&str]; 4] = [&["-p", DEV], &["-a", DEV_ARN], &["-A", "000000000001", "-R", "Admin"], &[]];
    for (number, way) in ways.into_iter().enumerate() {
        let tree = directory(&home, &format!("tree{number}"));
        if way.is_empty() {
            for (name, value) in enter(&home, &home.path().join("tree0")).env {
                if name.starts_with("AWS_") {
                    home.set(&name, &value);
                }
            }
            assert!(home.environment().iter().any(|(name, _)| name == "AWS_SSO_ROLE_ARN"));
        }
        let said = allow(&home, &tree, &[&["--init"], way].concat());
        assert!(said.contains("may now choose"), "{said}");
        let content = fs::read_to_string(tree.join(FILE)).expect("the file");
        assert!(content.starts_with("# ") && content.ends_with(&format!(".\n{expected}")), "{way:?}: {content}");
        assert_eq!(enter(&home, &tree).role(), Some(DEV_ARN), "{way:?}");
    }
}

#[test]
fn init_puts_the_file_where_it_is_told_and_a_region_into_it() {
    let (_simulator, home) = signed_in();
    let outer = allowed(&home, "outer", PROD);
    let tree = directory(&home, "outer/tree");
    allow(&home, &outer, &["--init", "tree", "-p", DEV, "--region", "eu-central-1"]);
    let shell = enter(&home, &tree);
    shell.chose(DEV_ARN);
    assert_eq!(shell.env["AWS_REGION"], "eu-central-1");
    // Below another file it makes one of its own, and what is there is not written over.
    let deep = directory(&home, "outer/tree/deep");
    allow(&home, &deep, &["--init", "-p", "000000000001:ReadOnly"]);
    enter(&home, &deep).chose("arn:aws:iam::000000000001:role/ReadOnly");
    let before = fs::read(tree.join(FILE)).expect("the file");
    let refused = fails(&home, &tree, 1, &["allow", "--init", "-p", PROD]);
    assert!(refused.contains(".aws-sso-role is there already"), "{refused}");
    assert_eq!(fs::read(tree.join(FILE)).expect("the file"), before);
    enter(&home, &tree).chose(DEV_ARN);
}

#[test]
fn init_that_fails_leaves_no_file() {
    let (_simulator, home) = signed_in();
    let tree = directory(&home, "tree");
    for (status, arguments) in [
        (2, &["allow", "--init"][..]),
        (4, &["allow", "--init", "-p", "nobody"]),
        (2, &["allow", "-p", DEV]),
        (2, &["allow", "-A", "1", "-R", "Admin"]),
        (2, &["allow", "--region", "eu-central-1"]),
        (2, &["allow", "--list", "--init"]),
        (2, &["allow", "--list", "."]),
        (2, &["allow", "--init", "-p", DEV, "--region", "Frankfurt"]),
    ] {
        fails(&home, &tree, status, arguments);
        assert!(!tree.join(FILE).exists(), "{arguments:?}");
    }
    home.refuses(2, &["allow", "-p", DEV], &["add --init"]);
    home.refuses(1, &["allow", "--init", "nowhere/at/all", "-p", DEV], &["could not write"]);
}

#[test]
fn what_init_writes_is_not_for_others_to_write() {
    let (_simulator, home) = signed_in();
    let tree = directory(&home, "tree");
    let mut shell = inside(home.program("sh"), &tree);
    shell.args(["-c", r#"umask 0; exec "$0" allow --init -p "$1""#, support::BINARY, DEV]);
    let answer = Answer::of(shell);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    enter(&home, &tree).chose(DEV_ARN);
}

#[test]
fn what_init_writes_means_the_same_role_whatever_its_names_look_like() {
    let account = "pay\nrole: ReadOnly\u{1b}[31m # it's \"x\" \u{202e}!";
    let roles = ["null", "1e3", "007", "true", "0x1F", "a=b,c@d+e", "~", "Admin-Ünïcode", "-dash", "2020-01-01"];
    let organization = Organization::new().with_account("000000000007", account, "x@example.com", &roles).with_account(
        "012345678901",
        "",
        "y@example.com",
        &["Admin"],
    );
    let simulator = Simulator::start(organization);
    let home = Home::new(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    let all = roles.iter().map(|role| ("000000000007", *role)).chain([("012345678901", "Admin")]);
    for (number, (account, role)) in all.enumerate() {
        let tree = directory(&home, &format!("tree{number}"));
        let arn = format!("arn:aws:iam::{account}:role/{role}");
        allow(&home, &tree, &["--init", "-a", &arn]);
        enter(&home, &tree).chose(&arn);
        let content = fs::read_to_string(tree.join(FILE)).expect("the file");
        assert!(!content.contains(['\u{1b}', '\u{202e}']), "{content:?}");
        assert_eq!(content.lines().count(), 3, "{content:?}");
    }
}

#[test]
fn list_says_what_became_of_each_file() {
    let (_simulator, home) = signed_in();
    let [same, changed, gone, open] =
        ["a-same", "b-changed", "c-gone", "d-unusable"].map(|name| allowed(&home, name, DEV));
    fs::write(changed.join(FILE), PROD).expect("another role");
    fs::remove_dir_all(&gone).expect("the directory goes");
    fs::remove_file(open.join(FILE)).expect("the file goes");
    fs::create_dir(open.join(FILE)).expect("a directory");
    let line = |state: &str, tree: &Path| format!("{state}\t{DEV}\t{}/.aws-sso-role", tree.display());
    let all = [("allowed", &same), ("changed", &changed), ("gone", &gone), ("unusable", &open)];
    assert_eq!(list(&home), all.map(|(state, tree)| line(state, tree)));
}

#[test]
fn a_denied_file_has_no_say_and_nothing_is_said_of_it() {
    let (_simulator, home) = signed_in();
    let tree = allowed(&home, "tree", DEV);
    let deep = directory(&home, "tree/deep");
    let denied = Answer::of(inside(home.command(&["deny"]), &deep));
    assert_eq!((denied.status, denied.stdout.as_str()), (Some(0), ""));
    assert!(denied.stderr.contains("may not choose a role, whatever is in it"), "{}", denied.stderr);
    for content in [DEV, PROD, "two\nlines\n"] {
        fs::write(tree.join(FILE), content).expect("other content");
        let shell = enter(&home, &deep);
        assert_eq!((shell.role(), shell.said.as_str()), (None, ""), "{content}");
    }
    let refused = fails(&home, &deep, 1, &["process", "--here"]);
    assert!(refused.contains("was denied: 'aws-sso allow' permits it"), "{refused}");
    assert_eq!(list(&home), [format!("denied\t\t{}/{FILE}", tree.display())]);
    fs::write(tree.join(FILE), PROD).expect("other content");
    allow(&home, &deep, &[]);
    enter(&home, &deep).chose(PROD_ARN);
}

#[test]
fn a_file_that_is_gone_can_be_denied_by_every_path_that_led_to_it() {
    let (_simulator, home) = signed_in();
    let work = directory(&home, "work");
    std::os::unix::fs::symlink("work", home.path().join("link")).expect("a link");
    for spelling in ["work/tree", "work/tree/.aws-sso-role", "link/tree", "work/../link/tree", "./work//tree/"] {
        let tree = allowed(&home, "work/tree", DEV);
        fs::remove_dir_all(&tree).expect("the directory goes");
        assert_eq!(list(&home).len(), 1);
        home.ok(&["deny", spelling]);
        assert_eq!(list(&home), [format!("denied\t\t{}/{FILE}", tree.display())], "{spelling}");
        assert!(!home.path().join(".aws/config").exists(), "{spelling}: its profile goes as well");
        // And it has no say when it comes back.
        let shell = enter(&home, &ruled(&home, "work/tree", DEV));
        assert_eq!((shell.role(), shell.said.as_str()), (None, ""), "{spelling}");
    }
    assert!(work.exists());
}

#[test]
fn where_no_shell_looks_at_role_files_it_says_so() {
    let (simulator, home) = signed_in_with("", "DirectoryRoles: {Mode: off}\n");
    let tree = ruled(&home, "tree", DEV);
    let said = allow(&home, &tree, &[]);
    assert!(said.contains("'Mode: off'") && said.contains("config.yaml"), "{said}");
    let shell = enter(&home, &tree);
    assert_eq!((shell.role(), shell.said.as_str()), (None, ""));
    write_config(&simulator, &home, "", "");
    enter(&home, &tree).chose(DEV_ARN);
}

#[test]
fn without_a_session_it_says_how_to_sign_in() {
    let simulator = sessions::simulator();
    let home = Home::new(&simulator, "");
    ruled(&home, "tree", DEV);
    home.refuses(3, &["allow", "tree"], &["'aws-sso login'"]);
    home.refuses(3, &["allow", "--init", "-p", DEV], &["'aws-sso login'"]);
}
