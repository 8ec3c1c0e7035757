//! The suite in fish beside what a person has in config.fish, from the start of the shell to its end.

#[path = "support/shells.rs"]
mod shells;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::os::unix::fs::PermissionsExt;

use identity_center::Simulator;
use shells::signed_in;
use support::{Answer, BINARY, Home, small_organization};
use typist::{Shell, Typist};

const INIT: &str = "aws-sso shell-init fish | source\n";
const USE: &str = "aws-sso-use 000000000001:Admin";

/// Every word that the scripts use as a command and that fish lets a function have as its name.
const WORDS: &str = "cd math count echo printf source functions complete commandline path contains emit date sed grep \
                     env set_color string_x fish_vi_prompt aws-sso cat ls type true false";

fn home(simulator: &Simulator) -> Home {
    signed_in(simulator, "DefaultRegion: us-west-2", "")
}

/// What fish makes of a script.
fn fish(home: &Home, options: &[&str], script: &str) -> Answer {
    Shell::Fish.settle_in(home);
    let mut command = home.program("fish");
    command.args(options).args(["-c", script]).env("TERM", "xterm-256color");
    Answer::of(command)
}

#[track_caller]
fn assert_prints(answer: &Answer, expected: &str) {
    assert_eq!((answer.stdout.as_str(), answer.stderr.as_str()), (expected, ""));
}

/// A program that writes down every call, and then does it, in the place of ours.
fn counted(home: &Home, typist: &mut Typist) -> impl Fn() -> Vec<String> + use<> {
    let (log, program) = (home.path().join("calls"), home.path().join("counted"));
    let text = format!("#!/bin/sh\necho \"$3\" >>{}\nexec {BINARY} \"$@\"\n", log.display());
    std::fs::write(&program, text).expect("a program");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("an executable");
    typist.line(&format!("set -g __aws_sso_program {}", program.display()));
    move || std::fs::read_to_string(&log).unwrap_or_default().lines().map(str::to_owned).collect()
}

/// A day as in tests/shell_session.rs, in few lines.
#[track_caller]
fn assert_works(typist: &mut Typist) {
    typist.line(USE);
    assert_eq!(typist.variable("AWS_SSO_PROFILE"), "000000000001:Admin");
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 000000000001:Admin "));
    assert_eq!(typist.status("aws-sso-use --no-input admin"), "4");
    typist.line("aws-sso-use 123456789012");
    assert_eq!(typist.variable("AWS_SSO_ROLE_ARN"), "arn:aws:iam::123456789012:role/ReadOnly");
    typist.line("aws-sso-use -");
    assert_eq!(typist.variable("AWS_SSO_PROFILE"), "000000000001:Admin");
    typist.line("aws-sso-clear");
    assert_eq!(typist.variable("AWS_SSO_PROFILE") + &typist.variable("AWS_ACCESS_KEY_ID"), "");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
}

#[test]
fn functions_of_the_same_names_do_not_reach_into_the_scripts() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let functions: String = WORDS
        .split_whitespace()
        .map(|name| {
            // fish itself calls some, for its title and its keys.
            let ours = "builtin status stack-trace | string match -qr 'in function .(aws-sso|__aws_sso)'";
            format!("function {name}; {ours}; and builtin printf '{name}\\n' >>{}/called; end\n", home.path().display())
        })
        .collect();
    let init = "command aws-sso shell-init fish | builtin source\n";
    // The counting prompt of the test calls some of them itself.
    let count = "function __count --on-event fish_prompt; set -g __n (builtin math $__n + 1); end\n\
                 set -g fish_greeting\nset -g __n 0\nfunction fish_prompt; builtin printf 'ready%s> ' $__n; end\n\
                 function fish_right_prompt; end\nset -g fish_handle_reflow 0\n";
    for rc in [format!("{count}{functions}{init}"), format!("{count}{init}{functions}")] {
        let _ = std::fs::remove_file(home.path().join("called"));
        let mut typist = Typist::with_exact_rc(Shell::Fish, &home, &rc, &[]);
        assert_works(&mut typist);
        let called = std::fs::read_to_string(home.path().join("called")).unwrap_or_default();
        assert_eq!(called, "");
        typist.leave();
    }
}

#[test]
fn nothing_is_printed_at_the_start() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for options in [&["--no-config"][..], &["--no-config", "-i"], &[], &["-i"]] {
        assert_prints(&fish(&home, options, &INIT.repeat(3)), "");
    }
    let mut bare = Home::bare();
    bare.set("HOME", "/dev/null/none");
    let script = bare.ok(&["shell-init", "fish"]);
    let answer = fish(&bare, &["--no-config"], &script);
    assert_eq!(answer.stdout, "");
    assert!(!answer.stderr.contains("aws"), "{}", answer.stderr);
}

#[test]
fn a_shell_without_prompts_has_functions_and_no_hooks() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let inner = format!("{INIT}functions -q __aws_sso_hook; echo $status; {USE}; echo $AWS_SSO_PROFILE");
    assert_prints(&fish(&home, &["--no-config"], &inner), "1\n000000000001:Admin\n");
    assert_prints(&fish(&home, &["--no-config", "-i"], &inner), "0\n000000000001:Admin\n");
    // The role goes along, and what is known of it.
    let look = "echo \"$AWS_SSO_PROFILE|$__aws_sso_text|$__aws_sso_expires\" | string replace -r '[1-9][0-9]+$' TIME";
    std::fs::create_dir_all(home.path().join(".config/fish")).expect("a directory");
    std::fs::write(home.path().join(".config/fish/config.fish"), INIT).expect("config.fish");
    for child in ["fish -ic", "exec fish -ic", "fish -c"] {
        let answer = fish(&home, &[], &format!("{USE}; {child} '{}'", look.replace('\'', "\\'")));
        assert_prints(&answer, "000000000001:Admin|☁ 000000000001:Admin \u{1f}|TIME\n");
    }
    let child = "fish -ic 'aws-sso-use 123456789012; echo $AWS_SSO_PROFILE'; echo $AWS_SSO_PROFILE";
    assert_prints(&fish(&home, &[], &format!("{USE}; {child}")), "123456789012:ReadOnly\n000000000001:Admin\n");
}

#[test]
fn a_trace_shows_no_secret() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for options in [&["--no-config"][..], &["--no-config", "-i"]] {
        let script = format!(
            "{INIT}set -g fish_trace 1; {USE}; emit fish_prompt; aws-sso-use -A 2 -R Admin; emit fish_prompt; \
             aws-sso-use -; emit fish_prompt; set -g __aws_sso_renew_at 1; emit fish_preexec ls; emit fish_prompt; set -e fish_trace\n\
             echo $AWS_SECRET_ACCESS_KEY; echo $AWS_SESSION_TOKEN"
        );
        let answer = fish(&home, options, &script);
        assert!(answer.stderr.contains(USE), "it traces: {}", answer.stderr);
        assert_eq!(answer.stdout.lines().count(), 2, "{}", answer.stderr);
        for secret in answer.stdout.lines() {
            assert!(secret.len() > 20 && !answer.stderr.contains(secret), "{}", answer.stderr);
        }
        assert!(!answer.stderr.contains("AWS_SECRET_ACCESS_KEY "), "{}", answer.stderr);
    }
}

#[test]
fn variables_of_all_sessions_stay_as_they_are() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let universal = "set -U | string match -v '__fish*' | string match -v 'fish_*'";
    let script = format!(
        "set -Ux AWS_SSO_TEAM mine; set -U AWS_SSO_SEGMENT theirs; set -U __aws_sso_text theirs\n\
         {universal} >$HOME/before\n{INIT}{USE}; emit fish_prompt; aws-sso-use 123456789012; emit fish_prompt; aws-sso-clear; emit fish_prompt\n\
         {universal} >$HOME/after; command diff $HOME/before $HOME/after >$HOME/result\n\
         count <$HOME/after >>$HOME/result"
    );
    let answer = fish(&home, &["-i"], &script);
    assert_eq!(std::fs::read_to_string(home.path().join("result")).expect("a result"), "3\n", "{}", answer.stderr);
}

#[test]
fn a_private_session_leaves_no_record_of_a_role() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let used = || {
        let database = rusqlite::Connection::open(home.state_path()).expect("the state file");
        let count = database.query_row("SELECT count(*) FROM history", [], |row| row.get::<_, i64>(0));
        count.expect("a count")
    };
    let script = format!("{INIT}{USE}; echo $AWS_SSO_PROFILE");
    assert_prints(&fish(&home, &["--private"], &script), "000000000001:Admin\n");
    assert_eq!(used(), 0);
    // A session without a config is a private one too.
    assert_prints(&fish(&home, &[], &script), "000000000001:Admin\n");
    assert_eq!(used(), 1);
}

#[test]
fn a_prompt_asks_once_about_a_role_that_others_set() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let mut typist = Typist::sit_down(Shell::Fish, &home);
    let calls = counted(&home, &mut typist);
    typist.line("true");
    typist.line(USE);
    typist.line("true");
    assert_eq!(calls(), ["use"]);
    typist.line("set -gx AWS_SSO_ROLE_ARN arn:aws:iam::123456789012:role/ReadOnly");
    typist.line("true");
    assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 123456789012:ReadOnly "));
    typist.line("aws-sso-clear");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
    assert_eq!(calls(), ["use", "sync", "clear"]);
    typist.leave();
}

#[test]
fn a_prompt_starts_no_process_when_nothing_changed() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let forks = |prompts: usize| {
        let script = format!("{INIT}{USE}; {}", "emit fish_preexec true; emit fish_prompt; ".repeat(prompts));
        let trace = home.path().join("trace");
        let mut command = home.program("strace");
        command.args(["-f", "-q", "-e", "trace=fork,vfork,clone,clone3,execve", "-o"]).arg(&trace);
        command.args(["fish", "--no-config", "-i", "-c", &script]).env("TERM", "xterm");
        let answer = Answer::of(command);
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        let text = std::fs::read_to_string(&trace).expect("a trace");
        text.lines().filter(|line| line.contains("execve") && line.ends_with("= 0")).count()
    };
    // fish itself, the documented line and aws-sso-use.
    assert_eq!((forks(1), forks(6)), (3, 3));
}

#[test]
fn a_program_that_is_gone_costs_one_line_for_each_call_and_none_for_a_prompt() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let gone = "set -g __aws_sso_program /nowhere/aws-sso";
    // One that is there and fails is not heard at a prompt either.
    let loud = home.path().join("loud");
    std::fs::write(&loud, "#!/bin/sh\necho loud >&2\nexit 1\n").expect("a program");
    std::fs::set_permissions(&loud, PermissionsExt::from_mode(0o755)).expect("an executable");
    for program in ["/nowhere/aws-sso".into(), loud] {
        let set = format!("set -g __aws_sso_program {}; set -gx AWS_SSO_ROLE_ARN x", program.display());
        let script = format!("{INIT}{USE}; {set}; emit fish_prompt; emit fish_prompt; echo \"<$AWS_SSO_SEGMENT>\"");
        assert_prints(&fish(&home, &["--no-config", "-i"], &script), "<>\n");
    }
    let script = format!("{INIT}{USE}; {gone}; aws-sso-use 123456789012; echo $status $AWS_SSO_PROFILE");
    let answer = fish(&home, &["--no-config", "-i"], &script);
    assert_eq!(answer.stdout, "127 000000000001:Admin\n");
    assert_eq!(answer.stderr, "aws-sso: /nowhere/aws-sso is not there any more: install it again\n");
}

#[test]
fn half_an_answer_is_not_evaluated() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let half = home.path().join("half");
    std::fs::write(&half, "#!/bin/sh\necho 'set -gx AWS_SSO_PROFILE half;'\nexit 3\n").expect("a program");
    std::fs::set_permissions(&half, PermissionsExt::from_mode(0o755)).expect("an executable");
    let script = format!(
        "{INIT}{USE}; set -g __aws_sso_program {}; aws-sso-use x; echo $status $AWS_SSO_PROFILE",
        half.display()
    );
    assert_prints(&fish(&home, &["--no-config"], &script), "3 000000000001:Admin\n");
}

#[test]
fn the_program_may_lie_in_a_directory_of_any_name() {
    let simulator = Simulator::start(small_organization());
    let mut home = home(&simulator);
    let directory = home.path().join("a b'\"$(touch executed)(touch executed)\\ \\n*[x]{y,z}");
    std::fs::create_dir(&directory).expect("a directory");
    let program = directory.join("aws-sso");
    std::fs::hard_link(BINARY, &program).or_else(|_| std::fs::copy(BINARY, &program).map(drop)).expect("the program");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone();
    home.set("PATH", &format!("{}:{path}", directory.display()));
    let script = format!("{INIT}{USE}; echo $AWS_SSO_PROFILE; echo $__aws_sso_program");
    let expected = format!("000000000001:Admin\n{}\n", program.display());
    assert_prints(&fish(&home, &["--no-config", "-i"], &script), &expected);
    assert!(!home.path().join("executed").exists());
}

#[test]
fn the_time_is_known_without_the_path_builtin_too() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for edit in ["cat", "string replace --all 'builtin path mtime' 'builtin path no-such-subcommand'"] {
        let script = format!(
            "aws-sso shell-init fish | {edit} | source; {USE}; emit fish_prompt; echo $AWS_SSO_SEGMENT\n\
             functions __aws_sso_now | string match -q '*date +%s*'; echo $status\n\
             __aws_sso_now; test (math abs $__aws_sso_time - (date +%s)) -le 2; echo $status"
        );
        let answer = fish(&home, &["--no-config", "-i"], &script);
        let shown = answer.stdout.replace(" 1h0m", " TIME").replace(" 59m", " TIME");
        let fallback = if edit == "cat" { "1" } else { "0" };
        assert_eq!(shown, format!("☁ 000000000001:Admin TIME \n{fallback}\n0\n"), "{edit}: {}", answer.stderr);
    }
}

#[test]
fn direnv_and_zoxide_work_beside_it_in_either_order() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let project = home.path().join("project");
    std::fs::create_dir(&project).expect("a directory");
    std::fs::write(project.join(".envrc"), "export PROJECT=here\n").expect(".envrc");
    let mut allow = home.program("direnv");
    allow.arg("allow").current_dir(&project);
    assert_eq!(Answer::of(allow).status, Some(0));
    let others = "direnv hook fish | source\nzoxide init fish | source\n";
    for (before, after) in [(others, ""), ("", others)] {
        let mut typist = Typist::with_rc(Shell::Fish, &home, before, after);
        typist.line(USE);
        typist.line("cd project");
        assert_eq!(typist.variable("PROJECT") + &typist.variable("AWS_SSO_PROFILE"), "here000000000001:Admin");
        typist.line("z /");
        assert_eq!(typist.variable("PROJECT") + &typist.variable("PWD"), "/");
        typist.leave();
    }
}
