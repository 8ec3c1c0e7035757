//! aws-sso-use and its kin under every option, alias and function of a person's that could be in their way.

#[path = "support/bash.rs"]
mod bash;
mod support;
#[path = "support/typist.rs"]
mod typist;

use std::collections::BTreeMap;

use bash::*;
use identity_center::Simulator;
use support::{Home, small_organization, variables};
use typist::*;

const DEV: &str = "000000000001:Admin";
const PROD: &str = "000000000002:Admin";

/// The exported variables, and the segment, read in spite of functions that are named like commands.
fn environment(typist: &mut Typist) -> BTreeMap<String, String> {
    variables(
        typist.output("builtin command env -0; builtin printf 'SEGMENT=%s\\0' \"${AWS_SSO_SEGMENT-}\"").as_bytes(),
    )
}

#[track_caller]
fn assert_role(typist: &mut Typist, profile: Option<&str>, what: &str) {
    let mut environment = environment(typist);
    let segment = environment.remove("SEGMENT").expect("a segment");
    let value = |name: &str| environment.get(name).map(String::as_str);
    assert_eq!(value("AWS_SSO_PROFILE"), profile, "{what}");
    assert_eq!(value("AWS_REGION"), profile.map(|_| "us-west-2"), "{what}");
    assert_eq!(value("AWS_ACCESS_KEY_ID").is_some(), profile.is_some(), "{what}");
    assert!(!environment.contains_key("AWS_SSO_SEGMENT"), "{what}: the segment is not exported");
    match profile {
        Some(profile) => assert!(segment.starts_with(&format!("☁ {profile} ")), "{what}: {segment}"),
        None => assert_eq!(segment, "", "{what}"),
    }
}

/// All that a person does, with `before` and `after` the documented line in the rc file.
fn day(home: &Home, what: &str, before: &str, after: &str) {
    let mut typist = Typist::with_rc(Shell::Bash, home, &format!("__n=0\n{before}"), after);
    let shown = typist.shown("aws-sso-use 000000000001:Admin");
    assert!(!shown.contains("bash:") && !shown.contains("broken"), "{what}: {shown}");
    assert_role(&mut typist, Some(DEV), what);
    typist.line("aws-sso-use payments-prod admin");
    assert_role(&mut typist, Some(PROD), what);
    typist.line("aws-sso-use -");
    assert_role(&mut typist, Some(DEV), what);
    // Under `set -e` only a status that is asked for leaves the shell alive.
    let complaint = typist.output("failed=0; aws-sso-use --no-input admin || failed=$?");
    assert!(complaint.contains("'admin' fits several roles"), "{what}: {complaint}");
    assert_eq!(typist.variable("failed"), "4", "{what}");
    assert_role(&mut typist, Some(DEV), what);
    typist.keys("aws-sso-use 1234\t");
    typist.enter();
    assert_role(&mut typist, Some("123456789012:ReadOnly"), what);
    let shown = typist.shown("aws-sso-clear");
    assert!(!shown.contains("bash:") && !shown.contains("broken"), "{what}: {shown}");
    assert_role(&mut typist, None, what);
    typist.leave();
}

fn days(rows: &[(&str, &str)]) {
    let simulator = Simulator::start(small_organization());
    let simulator = &simulator;
    // A day is mostly waiting, so they pass side by side.
    std::thread::scope(|scope| {
        for (before, after) in rows {
            scope.spawn(move || day(&signed_in(simulator, ""), &format!("{before} | {after}"), before, after));
        }
    });
}

#[test]
fn options_of_set_are_no_obstacle() {
    let rows = ["-e", "-u", "-o pipefail", "-euo pipefail", "-f", "-k", "-C", "-a", "-E", "-T", "-b", "+m", "-p", "+B"];
    // In force while the line is evaluated, and set afterwards.
    let before: Vec<String> = rows.iter().map(|options| format!("set {options}")).collect();
    days(&before.iter().map(|set| (set.as_str(), "")).collect::<Vec<_>>());
}

#[test]
fn options_that_are_set_later_are_no_obstacle() {
    days(&[("", "set -euo pipefail"), ("", "set -k -f -C"), ("", "set -o posix"), ("", "shopt -s failglob nullglob")]);
}

#[test]
fn options_of_shopt_and_posix_mode_are_no_obstacle() {
    days(&[
        ("set -o posix", ""),
        ("shopt -s failglob", ""),
        ("shopt -s nullglob", ""),
        ("shopt -s nocasematch", ""),
        ("shopt -s extdebug 2>/dev/null", ""),
        ("shopt -s localvar_inherit inherit_errexit lastpipe", ""),
        ("shopt -u extglob expand_aliases", ""),
    ]);
}

#[test]
fn a_changed_ifs_is_no_obstacle() {
    days(&[("IFS='0:aA-= _S'", ""), ("IFS=", ""), ("unset IFS", ""), ("", "IFS='0:aA-= _S'")]);
}

#[test]
fn aliases_and_functions_are_no_obstacle() {
    let words = "alias bind break cd command compgen compopt complete continue declare env eval export false grep \
                 let local printf pushd read readonly return sed set shift shopt source test trap true type typeset \
                 unalias unset";
    let aliases = format!("for word in {words}; do alias $word='echo broken'; done");
    // `builtin` itself has to be trusted. `return` and `eval` are special, and the line of the rc file needs `eval`.
    let functions = format!(
        "for word in {words}; do case $word in eval) ;; *) builtin eval \"function $word {{ builtin echo broken; }}\" ;; \
         esac; done"
    );
    let evil = format!("{functions}; function eval {{ builtin echo broken; }}");
    let own = "alias aws-sso-use='echo broken' aws-sso-clear='echo broken' aws-sso-profile='echo broken'";
    days(&[("", &aliases), (&aliases.replace(" eval", ""), ""), ("", &evil), (&functions, ""), (own, "")]);
}

#[test]
fn no_key_is_in_a_trace() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "RefreshBefore: 59\n");
    for option in ["-x", "-v", "-xv", "-xT"] {
        let before = format!("set {option}; exec 9>trace; BASH_XTRACEFD=9");
        for before in [&format!("set {option}"), &before] {
            let mut typist = Typist::with_rc(Shell::Bash, &home, "", before);
            let mut shown = typist.shown("aws-sso-use 000000000001:Admin");
            shown += &typist.shown("/bin/true");
            shown += &typist.shown("aws-sso-use --as-keys payments-prod admin");
            shown += &typist.shown("");
            typist.line("{ set +xvT; } 2>/dev/null");
            shown += &std::fs::read_to_string(home.path().join("trace")).unwrap_or_default();
            assert!(shown.contains("aws-sso-use"), "{before}: the trace is there");
            // `+ __aws_sso_use …` is no secret, but what the program answered is.
            assert!(!shown.contains("AWS_SECRET_ACCESS_KEY") && !shown.contains("ASIA"), "{before}: {shown}");
            let secret = typist.environment()["AWS_SECRET_ACCESS_KEY"].clone();
            assert!(!shown.contains(&secret), "{before}: {shown}");
            typist.leave();
        }
    }
}
