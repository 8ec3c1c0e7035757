//! The suite in zsh beside the hooks of others, from the start of the shell to its end.

#[path = "support/piped.rs"]
mod piped;
#[path = "support/shells.rs"]
mod shells;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use identity_center::Simulator;
use piped::{INIT, quiet_zsh, show, zsh};
use shells::signed_in;
use support::{Answer, BINARY, Home, begins_a_process, small_organization};
use typist::{Shell, Typist};

const USE: &str = "aws-sso-use 000000000001:Admin\n";
const OTHER: &str = "aws-sso-use 123456789012:ReadOnly\n";

fn home(simulator: &Simulator) -> Home {
    signed_in(simulator, "DefaultRegion: us-west-2", "")
}

#[track_caller]
fn assert_prints(answer: &Answer, expected: &str, how: &str) {
    assert_eq!(answer.stdout, expected, "{how}: {}", answer.stderr);
}

/// A wrapper of the program that writes down every call, in the place of the program.
fn counted(home: &Home) -> impl Fn() -> Vec<String> {
    let (log, program) = (home.path().join("calls"), home.path().join("counted"));
    let text = format!("#!/bin/sh\necho \"$3\" >>{}\nexec {BINARY} \"$@\"\n", log.display());
    std::fs::write(&program, text).expect("a program");
    std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).expect("an executable");
    move || {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn hooks_of_others_keep_their_places() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let others = "a() { builtin print -r -- \"a $? $pipestatus\"; }\nb() { builtin print -r -- \"b $?\"; return 3; }\n\
                  precmd() { :; }\nprecmd_functions=(a b)\npreexec_functions=(:)\n";
    let print =
        "setopt no_ksh_arrays; builtin print -r -- $precmd_functions / $preexec_functions / ${+functions[precmd]}\n";
    let hooks = "a b __aws_sso_precmd __aws_sso_register_completion / : __aws_sso_preexec / 1\n";
    for option in
        ["", "setopt ksh_arrays", "setopt sh_word_split ksh_arrays", "emulate sh", "typeset -U precmd_functions"]
    {
        let answer = quiet_zsh(&home, &format!("{others}{option}"), &format!("{INIT}{INIT}{print}"));
        assert!(answer.stdout.contains(hooks), "{option}: {} {}", answer.stdout, answer.stderr);
    }
    let late = format!("precmd_functions+=(a b)\n{print}");
    let answer = quiet_zsh(&home, &others.replace("precmd_functions=(a b)", ""), &late);
    assert!(answer.stdout.contains("__aws_sso_precmd __aws_sso_register_completion a b /"), "{}", answer.stdout);
}

#[test]
fn the_status_of_a_pipeline_is_seen_by_the_person_and_by_other_hooks() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let other = "theirs() { builtin print -r -- \"hook $? $pipestatus\"; }\n";
    let lines = "precmd_functions+=(theirs)\nfalse | true | (exit 9)\nbuiltin print -r -- \"person $? $pipestatus\"\n";
    let answer = quiet_zsh(&home, other, &format!("{USE}{lines}"));
    assert!(answer.stdout.contains("hook 9 1 0 9\nperson 9 1 0 9\n"), "{} {}", answer.stdout, answer.stderr);
    // Also where the hook has something to do, and where it fails.
    let lines = "export AWS_SSO_ROLE_ARN=arn:aws:iam::000000000002:role/Admin; false | true | (exit 9)\n\
                 builtin print -r -- \"person $? $pipestatus\"\n";
    let answer = quiet_zsh(&home, "", &format!("{lines}__aws_sso_program=/nowhere\n{lines}"));
    assert_prints(&answer, "person 9 1 0 9\nperson 9 1 0 9\n", "");
}

#[test]
fn a_prompt_asks_once_about_a_role_that_others_set() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let calls = counted(&home);
    let program = format!("__aws_sso_program={}\n", home.path().join("counted").display());
    let foreign = "export AWS_SSO_ROLE_ARN=arn:aws:iam::123456789012:role/ReadOnly AWS_SSO_PROFILE=p\n";
    let segment = show("AWS_SSO_SEGMENT");
    let lines = format!("{program}:\n:\n{USE}:\n{segment}:\n{foreign}:\n{segment}:\naws-sso-clear\n:\n{segment}");
    let answer = quiet_zsh(&home, "", &lines);
    assert_eq!(calls(), ["use", "sync", "clear"], "{} {}", answer.stdout, answer.stderr);
    let shown: Vec<&str> = answer.stdout.lines().collect();
    assert!(shown[0].starts_with("AWS_SSO_SEGMENT=☁ 000000000001:Admin "), "{shown:?}");
    assert!(shown[1].starts_with("AWS_SSO_SEGMENT=☁ 123456789012:ReadOnly "), "{shown:?}");
    assert_eq!(shown[2], "AWS_SSO_SEGMENT=", "{shown:?}");
}

#[test]
fn a_prompt_starts_no_process_when_nothing_changed() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let trace = home.path().join("trace");
    std::fs::write(home.path().join("lines"), format!("PROMPT=\n{INIT}{USE}:\n\n\n:\ntrue\nexit\n"))
        .expect("the lines");
    let count = |home: &Home| {
        let script =
            format!("strace -f -q -e trace=clone,fork,vfork,clone3,execve -o {} zsh -f -i -s <lines", trace.display());
        let answer = Answer::of({
            let mut command = home.program("sh");
            command.args(["-c", &script]);
            command
        });
        assert_eq!(answer.status, Some(0), "{}", answer.stderr);
        let text = std::fs::read_to_string(&trace).expect("a trace");
        // Who was started by the shell itself: threads of the program are its own affair.
        let shell = text.split_whitespace().next().expect("the process of the shell").to_owned();
        text.lines().filter(|line| line.starts_with(&shell) && begins_a_process(line)).count()
    };
    // One for the documented line, one for aws-sso-use.
    assert_eq!(count(&home), 2);
}

#[test]
fn nothing_is_printed_at_the_start() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let init = home.ok(&["shell-init", "zsh"]);
    for options in [&["-f", "-c"][..], &["-f", "-u", "-c"], &["-f", "-e", "-c"], &["-f", "-i", "-c"]] {
        let mut command = home.program("zsh");
        command.args(options).arg(format!("{init}{init}"));
        let answer = Answer::of(command);
        assert_eq!((answer.status, answer.stdout.as_str(), answer.stderr.as_str()), (Some(0), "", ""), "{options:?}");
    }
    // Not even where there is nothing to tell of: no config, no state, no home.
    let mut bare = Home::bare();
    bare.set("HOME", "/dev/null/none");
    let mut command = bare.program("zsh");
    command.args(["-f", "-i", "-c", &bare.ok(&["shell-init", "zsh"])]);
    let answer = Answer::of(command);
    assert_eq!((answer.status, answer.stdout.as_str(), answer.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn a_subshell_prints_what_it_prints() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let lines =
        format!("{USE}x=$(cd / && pwd)\nbuiltin print -r -- \"<$x>\"\n(cd /; builtin print -r -- \"<$PWD>\")\n");
    assert_prints(&quiet_zsh(&home, "", &lines), "</>\n</>\n", "");
    let cd = "builtin print -r -- ${+functions[cd]} ${+aliases[cd]}\n";
    assert_prints(&quiet_zsh(&home, "", cd), "0 0\n", "cd is nobody's business");
}

#[test]
fn an_init_from_inside_a_hook_works_from_the_next_prompt_on() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let deferred = format!(
        "later() {{ precmd_functions=(${{precmd_functions:#later}}); {} }}\nprecmd_functions+=(later)\n",
        INIT.trim()
    );
    let lines =
        format!("PROMPT=\n{deferred}:\n{USE}{}{}", show("AWS_SSO_PROFILE"), "print -r -- ${#AWS_SSO_SEGMENT}\n");
    let answer = zsh(&home, &[], &lines);
    assert!(answer.stdout.starts_with("AWS_SSO_PROFILE=000000000001:Admin\n2"), "{} {}", answer.stdout, answer.stderr);
}

#[test]
fn a_role_goes_along_into_other_shells() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    std::fs::write(home.path().join(".zshrc"), format!("{INIT}PROMPT='ready> '\n")).expect(".zshrc");
    let inner = r#"builtin print -r -- "$AWS_SSO_PROFILE|$__aws_sso_text|$+functions[aws-sso-use]""#;
    let expected = "000000000001:Admin|☁ 000000000001:Admin \u{1f}|1\n";
    assert_prints(&quiet_zsh(&home, "", &format!("{USE}zsh -i -c '{inner}'\n")), expected, "zsh -ic");
    assert_prints(&quiet_zsh(&home, "", &format!("{USE}exec zsh -i -c '{inner}'\n")), expected, "exec zsh");
    assert_prints(
        &quiet_zsh(&home, "", &format!("{USE}setopt all_export\n{INIT}zsh -i -c '{inner}'\n")),
        expected,
        "exported",
    );
    // No prompt, and so no hook, but the functions work.
    let script =
        format!("{INIT}builtin print -r -- \"$precmd_functions\"\n{OTHER}builtin print -r -- $AWS_SSO_PROFILE\n");
    let mut command = home.program("zsh");
    command.args(["-f", "-c", &script]);
    assert_prints(&Answer::of(command), "\n123456789012:ReadOnly\n", "zsh -c");
    // The child's own role stays the child's.
    let child = "zsh -i -c 'aws-sso-use 123456789012:ReadOnly; builtin print -r -- $AWS_SSO_PROFILE'\n";
    let answer = quiet_zsh(&home, "", &format!("{USE}{child}builtin print -r -- $AWS_SSO_PROFILE\n"));
    assert_prints(&answer, "123456789012:ReadOnly\n000000000001:Admin\n", "a child");
}

#[test]
fn a_program_that_is_gone_costs_one_line_for_each_call_and_none_for_a_prompt() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let gone = "__aws_sso_program=/nowhere/aws-sso\n";
    let change = "export AWS_SSO_ROLE_ARN=arn:aws:iam::000000000002:role/Admin AWS_SSO_PROFILE=x\n";
    let lines = format!("{USE}{gone}{change}:\n:\n:\n{}{}", show("AWS_SSO_SEGMENT"), "builtin print -ru2 -- END\n");
    let answer = quiet_zsh(&home, "", &lines);
    assert_prints(&answer, "AWS_SSO_SEGMENT=\n", "nothing rather than something wrong");
    assert!(!answer.stderr.contains("nowhere"), "{}", answer.stderr);
    let answer = quiet_zsh(&home, "", &format!("{USE}{gone}{OTHER}builtin print -r -- $? $AWS_SSO_PROFILE\n"));
    assert_prints(&answer, "127 000000000001:Admin\n", "");
    assert_eq!(answer.stderr.matches("nowhere").count(), 1, "{}", answer.stderr);
}

#[test]
fn the_program_may_lie_in_a_directory_of_any_name() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let directory = home.path().join("a b'\"$(touch executed)`touch executed`\\ !!*[x]");
    std::fs::create_dir(&directory).expect("a directory");
    std::fs::hard_link(BINARY, directory.join("aws-sso"))
        .or_else(|_| std::fs::copy(BINARY, directory.join("aws-sso")).map(|_| ()))
        .expect("the program");
    let path = home.environment().iter().find(|(name, _)| name == "PATH").expect("a PATH").1.clone();
    let mut home = home;
    home.set("PATH", &format!("{}:{path}", directory.display()));
    let lines = format!("{USE}builtin print -r -- $AWS_SSO_PROFILE\nbuiltin print -r -- $__aws_sso_program\n");
    let expected = format!("000000000001:Admin\n{}/aws-sso\n", directory.display());
    assert_prints(&quiet_zsh(&home, "", &lines), &expected, "");
    assert!(!Path::new(home.path()).join("executed").exists());
}

#[test]
fn half_an_answer_is_not_evaluated() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let half = home.path().join("half");
    std::fs::write(&half, "#!/bin/sh\necho 'export AWS_SSO_PROFILE=half;'\nexit 3\n").expect("a program");
    std::fs::set_permissions(&half, PermissionsExt::from_mode(0o755)).expect("an executable");
    let lines = format!("{USE}__aws_sso_program={}\n{OTHER}builtin print -r -- $? $AWS_SSO_PROFILE\n", half.display());
    assert_prints(&quiet_zsh(&home, "", &lines), "3 000000000001:Admin\n", "");
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
    let others = "eval \"$(direnv hook zsh)\"\neval \"$(zoxide init zsh)\"\n";
    for (before, after) in [(others, ""), ("", others)] {
        let mut typist = Typist::with_rc(Shell::Zsh, &home, before, after);
        typist.line(USE.trim());
        typist.line("cd project");
        assert_eq!(typist.variable("PROJECT"), "here");
        assert_eq!(typist.variable("AWS_SSO_PROFILE"), "000000000001:Admin");
        typist.line("z /");
        assert_eq!(typist.variable("PROJECT") + &typist.variable("PWD"), "/");
        typist.line("aws-sso-use -A 123456789012 -R ReadOnly");
        assert!(typist.variable("AWS_SSO_SEGMENT").starts_with("☁ 123456789012:ReadOnly "));
        typist.leave();
    }
}

#[test]
fn an_rc_file_that_is_read_three_times_is_read_once() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let rc = home.path().join("rc");
    std::fs::write(&rc, format!("{INIT}PROMPT='mine> '\n")).expect("an rc file");
    let list = "builtin print -r -- $precmd_functions $preexec_functions\nbuiltin print -r -- ${PROMPT//[^~]##91v/=}\n\
                builtin print -r -- ${(k)functions[(I)*aws*]} ${(k)parameters[(I)*aws_sso*]}\n";
    let times = |count: usize| {
        let answer =
            zsh(&home, &[], &format!("{}:\n{USE}:\n{list}", format!("source {}\n", rc.display()).repeat(count)));
        answer.stdout
    };
    assert_eq!(times(3), times(1));
    assert!(times(1).contains("__aws_sso_precmd"));
}
