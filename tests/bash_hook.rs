//! The hook in bash beside whatever else runs there: `PROMPT_COMMAND` in all its forms, hooks of others,
//! statuses, traps, and what a prompt costs.

#[path = "support/bash.rs"]
mod bash;
mod support;
#[path = "support/typist.rs"]
mod typist;

use bash::*;
use identity_center::Simulator;
use support::{Home, small_organization};
use typist::*;

/// Counts the runs of the hook from now on, and shows them as `$ours`.
const COUNT: &str = "eval \"real_$(declare -f __aws_sso_hook)\"\n\
                     __aws_sso_hook() { ((++ours)); real___aws_sso_hook; }\n";

fn home() -> Home {
    Home::bare()
}

/// The hook works, once a prompt, and nothing is said.
#[track_caller]
fn assert_works(typist: &mut Typist) {
    typist.line("ours=0");
    let shown = typist.shown(INHERITED);
    assert!(!shown.contains("bash: "), "{shown}");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), SEGMENT);
    assert_eq!(typist.variable("ours"), "3", "the hook runs once a prompt");
    typist.line("unset AWS_SSO AWS_SSO_PROFILE AWS_SSO_ROLE_ARN");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
}

#[test]
fn prompt_command_keeps_its_form_and_what_it_holds() {
    let home = home();
    for (before, expected) in [
        ("PROMPT_COMMAND='((__n += 1))'", r"declare -- PROMPT_COMMAND=$'((__n += 1))\n__aws_sso_hook'"),
        ("PROMPT_COMMAND='((__n += 1)); '", r"declare -- PROMPT_COMMAND=$'((__n += 1)); \n__aws_sso_hook'"),
        ("PROMPT_COMMAND=$'((__n += 1))\\n'", r"declare -- PROMPT_COMMAND=$'((__n += 1))\n\n__aws_sso_hook'"),
        ("PROMPT_COMMAND='((__n += 1)) # count'", r"declare -- PROMPT_COMMAND=$'((__n += 1)) # count\n__aws_sso_hook'"),
        (
            r"PROMPT_COMMAND='((__n += 1)); builtin : \;'",
            r"declare -- PROMPT_COMMAND=$'((__n += 1)); builtin : \\;\n__aws_sso_hook'",
        ),
        ("export PROMPT_COMMAND", r"declare -- PROMPT_COMMAND=$'((__n += 1))\n__aws_sso_hook'"),
        (
            "PROMPT_COMMAND=('((__n += 1))' true)",
            r#"declare -a PROMPT_COMMAND=([0]="((__n += 1))" [1]="true" [2]="__aws_sso_hook")"#,
        ),
    ] {
        let mut typist = Typist::with_rc(Shell::Bash, &home, before, COUNT);
        assert_eq!(typist.output("declare -p PROMPT_COMMAND").trim_end(), expected, "{before}");
        assert_works(&mut typist);
        typist.leave();
    }
}

#[test]
fn statuses_reach_the_person_and_the_hooks_before_and_after() {
    let home = home();
    let hooks = "first() { local status=$? pipe=(\"${PIPESTATUS[@]}\"); first=\"$status ${pipe[*]}\"; ((__n += 1)); \
                 return $status; }\nlast() { last=$?; }\n";
    for (before, after) in [
        ("PROMPT_COMMAND=first", "PROMPT_COMMAND+=$'\\nlast'"),
        ("PROMPT_COMMAND='first;'", "PROMPT_COMMAND+='; last'"),
        ("PROMPT_COMMAND=(first)", "PROMPT_COMMAND+=(last)"),
    ] {
        let mut typist = Typist::with_rc(Shell::Bash, &home, &format!("{hooks}{before}"), after);
        for role in [":", INHERITED] {
            typist.line(role);
            typist.line("false | true | (exit 9)");
            typist.line("seen=\"$? ${PIPESTATUS[*]} $first $last\"");
            assert_eq!(typist.variable("seen"), "9 1 0 9 9 1 0 9 9", "{before}");
        }
        typist.leave();
    }
}

#[test]
fn the_line_evaluated_three_times_is_the_line_evaluated_once() {
    let home = home();
    // What changes by itself, or says what was typed.
    let volatile = "^declare [^ ]* (_|__n|BASH[A-Z_]*|COMP_.*|EPOCH.*|FUNCNAME|HISTCMD|LINENO|PIPESTATUS|RANDOM|SECONDS\
                    |SRANDOM|__aws_sso_time)(=|$)";
    let everything = format!("{{ declare -p; declare -f; complete -p; alias; trap -p; }} | grep -Ev '{volatile}'");
    for before in ["", "PROMPT_COMMAND=('((__n += 1))' true)", "PROMPT_COMMAND=(true '((__n += 1))')"] {
        let mut typist = Typist::with_rc(Shell::Bash, &home, before, "");
        let once = typist.output(&everything);
        let line = line();
        assert_eq!(typist.output(&format!("{0}; {0}", line.trim_end())), "");
        assert_eq!(typist.output(&everything), once);
        typist.leave();
    }
}

#[test]
fn direnv_and_zoxide_work_before_and_after() {
    let others = "eval \"$(direnv hook bash)\"\neval \"$(zoxide init bash)\"\n";
    for (before, after) in [(others, COUNT.to_owned()), ("", format!("{others}{COUNT}"))] {
        let home = home();
        let project = home.path().join("project");
        std::fs::create_dir(&project).expect("a directory");
        std::fs::write(project.join(".envrc"), "export FROM_DIRENV=yes\n").expect(".envrc");
        let mut typist = Typist::with_rc(Shell::Bash, &home, before, &after);
        assert_works(&mut typist);
        typist.line("direnv allow project 2>/dev/null; cd project");
        assert_eq!(typist.variable("FROM_DIRENV"), "yes");
        let known = typist.output("zoxide query --list");
        assert_eq!(known.trim_end(), project.to_str().expect("a path in UTF-8"));
        assert_works(&mut typist);
        typist.line("cd ..");
        assert_eq!(typist.variable("FROM_DIRENV"), "");
        typist.leave();
    }
}

#[test]
fn traps_are_as_the_person_has_set_them() {
    let home = home();
    let traps = "trap ': int' INT; trap ': debug' DEBUG; trap ': err' ERR; trap ': return' RETURN; trap ': exit' EXIT; \
                 trap ': winch' WINCH";
    let mut typist = Typist::with_rc(Shell::Bash, &home, traps, "trap -p >before");
    typist.line(INHERITED);
    typist.line("");
    let before = std::fs::read_to_string(home.path().join("before")).expect("the traps");
    assert_eq!(typist.output("trap -p"), before);
    // Not the one for INT: whoever runs the tests may have had it ignored, and no shell can take that back.
    for trap in ["': debug' DEBUG", "': err' ERR", "': return' RETURN", "': exit' EXIT", "': winch' SIGWINCH"] {
        assert!(before.contains(&format!("trap -- {trap}")), "{before}");
    }
    typist.leave();
}

#[test]
fn the_shell_gets_no_names_but_ours() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "");
    let mut typist = Typist::with_rc(Shell::Bash, &home, "{ compgen -v; compgen -A function; } >before; :", "");
    typist.line("aws-sso-use 000000000001:Admin");
    typist.line("aws-sso-use payments-prod admin");
    typist.keys("aws-sso-use 1234\t");
    typist.enter();
    typist.line("aws-sso-clear");
    let added = typist.output("{ compgen -v; compgen -A function; } | sort | comm -13 <(sort before) -");
    // The others are the shell's own, and the counting prompt's.
    let known = [
        ["AWS_SSO_SEGMENT", "aws-sso-use", "aws-sso-clear", "aws-sso-profile"],
        ["AWS_SSO_HOOK", "", "", ""],
        ["HISTFILESIZE", "HISTSIZE", "PIPESTATUS", "FUNCNAME"],
        // PS0 is used from bash 5.3 on.
        ["PS0", "__n", "", ""],
    ]
    .concat();
    let strange: Vec<&str> =
        added.lines().filter(|name| !name.starts_with("__aws_sso_") && !known.contains(name)).collect();
    assert_eq!(strange, Vec::<&str>::new());
    assert!(added.contains("__aws_sso_hook"));
    assert!(!typist.environment().keys().any(|name| name.contains("aws_sso")), "nothing of ours is exported");
    typist.leave();
}

#[test]
fn no_job_is_left_by_a_prompt() {
    let home = home();
    let mut typist = Typist::sit_down(Shell::Bash, &home);
    for line in [INHERITED, "", "unset AWS_SSO_ROLE_ARN", "cd /"] {
        typist.line(line);
    }
    typist.line("cd");
    assert_eq!(typist.output("jobs; builtin printf %s \"$!\""), "");
    typist.leave();
}

#[test]
fn a_prompt_starts_no_process_and_a_command_or_a_tab_starts_one() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "");
    let mut traced = Traced::sit_down(&home, &rc("", ""));
    traced.typist.line("");
    traced.typist.line("cd /");
    assert_eq!(traced.started(), (0, 0), "without a role");
    traced.typist.line("aws-sso-use 000000000001:Admin");
    assert_eq!(traced.started(), (1, 1));
    traced.typist.line("");
    traced.typist.line("cd /");
    assert_eq!(traced.started(), (0, 0), "with a role");
    traced.typist.keys("aws-sso-use 1234\t");
    traced.typist.enter();
    assert_eq!(traced.started(), (2, 2), "the TAB, and the command");
    traced.typist.line("unset AWS_SSO_ROLE_ARN");
    assert_eq!(traced.started(), (1, 1), "somebody else has changed the role");
    traced.typist.line("");
    assert_eq!(traced.started(), (0, 0));
    traced.typist.leave();
}
