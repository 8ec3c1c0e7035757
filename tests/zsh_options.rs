//! The suite under every option, alias and function that a person may have in zsh.

#[path = "support/piped.rs"]
mod piped;
#[path = "support/shells.rs"]
mod shells;
mod support;

use identity_center::Simulator;
use piped::{INIT, quiet_zsh, show, zsh};
use shells::signed_in;
use support::{Answer, Home, small_organization};

/// What changes how zsh reads or runs a script, and what once broke this one.
const OPTIONS: [&str; 42] = [
    "emulate sh",
    "emulate ksh",
    "emulate csh",
    "setopt ksh_arrays",
    "setopt sh_word_split",
    "setopt glob_subst",
    "setopt null_glob",
    "setopt csh_null_glob",
    "setopt no_nomatch",
    "setopt no_glob",
    "setopt no_unset",
    "setopt err_exit",
    "setopt err_return",
    "setopt no_clobber",
    "setopt all_export",
    "setopt warn_create_global",
    "setopt warn_nested_var",
    "setopt csh_junkie_quotes",
    "setopt csh_junkie_loops",
    "setopt rc_quotes",
    "setopt rc_expand_param",
    "setopt extended_glob",
    "setopt ksh_glob",
    "setopt sh_glob",
    "setopt ignore_braces",
    "setopt ignore_close_braces",
    "setopt no_short_loops",
    "setopt force_float",
    "setopt c_bases",
    "setopt octal_zeroes",
    "setopt posix_builtins",
    "setopt posix_identifiers",
    "setopt posix_aliases",
    "setopt no_function_argzero",
    "setopt no_multibyte",
    "setopt prompt_subst",
    "setopt prompt_bang",
    "setopt auto_name_dirs",
    "setopt auto_pushd",
    "setopt no_bang_hist",
    "setopt magic_equal_subst",
    "setopt no_equals",
];

/// Every word that the scripts use as a command, or that a person may well have given another meaning.
const WORDS: &str = "cd command eval test local print printf echo export unset typeset autoload setopt emulate return \
                     true false source compdef compadd compset add-zsh-hook _files _normal aws-sso grep ls sed env";

fn home(simulator: &Simulator) -> Home {
    signed_in(simulator, "DefaultRegion: us-west-2", "")
}

/// A day of a person's lines, one of which nobody can fulfil.
fn day() -> String {
    let look: String = ["AWS_SSO_PROFILE", "AWS_SSO_ROLE_ARN", "AWS_REGION", "AWS_SSO_SEGMENT"].map(show).concat();
    let kept =
        "if [[ -n ${AWS_ACCESS_KEY_ID-} ]]; then builtin printf 'keys\\n'; else builtin printf 'no keys\\n'; fi\n";
    format!(
        "aws-sso-use 000000000001:Admin\n{look}{kept}\
         aws-sso-use admin || builtin printf 'status=%s\\n' $?\n{look}\
         aws-sso-use payments-prod readonly\n{look}aws-sso-use -\n{look}\
         aws-sso-clear\n{look}{kept}aws-sso-profile -R Admin -A 000000000002\n{look}"
    )
}

/// What the day prints. The time that is left is not ours to foretell.
fn expected() -> String {
    let role = |account: u64, role: &str| {
        let profile = format!("{account:012}:{role}");
        format!(
            "AWS_SSO_PROFILE={profile}\nAWS_SSO_ROLE_ARN=arn:aws:iam::{account:012}:role/{role}\n\
             AWS_REGION=us-west-2\nAWS_SSO_SEGMENT=☁ {profile} TIME \n"
        )
    };
    let none = "AWS_SSO_PROFILE=\nAWS_SSO_ROLE_ARN=\nAWS_REGION=\nAWS_SSO_SEGMENT=\nno keys\n";
    let (admin, readonly) = (role(1, "Admin"), role(2, "ReadOnly"));
    format!("{admin}keys\nstatus=4\n{admin}{readonly}{admin}{none}{}", role(2, "Admin"))
}

#[track_caller]
fn assert_day(answer: &Answer, how: &str) {
    let shown = answer.stdout.replace(" 1h0m ", " TIME ").replace(" 59m ", " TIME ");
    assert_eq!(shown, expected(), "{how}: {}", answer.stderr);
    assert!(answer.stderr.contains("'admin' fits several roles"), "{how}: {}", answer.stderr);
}

/// What was said beside that one error and the segments.
fn noise(answer: &Answer) -> Vec<&str> {
    let expected = |line: &&str| !line.contains("'admin' fits several roles") && !line.contains('☁');
    answer.stderr.lines().filter(|line| !line.trim().is_empty()).filter(expected).collect()
}

#[test]
fn a_day_is_the_same_under_every_option() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for option in OPTIONS {
        let answer = quiet_zsh(&home, option, &day());
        assert_day(&answer, option);
        assert_eq!(noise(&answer), Vec::<&str>::new(), "{option}");
    }
}

#[test]
fn no_option_of_the_person_changes() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for option in OPTIONS {
        let set = |init: &str| {
            let day = if init.is_empty() { "" } else { "aws-sso-use 000000000001:Admin\naws-sso-clear\n" };
            zsh(&home, &[], &format!("PROMPT=\n{option}\n{init}{day}builtin set -o\n")).stdout
        };
        let (without, with) = (set(""), set(INIT));
        assert!(without.lines().count() > 100, "{option}: {without}");
        assert_eq!(without, with, "{option}");
    }
}

#[test]
fn a_trace_shows_no_secret() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    for option in ["setopt xtrace", "setopt verbose", "setopt xtrace verbose", "functions -t aws-sso-use", "set -xv"] {
        let keys = home.path().join("keys");
        let keep = format!("print -rl -- $AWS_SECRET_ACCESS_KEY $AWS_SESSION_TOKEN >|{}\n", keys.display());
        // The keys are kept in a shell that does not trace.
        let lines = format!(
            "{option}\naws-sso-use 000000000001:Admin\n:\naws-sso-use -A 2 -R Admin\naws-sso-use -\n\
             {{ set +x +v; }} 2>/dev/null\n{keep}"
        );
        let answer = quiet_zsh(&home, "", &lines);
        let kept = std::fs::read_to_string(keys).expect("the keys");
        assert_eq!(kept.lines().count(), 2, "{option}: {}", answer.stderr);
        assert!(option.starts_with("functions") || answer.stderr.contains("aws-sso-use"), "{option} traces nothing");
        for secret in kept.lines() {
            assert!(secret.len() > 20, "{secret}");
            assert!(!answer.stderr.contains(secret) && !answer.stdout.contains(secret), "{option}: {}", answer.stderr);
        }
        assert!(!answer.stderr.contains("AWS_SECRET_ACCESS_KEY="), "{option}: {}", answer.stderr);
    }
}

#[test]
fn aliases_do_not_reach_into_the_scripts() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    let aliases: String = WORDS.split_whitespace().map(|word| format!("alias {word}='false {word}'\n")).collect();
    let ours = "alias aws-sso-use='false 1' aws-sso-clear='false 2' aws-sso-profile='false 3'\n";
    // A person's line is read with the aliases: the words of the day are not among them.
    let init = INIT.replace("eval", "\\eval").replace("$(aws-sso", "$(\\aws-sso");
    let lines = |before: &str, after: &str| format!("PROMPT=\n{before}{init}{after}{}", day());
    let quiet = ["-o", "no_prompt_sp", "-o", "no_prompt_cr"];
    assert_day(&zsh(&home, &quiet, &lines(&format!("{ours}{aliases}"), "")), "aliases before");
    assert_day(&zsh(&home, &quiet, &lines("", &aliases)), "aliases after");
    let three = format!("{}{init}{init}", lines("", ""));
    let again = zsh(&home, &quiet, &format!("{three}{}", day()));
    assert_eq!(again.stdout.matches("status=4").count(), 2, "{}", again.stderr);
}

#[test]
fn functions_of_the_same_names_do_not_reach_into_the_scripts() {
    let simulator = Simulator::start(small_organization());
    let home = home(&simulator);
    // add-zsh-hook, which is zsh's own, calls emulate and autoload; what the program prints calls unset.
    let names = WORDS
        .split_whitespace()
        .filter(|word| !["add-zsh-hook", "aws-sso", "autoload", "emulate", "unset"].contains(word));
    let functions: String =
        names.map(|name| format!("function {name} {{ builtin print -u2 called {name}; }}\n")).collect();
    let init = INIT.replace("eval", "builtin eval");
    for (before, after) in [(functions.as_str(), ""), ("", functions.as_str())] {
        let lines = format!("PROMPT=\n{before}{init}{after}{}", day());
        let answer = zsh(&home, &["-o", "no_prompt_sp", "-o", "no_prompt_cr"], &lines);
        assert_day(&answer, "functions");
        assert!(!answer.stderr.contains("called"), "{}", answer.stderr);
    }
}

#[test]
fn errors_under_errexit_end_the_shell_and_hooks_do_not() {
    let simulator = Simulator::start(small_organization());
    let mut home = home(&simulator);
    // The hook's call fails where the environment changes and the program cannot answer.
    home.set("AWS_SSO_STATE", "/dev/null/none");
    let answer = quiet_zsh(&home, "setopt err_exit", "export AWS_SSO_ROLE_ARN=x\n:\n:\nbuiltin print -r -- alive\n");
    assert_eq!(answer.stdout, "alive\n", "{}", answer.stderr);
    let answer = quiet_zsh(&home, "setopt err_exit", "aws-sso-use nobody\nbuiltin print -r -- alive\n");
    assert_eq!(answer.stdout, "", "as any command that fails: {}", answer.stderr);
}
