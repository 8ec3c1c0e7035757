//! `doctor` on what surrounds a command: hook, PATH, AWS profiles, environment, programs.

#[path = "support/examined.rs"]
mod examined;
mod support;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use examined::{Report, doctor, healthy};
use support::{Answer, Home, config, json, yaml};

#[test]
fn the_line_of_the_hook_is_looked_at() {
    let (_simulator, home) = healthy();
    let rc = home.path().join(".bashrc");
    let installed = fs::read_to_string(&rc).expect(".bashrc");
    fs::write(&rc, "").expect("written");
    let install = Some("aws-sso setup completions --install");
    Report::of(&home).has("hook", "note", &["bash does not load the hook"], install);
    fs::write(&rc, "# eval \"$(aws-sso shell-init bash)\"\n").expect("written");
    Report::of(&home).has("hook", "note", &["bash does not load the hook"], install);
    let gone = installed.replace(&*home.path().join("bin").to_string_lossy(), "/opt/old/bin");
    fs::write(&rc, gone).expect("written");
    Report::of(&home).has("hook", "problem", &["~/.bashrc:", "/opt/old/bin/aws-sso, which is not there"], install);
    fs::write(&rc, "eval \"$(aws-sso shell-init bash)\"\neval \"$(starship init bash)\"\n").expect("written");
    let report = Report::of(&home);
    report.has("hook", "note", &["~/.bashrc:1 should be the last line", "starship", "line 2"], None);
    assert_eq!(report.status, Some(0), "{:#?}", report.problems());
}

#[test]
fn a_shell_knows_which_hook_it_has() {
    let (_simulator, home) = healthy();
    let doctor = "aws-sso doctor --json > report.json";
    for (shell, line) in [
        ("bash", "eval \"$(aws-sso shell-init bash)\""),
        ("zsh", "eval \"$(aws-sso shell-init zsh)\""),
        ("fish", "aws-sso shell-init fish | source"),
    ] {
        let run = |commands: &str| {
            let flags: &[&str] = match shell {
                "bash" => &["--norc", "-i", "-c"],
                "zsh" => &["-f", "-i", "-c"],
                _ => &["--no-config", "-i", "-c"],
            };
            let mut command = home.program(shell);
            command.args(flags).arg(commands).env("SHELL", shell);
            let answer = Answer::of(command);
            let text = fs::read_to_string(home.path().join("report.json"));
            let report = text.unwrap_or_else(|error| panic!("{shell}: {error}: {}", answer.stderr));
            fs::remove_file(home.path().join("report.json")).expect("removed");
            Report { status: None, findings: json(&report).as_array().expect("an array").clone() }
        };
        // A command after it, so that no shell takes its own place.
        let run = |commands: &str| run(&format!("{commands}; :"));
        let words = format!("this {shell} has the hook of this aws-sso");
        run(&format!("{line}\n{doctor}")).has("hook", "ok", &[&words], None);
        let other = if shell == "fish" {
            "set -gx AWS_SSO_HOOK $fish_pid:fish-0.0.1-abc"
        } else {
            &format!("export AWS_SSO_HOOK=$$:{shell}-0.0.1-abc")
        };
        let words = format!("this {shell} has the hook of another aws-sso ({shell}-0.0.1-abc)");
        run(&format!("{line}\n{other}\n{doctor}")).has("hook", "problem", &[&words], Some(&format!("exec {shell}")));
        // In a shell within the shell, which has none of its own.
        let words = format!("this {shell} has the hook of this aws-sso");
        run(&format!("{line}\nsh -c '{doctor}; :'")).has("hook", "ok", &[&words], None);
        // Inherited from a shell that is not this one.
        let (check, status) = ("hook", "note");
        run(&format!("{line}\nenv AWS_SSO_HOOK=1:0.0.1-abc {doctor}")).has(check, status, &[shell], None);
    }
}

#[test]
fn what_path_finds_is_told_from_this_program() {
    let (_simulator, mut home) = healthy();
    let (old, bin) = (home.path().join("old"), home.path().join("bin"));
    fs::create_dir(&old).expect("old");
    fs::write(old.join("aws-sso"), "#!/bin/sh\n# github.com/synfinatic/aws-sso-cli\n").expect("a program");
    fs::set_permissions(old.join("aws-sso"), fs::Permissions::from_mode(0o755)).expect("mode");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("PATH").1.clone();
    let rest = path.split_once(':').expect("more directories").1;
    home.set("PATH", &format!("{}:{}:{rest}", old.display(), bin.display()));
    Report::of(&home).has("path", "problem", &["~/old/aws-sso first", "the Go tool"], None);
    home.set("PATH", &format!("{}:{}:{rest}", bin.display(), old.display()));
    let report = Report::of(&home);
    report.has("path", "ok", &["~/bin/aws-sso"], None);
    report.has("path", "note", &["~/old/aws-sso is the Go tool"], None);
    home.set("PATH", rest);
    Report::of(&home).has("path", "note", &["not on PATH"], None);
}

#[test]
fn aws_profiles_that_lead_nowhere_are_named() {
    let (_simulator, home) = healthy();
    fs::create_dir(home.path().join(".aws")).expect(".aws");
    let write = |text: &str| fs::write(home.path().join(".aws/config"), text).expect("written");
    let profile = |name: &str, command: &str| format!("[profile {name}]\ncredential_process = {command}\n");
    let role = |role: &str| format!("aws-sso -S Default process --arn arn:aws:iam::000000000001:role/{role}");
    write(&format!("# >>> aws-sso profiles >>>\n{}# <<< aws-sso profiles <<<\n", profile("a", &role("Admin"))));
    let report = Report::of(&home);
    report.has("profiles", "ok", &["in ~/.aws/config", "there: 1"], None);
    assert_eq!(report.status, Some(0), "{:#?}", report.problems());
    for (begin, end, command) in [
        ("# >>> aws-sso profiles >>>", "# <<< aws-sso profiles <<<", "aws-sso setup profiles"),
        ("# BEGIN_AWS_SSO_CLI", "# END_AWS_SSO_CLI", "aws-sso setup profiles"),
        ("# BEGIN_AWS_SSO_CLI_Work", "# END_AWS_SSO_CLI_Work", "aws-sso setup profiles"),
        ("# >>> aws-sso directories >>>", "# <<< aws-sso directories <<<", "aws-sso allow"),
    ] {
        let profiles = [
            profile("gone", "/opt/old/aws-sso -S Default process --arn arn:aws:iam::000000000001:role/Admin"),
            profile("norole", &role("Nobody")),
            profile("nosso", &role("Admin").replace("Default", "Other")),
            profile("url", &role("Admin").replace("aws-sso", "aws-sso -u open")),
        ];
        write(&format!("{begin}\n{}{end}\n[profile sso]\nsso_session = x\n", profiles.concat()));
        let report = Report::of(&home);
        report.has("profiles", "problem", &["gone in ~/.aws/config", "/opt/old/aws-sso is not there"], Some(command));
        report.has("profiles", "problem", &["norole in", "no such role"], None);
        report.has("profiles", "problem", &["nosso in", "'Other' is not in config.yaml"], None);
        report.has("profiles", "note", &["url in", "-u"], Some(command));
        report.has("profiles", "note", &["sso in", "'aws sso login'"], None);
    }
    write("# >>> aws-sso profiles >>>\n[profile a]\n");
    Report::of(&home).has("profiles", "problem", &["~/.aws/config:1:", "no end"], None);
}

#[test]
fn credentials_of_others_in_the_environment_are_named() {
    let (_simulator, mut home) = healthy();
    home.set("AWS_PROFILE", "nowhere");
    Report::of(&home).has("environment", "problem", &["'nowhere'", "no such profile"], Some("unset AWS_PROFILE"));
    fs::create_dir(home.path().join(".aws")).expect(".aws");
    fs::write(home.path().join(".aws/config"), "[profile nowhere]\nregion = x\n").expect("written");
    Report::of(&home).has("environment", "note", &["AWS_PROFILE was set by someone else"], Some("unset AWS_PROFILE"));
    home.unset("AWS_PROFILE");
    home.set("AWS_ACCESS_KEY_ID", "AKIDTHEIRS");
    home.set("AWS_SECRET_ACCESS_KEY", "theirsecret");
    let keys = "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN";
    Report::of(&home).has("environment", "problem", &["AWS_ACCESS_KEY_ID was set by someone else"], Some(keys));
    let answer = doctor(&home, "bash", "-L trace doctor");
    for secret in ["AKIDTHEIRS", "theirsecret", support::PASSWORD] {
        assert!(!answer.stdout.contains(secret) && !answer.stderr.contains(secret), "{secret}");
    }
}

#[test]
fn programs_that_the_config_asks_for_are_looked_for() {
    let (simulator, mut home) = healthy();
    let with = |more: &str| {
        let config = config(&simulator, "", "");
        let (start, _) = config.split_once("UrlAction: exec").expect("the action");
        home.write_config(&format!("{start}{more}"));
        Report::of(&home)
    };
    with("UrlAction: exec\nUrlExecCommand: [no-such-browser, '%s']\n").has(
        "programs",
        "problem",
        &["no-such-browser", "UrlExecCommand"],
        None,
    );
    with("UrlAction: open\nBrowser: ~/no/browser\n").has("programs", "problem", &["~/no/browser", "Browser"], None);
    with("UrlAction: open\nBrowser: curl\n").has("programs", "ok", &["Browser curl"], None);
    with("UrlAction: print\n");
    // A PATH with nothing to copy with.
    let bin = home.path().join("bin").display().to_string();
    let start = config(&simulator, "", "").replace("UrlAction: exec", "UrlAction: clip");
    home.write_config(&start);
    home.set("PATH", &bin);
    let says = |home: &Home, words: &str| {
        let answer = home.run(&["doctor", "--json"]);
        assert!(answer.stdout.contains(words), "{}", answer.stdout);
    };
    says(&home, "UrlAction clip needs a desktop");
    home.set("DISPLAY", ":987");
    says(&home, "UrlAction clip needs one of xclip, xsel");
    for action in ["granted-containers", "open-url-in-container"] {
        home.write_config(&config(&simulator, "", "").replace("UrlAction: exec", &format!("UrlAction: {action}")));
        says(&home, "the program curl");
    }
}

#[test]
fn hostile_names_do_not_move_the_cursor() {
    let (simulator, mut home) = healthy();
    let name = "a\u{1b}[31m\u{202e}b\nc";
    home.write_config(&config(&simulator, "", "").replace("  Default:", &format!("  {}:", yaml("odd name"))));
    home.set("AWS_PROFILE", name);
    let answer = doctor(&home, "bash", "doctor");
    assert!(!answer.stdout.contains(['\u{1b}', '\u{202e}']), "{:?}", answer.stdout);
    assert!(answer.stdout.contains("aws-sso login"), "{}", answer.stdout);
    Report::of(&home).has("environment", "problem", &["no such profile"], None);
}
