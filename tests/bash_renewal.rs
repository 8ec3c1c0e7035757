//! Credentials that end soon, renewed in bash before the next command runs: by a DEBUG trap that is there only
//! while something is pending, or by the preexec of bash-preexec.

#[path = "support/bash.rs"]
mod bash;
mod support;
#[path = "support/typist.rs"]
mod typist;

use bash::*;
use identity_center::{Operation, Simulator};
use support::{Home, config, small_organization};
use typist::*;

/// With this, keys that last an hour are soon due as soon as they are there.
const DUE_AT_ONCE: &str = "RefreshBefore: 59\n";

fn simulator() -> Simulator {
    Simulator::start(small_organization())
}

fn issued(simulator: &Simulator) -> usize {
    simulator.count(Operation::GetRoleCredentials)
}

/// From now on keys are not due before they have five minutes left.
fn be_patient(home: &Home, simulator: &Simulator) {
    home.write_config(&config(simulator, "DefaultRegion: us-west-2", "SecureStore: json\n"));
}

/// The key that a program gets.
#[track_caller]
fn key(typist: &mut Typist) -> String {
    typist.environment()["AWS_ACCESS_KEY_ID"].clone()
}

/// Takes PS0 away, by which bash renews from 5.3 on, so that every bash does it like the older ones.
const NO_PS0: &str = "PS0=";

/// A shell with a role whose keys are due, and a DEBUG trap for that.
fn due(simulator: &Simulator, before: &str, after: &str) -> (Home, Typist) {
    let home = signed_in(simulator, DUE_AT_ONCE);
    let mut typist = Typist::with_rc(Shell::Bash, &home, before, &format!("{after}\n{NO_PS0}"));
    typist.line("aws-sso-use 000000000001:Admin");
    (home, typist)
}

#[test]
fn keys_are_renewed_once_before_the_next_command_that_could_need_them() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "PROMPT_COMMAND+='; true  >/dev/null  2>&1'", "");
    let old = look(&mut typist, &home, "AWS_ACCESS_KEY_ID");
    assert_eq!(issued(&simulator), 1);
    assert_eq!(look(&mut typist, &home, "__aws_sso_armed"), "1", "the trap waits");
    // Nothing of this could need them.
    typist.line("");
    typist.line("cd /");
    typist.line("export X=1; pwd");
    typist.keys("aws-sso-use 1234\t");
    typist.keys(CTRL_U);
    typist.line("cd");
    assert_eq!(issued(&simulator), 1);

    be_patient(&home, &simulator);
    let new = key(&mut typist);
    assert!(new != old, "the command itself has the new keys");
    assert_eq!(issued(&simulator), 2);
    assert_eq!(look(&mut typist, &home, "AWS_ACCESS_KEY_ID"), new);
    assert_eq!(typist.output("trap -p DEBUG"), "", "the trap is gone");
    typist.line("/bin/true");
    assert_eq!(issued(&simulator), 2, "what is not due is not renewed");
    typist.leave();
}

#[test]
fn a_command_behind_a_builtin_has_the_new_keys() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "", "");
    let old = look(&mut typist, &home, "AWS_ACCESS_KEY_ID");
    typist.line("cd / && env >~/seen; cd");
    let seen = std::fs::read_to_string(home.path().join("seen")).expect("what env saw");
    assert!(seen.contains("AWS_ACCESS_KEY_ID=") && !seen.contains(&old));
    assert_eq!(issued(&simulator), 2, "once in a line");
    typist.leave();
}

#[test]
fn a_trap_that_was_there_runs_and_comes_back() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "", "");
    be_patient(&home, &simulator);
    typist.line("trap 'case $BASH_COMMAND in \"/bin/echo\"*) echo \"it'\\''s $BASH_COMMAND\";; esac' DEBUG");
    let theirs = typist.output("trap -p DEBUG");
    assert!(theirs.contains("BASH_COMMAND"), "{theirs}");
    typist.line("__aws_sso_early_at=1 __aws_sso_renew_at=1");
    assert_eq!(look(&mut typist, &home, "__aws_sso_armed"), "1");
    let before = issued(&simulator);
    assert_eq!(typist.output("/bin/echo one"), "it's /bin/echo one\none\n", "it runs for this command, once");
    assert_eq!(issued(&simulator), before + 1);
    assert_eq!(typist.output("trap -p DEBUG"), theirs);
    assert_eq!(typist.output("/bin/echo two"), "it's /bin/echo two\ntwo\n");
    // Whoever asks while ours is armed is told of theirs as well.
    typist.line("__aws_sso_early_at=1 __aws_sso_renew_at=1");
    assert_eq!(typist.output("trap -p DEBUG"), theirs);
    typist.leave();
}

#[test]
fn what_the_last_command_has_left_is_left() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "", "");
    typist.line("echo a last >/dev/null");
    assert_eq!(typist.output("/bin/echo \"$_\""), "last\n", "`$_`");
    typist.line("(exit 9)");
    assert_eq!(typist.output("/bin/echo $?"), "9\n");
    typist.line("false | (exit 3)");
    assert_eq!(typist.output("/bin/echo ${PIPESTATUS[*]}"), "1 3\n");
    assert!(issued(&simulator) > 2);
    drop(home);
    typist.leave();
}

#[test]
fn ctrl_c_ends_a_renewal_and_not_the_renewing() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "", "");
    let program = look(&mut typist, &home, "__aws_sso_program");
    // A program that never answers, in the place of ours.
    let stuck = home.path().join("stuck");
    std::fs::write(&stuck, "#!/bin/sh\n: >started\nexec sleep 1000\n").expect("a program");
    std::fs::set_permissions(&stuck, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it can run");
    typist.line("__aws_sso_program=~/stuck");
    typist.keys("/bin/echo ran\r");
    let started = home.path().join("started");
    wait_until("the renewal has started", || started.exists());
    typist.keys(CTRL_C);
    typist.wait_for_prompt();
    typist.line(&format!("__aws_sso_program={program}"));
    let before = issued(&simulator);
    be_patient(&home, &simulator);
    typist.line("/bin/true");
    assert_eq!(issued(&simulator), before + 1);
    assert_eq!(typist.output("trap -p DEBUG"), "");
    typist.leave();
}

/// Whether `/bin/echo ran` has run.
fn ran(shown: &str) -> bool {
    shown.split(['\r', '\n']).any(|line| line == "ran")
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = std::time::Instant::now();
    while !condition() {
        assert!(start.elapsed().as_secs() < 20, "waited in vain until {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_session_that_has_ended_is_said_once_and_stops_nothing() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "", "");
    simulator.revoke_sessions();
    let asked = || simulator.requests().len();
    let shown = typist.shown("/bin/echo ran");
    assert!(ran(&shown), "the command runs: {shown}");
    assert_eq!(shown.matches("aws-sso login").count(), 1, "{shown}");
    assert_eq!(shown.matches("aws-sso: ").count(), 1, "one line: {shown}");
    let before = asked();
    for _ in 0..3 {
        let shown = typist.shown("/bin/echo ran");
        assert!(ran(&shown) && !shown.contains("aws-sso"), "{shown}");
    }
    assert_eq!(asked(), before, "not tried again for half a minute");
    // As if that time had passed.
    typist.line("__aws_sso_early_at=1 __aws_sso_renew_at=1");
    let shown = typist.shown("/bin/echo ran");
    assert!(ran(&shown) && !shown.contains("aws-sso"), "not said again: {shown}");
    drop(home);
    typist.leave();
}

#[test]
fn credentials_of_somebody_else_are_left_alone() {
    let simulator = simulator();
    let (home, mut typist) = due(&simulator, "", "");
    let before = issued(&simulator);
    typist.line("export AWS_PROFILE=theirs");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
    typist.line("/bin/true");
    typist.line("unset AWS_PROFILE AWS_SSO_ROLE_ARN; export AWS_ACCESS_KEY_ID=AKIATHEIRS");
    assert_eq!(typist.variable("AWS_SSO_SEGMENT"), "");
    assert_eq!(key(&mut typist), "AKIATHEIRS");
    assert_eq!(issued(&simulator), before);
    drop(home);
    typist.leave();
}

#[test]
fn aws_sso_use_is_one_process_even_where_keys_are_due() {
    let simulator = simulator();
    let home = signed_in(&simulator, DUE_AT_ONCE);
    let mut traced = Traced::sit_down(&home, &rc("", NO_PS0));
    traced.typist.line("aws-sso-use 000000000001:Admin");
    // The trap is looked up in a copy of the shell, which is no program.
    assert_eq!(traced.started().1, 1);
    traced.typist.line("aws-sso-use 000000000002:Admin");
    assert_eq!(traced.started().1, 1);
    traced.typist.line("/bin/true");
    assert_eq!(traced.started().1, 2, "the renewal, and the command");
    traced.typist.leave();
}

#[test]
fn from_bash_5_3_on_ps0_renews_what_is_due_and_before_that_it_is_left_alone() {
    let simulator = simulator();
    let home = signed_in(&simulator, "");
    let mut typist = Typist::with_rc(Shell::Bash, &home, "PS0='${__mine:0:0}'", "");
    let knows = typist.status("((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 503))") == "0";
    typist.line(line().trim_end());
    let ps0 = look(&mut typist, &home, "PS0");
    let ours = if knows { "${ __aws_sso_preexec x; }" } else { "" };
    assert_eq!(ps0, format!("${{__mine:0:0}}{ours}"));
    typist.line("aws-sso-use 000000000001:Admin");
    let old = look(&mut typist, &home, "AWS_ACCESS_KEY_ID");
    // The keys in the shell have ended, and so have those in the store.
    home.write_config(&config(&simulator, "DefaultRegion: us-west-2", "SecureStore: json\nRefreshBefore: 61\n"));
    typist.line("export AWS_SSO_SESSION_EXPIRATION=2020-01-01T00:00:00Z");
    let armed = typist.output("trap -p DEBUG");
    assert_eq!(armed, "", "`trap` finds no trap of ours");
    assert!(key(&mut typist) != old);
    assert_eq!(issued(&simulator), 2);
    typist.line("/bin/true");
    assert_eq!(issued(&simulator), 2, "once");
    typist.leave();
}

/// The protocol of bash-preexec, in short: the real one is in no package. It runs `precmd_functions` before a
/// prompt, and `preexec_functions` with the line before the first command after one.
const PREEXEC: &str = r#"
bash_preexec_imported=defined
precmd_functions+=() preexec_functions+=()
__bp_prompt() {
    local status=$? name
    for name in "${precmd_functions[@]}"; do (exit $status); "$name"; done
    __bp_waiting=1
    return $status
}
__bp_debug() {
    [[ ${__bp_waiting-} && ! ${COMP_LINE-} && $1 != __bp_prompt ]] || return 0
    __bp_waiting=
    local name
    for name in "${preexec_functions[@]}"; do "$name" "$(HISTTIMEFORMAT='' builtin history 1 | sed '1 s/^ *[0-9]* *//')"; done
}
PROMPT_COMMAND=$PROMPT_COMMAND$'\n__bp_prompt'
trap '__bp_debug "$BASH_COMMAND"' DEBUG
"#;

/// Counts the runs of the hook.
const COUNT: &str = "eval \"real_$(declare -f __aws_sso_hook)\"\n\
                     __aws_sso_hook() { ((++ours)); real___aws_sso_hook; }\n";

#[test]
fn bash_preexec_renews_where_it_is_loaded_before_or_after() {
    for (before, after) in [(PREEXEC, COUNT.to_owned()), ("", format!("{PREEXEC}{COUNT}{NO_PS0}"))] {
        let simulator = simulator();
        let home = signed_in(&simulator, "");
        let mut typist = Typist::with_rc(Shell::Bash, &home, before, &after);
        // A second look at the rc file adds no second hook.
        typist.line(&format!("{}; {NO_PS0}", line().trim_end()));
        typist.line(&COUNT.replace('\n', ";").replace(";;", ";"));
        let trap = typist.output("trap -p DEBUG");
        typist.line("aws-sso-use 000000000001:Admin");
        typist.line("ours=0");
        assert_eq!(look(&mut typist, &home, "ours"), "1", "once a prompt");
        let old = look(&mut typist, &home, "AWS_ACCESS_KEY_ID");
        // The keys in the shell have ended, and so have those in the store.
        simulator.clear_log();
        home.write_config(&config(&simulator, "DefaultRegion: us-west-2", "SecureStore: json\nRefreshBefore: 61\n"));
        typist.line("export AWS_SSO_SESSION_EXPIRATION=2020-01-01T00:00:00Z");
        typist.line("cd /");
        typist.line("cd");
        assert_eq!(issued(&simulator), 0, "not for a builtin");
        let new = key(&mut typist);
        assert!(new != old);
        assert_eq!(issued(&simulator), 1);
        typist.line("/bin/true");
        assert_eq!(issued(&simulator), 1, "once");
        assert_eq!(look(&mut typist, &home, "__aws_sso_armed"), "", "no trap of ours");
        assert_eq!(typist.output("trap -p DEBUG"), trap);
        typist.leave();
    }
}

#[test]
fn where_somebody_elses_function_runs_the_hook_the_trap_comes_one_prompt_later() {
    let simulator = simulator();
    let wrapper = "theirs=$PROMPT_COMMAND; wrapped() { eval \"$theirs\"; }; PROMPT_COMMAND=wrapped; \
                   trap ': theirs' DEBUG";
    for entry in ["PROMPT_COMMAND=wrapped", "PROMPT_COMMAND=(wrapped)", "PROMPT_COMMAND=(wrapped true)"] {
        let (home, mut typist) = due(&simulator, "", &format!("{wrapper}; {entry}"));
        let plain = format!("{}\n__aws_sso_arm", entry.trim_start_matches("PROMPT_COMMAND=").replace(['(', ')'], ""));
        let first = plain.replace(" true", "");
        assert_eq!(look(&mut typist, &home, "__aws_sso_armed"), "", "{entry}");
        assert_eq!(look(&mut typist, &home, "__aws_sso_armed"), "1", "{entry}");
        assert_eq!(look(&mut typist, &home, "PROMPT_COMMAND"), first.replace("\n__aws_sso_arm", ""), "{entry}");
        let (before, old) = (issued(&simulator), look(&mut typist, &home, "AWS_ACCESS_KEY_ID"));
        be_patient(&home, &simulator);
        assert!(key(&mut typist) != old, "{entry}");
        assert_eq!(issued(&simulator), before + 1, "{entry}");
        assert_eq!(typist.output("trap -p DEBUG"), "trap -- ': theirs' DEBUG\n", "{entry}");
        typist.leave();
    }
}
