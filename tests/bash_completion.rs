//! TAB in bash: what stands on the line afterwards, as the command itself sees it.

#[path = "support/bash.rs"]
mod bash;
mod support;
#[path = "support/typist.rs"]
mod typist;

use bash::*;
use identity_center::{Organization, Simulator};
use support::{Home, yaml};
use typist::*;

/// A tag of 123456789012 whose value needs quotes.
const TEAM: &str = "big & \"blue\" $HOME";

/// Two instances whose profiles tell them apart, and names that need quotes.
fn home(simulator: &Simulator) -> Home {
    let home = Home::new(simulator, "");
    let profiles: String =
        [("1", "two words"), ("2", "it's \"so\""), ("3", "rock&roll"), ("4", "$(touch x)"), ("5", r"back\slash")]
            .iter()
            .map(|(account, name)| {
                format!("'00000000001{account}': {{Roles: {{ReadOnly: {{Profile: {}}}}}}}, ", yaml(name))
            })
            .collect();
    let instance = format!("    SSORegion: {}\n    StartUrl: {}\n", simulator.region(), simulator.start_url());
    let tags = format!("'123456789012': {{Tags: {{Team: {}, Zone: a=b:c}}}}", yaml(TEAM));
    home.write_config(&format!(
        "SSOConfig:\n  Default:\n{instance}    Accounts: {{{profiles}{tags}}}\n  Other:\n{instance}    Accounts: \
         {{'000000000001': {{Tags: {{Team: other}}, Roles: {{Admin: {{Profile: 'other:Admin'}}}}}}}}\nUrlAction: exec\n\
         UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']\nRateLimit: 1000\nSecureStore: json\n"
    ));
    home.ok(&["login"]);
    home.ok(&["login", "-S", "Other"]);
    home
}

fn simulator() -> Simulator {
    let mut organization = support::small_organization();
    for number in 1..=5 {
        organization.add_account(
            &format!("00000000001{number}"),
            &format!("quoted-{number}"),
            "q@example.com",
            &["ReadOnly"],
        );
    }
    Simulator::start(organization)
}

/// The commands, in whose place stand functions that write down what they were called with.
const RECORD: &str = "record() { builtin printf '<%s>' \"$@\" >|~/words; }\n\
                      aws-sso() { record \"$@\"; }\naws-sso-use() { record \"$@\"; }\n";

fn sit_down(home: &Home, before: &str, after: &str) -> Typist {
    Typist::with_rc(Shell::Bash, home, before, &format!("{RECORD}{after}"))
}

/// The words of a line after these keys were typed: `<one><two>`.
fn words(typist: &mut Typist, home: &Home, keys: &str) -> String {
    typist.keys(keys);
    typist.enter();
    std::fs::read_to_string(home.path().join("words")).expect("the words")
}

#[track_caller]
fn assert_all(typist: &mut Typist, home: &Home, rows: &[(&str, &str)]) {
    for (keys, expected) in rows {
        assert_eq!(words(typist, home, keys), *expected, "{keys:?}");
    }
    assert!(!home.path().join("x").exists(), "something was executed");
}

const LEFT: &str = "\x1b[D";

/// Rows that hold whatever `COMP_WORDBREAKS` is and whichever packages are loaded.
const ROWS: &[(&str, &str)] = &[
    ("aws-sso-use 1234\t", "<123456789012:ReadOnly>"),
    ("aws-sso-use 123456789012:\t", "<123456789012:ReadOnly>"),
    ("aws-sso-use 123456789012:R\t", "<123456789012:ReadOnly>"),
    ("aws-sso exec -p 1234\t", "<exec><-p><123456789012:ReadOnly>"),
    ("aws-sso eval --profile 1234\t", "<eval><--profile><123456789012:ReadOnly>"),
    ("aws-sso-use 'tw\t", "<two words>"),
    ("aws-sso-use tw\t", "<two words>"),
    ("aws-sso-use \"tw\t", "<two words>"),
    ("aws-sso-use two\\ w\t", "<two words>"),
    ("aws-sso-use it\t", "<it's \"so\">"),
    ("aws-sso-use \"it\t", "<it's \"so\">"),
    ("aws-sso-use 'it\t", "<it's \"so\">"),
    ("aws-sso-use roc\t", "<rock&roll>"),
    ("aws-sso-use \"roc\t", "<rock&roll>"),
    ("aws-sso-use rock\\&r\t", "<rock&roll>"),
    ("aws-sso-use '$(to\t", "<$(touch x)>"),
    ("aws-sso-use \\$\t", "<$(touch x)>"),
    ("aws-sso-use \"\\$(to\t", "<$(touch x)>"),
    ("aws-sso-use back\t", "<back\\slash>"),
    ("aws-sso-use \"back\t", "<back\\slash>"),
    ("aws-sso-use 'back\t", "<back\\slash>"),
    ("aws-sso-use '1234\t", "<123456789012:ReadOnly>"),
    ("aws-sso-use \"1234\t", "<123456789012:ReadOnly>"),
    ("aws-sso-use -A 1234\t", "<-A><123456789012>"),
    ("aws-sso-use -A 123456789012 -R \t", "<-A><123456789012><-R><ReadOnly>"),
    ("aws-sso-use -R ReadOnly -A 1234\t", "<-R><ReadOnly><-A><123456789012>"),
    // No role of that name there: nothing is offered.
    ("aws-sso-use -A 123456789012 -R Adm\t", "<-A><123456789012><-R><Adm>"),
    ("aws-sso-use -R Admin -A 1234\t", "<-R><Admin><-A><1234>"),
    ("aws-sso-use -S Other oth\t", "<-S><Other><other:Admin>"),
    ("aws-sso-use -SOther oth\t", "<-SOther><other:Admin>"),
    ("aws-sso-use --sso=Other oth\t", "<--sso=Other><other:Admin>"),
    ("aws-sso exec --sso Other -p oth\t", "<exec><--sso><Other><-p><other:Admin>"),
    ("aws-sso-use oth\t", "<oth>"),
    ("aws-sso-use -S Ot\t", "<-S><Other>"),
    ("aws-sso-use --sso=Ot\t", "<--sso=Other>"),
    // What several names hold in the middle eats nothing of what was typed.
    ("aws-sso-use Admin\t", "<Admin>"),
    ("aws-sso-use nly\t", "<nly>"),
    ("aws-sso-use nothing\t", "<nothing>"),
    // No space comes after a key: TAB goes on with its value.
    ("aws-sso tags Te\t\t", "<tags><Team=big & \"blue\" $HOME>"),
    ("aws-sso tags Zo\ta\t", "<tags><Zone=a=b:c>"),
    ("aws-sso tags Zone=a=\t", "<tags><Zone=a=b:c>"),
    ("aws-sso tags Zone=a=b:\t", "<tags><Zone=a=b:c>"),
    ("aws-sso tags Zone=a=b:\tRole=R\t", "<tags><Zone=a=b:c><Role=ReadOnly>"),
    ("aws-sso tags 'Team=b\t", "<tags><Team=big & \"blue\" $HOME>"),
    ("aws-sso tags \"Team=b\t", "<tags><Team=big & \"blue\" $HOME>"),
    ("aws-sso tags -S Other Team=\t", "<tags><-S><Other><Team=other>"),
    ("aws-sso tags -A 123456789012 Role=\t", "<tags><-A><123456789012><Role=ReadOnly>"),
    ("aws-sso-use Te\t\t", "<Team=big & \"blue\" $HOME>"),
    ("aws-sso-use read Zo\t\t", "<read><Zone=a=b:c>"),
    ("aws-sso-use -S Other Te\t\t", "<-S><Other><Team=other>"),
    ("aws-sso list -P Ro\tR\t", "<list><-P><RoleName=ReadOnly>"),
    ("aws-sso list --sort Role\t", "<list><--sort><RoleName>"),
    ("aws-sso list --prefix=RoleName=R\t", "<list><--prefix=RoleName=ReadOnly>"),
];

#[test]
fn whatever_was_typed_is_completed() {
    let simulator = simulator();
    let home = home(&simulator);
    let mut typist = sit_down(&home, "", "");
    assert_all(&mut typist, &home, ROWS);
    // In the middle of a word the rest stays behind the cursor.
    let middle = format!("aws-sso-use 1234xyz{LEFT}{LEFT}{LEFT}\t");
    assert_eq!(words(&mut typist, &home, &middle), "<123456789012:ReadOnlyxyz>");
    typist.line("export AWS_SSO=Other");
    assert_all(&mut typist, &home, &[("aws-sso-use oth\t", "<other:Admin>")]);
    typist.leave();
}

#[test]
fn word_breaks_of_any_kind_are_no_obstacle() {
    let simulator = simulator();
    let home = home(&simulator);
    for breaks in [
        "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}",
        "COMP_WORDBREAKS=$' \\t\\n'",
        r#"COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:-_.,/+$'"#,
    ] {
        let mut typist = sit_down(&home, "", breaks);
        // Quotes that are no word breaks are no quotes for readline either.
        let rows: Vec<_> = ROWS.iter().filter(|(keys, _)| !keys.contains(['\'', '"'])).copied().collect();
        assert_all(&mut typist, &home, &rows);
        typist.leave();
    }
}

#[test]
fn where_a_blank_ends_no_word_nothing_is_replaced() {
    let simulator = simulator();
    let home = home(&simulator);
    for breaks in ["COMP_WORDBREAKS=", "COMP_WORDBREAKS=:-"] {
        let mut typist = sit_down(&home, "", breaks);
        assert_all(&mut typist, &home, &[("aws-sso-use 1234\t", "<1234>"), ("aws-sso-use -S Ot\t", "<-S><Ot>")]);
        typist.leave();
    }
}

#[test]
fn the_package_bash_completion_changes_nothing() {
    let simulator = simulator();
    let home = home(&simulator);
    let package = ". /usr/share/bash-completion/bash_completion";
    for (before, after) in [(package, ""), ("", package)] {
        let mut typist = sit_down(&home, before, after);
        assert_all(&mut typist, &home, ROWS);
        typist.leave();
    }
}

#[test]
fn what_is_not_ours_is_completed_as_ever() {
    let simulator = simulator();
    let home = home(&simulator);
    std::fs::write(home.path().join("some file.yaml"), "").expect("a file");
    for package in ["", ". /usr/share/bash-completion/bash_completion"] {
        let own = "uniquely-named() { :; }";
        let mut typist = sit_down(&home, package, own);
        assert_all(
            &mut typist,
            &home,
            &[
                ("aws-sso exec -p x -- uniquely-\t", "<exec><-p><x><--><uniquely-named>"),
                ("aws-sso exec -p x -- cat some\t", "<exec><-p><x><--><cat><some file.yaml>"),
                ("aws-sso list --config some\t", "<list><--config><some file.yaml>"),
                ("aws-sso list --config=some\t", "<list><--config=some file.yaml>"),
            ],
        );
        typist.leave();
    }
}

/// What a TAB says and does with a state file that is of no use.
#[track_caller]
fn assert_nothing(home: &Home, what: &str) {
    let mut typist = sit_down(home, "", "");
    let shown = typist.shown("aws-sso-use 1234\t\t");
    assert!(shown.contains("aws-sso-use 1234\u{7}"), "{what}: {shown}");
    assert!(shown.lines().count() <= 2, "{what}: {shown}");
    let answer = home.run(&["hook", "bash", "complete", "--line=aws-sso-use 1234", "--breaks= ", "--type=9"]);
    assert_eq!((answer.status, answer.stderr.as_str()), (Some(0), ""), "{what}");
    assert_eq!(answer.stdout.trim_end(), "words", "{what}");
    typist.leave();
}

#[test]
fn a_state_that_cannot_be_read_offers_nothing_and_says_nothing() {
    let simulator = simulator();
    let home = home(&simulator);
    let state = home.state_path();
    let whole = std::fs::read(&state).expect("the state");
    std::fs::write(&state, b"this is no database, and long enough to be looked at").expect("a damaged state");
    assert_nothing(&home, "damaged");
    assert_eq!(std::fs::read(&state).expect("the state").len(), 52, "a completion mends nothing");
    std::fs::remove_file(&state).expect("it was there");
    assert_nothing(&home, "missing");
    assert!(!state.exists(), "a completion makes no file");
    std::fs::write(&state, whole).expect("the state");

    // The config is not looked at.
    for config in [Some("SSOConfig: [broken"), None] {
        match config {
            Some(text) => home.write_config(text),
            None => std::fs::remove_file(home.config_path()).expect("it was there"),
        }
        let mut typist = sit_down(&home, "", "");
        assert_eq!(words(&mut typist, &home, "aws-sso-use 1234\t"), "<123456789012:ReadOnly>");
        typist.leave();
    }
}

#[test]
fn a_state_that_is_being_written_is_read_at_once() {
    let simulator = simulator();
    let home = home(&simulator);
    let writer = rusqlite::Connection::open(home.state_path()).expect("the state");
    writer.execute_batch("BEGIN EXCLUSIVE; DELETE FROM role").expect("a write that is not over");
    let mut typist = sit_down(&home, "", "");
    let shown = typist.shown("aws-sso-use 1234\t");
    assert!(shown.lines().count() <= 2, "{shown}");
    assert_eq!(std::fs::read_to_string(home.path().join("words")).expect("the words"), "<123456789012:ReadOnly>");
    typist.leave();
}

#[test]
fn a_completion_writes_nothing_and_reads_no_config() {
    let simulator = simulator();
    let home = home(&simulator);
    let look = || {
        let metadata = std::fs::metadata(home.state_path()).expect("the state");
        (metadata.modified().expect("a time"), std::fs::read(home.state_path()).expect("the state"))
    };
    let before = look();
    let mut traced = Traced::sit_down(&home, &rc("", RECORD));
    assert_eq!(words(&mut traced.typist, &home, "aws-sso-use 1234\t"), "<123456789012:ReadOnly>");
    let calls = traced.calls();
    assert!(calls.iter().any(|call| call.contains("state.db")), "the trace shows what is read: {calls:?}");
    let config: Vec<&String> = calls.iter().filter(|call| call.contains("config.yaml")).collect();
    assert_eq!(config, Vec::<&String>::new());
    assert!(look() == before, "the state is as it was");
    traced.typist.leave();
}

#[test]
fn hostile_names_run_nothing_and_reach_no_terminal() {
    let simulator = Simulator::start(Organization::hostile());
    let home = signed_in(&simulator, "");
    let mut typist = sit_down(&home, "bind 'set completion-query-items 0'; bind 'set page-completions off'", "");
    for keys in [
        "aws-sso-use \t\t",
        "aws-sso-use -R \t\t",
        "aws-sso-use -A \t\t",
        "aws-sso exec -p '\t\t",
        "aws-sso-use \"$\t\t",
    ] {
        typist.keys(keys);
        let shown = typist.shown(CTRL_U);
        // Readline's own: bracketed paste, clearing to the end of a line, the bell and the cursor.
        let rest = ["\u{1b}[?2004h", "\u{1b}[?2004l", "\u{1b}[K", "\u{1b}[C", "\u{1b}[A", "\u{1b}[J"]
            .iter()
            .fold(shown.clone(), |text, own| text.replace(own, ""));
        let raw: Vec<char> =
            rest.chars().filter(|c| c.is_ascii_control() && !"\r\n\t\u{7}\u{8}".contains(*c)).collect();
        assert_eq!(raw, Vec::<char>::new(), "{keys:?}: {rest:?}");
    }
    assert_eq!(words(&mut typist, &home, "aws-sso-use 000000000002:\\$\t"), "<000000000002:$(touch x)>");
    assert_eq!(words(&mut typist, &home, "aws-sso-use '000000000003:`\t"), "<000000000003:`touch x`>");
    assert_eq!(words(&mut typist, &home, "aws-sso-use \"000000000002:\\$\t"), "<000000000002:$(touch x)>");
    assert_eq!(words(&mut typist, &home, "aws-sso-use 000000000008:--\t"), "<000000000008:--help>");
    assert!(!home.path().join("x").exists(), "something was executed");
    typist.leave();
}
