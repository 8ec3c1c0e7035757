//! Whole files: every key at every level, and what is said about wrong ones.

use std::path::Path;
use std::time::Duration;

use proptest::prelude::*;

use super::{
    AuthWorkflow, Color, Config, ConfigError, DirectoryMode, Loaded, LogLevel, SecureStore, UrlAction, UseWith, parse,
};
use crate::role::AccountId;

fn read(text: &str) -> Result<Loaded, ConfigError> {
    parse(text, Path::new("config.yaml"))
}

/// One sound instance on lines 1 to 4, then `rest`.
fn with(rest: &str) -> String {
    format!("SSOConfig:\n  Default:\n    SSORegion: us-east-1\n    StartUrl: https://d-1.awsapps.com/start\n{rest}")
}

fn good(rest: &str) -> Config {
    let loaded = read(&with(rest)).unwrap_or_else(|error| panic!("{rest}: {error}"));
    assert_eq!(loaded.warnings, [""; 0], "{rest}");
    loaded.config
}

fn warnings(rest: &str) -> Vec<String> {
    read(&with(rest)).unwrap_or_else(|error| panic!("{rest}: {error}")).warnings
}

fn problems(text: &str) -> Vec<String> {
    read(text).expect_err(text).problems()
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

/// The ```` ```yaml ```` blocks of the reference for people.
fn documented_examples() -> Vec<&'static str> {
    let parts = include_str!("../../docs/configuration.md").split("```yaml\n").skip(1);
    parts.map(|part| part.split("```").next().unwrap()).collect()
}

#[test]
fn every_documented_example_loads_without_a_word() {
    let examples = documented_examples();
    assert!(examples.len() >= 2);
    for example in examples {
        let loaded = read(example).unwrap_or_else(|error| panic!("{error}\n{example}"));
        assert_eq!(loaded.warnings, [""; 0]);
    }
}

#[test]
fn the_full_example_is_read_as_it_is_meant() {
    let full = documented_examples().into_iter().max_by_key(|example| example.len()).unwrap();
    let config = read(full).unwrap().config;
    let account = &config.instances["Default"].accounts[&id("012345678901")];
    let role = &account.roles["Deploy"];
    assert_eq!(role.via.clone().unwrap().into_arn(crate::role::Partition::Aws).name, "Jump");
    assert_eq!(role.tags["Color"], "red");
}

#[test]
fn a_minimal_file_has_the_defaults() {
    let config = good("");
    assert_eq!(config.instances["Default"].sso_region, "us-east-1");
    let defaults = Config {
        path: config.path.clone(),
        identity: config.identity,
        instances: config.instances.clone(),
        ..Config::default()
    };
    assert_eq!(config, defaults);
}

#[test]
fn values_are_typed_weakly() {
    let config = good(
        "Threads: '8'\nAutoLogin: 'true'\nFullTextSearch: 0\nLogLines: T\nRateLimit: 2.5\nMaxRetry: 3\nLogLevel: WARN\n\
         ListFields: 'Arn, Profile ,'\nEnvVarTags: [Team, 7]\nUrlExecCommand: firefox --new-tab %s\nUrlAction: exec\n\
         DefaultSSO: Default\nUnlockMinutes: 0\nFirstTag: 007\nBrowser: ''\nMaxBackoff:\n",
    );
    assert_eq!((config.threads, config.max_retry, config.rate_limit), (8, 3, 2.5));
    assert!(config.auto_login && config.log_lines && !config.full_text_search);
    assert_eq!(config.log_level, LogLevel::Warn);
    assert_eq!(config.list_fields, ["Arn", "Profile"]);
    assert_eq!(config.env_var_tags, ["Team", "7"]);
    assert_eq!(config.url_exec_command, ["firefox", "--new-tab", "%s"]);
    assert_eq!(config.unlock_for, None);
    assert_eq!(config.first_tag.as_deref(), Some("007"));
    assert_eq!(config.browser, None);
    assert_eq!(config.max_backoff, Duration::from_secs(5));
}

#[test]
fn zero_and_empty_mean_what_they_say() {
    let config = good(
        "CacheRefresh: 0\nHistoryLimit: 0\nHistoryMinutes: -1\nAccountPrimaryTag: []\nListFields: []\nMaxRetry: 0\n\
         MaxBackoff: 0\nConsoleDuration: 0\nRefreshBefore: 0\nProfileFormat: ''",
    );
    assert_eq!((config.cache_refresh, config.history_age, config.history_limit), (None, None, 0));
    assert!(config.account_primary_tag.is_empty());
    assert_eq!(config.list_fields.len(), 5);
    assert_eq!((config.max_retry, config.max_backoff), (10, Duration::from_secs(5)));
    assert_eq!((config.console_duration, config.refresh_before), (Duration::from_hours(1), Duration::ZERO));
    assert_eq!(config.profile_format, crate::profile::DEFAULT_FORMAT);
}

#[test]
fn words_become_choices() {
    let config = good(
        "AuthWorkflow: device_code\nSecureStore: pass\nUrlAction: ansi-osc52\nUseWith: profile\n\
         DirectoryRoles: {Mode: eager}\nPromptColors: {InputTextColor: DarkGray}\n",
    );
    assert_eq!(config.auth_workflow, Some(AuthWorkflow::DeviceCode));
    assert_eq!(config.secure_store, SecureStore::Pass);
    assert_eq!(config.url_action, UrlAction::AnsiOsc52);
    assert_eq!(config.use_with, UseWith::Profile);
    assert_eq!(config.directory_mode, DirectoryMode::Eager);
    assert_eq!(config.prompt_colors.input_text, Color::DarkGrey);
}

#[test]
fn account_ids_are_decimal_however_they_are_written() {
    for (key, expected) in [
        ("012345670123", "012345670123"),
        ("\"012345670123\"", "012345670123"),
        ("000000000017", "000000000017"),
        ("12345", "000000012345"),
        ("'0012345'", "000000012345"),
        ("7.2668187369e+10", "072668187369"),
        ("123456789012", "123456789012"),
    ] {
        let config = good(&format!("    Accounts:\n      {key}:\n        Name: X\n"));
        let ids: Vec<String> = config.instances["Default"].accounts.keys().map(ToString::to_string).collect();
        assert_eq!(ids, [expected], "{key}");
    }
    for key in ["1234_5678", "0x10", "0o17", "-1", "1234567890123", "true", "~", "abc"] {
        let text = with(&format!("    Accounts:\n      {key}:\n"));
        let found = problems(&text);
        assert!(found[0].starts_with("config.yaml:6: ") && found[0].contains("not an AWS account id"), "{found:?}");
    }
}

#[test]
fn one_account_written_twice_is_refused_with_both_lines() {
    let text = with("    Accounts:\n      12345:\n        Name: A\n      '000000012345':\n        Name: B\n");
    assert_eq!(
        problems(&text),
        ["config.yaml:8: SSOConfig.Default.Accounts.000000012345 is the same account as \
          SSOConfig.Default.Accounts.12345 of line 6: join them"]
    );
}

#[test]
fn empty_blocks_and_old_keys_in_them_are_fine() {
    let config = good(
        "    Accounts:\n      1:\n      2:\n        Roles:\n          A:\n          B:\n            \
         ARN: arn:aws:iam::2:role/B\n            Duration: 5\n",
    );
    assert_eq!(config.instances["Default"].accounts[&id("2")].roles.len(), 2);
    assert_eq!(good("    Accounts:\n").instances["Default"].accounts.len(), 0);
}

#[test]
fn tags_keep_their_spelling_and_may_be_a_list() {
    let config = good(
        "    Accounts:\n      1:\n        Tags: {Version: 1.10, Prod: True, Hex: 0x1F, None: , Id: 007}\n      2:\n        \
         Tags:\n          - A: x\n          - B: 1e3\n            C: z\n",
    );
    let accounts = &config.instances["Default"].accounts;
    let tags = |account: &str| accounts[&id(account)].tags.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>();
    assert_eq!(tags("1"), ["Hex=0x1F", "Id=007", "None=", "Prod=True", "Version=1.10"]);
    assert_eq!(tags("2"), ["A=x", "B=1e3", "C=z"]);
}

#[test]
fn aliases_and_merges_are_understood() {
    let config = good(
        "  Second:\n    SSORegion: eu-west-1\n    StartUrl: https://d-2.awsapps.com/start\n    Accounts: &accounts\n      \
         1:\n        Tags: &tags {Team: a}\n      2:\n        Tags: {<<: *tags, Cost: 1.50}\n  Third:\n    \
         SSORegion: eu-west-1\n    StartUrl: https://d-3.awsapps.com/start\n    Accounts: *accounts\n\
         x-shared: ignored\n",
    );
    assert_eq!(config.instances["Second"].accounts, config.instances["Third"].accounts);
    let tags = &config.instances["Third"].accounts[&id("2")].tags;
    assert_eq!((tags["Team"].as_str(), tags["Cost"].as_str()), ("a", "1.50"));
}

#[test]
fn odd_keys_are_warned_about_with_their_line() {
    for (rest, expected) in [
        ("Thread: 5\n", "config.yaml:5: unknown key Thread, did you mean Threads?"),
        ("Nonsense: 5\n", "config.yaml:5: unknown key Nonsense"),
        ("threads: 5\n", "config.yaml:5: threads is understood, but write Threads"),
        ("    Acounts:\n", "config.yaml:5: unknown key SSOConfig.Default.Acounts, did you mean Accounts?"),
        (
            "DefaultSSO: Gone\n",
            "config.yaml:5: DefaultSSO is 'Gone', which SSOConfig does not have: use one of Default",
        ),
        (
            "FirefoxOpenUrlInContainer: true\n",
            "config.yaml:5: FirefoxOpenUrlInContainer is an old key: write UrlAction: open-url-in-container",
        ),
        ("ConfigUrlAction: clip\n", "config.yaml:5: ConfigUrlAction is an old key: write ConfigProfilesUrlAction"),
        ("ListFields: [ARN]\n", "config.yaml:5: ListFields has the old name ARN: write Arn"),
        (
            "ProfileFormat: '{{ AccountIdStr .AccountId }}'\n",
            "config.yaml:5: ProfileFormat has the old call AccountIdStr .AccountId: write .AccountIdPad",
        ),
    ] {
        assert_eq!(warnings(rest), [expected]);
    }
}

#[test]
fn old_keys_do_what_they_did() {
    let config = read(&with(
        "ConfigUrlAction: clip\nFirefoxOpenUrlInContainer: true\nUrlAction: open\nListFields: [ExpiresStr, AccountIdStr]\n\
         ProfileFormat: '{{ AccountIdStr .AccountId }}:{{ .RoleName }}'\nDuration: 60\n",
    ));
    let config = config.unwrap().config;
    assert_eq!(config.config_profiles_url_action, Some(UrlAction::Clip));
    assert_eq!(config.url_action, UrlAction::OpenUrlInContainer);
    assert_eq!(config.list_fields, ["Expires", "AccountIdPad"]);
    assert_eq!(config.profile_format, "{{ .AccountIdPad }}:{{ .RoleName }}");

    let both =
        read(&with("ConfigUrlAction: clip\nConfigProfilesUrlAction: exec\nUrlExecCommand: [x, '%s']\n")).unwrap();
    assert_eq!(both.config.config_profiles_url_action, Some(UrlAction::Exec), "the new key wins");
    assert_eq!(good("FirefoxOpenUrlInContainer: false\n").url_action, UrlAction::Open);
}

#[test]
fn wrong_values_are_refused_with_line_and_hint() {
    for (rest, expected) in [
        (
            "    AuthUrlAction: opne\n",
            "SSOConfig.Default.AuthUrlAction is 'opne': use one of clip, exec, open, print, printurl, granted-containers, open-url-in-container, ansi-osc52 (did you mean open?)",
        ),
        (
            "    DefaultRegion: us-east1\n",
            "SSOConfig.Default.DefaultRegion is 'us-east1': write an AWS region such as us-east-1",
        ),
        ("Threads: 0\n", "Threads is '0': write a whole number from 1 to 1000"),
        ("Threads: many\n", "Threads is 'many': write a whole number from 1 to 1000"),
        ("Threads: 2.5\n", "Threads is '2.5': write a whole number from 1 to 1000"),
        ("Threads: [2]\n", "Threads must be a single value, not a list"),
        ("RateLimit: 0\n", "RateLimit is '0': write a number above 0"),
        ("RateLimit: .inf\n", "RateLimit is '.inf': write a number above 0"),
        ("AutoLogin: yes\n", "AutoLogin is 'yes': write true or false"),
        ("ConsoleDuration: 14\n", "ConsoleDuration is '14': write 15 to 720 minutes"),
        ("AuthWorkflow: pcke\n", "AuthWorkflow is 'pcke': use one of pkce, device_code (did you mean pkce?)"),
        ("PromptColors: {InputTextColor: Gren}\n", "PromptColors.InputTextColor is 'Gren': use one of "),
        ("DirectoryRoles: off\n", "DirectoryRoles must be a mapping of keys, not a text"),
        ("UrlAction: exec\n", "UrlExecCommand needs a program and the argument %s"),
        ("    AuthUrlAction: exec\n", "UrlExecCommand needs a program and the argument %s"),
        ("ConfigProfilesUrlAction: exec\n", "UrlExecCommand needs a program and the argument %s"),
        ("UrlAction: exec\nUrlExecCommand: firefox\n", "UrlExecCommand needs %s"),
        ("EnvVarTags: [a-b, a_b]\n", "EnvVarTags has a-b and a_b, which both become AWS_SSO_TAG_A_B: keep one"),
        ("Threads: 1\nthreads: 2\n", "threads is given twice: it is the same key as Threads"),
        ("ConfigVariables: {a: \"x\\ny\"}\n", "ConfigVariables.a must fit on one line of an AWS profile"),
        ("ConfigVariables: {'a b': c}\n", "ConfigVariables.a b must fit on one line of an AWS profile"),
        ("ConfigVariables: {role_arn: x}\n", "ConfigVariables.role_arn would be in the way of the role"),
        ("ConfigVariables: {Output: x, output: y}\n", "ConfigVariables.output is there twice in another case"),
        ("ConfigVariables: {a: {b: c}}\n", "ConfigVariables.a must be a single value, not a mapping"),
        ("    Accounts: [1]\n", "SSOConfig.Default.Accounts must be a mapping of names, not a list"),
        (
            "    Accounts: {1: {Tags: text}}\n",
            "SSOConfig.Default.Accounts.1.Tags must be a mapping of names and texts, not a text",
        ),
        ("    Accounts: {1: {Tags: {'': x}}}\n", "SSOConfig.Default.Accounts.1.Tags has a name that is empty"),
        ("    Accounts: {1: {Roles: {a b: }}}\n", "SSOConfig.Default.Accounts.1.Roles.a b is not a role name"),
        ("    Accounts: {1: {Roles: {A: {Via: x}}}}\n", "SSOConfig.Default.Accounts.1.Roles.A.Via is 'x': write arn:"),
        (
            "    Accounts: {1: {Roles: {A: {SourceIdentity: 'aws:x'}}}}\n",
            "SSOConfig.Default.Accounts.1.Roles.A.SourceIdentity is 'aws:x': AWS keeps",
        ),
        (
            "    Accounts: {1: {Roles: {A: {ExternalId: x}}}}\n",
            "SSOConfig.Default.Accounts.1.Roles.A.ExternalId is 'x': write 2 to 1224",
        ),
        (
            "    Accounts: {1: {Roles: {A: {Profile: \"a\\nb\"}}}}\n",
            "SSOConfig.Default.Accounts.1.Roles.A.Profile is 'a b': write it without line breaks",
        ),
    ] {
        let found = problems(&with(rest));
        assert_eq!(found.len(), 1, "{found:?}");
        let (place, message) = found[0].split_once(": ").unwrap();
        assert!(message.starts_with(expected), "{}", found[0]);
        let line = if rest.starts_with("UrlAction: exec\nUrl") || rest.contains("\nthreads") { 6 } else { 5 };
        assert_eq!(place, format!("config.yaml:{line}"), "{rest}");
    }
    let refused = problems(&with("SecureStore: 1password\n"));
    assert!(
        refused[0].ends_with(
            "SecureStore 1password is not supported: use one of file, keychain, kwallet, pass, secret-service, wincred, json"
        ),
        "{refused:?}"
    );
}

#[test]
fn an_instance_needs_its_two_keys() {
    for (text, expected) in [
        ("Threads: 5\n", "config.yaml: SSOConfig is missing"),
        ("SSOConfig:\n", "config.yaml:1: SSOConfig is empty"),
        ("SSOConfig: {}\n", "config.yaml:1: SSOConfig is empty"),
        ("SSOConfig: x\n", "config.yaml:1: SSOConfig must be a mapping"),
        (
            "SSOConfig:\n  A:\n    StartUrl: https://x.example/start\n",
            "config.yaml:2: SSOConfig.A has no SSORegion: add it",
        ),
        (
            "SSOConfig:\n  A:\n    SSORegion: us-east-1\n    StartUrl: ''\n",
            "config.yaml:2: SSOConfig.A has no StartUrl: add it",
        ),
        (
            "SSOConfig:\n  A:\n    SSORegion: us-east-1\n    StartUrl: http://x.example\n",
            "config.yaml:4: SSOConfig.A.StartUrl is 'http://x.example': write https",
        ),
        (
            "SSOConfig:\n  '':\n    SSORegion: us-east-1\n    StartUrl: https://x.example\n",
            "config.yaml:2: an SSO instance needs a name",
        ),
    ] {
        let found = problems(text);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?}");
    }
}

#[test]
fn all_problems_are_kept_and_the_first_line_is_shown() {
    let error = read(&with("Threads: 0\nRateLimit: 0\nUrlAction: x\n")).unwrap_err();
    assert_eq!(error.problems().len(), 3);
    let shown = error.to_string();
    assert!(shown.starts_with("config.yaml:5: Threads is '0'") && shown.ends_with("(and 2 more problems)"), "{shown}");
    assert_eq!(crate::Error::from(error).to_string(), shown);
}

#[test]
fn lines_count_alike_with_every_line_end() {
    let text = with("# note\n\nThreads: 0\n");
    for text in [text.clone(), text.replace('\n', "\r\n"), format!("\u{feff}{text}"), format!("---\n{}", &text[..])] {
        let line = if text.starts_with("---") { 8 } else { 7 };
        assert!(problems(&text)[0].starts_with(&format!("config.yaml:{line}: Threads")), "{text:?}");
    }
}

#[test]
fn containers_and_commands_do_not_mix() {
    let command = "UrlExecCommand: [firefox, '%s']\n";
    for (general, own, fine) in [
        ("exec", "open-url-in-container", false),
        ("granted-containers", "exec", false),
        ("exec", "exec", true),
        ("granted-containers", "open-url-in-container", true),
        ("granted-containers", "open", true),
        ("exec", "clip", true),
        ("granted-containers", "", true),
        ("exec", "", true),
    ] {
        let text = with(&format!("{command}UrlAction: {general}\nConfigProfilesUrlAction: {own}\n"));
        assert_eq!(read(&text).is_ok(), fine, "{general} {own}");
    }
}

#[test]
fn loops_of_via_are_spelled() {
    let loops = |roles: &str| problems(&with(&format!("    Accounts:\n{roles}")));
    assert_eq!(
        loops(
            "      1: {Roles: {A: {Via: '2:B'}, X: {Via: '1:A'}}}\n      2: {Roles: {B: {Via: 'arn:aws:iam::1:role/path/A'}}}\n"
        ),
        ["config.yaml:6: SSOConfig.Default.Accounts.1.Roles.A.Via leads in a circle: \
          000000000001:A via 000000000002:B via 000000000001:A"]
    );
    let own = loops("      1: {Roles: {A: {Via: '000000000001:A'}}}\n");
    assert!(own[0].ends_with("000000000001:A via 000000000001:A"), "{own:?}");
    // No role is reached from another partition, so that one is meant.
    assert_eq!(
        loops("      1: {Roles: {A: {Via: '2:B'}}}\n      2: {Roles: {B: {Via: 'arn:aws-cn:iam::1:role/A'}}}\n").len(),
        1
    );
    let own = "arn:aws:iam::2:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_B_0123456789abcdef";
    let permission_set =
        format!("      1: {{Roles: {{A: {{Via: '{own}'}}}}}}\n      2: {{Roles: {{B: {{Via: '1:A'}}}}}}\n");
    assert_eq!(loops(&permission_set).len(), 1);

    let mut deep = String::from("      1:\n        Roles:\n");
    for i in 0..5000 {
        deep.push_str(&format!("          R{i}: {{Via: '1:R{}'}}\n", i + 1));
    }
    good(&format!("    Accounts:\n{deep}"));
    assert_eq!(loops(&format!("{deep}          R5000: {{Via: '1:R0'}}\n")).len(), 1);
}

proptest! {
    #[test]
    fn no_text_panics(text in ".{0,300}") {
        let _ = read(&text);
    }

    #[test]
    fn no_value_panics(key in prop::sample::select(super::parse::KEYS), value in "[-0-9a-z.%,'\"\\[\\]{}:#&* ~]{0,24}") {
        let _ = read(&with(&format!("{key}: {value}\n")));
        let _ = read(&format!("SSOConfig:\n  Default:\n    Accounts:\n      {value}:\n        {key}: {value}\n"));
    }
}
