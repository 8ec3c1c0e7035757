//! Configs that people bring from the Go tool: each key in every form that it took, without a word; old keys with the
//! words that the documentation has for them.

mod support;

use std::path::Path;
use std::time::Duration;

use aws_sso::config::{self, AuthWorkflow, Color, Config, Loaded, LogLevel, PromptColors, SecureStore, UrlAction};
use aws_sso::role::{AccountId, Partition};
use identity_center::Simulator;
use support::{Home, small_organization};

const CURRENT: &str = include_str!("go-tool/config.yaml");
const DEPRECATED: &str = include_str!("go-tool/deprecated.yaml");

/// Keys of the top level that the Go tool knows, by its documentation and its code.
const KEYS: [&str; 32] = [
    "SSOConfig",
    "DefaultSSO",
    "AutoLogin",
    "AuthWorkflow",
    "DefaultRegion",
    "SecureStore",
    "SecretServiceCollection",
    "JsonStore",
    "OnePassword",
    "UrlAction",
    "Browser",
    "UrlExecCommand",
    "ConfigProfilesUrlAction",
    "ConfigProfilesBinaryPath",
    "ConfigVariables",
    "ConsoleDuration",
    "LogLevel",
    "LogLines",
    "HistoryLimit",
    "HistoryMinutes",
    "CacheRefresh",
    "AutoConfigCheck",
    "Threads",
    "MaxRetry",
    "MaxBackoff",
    "ProfileFormat",
    "FirstTag",
    "FullTextSearch",
    "AccountPrimaryTag",
    "PromptColors",
    "ListFields",
    "EnvVarTags",
];

fn load(text: &str) -> Loaded {
    config::parse(text, Path::new("config.yaml")).unwrap_or_else(|error| panic!("{error}"))
}

fn id(text: &str) -> AccountId {
    text.parse().expect("an account id")
}

#[test]
fn every_key_of_the_go_tool_loads_without_a_word() {
    for key in KEYS {
        assert!(CURRENT.lines().any(|line| line.starts_with(&format!("{key}:"))), "{key} is not in the file");
    }
    for key in PromptColors::KEYS {
        assert!(CURRENT.contains(&format!("    {key}: ")), "{key} is not in the file");
    }
    let loaded = load(CURRENT);
    assert_eq!(loaded.warnings, [""; 0]);
    let config = loaded.config;
    check_top(&config);
    check_accounts(&config);
}

fn check_top(config: &Config) {
    assert!(config.auto_login && config.auto_config_check && config.full_text_search && !config.log_lines);
    assert_eq!(config.auth_workflow, Some(AuthWorkflow::Pkce));
    assert_eq!(config.secure_store, SecureStore::SecretService);
    assert_eq!(config.secret_service_collection.as_deref(), Some("awsssocli"));
    assert_eq!(config.url_action, UrlAction::OpenUrlInContainer);
    assert_eq!(config.config_profiles_url_action, Some(UrlAction::GrantedContainers));
    assert_eq!(config.url_exec_command, ["/usr/bin/firefox", "%s"]);
    assert_eq!(config.config_variables["sts_regional_endpoints"], "regional");
    assert_eq!(config.console_duration, Duration::from_hours(12));
    assert_eq!(config.log_level, LogLevel::Info);
    assert_eq!((config.history_limit, config.history_age), (20, None), "0 minutes is for ever");
    assert_eq!(config.cache_refresh, Some(Duration::from_hours(24)));
    assert_eq!((config.threads, config.max_retry), (10, 10), "0 attempts is the default");
    assert_eq!(config.max_backoff, Duration::from_secs(5), "less than 0 is the default");
    assert_eq!(config.account_primary_tag, ["AccountName", "AccountAlias", "Email"]);
    assert_eq!(config.list_fields, ["AccountIdPad", "AccountAlias", "RoleName", "Profile", "Expires"]);
    assert_eq!(config.env_var_tags, ["Environment", "Cost-Center"], "blanks around a tag go");
    assert_eq!(config.prompt_colors.description_background, Color::Turquoise);
    assert_eq!(
        config.prompt_colors.selected_description_background, config.prompt_colors.selected_suggestion_background,
        "gray is grey"
    );
}

fn check_accounts(config: &Config) {
    let instance = &config.instances["Default"];
    assert_eq!(instance.auth_url_action, Some(UrlAction::Open));
    assert_eq!(config.instances["Same Portal, Other Person"].start_url, instance.start_url);
    let ids: Vec<String> = instance.accounts.keys().map(ToString::to_string).collect();
    assert_eq!(
        ids,
        ["000012345678", "012345678901", "072668187369"],
        "read as decimal numbers however they are written"
    );
    let account = &instance.accounts[&id("012345678901")];
    assert_eq!(account.name.as_deref(), Some("Payments Production"));
    assert_eq!(account.tags["Environment"], "production", "tags as a list of one-key maps");
    let role = &account.roles["AWSAdministratorAccess"];
    assert_eq!(
        (role.profile.as_deref(), role.default_region.as_deref()),
        (Some("payments-admin"), Some("eu-central-1"))
    );
    assert_eq!(role.tags["Color"], "red");
    assert!(account.roles.contains_key("ReadOnly"), "a role without a body");
    let chained = &instance.accounts[&id("072668187369")].roles["FooBar"];
    let via = chained.via.clone().expect("Via").into_arn(Partition::Aws);
    assert_eq!(via.to_string(), "arn:aws:iam::012345678901:role/AWSAdministratorAccess");
    assert_eq!(chained.external_id.as_deref(), Some("2031"));
    assert_eq!((chained.tags["Cost-Center"].as_str(), chained.tags["Audited"].as_str()), ("1234", "yes"));
}

#[test]
fn old_keys_load_with_the_words_that_the_documentation_has() {
    let Loaded { config, warnings } = load(DEPRECATED);
    assert_eq!(
        warnings,
        [
            "config.yaml:8: ConfigUrlAction is an old key: write ConfigProfilesUrlAction",
            "config.yaml:9: FirefoxOpenUrlInContainer is an old key: write UrlAction: open-url-in-container",
            "config.yaml:11: ListFields has the old name AccountIdStr: write AccountIdPad",
            "config.yaml:11: ListFields has the old name ARN: write Arn",
            "config.yaml:11: ListFields has the old name ExpiresStr: write Expires",
            "config.yaml:12: ProfileFormat has the old call AccountIdStr .AccountId: write .AccountIdPad",
        ]
    );
    assert_eq!(config.url_action, UrlAction::OpenUrlInContainer);
    assert_eq!(config.config_profiles_url_action, Some(UrlAction::GrantedContainers));
    assert_eq!(config.list_fields, ["AccountIdPad", "Arn", "Expires"]);
    assert_eq!(config.profile_format, "{{ .AccountIdPad }}:{{ .RoleName }}");
}

#[test]
fn a_store_that_is_not_supported_is_refused_by_name() {
    let text = CURRENT.replace("SecureStore: secret-service", "SecureStore: 1password");
    let problems = config::parse(&text, Path::new("config.yaml")).expect_err("refused").problems();
    let line = 1 + text.lines().position(|line| line.starts_with("SecureStore:")).expect("the key");
    let expected = "SecureStore 1password is not supported: use one of file, keychain, kwallet, pass, secret-service, wincred, json";
    assert_eq!(problems, [format!("config.yaml:{line}: {expected}")]);
}

/// The same file as the program meets it: in the Go tool's directory, with its profile names.
#[test]
fn the_program_works_with_such_a_file() {
    let simulator = Simulator::builder(small_organization()).region("us-east-1").start();
    let home = Home::new(&simulator, "");
    let directory = home.path().join(".aws-sso");
    std::os::unix::fs::DirBuilderExt::mode(&mut std::fs::DirBuilder::new(), 0o700).create(&directory).expect("made");
    let text = CURRENT
        .replace("https://d-1234567890.awsapps.com/start", simulator.start_url())
        .replace("AuthUrlAction: open\n", "AuthUrlAction: exec\n")
        .replace("UrlAction: open-url-in-container", "UrlAction: open")
        .replace("ConfigProfilesUrlAction: granted-containers", "ConfigProfilesUrlAction: open")
        .replace("/usr/bin/firefox,%s", "curl,--silent,--location,--output,/dev/null,%s")
        .replace("LogLevel: info", "LogLevel: warn")
        .replace("SecureStore: secret-service", "SecureStore: file");
    std::fs::write(directory.join("config.yaml"), text).expect("written");
    std::fs::remove_file(home.config_path()).expect("the other config goes");
    let answer = home.run(&["login"]);
    assert_eq!(answer.status, Some(0), "{}", answer.stderr);
    assert!(!answer.stderr.contains("warn"), "{}", answer.stderr);
    let list = home.ok(&["list", "Profile"]);
    for profile in ["payments-dev:Admin", "payments-prod:ReadOnly", "dataplatform:ReadOnly"] {
        assert!(list.contains(profile), "{list}");
    }
    assert!(directory.join("state.db").exists(), "the state file is beside it");
    home.ok(&["process", "-p", "payments-dev:Admin"]);
}
