//! What a role file is trusted for: this content, at this path, of this owner, for this role. Whatever
//! changes, it has no say any more, and says what changed.

#[path = "support/directories.rs"]
mod directories;
#[path = "support/sessions.rs"]
mod sessions;
mod support;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};

use directories::*;
use identity_center::{Organization, Simulator};
use support::{Answer, BINARY, Home};

/// Whether the tests run as root, who alone can give files away.
fn is_root(path: &Path) -> bool {
    std::os::unix::fs::MetadataExt::uid(&fs::metadata(path).expect("what we made")) == 0
}

fn edit(tree: &Path, content: &str) {
    fs::write(tree.join(FILE), content).expect("a role file");
}

#[test]
fn another_content_is_another_file() {
    let (_simulator, home) = signed_in();
    let tree = allowed(&home, "tree", DEV);
    enter(&home, &tree).chose(DEV_ARN);
    // Even where it comes to the same role.
    for content in [PROD, "000000000001:Admin # a comment", "000000000001:Admin\n", "account: 1\nrole: Admin\n"] {
        edit(&tree, content);
        enter(&home, &tree).refused(&[text(&tree), "whose content changed since it was allowed, asks for 00000000000"]);
    }
    edit(&tree, PROD);
    enter(&home, &tree)
        .refused(&["asks for 000000000002:Admin, the role Admin in account 000000000002 (payments-prod)"]);
    edit(&tree, DEV);
    enter(&home, &tree).chose(DEV_ARN);

    // There is one content that is trusted, and not every one that ever was.
    edit(&tree, PROD);
    home.ok(&["allow", text(&tree)]);
    enter(&home, &tree).chose(PROD_ARN);
    edit(&tree, DEV);
    enter(&home, &tree).refused(&["whose content changed"]);
}

#[test]
fn a_directory_that_moved_is_another_one() {
    let (_simulator, home) = signed_in();
    let tree = allowed(&home, "tree", DEV);
    let (moved, copy) = (tree.with_file_name("moved"), directory(&home, "copy"));
    fs::copy(tree.join(FILE), copy.join(FILE)).expect("a copy");
    enter(&home, &copy).refused(&["copy/.aws-sso-role asks for"]);
    fs::rename(&tree, &moved).expect("it moves");
    enter(&home, &moved).refused(&["moved/.aws-sso-role asks for"]);
    fs::rename(&moved, &tree).expect("it comes back");
    enter(&home, &tree).chose(DEV_ARN);
    // A link to it is another way to the same place.
    symlink(&tree, &moved).expect("a link");
    enter(&home, &moved).chose(DEV_ARN);
}

#[test]
fn a_link_is_trusted_for_what_it_shows_and_only_in_its_directory() {
    let (_simulator, home) = signed_in();
    let tree = directory(&home, "tree");
    fs::write(tree.join("role"), DEV).expect("a file");
    symlink("role", tree.join(FILE)).expect("a link");
    home.ok(&["allow", text(&tree)]);
    enter(&home, &tree).chose(DEV_ARN);
    fs::write(tree.join("role"), PROD).expect("another content");
    enter(&home, &tree).refused(&["whose content changed"]);
    fs::write(tree.join("role"), DEV).expect("the content");
    fs::rename(tree.join("role"), home.path().join("role")).expect("it moves");
    fs::remove_file(tree.join(FILE)).expect("the link goes");
    symlink("../role", tree.join(FILE)).expect("a link");
    enter(&home, &tree).refused(&["it is a link that leaves its directory"]);
    home.refuses(1, &["allow", "tree"], &["it is a link that leaves its directory"]);
}

#[test]
fn what_others_can_write_is_never_trusted() {
    let (_simulator, home) = signed_in();
    let tree = allowed(&home, "outer/tree", DEV);
    let outer = directory(&home, "outer");
    let mode = |path: &Path, mode: u32| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
    for (path, loose, strict) in [(tree.join(FILE), 0o646, 0o644), (tree.clone(), 0o757, 0o755), (outer, 0o757, 0o755)]
    {
        mode(&path, loose);
        let words = [&*format!("because {} can be written by other users", path.display()), "see 'ls -ld"];
        enter(&home, &tree).refused(&words);
        home.refuses(1, &["allow", text(&tree)], &words);
        mode(&path, strict);
        enter(&home, &tree).chose(DEV_ARN);
    }
}

#[test]
fn the_file_of_somebody_else_is_never_trusted() {
    let (_simulator, home) = signed_in();
    let tree = allowed(&home, "tree", DEV);
    if !is_root(&tree) {
        return;
    }
    for path in [tree.join(FILE), tree.clone()] {
        chown(&path, Some(12345), None).expect("root gives it away");
        enter(&home, &tree).refused(&[&format!("because {} belongs to another user", path.display())]);
        home.refuses(1, &["allow", "tree"], &["belongs to another user"]);
        chown(&path, Some(0), None).expect("root takes it back");
        enter(&home, &tree).chose(DEV_ARN);
    }
}

/// A person who is not root can trust files of their own and of root: not one for the other.
#[test]
fn another_owner_makes_another_file() {
    const PERSON: u32 = 12345;
    let (_simulator, home) = signed_in();
    let tree = ruled(&home, "tree", DEV);
    if !is_root(&tree) {
        return;
    }
    // What is not root's to run: a program in directories that may be closed to others.
    let program = home.path().join("aws-sso");
    fs::copy(BINARY, &program).expect("a copy");
    let chown_all = |owner| {
        let status = home.program("chown").args(["-R", owner, text(home.path())]).status().expect("chown starts");
        assert!(status.success());
    };
    chown_all("12345:12345");
    let run = |arguments: &[&str]| {
        let mut command = inside(home.program(&program), &tree);
        command.args(arguments).uid(PERSON).gid(PERSON);
        Answer::of(command)
    };
    assert_eq!(run(&["allow"]).status, Some(0));
    assert_eq!(run(&["process", "--here"]).status, Some(0));
    chown(tree.join(FILE), Some(0), Some(0)).expect("root takes it");
    let refused = run(&["process", "--here"]);
    assert_eq!(refused.status, Some(1));
    assert!(refused.stderr.contains("whose owner changed since it was allowed"), "{}", refused.stderr);
    assert!(run(&["allow", "--list"]).stdout.starts_with("changed\t"));
    assert_eq!(run(&["allow"]).status, Some(0));
    assert_eq!(run(&["process", "--here"]).status, Some(0));
    chown_all("0:0");
}

#[test]
fn a_name_that_comes_to_mean_another_role_is_another_wish() {
    // An account with the number of the other one for a name.
    let organization = Organization::new()
        .with_account("000000000001", "one", "one@example.com", &["Admin"])
        .with_account("000000000002", "000000000001", "two@example.com", &["Admin"]);
    let simulator = Simulator::start(organization);
    let home = Home::new(&simulator, "");
    let format = |format: &str| write_config(&simulator, &home, "", &format!("ProfileFormat: '{format}'\n"));
    format("{{ .AccountIdPad }}:{{ .RoleName }}");
    home.ok(&["login"]);
    let tree = allowed(&home, "tree", DEV);
    enter(&home, &tree).chose(DEV_ARN);
    format("{{ .AccountAlias }}:{{ .RoleName }}");
    let asks = "asks for 000000000001:Admin, the role Admin in account 000000000002 (000000000001)";
    enter(&home, &tree).refused(&["whose role changed since it was allowed", asks]);
    for command in [&["exec", "--here", "--", "true"][..], &["process", "--here"]] {
        let refused = Answer::of(inside(home.command(command), &tree));
        assert_eq!((refused.status, refused.stdout.as_str()), (Some(1), ""), "{command:?}");
        assert!(refused.stderr.contains(asks), "{}", refused.stderr);
    }
    home.ok(&["allow", "tree"]);
    enter(&home, &tree).chose(PROD_ARN);
    // And a name that no role has any more is one line.
    format("{{ .AccountAlias }}/{{ .RoleName }}");
    enter(&home, &tree).refused(&[&format!("asks for '{DEV}', which is no role of the SSO instance Default")]);
}

#[test]
fn another_default_instance_makes_another_role_of_the_same_name() {
    let simulator = sessions::simulator();
    let config = |home: &Home, default: &str| {
        let yaml = fs::read_to_string(home.config_path()).expect("config.yaml");
        let rest = yaml.lines().filter(|line| !line.starts_with("DefaultSSO:")).collect::<Vec<_>>().join("\n");
        home.write_config(&format!("{rest}\nDefaultSSO: {default}\n"));
    };
    let home = sessions::two_instances(&simulator, "SecureStore: json\n");
    home.ok(&["login"]);
    home.ok(&["-S", "Other", "login"]);
    let tree = allowed(&home, "tree", DEV);
    enter(&home, &tree).chose(DEV_ARN);
    config(&home, "Other");
    enter(&home, &tree).refused(&["whose role changed since it was allowed"]);
    config(&home, "Default");
    enter(&home, &tree).chose(DEV_ARN);
}

#[test]
fn trust_is_a_matter_of_one_config_and_one_state_file() {
    let (_simulator, mut home) = signed_in();
    let tree = allowed(&home, "tree", DEV);
    let other: PathBuf = home.path().join("other.yaml");
    fs::copy(home.config_path(), &other).expect("a copy");
    home.set("AWS_SSO_CONFIG", text(&other));
    home.ok(&["login"]);
    enter(&home, &tree).refused(&["tree/.aws-sso-role asks for"]);
    home.unset("AWS_SSO_CONFIG");
    enter(&home, &tree).chose(DEV_ARN);
    fs::remove_file(home.state_path()).expect("the state file");
    home.ok(&["cache"]);
    enter(&home, &tree).refused(&["tree/.aws-sso-role asks for"]);
}
