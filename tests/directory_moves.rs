//! All the ways in which a shell comes into a directory that chooses its role and out of it again, in real
//! bash, zsh and fish on real terminals.

#[path = "support/ruled.rs"]
mod ruled;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::fs;
use std::os::unix::fs::symlink;

use ruled::*;
use typist::*;

#[test]
fn every_way_to_change_the_directory_counts() {
    in_each_shell("", |shell, _, home| {
        let autocd = match shell {
            Shell::Bash => "shopt -s autocd",
            Shell::Zsh => "setopt autocd",
            Shell::Fish => "",
        };
        let mut typist = Typist::with_rc(shell, home, autocd, "");
        for (line, expected) in [
            ("cd dev/src", "/d"),
            ("pushd ~/prod", "/p"),
            ("popd", "/d"),
            ("cd -", "/p"),
            ("cd ../dev/deep/./src/..", "/e"),
            ("..", "/d"),
            ("cd ..; cd prod", "/p"),
            ("../dev", "/d"),
            ("cd", "-"),
        ] {
            assert_eq!(after(&mut typist, home, line), expected, "{shell:?}: {line}");
        }
        let function = match shell {
            Shell::Fish => "function there; cd ~/prod; end",
            _ => "there() { cd ~/prod; }",
        };
        assert_eq!(after(&mut typist, home, function), "-");
        assert_eq!(after(&mut typist, home, "there"), "/p");
        typist.leave();
    });
}

#[test]
fn a_command_behind_a_cd_has_the_role_of_its_directory_where_the_shell_can_see_it() {
    in_each_shell("", |shell, _, home| {
        let mut typist = Typist::sit_down(shell, home);
        typist.line("cd ~/dev");
        let seen = typist.output("cd ~/prod && printenv AWS_PROFILE");
        let expected = if shell == Shell::Bash { "000000000001:ReadOnly\n" } else { "000000000002:Admin\n" };
        assert_eq!(seen, expected, "{shell:?}");
        assert_eq!(now(&mut typist, home, "afterwards"), "/p");
        typist.leave();
    });
}

#[test]
fn a_subshell_changes_nothing_and_its_output_is_its_own() {
    let simulator = simulator();
    for shell in [Shell::Bash, Shell::Zsh] {
        let home = home(&simulator, "");
        let mut typist = Typist::sit_down(shell, &home);
        typist.line("cd ~/dev");
        let prod = home.path().join("prod").display().to_string();
        assert_eq!(typist.output("x=$(cd ~/prod && pwd); printf %s \"$x\""), prod, "{shell:?}");
        assert_eq!(typist.output("(cd ~/prod; printenv AWS_PROFILE)"), "000000000001:ReadOnly\n", "{shell:?}");
        assert_eq!(typist.output("x=$(cd ~/wild && pwd); printf %s \"$x\""), prod.replace("prod", "wild"));
        assert_eq!(now(&mut typist, &home, "afterwards"), "/d");
        typist.leave();
    }
}

#[test]
fn links_lead_to_the_directory_that_is_behind_them() {
    in_each_shell("", |shell, _, home| {
        symlink(home.path().join("dev/src"), home.path().join("link")).expect("a link");
        symlink("../plain", home.path().join("prod/out")).expect("a link");
        fs::create_dir(home.path().join("plain")).expect("a directory");
        let mut typist = Typist::sit_down(shell, home);
        assert_eq!(after(&mut typist, home, "cd ~/link"), "/d", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~/prod"), "/p", "{shell:?}");
        assert_eq!(after(&mut typist, home, "cd ~/prod/out"), "-", "{shell:?}: it leads out of the tree");
        typist.leave();
    });
}

#[test]
fn a_directory_that_moves_or_goes_takes_the_role_with_it() {
    in_each_shell("", |shell, _, home| {
        let path = |name: &str| home.path().join(name);
        fs::create_dir_all(path("dev/build")).expect("a directory");
        let mut typist = Typist::sit_down(shell, home);
        assert_eq!(after(&mut typist, home, "cd ~/dev/build"), "/d");
        fs::remove_dir(path("dev/build")).expect("removed");
        assert_eq!(after(&mut typist, home, ""), "-", "{shell:?}: what is gone is ruled by nothing");
        assert_eq!(after(&mut typist, home, "cd ~/dev/src"), "/d");
        fs::rename(path("dev/src"), path("elsewhere")).expect("moved");
        assert_eq!(after(&mut typist, home, ""), "-", "{shell:?}: the shell was carried out of the tree");
        assert_eq!(after(&mut typist, home, "cd ~/prod"), "/p");
        fs::rename(path("prod"), path("production")).expect("moved");
        let shown = typist.shown("");
        assert!(shown.contains("production/.aws-sso-role asks for 000000000002:Admin"), "{shell:?}: {shown}");
        assert_eq!(now(&mut typist, home, "another path is another file"), "-");
        typist.leave();
    });
}

#[test]
fn what_happens_to_the_file_is_seen_at_the_next_prompt() {
    in_each_shell("", |shell, _, home| {
        fs::create_dir(home.path().join("dev/new")).expect("a directory");
        let new = file(home, "dev/new");
        let path = new.display().to_string();
        let write = |text: &str| fs::write(&new, text).expect("written");
        let mut typist = Typist::sit_down(shell, home);
        let mut step = |what: &str, change: &dyn Fn(), expected: &str| {
            change();
            assert_eq!(after(&mut typist, home, ""), expected, "{shell:?}: {what}");
        };
        step("still at home", &|| (), "-");
        typist.line("cd ~/dev/new");
        let mut step = |what: &str, change: &dyn Fn(), expected: &str| {
            change();
            assert_eq!(after(&mut typist, home, ""), expected, "{shell:?}: {what}");
        };
        step("the file above rules", &|| (), "/d");
        step("a nearer one appears, and is not allowed", &|| write("000000000002:ReadOnly\n"), "-");
        step("it is allowed", &|| allow(home, "dev/new"), "/g");
        step("it changes", &|| write("000000000001:Admin\n"), "-");
        step("it is allowed again", &|| allow(home, "dev/new"), "/e");
        step("it changes back to what was allowed once", &|| write("000000000002:ReadOnly\n"), "-");
        step("and again to what is allowed", &|| write("000000000001:Admin\n"), "/e");
        step("it is denied", &|| _ = home.ok(&["deny", &path]), "-");
        step("it is allowed after that", &|| allow(home, "dev/new"), "/e");
        step("it goes", &|| fs::remove_file(&new).expect("removed"), "/d");
        step("it comes back", &|| write("000000000001:Admin\n"), "/e");
        step("the one above goes", &|| fs::remove_file(file(home, "dev")).expect("removed"), "/e");
        step("both are gone", &|| fs::remove_file(&new).expect("removed"), "-");
        typist.leave();
    });
}

#[test]
fn a_prompt_says_once_in_a_shell_what_a_file_asks_for() {
    in_each_shell("", |shell, _, home| {
        let line = format!(
            "aws-sso: {} asks for 000000000001:Admin, the role Admin in account 000000000001 (payments-dev): \
             'aws-sso allow' permits it",
            file(home, "wild").display()
        );
        for _ in 0..2 {
            let mut typist = Typist::sit_down(shell, home);
            // A terminal breaks long lines.
            let mut shown = |line: &str| typist.shown(line).replace("\r\n", "").replace('\r', "");
            assert_eq!(shown("cd ~/wild").matches(&line).count(), 1, "{shell:?}");
            for again in ["", "cd src", "cd ~", "cd ~/wild", ""] {
                assert!(!shown(again).contains("aws-sso:"), "{shell:?}: {again}");
            }
            typist.leave();
        }
        home.ok(&["deny", &file(home, "wild").display().to_string()]);
        let mut typist = Typist::sit_down(shell, home);
        assert!(!typist.shown("cd ~/wild").contains("aws-sso:"), "{shell:?}: a file that was denied is no news");
        typist.leave();
    });
}

#[test]
fn a_worktree_of_git_is_a_place_of_its_own() {
    in_each_shell("", |shell, _, home| {
        let git = |arguments: &[&str]| {
            let mut command = home.program("git");
            command.arg("-C").arg(home.path().join("dev")).args([
                "-c",
                "user.name=x",
                "-c",
                "user.email=x@example.com",
            ]);
            let output = command.args(arguments).output().expect("git runs");
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        git(&["init", "--quiet"]);
        git(&["add", ".aws-sso-role"]);
        git(&["commit", "--quiet", "-m", "role"]);
        git(&["worktree", "add", "--quiet", "../tree", "-b", "other"]);
        let mut typist = Typist::sit_down(shell, home);
        assert_eq!(after(&mut typist, home, "cd ~/dev"), "/d");
        assert_eq!(after(&mut typist, home, "cd ~/tree"), "-", "{shell:?}: the same content elsewhere");
        assert_eq!(after(&mut typist, home, "aws-sso allow"), "/d");
        typist.leave();
    });
}
