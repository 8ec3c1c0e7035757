//! `setup profiles`: a profile for every role in `~/.aws/config`, as one block, and all else in the file as it was.

#[path = "support/profiles.rs"]
mod profiles;
mod support;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use identity_center::Simulator;
use profiles::*;
use support::{BINARY, Home, config, signed_in, small_organization};

/// Regions at each level, and a chain.
const INSTANCE: &str = "\
DefaultRegion: eu-west-1
Accounts:
  '000000000001':
    DefaultRegion: eu-west-2
    Roles:
      Admin: {DefaultRegion: eu-west-3}
  '999999999999':
    Roles:
      Audit: {Profile: audit, Via: 'arn:aws:iam::000000000001:role/ReadOnly'}
";

#[test]
fn every_role_has_a_profile_in_the_order_of_arns() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, INSTANCE, "ConfigVariables: {output: json, cli_pager: '', Region: eu-north-1}\n");
    let told = install(&home);
    assert!(told.contains("wrote 6 profiles of 1 SSO instance to ~/.aws/config"), "{told}");
    let profile = |name: &str, arn: &str, region: &str| {
        format!(
            "[profile {name}]\ncredential_process = {BINARY} -S Default process --arn arn:aws:iam::{arn}\n\
             region = {region}\ncli_pager = \noutput = json\n\n"
        )
    };
    let expected = [
        format!(
            "# >>> aws-sso profiles >>>\n# (this file was made for these lines)\n# All roles of {}: ",
            home.config_path().display()
        ),
        "'aws-sso setup profiles' writes these lines anew\n\n# SSO instance Default\n\n".to_owned(),
        profile("000000000001:Admin", "000000000001:role/Admin", "eu-west-3"),
        profile("000000000001:ReadOnly", "000000000001:role/ReadOnly", "eu-west-2"),
        profile("000000000002:Admin", "000000000002:role/Admin", "eu-west-1"),
        profile("000000000002:ReadOnly", "000000000002:role/ReadOnly", "eu-west-1"),
        profile("123456789012:ReadOnly", "123456789012:role/ReadOnly", "eu-west-1"),
        profile("audit", "999999999999:role/Audit", "eu-west-1"),
        "# the role of the directory that it is used in\n\n".to_owned(),
        format!("[profile here]\ncredential_process = {BINARY} process --here\n# <<< aws-sso profiles <<<\n"),
    ];
    assert_eq!(read(&aws_config(&home)), expected.concat());
}

#[test]
fn a_role_without_a_region_takes_the_one_of_the_variables_or_has_none() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    install(&home);
    assert!(!read(&aws_config(&home)).contains("region"), "none is built in");
    home.write_config(&config(&simulator, "", "SecureStore: json\nConfigVariables: {region: eu-north-1}\n"));
    install(&home);
    assert_eq!(read(&aws_config(&home)).matches("\nregion = eu-north-1\n").count(), 5);
}

#[test]
fn twice_is_once_and_a_change_of_the_config_is_followed() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    install(&home);
    let first = read(&aws_config(&home));
    let told = install(&home);
    assert!(told.contains("~/.aws/config has these profiles already") && told.lines().count() == 1, "{told}");
    assert_eq!(home.ok(&["setup", "profiles", "--diff"]), "");
    assert_eq!(home.ok(&["setup", "profiles"]), "", "with nothing to agree with, nobody is asked");
    home.write_config(&config(
        &simulator,
        "",
        "SecureStore: json\nProfileFormat: '{{ .RoleName }}@{{ .AccountIdPad }}'\n",
    ));
    install(&home);
    let second = read(&aws_config(&home));
    assert_eq!(names(&second).iter().filter(|name| name.contains('@')).count(), 5);
    assert_eq!((names(&second).len(), second.matches(">>>").count()), (6, first.matches(">>>").count()));
}

#[test]
fn what_was_installed_can_be_taken_back_to_the_byte() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    for before in [
        &b""[..],
        b"\n",
        b"[default]\nregion = x",
        b"[default]\nregion = x\n",
        b"[default]\nregion = x\n\n\n",
        b"[default]\r\nregion = x\r\n",
        b"[default]\r\nregion = x",
        b"\xff\xfd[default]\n\x00",
        b"\xef\xbb\xbf[default]\r\n\r\n",
        b"; nothing\n[broken\n",
    ] {
        let path = write(&home, "config", before);
        let told = install(&home);
        assert!(told.contains("(backup: ~/.aws/config.aws-sso-backup)"), "{told}");
        let installed = fs::read(&path).expect("the file");
        assert!(installed.starts_with(before) && installed.len() > before.len(), "{before:?}");
        assert_eq!(String::from_utf8_lossy(before).contains('\r'), installed.ends_with(b"\r\n"));
        assert_eq!(fs::read(backup(&home)).expect("a backup"), before);
        // What the person writes below it later is theirs as well.
        let more = b"[profile later]\nregion = us-east-1\n";
        fs::write(&path, [&installed[..], more].concat()).expect("the file");
        install(&home);
        let both = fs::read(&path).expect("the file");
        assert!(both.starts_with(before) && both.ends_with(more), "{before:?}");
        fs::write(&path, &installed).expect("the file");
        remove(&home);
        assert_eq!(fs::read(&path).expect("the file"), before);
        assert_eq!(fs::read(backup(&home)).expect("a backup"), installed);
    }
    fs::remove_dir_all(home.path().join(".aws")).expect("it goes");
    install(&home);
    assert!(!backup(&home).exists(), "no backup of nothing");
    let told = remove(&home);
    assert!(told.contains("removed ~/.aws/config, which held nothing else"), "{told}");
    assert!(!aws_config(&home).exists());
    let told = remove(&home);
    assert!(told.contains("there is no block"), "{told}");
}

#[test]
fn what_is_made_is_for_the_person_alone_and_what_is_there_keeps_its_mode_and_links() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let mode = |path: &std::path::Path| fs::metadata(path).expect("there").permissions().mode() & 0o7777;
    install(&home);
    assert_eq!((mode(&aws_config(&home)), mode(&home.path().join(".aws"))), (0o600, 0o700));
    remove(&home);
    let dotfiles = home.path().join("dotfiles");
    fs::write(&dotfiles, "# mine\n").expect("a file");
    fs::set_permissions(&dotfiles, fs::Permissions::from_mode(0o640)).expect("a mode");
    symlink(&dotfiles, aws_config(&home)).expect("a link");
    install(&home);
    assert!(fs::symlink_metadata(aws_config(&home)).expect("the link").is_symlink());
    assert_eq!((mode(&dotfiles), names(&read(&dotfiles)).len()), (0o640, 6));
}

#[test]
fn the_file_is_the_one_that_is_named_else_the_one_of_the_sdks() {
    let simulator = Simulator::start(small_organization());
    let mut home = signed_in(&simulator, "", "");
    home.set("AWS_CONFIG_FILE", "~/variable");
    setup(&home, &["--force", "--aws-config", "~/flag"]);
    assert_eq!(names(&read(&home.path().join("flag"))).len(), 6);
    assert!(!home.path().join("variable").exists());
    install(&home);
    assert_eq!(names(&read(&home.path().join("variable"))).len(), 6);
    assert!(!home.path().join(".aws").exists());
    setup(&home, &["--remove", "--force", "--aws-config", "~/flag"]);
    assert!(!home.path().join("flag").exists() && home.path().join("variable").exists());
}

#[test]
fn without_a_terminal_nothing_is_written_unasked() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    home.refuses(2, &["setup", "profiles"], &["~/.aws/config", "--force", "--print"]);
    let printed = home.ok(&["setup", "profiles", "--print"]);
    let diff = home.ok(&["setup", "profiles", "--diff"]);
    assert!(!home.path().join(".aws").exists());
    install(&home);
    let written = read(&aws_config(&home));
    assert_eq!(printed, written.replace("# (this file was made for these lines)\n", ""));
    let lines: Vec<String> = written.lines().map(|line| format!("+{line}\n")).collect();
    assert_eq!(diff, format!("--- /dev/null\n+++ ~/.aws/config\n@@ -0,0 +1,{} @@\n{}", lines.len(), lines.concat()));
    home.refuses(2, &["setup", "profiles", "--remove"], &["--force"]);
    assert!(home.ok(&["setup", "profiles", "--remove", "--diff"]).contains("-[profile here]"));
    assert_eq!(read(&aws_config(&home)), written);
    for flags in [["--diff", "--print"], ["--diff", "--force"], ["--diff", "-y"], ["--print", "--yes"]] {
        home.refuses(2, &[&["setup", "profiles"], &flags[..]].concat(), &["cannot be used with"]);
    }
}

#[test]
fn on_a_terminal_the_change_is_shown_and_the_answer_counts() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    write(&home, "config", "[default]\n");
    for (answer, words) in [("n", "nothing was changed"), ("y", "wrote 5 profiles of 1 SSO instance")] {
        assert_eq!(read(&aws_config(&home)), "[default]\n");
        let mut terminal = terminal::aws_sso(&home, &["setup", "profiles"]);
        let shown = terminal.exp_string("Write this to ~/.aws/config? [Y/n]").expect("a question");
        assert!(shown.contains("+[profile 123456789012:ReadOnly]") && shown.contains(" [default]"), "{shown}");
        terminal.send_line(answer).expect("an answer");
        let (shown, status) = terminal::end(terminal);
        assert!(status == 0 && shown.contains(words), "{shown}");
    }
    assert_eq!(names(&read(&aws_config(&home))).len(), 7);
}

#[test]
fn old_command_lines_mean_the_same_and_every_instance_is_written() {
    let simulator = Simulator::start(small_organization());
    let home = two_instances(&simulator, "");
    for arguments in [
        &["-u", "open", "-S", "Work", "config-profiles", "--force", "--open"][..],
        &["config-profiles", "--force", "--open", "clip", "-S", "nowhere"],
        &["setup", "profiles", "-y", "--no-cache"],
        &["setup", "profiles", "--yes"],
    ] {
        home.ok(arguments);
        let text = read(&aws_config(&home));
        assert_eq!(text.matches(" -S Home process").count(), 5, "{arguments:?}");
        assert_eq!(text.matches(" -S 'My Work' process").count(), 5, "{arguments:?}");
        let (home_at, work_at) = (text.find("# SSO instance Home\n"), text.find("# SSO instance My Work\n"));
        assert!(home_at.expect("a group") < work_at.expect("a group"));
        remove(&home);
    }
}

#[test]
fn roles_that_were_never_fetched_are_left_out_but_never_taken_out() {
    let simulator = Simulator::start(small_organization());
    let home = two_instances(&simulator, "");
    let state = home.state_path();
    install(&home);
    let both = read(&aws_config(&home));
    let only_home = |home: &Home| {
        fs::remove_file(&state).expect("the state file goes");
        home.ok(&["login", "-S", "Home"]);
    };
    only_home(&home);
    home.refuses(3, &["setup", "profiles", "--force"], &["My Work", "aws-sso login -S 'My Work'"]);
    assert_eq!(read(&aws_config(&home)), both);
    remove(&home);
    let told = install(&home);
    assert!(told.contains("My Work were fetched yet, it is left out: run 'aws-sso login -S 'My Work''"), "{told}");
    assert_eq!(names(&read(&aws_config(&home))).len(), 6);
    // The Go tool's block of that instance is worth no less.
    write(
        &home,
        "config",
        go_block(
            "_My Work",
            &format!("[profile x]\ncredential_process = /bin/aws-sso -S \"My Work\" process --arn {DEV_ARN}\n"),
        ),
    );
    home.refuses(3, &["setup", "profiles", "--force"], &["My Work"]);
    fs::remove_file(&state).expect("the state file goes");
    fs::remove_file(aws_config(&home)).expect("it goes");
    for flag in ["--force", "--print", "--diff"] {
        home.refuses(3, &["setup", "profiles", flag], &["no roles of Home were fetched yet", "aws-sso login"]);
    }
    // On a terminal they are fetched.
    let (shown, status) = terminal::end(terminal::aws_sso(&home, &["setup", "profiles", "--force"]));
    assert!(status == 0 && shown.contains("wrote 10 profiles of 2 SSO instances"), "{shown}");
}

#[test]
fn an_old_listing_is_said_in_one_line() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
    database.execute("UPDATE instance SET refreshed_at = refreshed_at - 700000", []).expect("an old listing");
    let told = install(&home);
    assert!(told.lines().count() == 2 && told.contains("longer than CacheRefresh ago"), "{told}");
    assert!(told.contains("run 'aws-sso cache'"), "{told}");
}

#[test]
fn the_last_role_takes_the_block_with_it() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    write(&home, "config", "[default]\n");
    install(&home);
    simulator.change(|organization| *organization = identity_center::Organization::new());
    home.ok(&["cache"]);
    let told = install(&home);
    assert!(told.contains("took the profiles out of ~/.aws/config (backup: "), "{told}");
    assert_eq!(read(&aws_config(&home)), "[default]\n");
}
