//! `setup profiles` beside what others wrote: profiles of the person's own, blocks of the Go tool and of `allow`,
//! names and texts that nobody expects.

#[path = "support/directories.rs"]
mod directories;
#[path = "support/profiles.rs"]
mod profiles;
mod support;

use std::fs;

use directories::{PROD, allowed, directory, ruled};
use identity_center::Simulator;
use profiles::*;
use support::{Home, signed_in, small_organization, yaml};

const DIRECTORIES: &str = "# >>> aws-sso directories >>>";

fn home_with(more: &str) -> (Simulator, Home) {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", more);
    (simulator, home)
}

/// The command fails with these words, and nothing is written.
#[track_caller]
fn refuses(home: &Home, status: i32, words: &[&str]) {
    let before = fs::read(aws_config(home)).ok();
    home.refuses(status, &["setup", "profiles", "--force"], words);
    assert_eq!(fs::read(aws_config(home)).ok(), before);
}

/// No profile is defined twice, which Python's SDK would not read.
#[track_caller]
fn assert_unique(home: &Home) {
    let text = read(&aws_config(home));
    let mut all = names(&text);
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count, "{text}");
}

#[test]
fn profiles_of_the_persons_own_are_named_by_their_lines() {
    let (_simulator, home) = home_with("");
    let theirs =
        format!("[default]\n\n[profile {DEV}]\nregion = x\n[ profile  \"{PROD}\" ]\ncredential_process = other\n");
    write(&home, "config", &theirs);
    write(&home, "credentials", "[x]\n[123456789012:ReadOnly]\naws_access_key_id = AKIA\n");
    let place = |file: &str| format!("{}/.aws/{file}", home.path().display());
    refuses(
        &home,
        1,
        &[
            "3 profiles of your own would answer in the place of roles",
            &format!("{}:3 ('{DEV}')", place("config")),
            &format!("{}:5 ('{PROD}')", place("config")),
            &format!("{}:2 ('123456789012:ReadOnly')", place("credentials")),
        ],
    );
    assert_eq!(read(&aws_config(&home)), theirs);
    fs::remove_file(home.path().join(".aws/credentials")).expect("it goes");
    write(&home, "config", format!("[profile {DEV}]\n"));
    refuses(&home, 1, &["because a profile of your own", "config:1"]);
}

#[test]
fn many_of_them_are_counted() {
    let roles: Vec<String> = (0..30).map(|number| format!("R{number:02}")).collect();
    let roles: Vec<&str> = roles.iter().map(String::as_str).collect();
    let organization = small_organization().with_account("000000000009", "x", "x@example.com", &roles);
    let simulator = Simulator::start(organization);
    let home = signed_in(&simulator, "", "");
    write(&home, "config", (0..30).map(|number| format!("[profile 000000000009:R{number:02}]\n")).collect::<String>());
    refuses(&home, 1, &["30 profiles of your own", ":20 (", "and 10 more"]);
}

#[test]
fn a_profile_that_asks_for_the_same_role_already_is_left() {
    let (_simulator, home) = home_with("");
    let theirs =
        format!("[profile {DEV}]\ncredential_process = /old/aws-sso -u open -S \"Default\" process --arn {DEV_ARN}\n");
    write(&home, "config", format!("{theirs}[profile here]\nregion = x\n"));
    let told = install(&home);
    assert!(told.contains("wrote 4 profiles") && told.contains("kept 1 profile of your own"), "{told}");
    assert!(read(&aws_config(&home)).starts_with(&theirs));
    assert_unique(&home);
    // Nobody waits for a pipe in the place of the other file.
    let pipe = home.path().join(".aws/credentials");
    let made = home.program("mkfifo").arg(&pipe).status().expect("mkfifo starts");
    assert!(made.success() && install(&home).contains("already"));
    fs::remove_file(pipe).expect("it goes");
    // That of another instance is another role.
    remove(&home);
    write(&home, "config", theirs.replace("Default", "Other"));
    refuses(&home, 1, &["config:1"]);
}

#[test]
fn two_instances_with_one_name_are_told_how_to_differ() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    for (format, advice) in [
        ("", "ProfileFormat: '{{ .SSO }}:{{ .AccountIdPad }}:{{ .RoleName }}'"),
        (
            "ProfileFormat: '{{ AccountIdPad }}_{{ RoleName }}'\n",
            "ProfileFormat: '{{ SSO }}:{{ AccountIdPad }}_{{ RoleName }}'",
        ),
        (
            "ProfileFormat: \"{{ .AccountIdPad }}'{{ .RoleName }}\"\n",
            "ProfileFormat: '{{ .SSO }}:{{ .AccountIdPad }}''{{ .RoleName }}'",
        ),
    ] {
        write_two(&simulator, &home, format, "");
        home.ok(&["login", "-S", "Home"]);
        home.ok(&["login", "-S", "My Work"]);
        let both = [&*format!("{DEV_ARN} of Home and {DEV_ARN} of My Work"), "with 4 other names", advice];
        refuses(&home, 1, &both);
        home.refuses(1, &["setup", "profiles", "--print"], &both);
    }
    // What was advised works.
    write_two(&simulator, &home, "ProfileFormat: '{{ .SSO }}:{{ .AccountIdPad }}:{{ .RoleName }}'\n", "");
    let told = install(&home);
    assert!(told.contains("wrote 10 profiles of 2 SSO instances"), "{told}");
    assert!(told.contains("5 profiles that other SDKs may not") && told.contains("'My Work:"), "{told}");
    // A Profile of its own follows no format.
    let own = "Accounts: {'000000000001': {Roles: {Admin: {Profile: twin}}}}";
    let text = read(&home.config_path()).replace("  My Work:\n", &format!("    {own}\n  My Work:\n    {own}\n"));
    home.write_config(&text);
    refuses(&home, 1, &["a profile 'twin'", "give one of them another Profile"]);
}

#[test]
fn blocks_of_the_go_tool_give_way_and_those_of_other_instances_stay() {
    let simulator = Simulator::start(small_organization());
    let home = two_instances(&simulator, "");
    let profile = |name: &str, sso: &str| {
        format!("[profile {name}]\ncredential_process = /opt/aws-sso -u open -S \"{sso}\" process --arn {DEV_ARN}\n")
    };
    let gone = go_block("_Gone", &profile("gone", "Gone"));
    let before = [
        "[default]\n".to_owned(),
        go_block("", &profile("Home-000000000001:Admin", "Home")),
        "# mine\n".to_owned(),
        go_block("_My Work", &profile("MyWork-000000000001:Admin", "My Work")).replace('\n', "\r\n"),
        gone.clone(),
        "[profile mine]\n".to_owned(),
    ];
    write(&home, "config", before.concat());
    let diff = home.ok(&["setup", "profiles", "--diff"]);
    assert!(diff.contains("-# BEGIN_AWS_SSO_CLI\n") && diff.contains("-# END_AWS_SSO_CLI_My Work\n"), "{diff}");
    assert!(!diff.contains("-# BEGIN_AWS_SSO_CLI_Gone"), "{diff}");
    let told = install(&home);
    assert!(told.contains("holds profiles that the Go tool wrote"), "{told}");
    assert!(told.contains(".aws/config:15: this block of the Go tool is for the SSO instance Gone"), "{told}");
    let text = read(&aws_config(&home));
    assert!(
        text.starts_with(&format!("[default]\n# mine\n{gone}[profile mine]\n\n# >>> aws-sso profiles >>>\n")),
        "{text}"
    );
    assert_unique(&home);
    assert_eq!(fs::read(backup(&home)).expect("a backup"), before.concat().as_bytes());
    assert!(install(&home).contains("has these profiles already"));
}

#[test]
fn markers_that_make_no_block_are_named_by_their_line() {
    let (_simulator, home) = home_with("");
    for (text, words) in [
        ("a\n# >>> aws-sso profiles >>>\nb\n", ":2: a block begins here that has no end"),
        ("# <<< aws-sso profiles <<<\n", ":1: a block ends here that has no beginning"),
        ("# >>> aws-sso directories >>>\n[profile x]\n", ":1: a block begins here"),
        ("\n\n# BEGIN_AWS_SSO_CLI\n[profile x]\n[profile mine]\nregion = x\n", ":3: a block begins here"),
        ("# BEGIN_AWS_SSO_CLI_Default\r\n[profile x]\r\n", ":1: a block begins here"),
    ] {
        write(&home, "config", text);
        refuses(&home, 1, &[words, ".aws/config"]);
    }
    let block = "# >>> aws-sso profiles >>>\n# <<< aws-sso profiles <<<\n";
    write(&home, "config", format!("{block}{block}"));
    refuses(&home, 1, &[":3: a second block begins here"]);
    home.refuses(1, &["setup", "profiles", "--remove", "--force"], &[":3: a second block"]);
}

#[test]
fn the_block_of_allow_keeps_only_what_this_one_lacks() {
    let (simulator, home) = home_with("");
    allowed(&home, "dev", DEV);
    allowed(&home, "prod", PROD);
    let before = read(&aws_config(&home));
    install(&home);
    let text = read(&aws_config(&home));
    assert!(!text.contains(DIRECTORIES) && names(&text).len() == 6, "{text}");
    // Another role file adds nothing, and takes nothing away.
    allowed(&home, "more", "123456789012:ReadOnly");
    home.ok(&["deny", "more"]);
    assert_eq!(read(&aws_config(&home)), text);
    remove(&home);
    assert_eq!(read(&aws_config(&home)), before, "what was allowed has its profiles again");
    install(&home);
    // A name that is gone stays for the file that was allowed under it.
    let yaml = read(&home.config_path());
    home.write_config(&format!("{yaml}ProfileFormat: '{{{{ .RoleName }}}}.{{{{ .AccountIdPad }}}}'\n"));
    install(&home);
    let text = read(&aws_config(&home));
    assert!(text.contains(DIRECTORIES) && names(&text).len() == 8, "{text}");
    assert_unique(&home);
    home.write_config(&yaml);
    install(&home);
    // A name that is now of another role: 'allow' says what to do.
    let swapped = format!(
        "Accounts: {{'2': {{Roles: {{Admin: {{Profile: '{DEV}'}}}}}}, '1': {{Roles: {{Admin: {{Profile: '{PROD}'}}}}}}}}"
    );
    home.write_config(&support::config(&simulator, &swapped, "SecureStore: json\n"));
    home.refuses(1, &["allow", "dev"], &["is of another role", "'aws-sso setup profiles' first"]);
    install(&home);
    assert_unique(&home);
    home.ok(&["deny", "prod"]);
    home.ok(&["allow", "dev"]);
    assert_unique(&home);
    for tree in ["dev", "prod"] {
        home.ok(&["deny", tree]);
    }
    remove(&home);
    assert!(!aws_config(&home).exists(), "the file was made for these lines");
}

#[test]
fn two_blocks_go_in_any_order_and_leave_the_text_as_it_was() {
    for before in ["[default]", "[default]\r\n\r\n", "[default]\n"] {
        for allow_first in [true, false] {
            let (_simulator, home) = home_with("");
            write(&home, "config", before);
            // Its name is in no list of roles: both blocks stay.
            let yaml = read(&home.config_path());
            ruled(&home, "dev", DEV);
            if !allow_first {
                install(&home);
            }
            home.write_config(&format!("{yaml}ProfileFormat: '{{{{ .AccountIdPad }}}}.{{{{ .RoleName }}}}'\n"));
            ruled(&home, "dev", DEV_ARN);
            home.ok(&["allow", "dev"]);
            home.write_config(&yaml);
            install(&home);
            assert!(read(&aws_config(&home)).contains(DIRECTORIES));
            assert_unique(&home);
            if allow_first {
                home.ok(&["deny", "dev"]);
                assert!(!read(&aws_config(&home)).contains(DIRECTORIES));
                remove(&home);
            } else {
                remove(&home);
                home.ok(&["deny", "dev"]);
            }
            assert_eq!(read(&aws_config(&home)), before, "{allow_first}");
        }
    }
}

#[test]
fn the_call_goes_by_the_path_that_outlives_an_upgrade() {
    let (_simulator, mut home) = home_with("");
    // As Homebrew and Nix do it: a link on PATH to a folder of the version.
    let cellar = directory(&home, "Cellar/1.0/bin").join("aws-sso");
    fs::copy(support::BINARY, &cellar).expect("a copy");
    let link = directory(&home, "bin").join("aws-sso");
    std::os::unix::fs::symlink(&cellar, &link).expect("a link");
    let path = format!("{}:{}", link.parent().expect("a folder").display(), home.search_path());
    home.set("PATH", &path);
    let mut command = home.program(&cellar);
    command.args(["setup", "profiles", "--force"]);
    assert_eq!(support::Answer::of(command).status, Some(0));
    let calls = read(&aws_config(&home)).matches(&format!("credential_process = {} ", link.display())).count();
    assert_eq!(calls, 6);
}

#[test]
fn the_block_of_another_config_gives_way_with_a_word() {
    let (simulator, home) = home_with("");
    install(&home);
    let other = home.path().join("other.yaml");
    let yaml =
        support::config(&simulator, "", "SecureStore: json\nProfileFormat: 'o-{{ .AccountIdPad }}-{{ .RoleName }}'\n");
    fs::write(&other, yaml).expect("a config");
    let other = other.display().to_string();
    home.ok(&["--config", &other, "login"]);
    let answer = home.run(&["--config", &other, "setup", "profiles", "--force"]);
    assert!(answer.stderr.contains("holds the profiles of another config file"), "{}", answer.stderr);
    let text = read(&aws_config(&home));
    assert_eq!((names(&text).len(), text.matches(&format!(" --config {other} -S Default process")).count()), (6, 5));
    // A problem with names is none for who takes the block out.
    let twins = "SecureStore: json\nProfileFormat: twin\n";
    home.write_config(&support::config(&simulator, "", twins));
    refuses(&home, 1, &["the SSO instance Default", "twin"]);
    remove(&home);
    assert!(!aws_config(&home).exists());
}

#[test]
fn roles_whose_names_no_header_can_hold_are_named_and_left_out() {
    for (name, fits) in [
        ("it's mine", false),
        ("a]b", false),
        ("a\\b", false),
        ("a;b", false),
        ("[a", false),
        ("two words", true),
        ("a=b & $(touch x) `y` %s", true),
        ("# <<< aws-sso profiles <<<", false),
        ("été", true),
        ("default", true),
    ] {
        let simulator = Simulator::start(small_organization());
        let instance = format!("Accounts: {{'1': {{Roles: {{Admin: {{Profile: {}}}}}}}}}", yaml(name));
        let home = signed_in(&simulator, &instance, "");
        if fits {
            install(&home);
            assert_eq!(names(&read(&aws_config(&home))).len(), 6, "{name}");
            assert!(install(&home).contains("has these profiles already"), "{name}");
        } else {
            for _ in 0..2 {
                let told = install(&home);
                for words in [&format!("'{name}'"), DEV_ARN, "config.yaml", "set another Profile"] {
                    assert!(told.contains(words), "{words}: {told}");
                }
                assert_eq!(names(&read(&aws_config(&home))).len(), 5, "the others have theirs: {name}");
            }
            let format = "SecureStore: json\nProfileFormat: \"{{ .AccountIdPad }}'s {{ .RoleName }}\"\n";
            home.write_config(&support::config(&simulator, "", format));
            refuses(&home, 1, &["000000000001's Admin", "set another Profile"]);
        }
        remove(&home);
        assert!(!home.path().join("x").exists());
    }
}

#[test]
fn variables_that_some_sdks_would_cut_off_and_those_that_choose_credentials_are_refused() {
    for (variables, words) in [
        ("{output: 'json # mine'}", "ConfigVariables.output in"),
        ("{output: ' json'}", "ConfigVariables.output in"),
        ("{source_profile: default}", "would be in the way of the role"),
        ("{sso_session: x}", "would be in the way of the role"),
        ("{Output: text, output: json}", "twice in another case"),
        ("{'# x': y}", "must fit on one line"),
    ] {
        let simulator = Simulator::start(small_organization());
        let home = signed_in(&simulator, "", "");
        home.write_config(&support::config(
            &simulator,
            "",
            &format!("SecureStore: json\nConfigVariables: {variables}\n"),
        ));
        refuses(&home, 1, &[words]);
    }
}

#[test]
fn the_call_is_one_that_works_from_anywhere() {
    let (_simulator, mut home) = home_with("ConfigProfilesBinaryPath: ~/my bin/aws-sso\n");
    std::os::unix::fs::symlink(support::BINARY, directory(&home, "my bin").join("aws-sso")).expect("a link");
    let place = directory(&home, "a place").join("config.yaml");
    fs::rename(home.config_path(), &place).expect("it moves");
    home.set("AWS_SSO_CONFIG", directories::text(&place));
    home.ok(&["login"]);
    install(&home);
    home.unset("AWS_SSO_CONFIG");
    let text = read(&aws_config(&home));
    let call = text.lines().find_map(|line| line.strip_prefix("credential_process = ")).expect("a call");
    // As an SDK calls it: through no shell, and through one.
    let words = shell_words::split(call).expect("words");
    assert_eq!(words[0], format!("{}/my bin/aws-sso", home.path().display()));
    for mut command in [home.program(&words[0]), home.program("sh")] {
        match command.get_program() == "sh" {
            true => command.args(["-c", call]),
            false => command.args(&words[1..]),
        };
        let answer = support::Answer::of(command);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        assert!(support::json(&answer.stdout)["AccessKeyId"].is_string());
    }
}
