//! The picker: typed into in real shells on a terminal emulator, whose screen is compared.

#[path = "support/screen.rs"]
mod screen;
mod support;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/typist.rs"]
mod typist;

use std::collections::BTreeSet;

use identity_center::{Organization, Simulator};
use screen::Screen;
use support::{Home, config, signed_in, small_organization};
use typist::{SHELLS, Shell, long_enough};

const SIZE: (u16, u16) = (80, 20);

const TAGS: &str = "Accounts:
  '000000000001': {Tags: {Team: blue, Env: dev}, Roles: {Admin: {Tags: {Cost-Center: seven}}}}
  '000000000002': {Name: Kasse, Tags: {Team: green, Env: prod}}";

const HINT: &str = "Enter take · TAB tags · Esc leave";

/// What the picker shows before anything is typed, and nothing was used.
const ALL: [&str; 8] = [
    ">           5/5",
    "▌ 000000000001:Admin     payments-dev",
    "  000000000001:ReadOnly  payments-dev",
    "  000000000002:Admin     Kasse",
    "  000000000002:ReadOnly  Kasse",
    "  123456789012:ReadOnly  data platform",
    "arn:aws:iam::000000000001:role/Admin · us-west-2 · Cost-Center=seven · Env=dev…",
    HINT,
];

#[test]
fn a_role_is_typed_towards_and_taken() {
    let simulator = Simulator::start(small_organization());
    long_enough(&simulator);
    for shell in SHELLS {
        let home = signed_in(&simulator, TAGS, "DefaultRegion: us-west-2");
        let screen = Screen::open(&home, shell, SIZE);
        screen.enters("aws-sso-use");
        screen.shows(&[&["$ aws-sso-use"], &ALL[..]].concat());
        screen.types("ka read");
        screen.shows(&[
            "$ aws-sso-use",
            "> ka read   1/5",
            "▌ 000000000002:ReadOnly  Kasse",
            "arn:aws:iam::000000000002:role/ReadOnly · us-west-2 · Env=prod · Team=green · …",
            HINT,
        ]);
        screen.press(&["Enter"]);
        screen.shows(&["$ aws-sso-use", "$"]);
        assert_eq!(screen.answer("echo $AWS_SSO_PROFILE"), "000000000002:ReadOnly", "{shell:?}");
        // What was used comes first now, with what is left of it.
        screen.press(&["C-l"]);
        screen.enters("aws-sso-use");
        let lines = screen.sees("1h30m left · used just");
        assert_eq!(lines[2], "▌ 000000000002:ReadOnly  Kasse          1h30m", "{shell:?}: {lines:#?}");
        screen.press(&["Down", "Down", "Up", "Enter"]);
        screen.until("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
        assert_eq!(screen.answer("echo $AWS_SSO_PROFILE"), "000000000001:Admin", "{shell:?}");
    }
}

#[test]
fn tab_offers_tags_and_their_values() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "FirstTag: Team");
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    screen.enters("aws-sso-use");
    screen.sees(HINT);
    screen.press(&["Tab"]);
    let lines = screen.sees("Esc back to the roles");
    assert_eq!(lines[2], "▌ Team=          4 roles, 2 values", "{lines:#?}");
    assert!(lines.contains(&"  Cost-Center=   1 role, 1 value".to_owned()), "{lines:#?}");
    // Letters narrow the keys; a key brings its values, and a value brings the roles back.
    screen.types("en");
    screen.until("Env alone", |lines| lines.get(2).is_some_and(|line| line == "▌ Env=  4 roles, 2 values"));
    screen.press(&["Enter"]);
    screen.shows(&[
        "$ aws-sso-use",
        "> Env=      4/5",
        "▌ dev    2 roles",
        "  prod   2 roles",
        "",
        "Enter choose · Esc back to the roles",
    ]);
    screen.press(&["Tab", "Enter"]);
    let lines = screen.sees("> Env=prod");
    assert_eq!(lines[1], "> Env=prod   2/5", "{lines:#?}");
    assert_eq!(lines[2..4], ["▌ 000000000002:Admin     Kasse", "  000000000002:ReadOnly  Kasse"]);
    // One value alone is put in at once; Esc leaves the tags, and not the picker.
    screen.types("Cos");
    screen.press(&["Tab"]);
    screen.types("Team=g");
    screen.press(&["C-u"]);
    screen.types("team=g");
    screen.press(&["Tab"]);
    screen.sees("> team=green   2/5");
    screen.press(&["Tab", "Escape"]);
    screen.sees(HINT);
    screen.types("adm");
    screen.press(&["Enter"]);
    screen.shows(&["$ aws-sso-use", "$"]);
    assert_eq!(screen.answer("echo $AWS_SSO_PROFILE"), "000000000002:Admin");
}

#[test]
fn who_leaves_finds_the_terminal_as_it_was() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    for shell in SHELLS {
        let screen = Screen::open(&home, shell, SIZE);
        let before = screen.answer("stty -a </dev/tty");
        for keys in [&["Escape"][..], &["C-c"], &["C-d"], &["C-g"], &["Down", "C-c"]] {
            screen.press(&["C-l"]);
            screen.shows(&["$"]);
            screen.enters("aws-sso-use");
            screen.sees(HINT);
            screen.press(keys);
            screen.shows(&["$ aws-sso-use", "$"]);
            let status = if shell == Shell::Fish { "$status" } else { "$?" };
            let answer = screen.answer(&format!("echo {status} $AWS_SSO_PROFILE"));
            assert_eq!(answer, "130", "{shell:?} {keys:?}");
        }
        assert_eq!(screen.answer("stty -a </dev/tty"), before, "{shell:?}");
    }
}

/// Whether a picker runs in a home.
fn picks(home: &Home) -> bool {
    let processes = std::fs::read_dir("/proc").expect("processes").filter_map(Result::ok);
    let in_home =
        |process: &std::path::Path| std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd == home.path());
    let is_hook = |process: &std::path::Path| {
        let arguments = std::fs::read(process.join("cmdline")).unwrap_or_default();
        arguments.split(|byte| *byte == 0).any(|argument| argument == b"hook")
    };
    processes.map(|entry| entry.path()).any(|process| in_home(&process) && is_hook(&process))
}

#[test]
fn a_terminal_that_goes_away_takes_the_picker_with_it() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    for shell in SHELLS {
        let screen = Screen::open(&home, shell, SIZE);
        screen.enters("aws-sso-use");
        screen.sees(HINT);
        assert!(picks(&home));
        drop(screen);
        let start = std::time::Instant::now();
        while picks(&home) {
            assert!(start.elapsed().as_secs() < 20, "{shell:?}: it is still there");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }
}

#[test]
fn a_window_may_change_its_size() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "DefaultRegion: us-west-2", "");
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    screen.enters("aws-sso-use");
    screen.sees(HINT);
    screen.types("a");
    screen.sees("> a         5/5");
    screen.resize(30, 7);
    // What has no room any more goes where a terminal keeps such lines.
    screen.shows(&[
        "> a         5/5",
        "▌ 000000000001:Admin",
        "▏ 000000000002:Admin",
        "▏ 000000000001:ReadOnly",
        "  000000000002:ReadOnly",
        "arn:aws:iam::000000000001:ro…",
    ]);
    screen.resize(20, 5);
    screen.until("the smallest", |lines| lines.last().is_some_and(|line| line == "arn:aws:iam::00000…"));
    screen.press(&["Down", "Down"]);
    let lines = screen.until("the third role", |lines| lines.iter().any(|line| line == "▌ 000000000001:Rea…"));
    assert_eq!(lines.len(), 5, "{lines:#?}");
    screen.resize(80, 20);
    screen.sees(HINT);
    screen.press(&["Enter"]);
    screen.until("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
    assert_eq!(screen.answer("echo $AWS_SSO_PROFILE"), "000000000001:ReadOnly");
}

#[test]
fn what_is_pasted_is_typed_and_chooses_nothing() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let screen = Screen::open(&home, Shell::Zsh, SIZE);
    screen.enters("aws-sso-use");
    screen.sees(HINT);
    screen.pastes("prod\nread\n");
    screen.sees("> prod read   1/5");
    screen.press(&["C-w", "C-w"]);
    screen.sees("5/5");
    screen.press(&["Escape"]);
    screen.shows(&["$ aws-sso-use", "$"]);
}

#[test]
fn wide_and_hostile_names_keep_their_columns() {
    let organization = Organization::new()
        .with_account("000000000001", "日本の会計", "a@example.com", &["Admin"])
        .with_account("000000000002", "evil\u{1b}[2J\u{202e}\n$(touch x)", "b@example.com", &["Admin"])
        .with_account("000000000003", "plain", "c@example.com", &["Admin"]);
    let simulator = Simulator::start(organization);
    let home = signed_in(&simulator, "", "ProfileFormat: '{{ .AccountAlias }}:{{ .RoleName }}'");
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    screen.enters("aws-sso-use");
    let lines = screen.sees(HINT);
    let column = |line: &str, text: &str| -> usize {
        let before = &line[..line.find(text).unwrap_or_else(|| panic!("no {text}: {lines:#?}"))];
        before.chars().map(|c| if c > '\u{2fff}' && c != '\u{fffd}' { 2 } else { 1 }).sum()
    };
    let columns: Vec<usize> =
        (2..5).zip(["000000000002", "000000000003", "000000000001"]).map(|(n, id)| column(&lines[n], id)).collect();
    assert!(columns.iter().all(|column| *column == columns[0]), "{columns:?} {lines:#?}");
    assert!(!home.path().join("x").exists());
    screen.types("会計");
    screen.sees("> 会計");
    screen.press(&["Enter"]);
    screen.until("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
    assert_eq!(screen.answer("echo $AWS_SSO_ACCOUNT_ID"), "000000000001");
}

#[test]
fn colours_are_those_of_tags_and_of_the_config_unless_nobody_wants_any() {
    let simulator = Simulator::start(small_organization());
    let tags = "Accounts: {'000000000002': {Tags: {Env: prod}}}";
    let home =
        signed_in(&simulator, tags, "PromptColors: {PreviewSuggestionTextColor: Yellow, PrefixTextColor: Fuchsia}");
    let shown = |variables: &[(&str, &str)]| {
        let screen = Screen::with(&home, Shell::Bash, SIZE, variables);
        screen.enters("aws-sso-use");
        screen.types("adm");
        screen.sees(" 2/5");
        let shown = screen.coloured();
        screen.press(&["Escape"]);
        shown
    };
    let coloured = shown(&[]);
    for (what, code) in
        [("red for production", "\x1b[91m000000000002:"), ("the preview", "\x1b[93marn:"), ("the prompt", "\x1b[95m> ")]
    {
        assert!(coloured.contains(code), "{what}: {coloured:?}");
    }
    assert!(coloured.contains("\x1b[4mAdm\x1b["), "typed letters are marked: {coloured:?}");
    let plain = shown(&[("NO_COLOR", "1")]);
    let codes = plain.split("\x1b[").skip(1).flat_map(|code| code.split('m').next().unwrap_or("").split(';'));
    let codes: BTreeSet<&str> = codes.collect();
    // tmux writes 39 and 49 for "no colour".
    assert!(codes.iter().all(|code| ["0", "1", "4", "39", "49"].contains(code)), "{codes:?}");
}

#[test]
fn a_terminal_of_lines_has_a_numbered_list() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, TAGS, "");
    let choose = |answers: &[&str]| {
        let mut session = terminal::aws_sso(&home, &["exec", "--", "sh", "-c", "echo took $AWS_SSO_PROFILE"]);
        for answer in answers {
            session.exp_string("Enter to leave:").expect("the question");
            session.send_line(answer).expect("the answer");
        }
        terminal::end(session)
    };
    let (shown, status) = choose(&["2"]);
    assert!(shown.contains("took 000000000001:ReadOnly") && status == 0, "{status} {shown}");
    let (shown, status) = choose(&["kasse", "9", "Env=prod read", "1"]);
    assert!(shown.contains("took 000000000002:ReadOnly") && status == 0, "{status} {shown}");
    let (shown, status) = choose(&[""]);
    assert_eq!(status, 130, "{shown}");
    assert!(!shown.contains("took"), "{shown}");
}

#[test]
fn exec_chooses_too_and_standard_output_has_none_of_it() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    screen.enters("aws-sso exec -R ReadOnly -- printenv AWS_SSO_PROFILE >out; echo ended $?");
    screen.sees(">           3/5");
    screen.press(&["Down", "Enter"]);
    screen.sees("ended 0");
    assert_eq!(std::fs::read_to_string(home.path().join("out")).expect("output"), "000000000002:ReadOnly\n");
}

#[test]
fn what_is_only_guessed_is_offered_and_never_taken() {
    let simulator = Simulator::start(small_organization());
    let home = signed_in(&simulator, "", "");
    let screen = Screen::open(&home, Shell::Fish, SIZE);
    screen.enters("aws-sso-use dtpl");
    let lines = screen.sees("> dtpl");
    assert_eq!(lines[2], "▌~123456789012:ReadOnly  data platform", "{lines:#?}");
    screen.press(&["Escape"]);
    screen.shows(&["$ aws-sso-use dtpl", "$"]);
    screen.enters("aws-sso-use --no-input dtpl");
    screen.sees("'dtpl' is no role of the SSO instance Default");
}

#[test]
fn the_instance_is_named_where_there_are_several() {
    let simulator = Simulator::start(small_organization());
    let home = Home::new(&simulator, "");
    let url = simulator.start_url();
    let second = format!("  Work: {{SSORegion: us-east-1, StartUrl: '{url}'}}");
    let yaml =
        config(&simulator, "", "SecureStore: json").replacen("SSOConfig:\n", &format!("SSOConfig:\n{second}\n"), 1);
    home.write_config(&format!("{yaml}\nDefaultSSO: Default\n"));
    home.ok(&["login"]);
    home.ok(&["login", "-S", "Work"]);
    let screen = Screen::open(&home, Shell::Bash, SIZE);
    for (line, prompt) in
        [("aws-sso-use", "Default > "), ("aws-sso-use -S Work", "Work > "), ("AWS_SSO=Work aws-sso-use", "Work > ")]
    {
        screen.enters(line);
        screen.until(prompt, |lines| lines.iter().any(|line| line.starts_with(prompt)));
        screen.press(&["Escape"]);
        screen.until("the prompt", |lines| lines.last().is_some_and(|line| line == "$"));
    }
}
