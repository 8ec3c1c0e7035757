//! `setup wizard`: from nothing to a sign-in, and changes of what is there.

mod support;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/wizard.rs"]
mod wizard;

use std::fs;

use identity_center::Simulator;
use support::{Home, config, small_organization};
use wizard::{ENTER, Wizard, plain_home, read_config};

#[test]
fn from_nothing_to_a_working_sign_in() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", &format!(" <{}/#/> ", simulator.start_url()));
    wizard.answers("Region of the Identity Center", "eu-central-1");
    wizard.sees("eu-central-1 knows");
    wizard.answers("Names of your profiles", "2");
    wizard.answers("Who keeps your secrets?", "json");
    wizard.answers("What happens to the address", "exec");
    wizard.answers("Command that gets the URL", "curl --silent --location --output /dev/null %s");
    wizard.sees("+SSOConfig:");
    wizard.answers("Write this to ~/.config/aws-sso/config.yaml?", ENTER);
    wizard.answers("Sign in to Default now?", ENTER);
    wizard.sees("Signed in to Default");
    let (shown, status) = wizard.end();
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("setup completions --install") && shown.contains("setup profiles"), "{shown}");
    let written = fs::read_to_string(home.config_path()).expect("config.yaml");
    let lines: Vec<&str> = written.lines().filter(|line| !line.starts_with('#') && !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "SSOConfig:",
            "  Default:",
            "    SSORegion: eu-central-1",
            &format!("    StartUrl: {}", simulator.start_url()),
            "ProfileFormat: '{{ FirstItem .AccountName (nospace .AccountAlias) }}:{{ .RoleName }}'",
            "SecureStore: json",
            "UrlAction: exec",
            "UrlExecCommand: [curl, --silent, --location, --output, /dev/null, '%s']",
        ]
    );
    assert!(home.ok(&["list", "Profile"]).contains("payments-dev:Admin"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &std::path::Path| fs::metadata(path).expect("metadata").permissions().mode() & 0o777;
        assert_eq!(mode(&home.config_path()), 0o600);
        assert_eq!(mode(home.config_path().parent().expect("a directory")), 0o700);
    }
}

/// A config with everything that a program likes to lose.
fn curated(simulator: &Simulator) -> String {
    format!(
        "# mine\r\nLogLevel:   'warn'   # as it was\r\nSSOConfig: # two of them\r\n    # the first\r\n    Default:\r\n        \
         StartUrl: {}\r\n        SSORegion: eu-central-1 # Frankfurt\r\n        Accounts:\r\n            '000000000001': &dev {{Name: Dev}}\r\n            \
         '000000000002': *dev\r\n\r\n# about browsers\r\nUrlAction: exec\r\nUrlExecCommand:\r\n    - curl\r\n    - --location\r\n    - '%s'\r\nx-own: 1\r\nRateLimit: 1000\r\n# the end",
        simulator.start_url()
    )
}

fn curated_home(simulator: &Simulator) -> (Home, String) {
    let home = plain_home(simulator);
    let yaml = curated(simulator);
    home.write_config(&yaml);
    (home, yaml)
}

/// The names in the directory of the config.
fn files(home: &Home) -> Vec<String> {
    let directory = home.config_path().parent().expect("a directory").to_owned();
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Answers every question of the settings by Enter, but for those that are named.
fn settings(wizard: &mut Wizard, advanced: bool, answers: &[(&str, &str)]) {
    let basic = ["ProfileFormat", "SecureStore", "UrlAction", "UrlExecCommand"];
    let more = [
        "DefaultRegion",
        "CacheRefresh",
        "AutoConfigCheck",
        "FullTextSearch",
        "AuthWorkflow",
        "ConsoleDuration",
        "HistoryLimit",
        "HistoryMinutes",
        "LogLevel",
    ];
    for key in basic.iter().chain(more.iter().filter(|_| advanced)) {
        let answer = answers.iter().find(|(known, _)| known == key).map_or(ENTER, |(_, answer)| answer);
        if *key == "AutoConfigCheck" && answers.contains(&("CacheRefresh", "0")) {
            continue;
        }
        wizard.answers(&format!("({key})"), answer);
    }
}

#[test]
fn enter_through_everything_changes_nothing_and_says_so() {
    let simulator = Simulator::start(small_organization());
    let (home, yaml) = curated_home(&simulator);
    for arguments in [&["setup", "wizard", "--advanced"][..], &["config", "--advanced"]] {
        let mut wizard = Wizard::start(&home, arguments);
        wizard.answers("What do you want to do?", ENTER);
        settings(&mut wizard, true, &[]);
        let (shown, status) = wizard.end();
        assert_eq!(status, 0, "{shown}");
        assert!(shown.contains("nothing was changed"), "{shown}");
        assert_eq!(read_config(&home), yaml);
        assert_eq!(files(&home), ["config.yaml"]);
    }
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("What do you want to do?", "3");
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", ENTER);
    wizard.answers("Region of the Identity Center", ENTER);
    let (shown, status) = wizard.end();
    assert!(status == 0 && shown.contains("nothing was changed"), "{shown}");
    assert_eq!(read_config(&home), yaml);
    assert!(!home.state_path().exists(), "looking makes no state file");
}

#[test]
fn changes_keep_every_other_byte() {
    let simulator = Simulator::start(small_organization());
    let (home, yaml) = curated_home(&simulator);
    let mut wizard = Wizard::start(&home, &["setup", "wizard", "--advanced"]);
    wizard.answers("What do you want to do?", ENTER);
    let answers =
        [("LogLevel", "info"), ("CacheRefresh", "0"), ("UrlExecCommand", "curl -s %s"), ("HistoryMinutes", "0")];
    settings(&mut wizard, true, &answers);
    wizard.sees("-LogLevel:   'warn'   # as it was");
    wizard.answers("Write this to", ENTER);
    let (shown, status) = wizard.end();
    assert_eq!(status, 0, "{shown}");
    let expected = yaml.replace("'warn'", "info").replace(
        "UrlExecCommand:\r\n    - curl\r\n    - --location\r\n    - '%s'",
        "UrlExecCommand:\r\n    [curl, -s, '%s']",
    ) + "\r\nCacheRefresh: 0\r\nHistoryMinutes: 0\r\n";
    assert_eq!(read_config(&home), expected);
    assert_eq!(fs::read_to_string(home.config_path().with_extension("yaml.aws-sso-backup")).expect("a backup"), yaml);
    home.ok(&["status"]);
    // What was set to zero is zero the next time.
    let mut wizard = Wizard::start(&home, &["setup", "wizard", "--advanced"]);
    wizard.answers("What do you want to do?", ENTER);
    settings(&mut wizard, true, &[("CacheRefresh", "0")]);
    assert!(wizard.end().0.contains("nothing was changed"));
}

#[test]
fn an_instance_is_added_and_the_first_one_stays_the_default() {
    let simulator = Simulator::start(small_organization());
    let (home, yaml) = curated_home(&simulator);
    home.write_config(&yaml.replace("    Default:", "    Main:"));
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("What do you want to do?", "2");
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", simulator.start_url());
    wizard.answers("Region of the Identity Center", "eu-central-1");
    wizard.answers("Name of the SSO instance", "main");
    wizard.sees("there is an SSO instance Main already");
    wizard.waits();
    wizard.types("a/b");
    wizard.sees("letters, digits");
    wizard.waits();
    wizard.types("@other:1");
    wizard.answers("Write this to", ENTER);
    wizard.answers("Sign in to @other:1 now?", ENTER);
    wizard.sees("Signed in to @other:1");
    let (shown, status) = wizard.end();
    assert_eq!(status, 0, "{shown}");
    let written = read_config(&home);
    let added = format!(
        "    '@other:1':\r\n        SSORegion: eu-central-1\r\n        StartUrl: {}\r\n",
        simulator.start_url()
    );
    assert!(written.contains(&format!("*dev\r\n{added}\r\n# about browsers")), "{written}");
    assert!(written.ends_with("# the end\r\nDefaultSSO: Main\r\n"), "{written}");
    assert_eq!(
        written.replace(&added, "").replace("\r\nDefaultSSO: Main\r\n", ""),
        yaml.replace("    Default:", "    Main:")
    );
}

#[test]
fn leaving_at_any_question_leaves_all_as_it_was() {
    let simulator = Simulator::start(small_organization());
    let answers = [
        ("Which AWS?", ENTER),
        ("Start URL", simulator.start_url()),
        ("Region of the Identity Center", "eu-central-1"),
        ("ProfileFormat", ENTER),
        ("SecureStore", ENTER),
        ("UrlAction", ENTER),
        ("Write this to", ENTER),
    ];
    for leaves_at in 0..answers.len() {
        let home = plain_home(&simulator);
        // Ctrl-C, and the end of the input.
        let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
        for (title, answer) in &answers[..leaves_at] {
            wizard.answers(title, answer);
        }
        wizard.sees(answers[leaves_at].0);
        wizard.waits();
        wizard.control(if leaves_at % 2 == 0 { 'c' } else { 'd' });
        let (shown, status) = wizard.end();
        assert_eq!(status, 130, "{}: {shown}", answers[leaves_at].0);
        assert!(shown.contains("nothing was changed"), "{shown}");
        assert!(files(&home).is_empty() && !home.state_path().exists());
    }
}

#[test]
fn nobody_is_asked_without_a_terminal() {
    let home = Home::bare();
    for arguments in [&["setup", "wizard"][..], &["config"], &["setup", "wizard", "--no-input"]] {
        let words = ["nobody can be asked", "~/.config/aws-sso/config.yaml", "SSORegion: us-east-1", "StartUrl"];
        home.refuses(2, arguments, &words);
    }
    for arguments in [&["login"][..], &["list"], &["process"], &["time"], &["status"]] {
        let answer = home.run(arguments);
        if arguments != ["time"] {
            assert_eq!(answer.status, Some(1), "{arguments:?}: {}", answer.stderr);
            assert!(answer.stderr.contains("run 'aws-sso setup wizard'"), "{arguments:?}: {}", answer.stderr);
        }
    }
    let answer = home.run(&["hook", "bash", "sync", "--help"]);
    assert!(!answer.stderr.contains("wizard"), "{}", answer.stderr);
    assert!(files(&home).is_empty());
    home.write_config("SSOConfig:\n  Default: [\n");
    home.refuses(1, &["setup", "wizard"], &["config.yaml:"]);
}

#[test]
fn login_starts_it_and_goes_on() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    home.write_config("");
    fs::remove_file(home.config_path()).expect("removed");
    let mut wizard = Wizard::start(&home, &["login", "-S", "Work"]);
    wizard.sees("There is no configuration at ~/.config/aws-sso/config.yaml yet.");
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", simulator.start_url());
    wizard.answers("Region of the Identity Center", "eu-central-1");
    wizard.answers("ProfileFormat", ENTER);
    wizard.answers("SecureStore", "json");
    wizard.answers("UrlAction", "exec");
    wizard.answers("UrlExecCommand", "no-such-browser %s");
    wizard.sees("there is no program no-such-browser here");
    wizard.waits();
    wizard.types("curl --silent --location --output /dev/null %s");
    wizard.answers("Write this to", ENTER);
    wizard.sees("Signed in to Work");
    let (shown, status) = wizard.end();
    assert_eq!(status, 0, "{shown}");
    // Who is signed in moves the secrets with another command.
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("What do you want to do?", ENTER);
    let shown = wizard.answers("ProfileFormat", ENTER);
    assert!(shown.contains("000000000001:Admin") && shown.contains("(3 of your 5 roles)"), "{shown}");
    wizard.sees("Your secrets are kept by json: 'aws-sso setup store' moves them elsewhere");
    wizard.answers("UrlAction", ENTER);
    wizard.answers("UrlExecCommand", ENTER);
    assert!(wizard.end().0.contains("nothing was changed"));
}

#[test]
fn what_the_aws_config_knows_is_offered() {
    let simulator = Simulator::start(small_organization());
    let mut home = plain_home(&simulator);
    let aws = home.path().join("aws config");
    let url = simulator.start_url();
    fs::write(
        &aws,
        format!(
            "[profile old]\nsso_start_url = {url}/#/\nsso_region = eu-central-1\n[sso-session evil\x1b[31m]\n\
             sso_start_url = https://evil\x1b]0;x\x07.awsapps.com/start\nsso_region = us-east-1\n\
             [sso-session work]\nsso_start_url = {url}\nsso_region = eu-central-1\n\
             [sso-session other]\nsso_start_url = {url}2\nsso_region = us-east-1\n"
        ),
    )
    .expect("written");
    home.set("AWS_CONFIG_FILE", &aws.display().to_string());
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    let shown = wizard.answers("Your AWS config knows these Identity Centers", "1 2");
    assert!(shown.contains("(work, eu-central-1)") && !shown.contains("old") && !shown.contains('\x1b'), "{shown}");
    wizard.sees("eu-central-1 knows");
    wizard.answers("us-east-1 does not know", "Go on without the check");
    wizard.answers("DefaultSSO", "work");
    for key in ["ProfileFormat", "SecureStore", "UrlAction"] {
        wizard.answers(key, ENTER);
    }
    wizard.answers("Write this to", ENTER);
    wizard.answers("Sign in to work now?", "No");
    let (shown, status) = wizard.end();
    assert_eq!(status, 0, "{shown}");
    assert!(shown.contains("'aws-sso login' signs in"), "{shown}");
    assert!(
        read_config(&home).ends_with(&format!(
            "SSOConfig:\n  work:\n    SSORegion: eu-central-1\n    StartUrl: {url}\n  other:\n    SSORegion: us-east-1\n    \
             StartUrl: {url}2\nDefaultSSO: work\n"
        )),
        "{}",
        read_config(&home)
    );
}

#[test]
fn a_file_that_no_program_can_change_is_left_to_a_person() {
    let simulator = Simulator::start(small_organization());
    let home = plain_home(&simulator);
    let yaml = format!("SSOConfig: {{Default: {{SSORegion: eu-central-1, StartUrl: '{}'}}}}\n", simulator.start_url());
    home.write_config(&yaml);
    let mut wizard = Wizard::start(&home, &["setup", "wizard"]);
    wizard.answers("What do you want to do?", "3");
    wizard.answers("Which AWS?", ENTER);
    wizard.answers("Start URL", ENTER);
    wizard.answers("Region of the Identity Center", "us-east-1");
    let (shown, status) = wizard.end();
    assert_eq!(status, 1, "{shown}");
    assert!(shown.contains("    SSORegion: us-east-1") && shown.contains("write the lines above"), "{shown}");
    assert_eq!(read_config(&home), yaml);
    // A config of the same kind changes where that can be done.
    home.write_config(&config(&simulator, "", ""));
    home.ok(&["status"]);
}

#[test]
fn a_file_that_may_not_be_written_is_refused_before_the_questions() {
    let simulator = Simulator::start(small_organization());
    let (home, _) = curated_home(&simulator);
    let mut permissions = fs::metadata(home.config_path()).expect("metadata").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(home.config_path(), permissions).expect("read-only");
    let (shown, status) = Wizard::start(&home, &["setup", "wizard"]).end();
    assert_eq!(status, 1, "{shown}");
    assert!(shown.contains("it is read-only") && !shown.contains("What do you want"), "{shown}");
    assert_eq!(files(&home), ["config.yaml"]);
}
