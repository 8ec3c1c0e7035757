//! The top level of `config.yaml`.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::document::Node;
use super::report::{KeyPath, Report};
use super::section::Section;
use super::{Config, PromptColors, SecureStore, checks, env_var_of_tag, instances, urls};

/// Every key of the top level: of today, of older files, and of stores that are not supported.
pub(super) const KEYS: &[&str] = &[
    "SSOConfig",
    "DefaultSSO",
    "DefaultRegion",
    "AutoLogin",
    "AuthWorkflow",
    "SecureStore",
    "SecretServiceCollection",
    "JsonStore",
    "UnlockMinutes",
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
    "RateLimit",
    "MaxRetry",
    "MaxBackoff",
    "ProfileFormat",
    "FirstTag",
    "FullTextSearch",
    "AccountPrimaryTag",
    "PromptColors",
    "ListFields",
    "EnvVarTags",
    "PromptFormat",
    "DirectoryRoles",
    "UseWith",
    "LazySkip",
    "RefreshBefore",
    "ConfigUrlAction",
    "FirefoxOpenUrlInContainer",
    "Duration",
];

/// Keys of `OnePassword`, which is not supported: known, so that its refusal is the only word about it.
pub(super) const STORE_KEYS: &[&str] = &["Vault", "AuthType", "Account"];

/// Keys of `DirectoryRoles`.
pub(super) const DIRECTORY_KEYS: &[&str] = &["Mode"];

/// Far above any sensible number of minutes, hours or attempts, far below an overflow.
const ANY: RangeInclusive<i64> = -10_000_000..=10_000_000;
const NOT_NEGATIVE: RangeInclusive<i64> = 0..=*ANY.end();

/// Interprets a document; what it finds wrong goes to `report`, with a default in its place.
pub(super) fn read(document: &Node, report: &Report<'_>) -> Config {
    let top = Section::open(report, KeyPath::default(), document, KEYS);
    if !matches!(document, Node::Map(_) | Node::Null) {
        return Config::default();
    }
    let mut config = Config { instances: instances::read(&top), ..Config::default() };
    config.default_sso = read_default_sso(&top, &config);
    config.default_region = top.checked("DefaultRegion", checks::region);
    read_access(&top, &mut config);
    urls::read(&top, &mut config);
    read_profiles(&top, &mut config);
    read_pace(&top, &mut config);
    read_picker(&top, &mut config);
    read_shell(&top, &mut config);
    config
}

fn read_default_sso(top: &Section<'_>, config: &Config) -> Option<String> {
    let name = top.text("DefaultSSO")?;
    if !config.instances.is_empty() && !config.instances.contains_key(&name) {
        let names: Vec<&str> = config.instances.keys().map(String::as_str).collect();
        let message = format!("DefaultSSO is '{name}', which SSOConfig does not have: use one of {}", names.join(", "));
        top.report.warning(&top.path_of("DefaultSSO"), message);
    }
    Some(name)
}

fn read_access(top: &Section<'_>, config: &mut Config) {
    set(&mut config.auto_login, top.boolean("AutoLogin"));
    config.auth_workflow = top.choice("AuthWorkflow");
    set(&mut config.secure_store, read_store(top));
    config.secret_service_collection = top.text("SecretServiceCollection");
    config.json_store = top.text("JsonStore").map(PathBuf::from);
    if let Some(minutes) = top.integer("UnlockMinutes", NOT_NEGATIVE) {
        config.unlock_for = above_zero(minutes, 60);
    }
    top.section("OnePassword", STORE_KEYS);
}

fn read_store(top: &Section<'_>) -> Option<SecureStore> {
    let store = top.choice("SecureStore")?;
    if store == SecureStore::OnePassword {
        let others: Vec<&str> = SecureStore::ALL.iter().map(|store| store.as_str()).collect();
        let message = format!("SecureStore {store} is not supported: use one of {}", others.join(", "));
        top.report.error(&top.path_of("SecureStore"), message);
        return None;
    }
    Some(store)
}

/// What is written into AWS profiles must be a line there, and may neither end the profile nor be the role in its
/// place.
fn check_variables(top: &Section<'_>, variables: &BTreeMap<String, String>) {
    let mut seen = BTreeSet::new();
    for (name, value) in variables {
        let path = top.path_of("ConfigVariables").join(name.as_str());
        if !checks::is_profile_key(name) || checks::one_line_name(value).is_err() {
            top.report.error(&path, format!("{path} must fit on one line of an AWS profile, as NAME = VALUE"));
        } else if checks::gives_credentials(name) {
            let message =
                format!("{path} would be in the way of the role: a profile gets its credentials from aws-sso");
            top.report.error(&path, message);
        } else if !seen.insert(name.to_lowercase()) {
            let message = format!("{path} is there twice in another case, which is one setting of an AWS profile");
            top.report.error(&path, message);
        }
    }
}

fn read_profiles(top: &Section<'_>, config: &mut Config) {
    config.config_profiles_binary_path = top.text("ConfigProfilesBinaryPath").map(PathBuf::from);
    config.config_variables = top.table("ConfigVariables");
    check_variables(top, &config.config_variables);
    // Older files say 0 for "no duration of my own".
    if let Some(minutes) = top.checked("ConsoleDuration", |text| match text.parse::<u64>() {
        Ok(minutes @ (0 | 15..=720)) => Ok(minutes),
        _ => Err("write 15 to 720 minutes"),
    }) {
        set(&mut config.console_duration, (minutes > 0).then(|| Duration::from_secs(minutes * 60)));
    }
    let old_call = "AccountIdStr .AccountId";
    if let Some(format) = top.text("ProfileFormat") {
        if format.contains(old_call) {
            let path = top.path_of("ProfileFormat");
            top.report.warning(&path, format!("{path} has the old call {old_call}: write .AccountIdPad"));
        }
        config.profile_format = format.replace(old_call, ".AccountIdPad");
    }
}

fn read_pace(top: &Section<'_>, config: &mut Config) {
    set(&mut config.log_level, top.choice("LogLevel"));
    set(&mut config.log_lines, top.boolean("LogLines"));
    set(&mut config.history_limit, top.integer("HistoryLimit", NOT_NEGATIVE).and_then(|n| n.try_into().ok()));
    set(&mut config.history_age, top.integer("HistoryMinutes", ANY).map(|minutes| above_zero(minutes, 60)));
    set(&mut config.cache_refresh, top.integer("CacheRefresh", ANY).map(|hours| above_zero(hours, 60 * 60)));
    set(&mut config.auto_config_check, top.boolean("AutoConfigCheck"));
    set(&mut config.threads, top.integer("Threads", 1..=1000).and_then(|n| n.try_into().ok()));
    set(&mut config.rate_limit, top.positive("RateLimit"));
    // For these two, 0 and less stand for the default.
    let attempts = top.integer("MaxRetry", ANY).filter(|attempts| *attempts > 0);
    set(&mut config.max_retry, attempts.and_then(|n| n.try_into().ok()));
    set(&mut config.max_backoff, top.integer("MaxBackoff", ANY).and_then(|seconds| above_zero(seconds, 1)));
}

fn read_picker(top: &Section<'_>, config: &mut Config) {
    config.first_tag = top.text("FirstTag");
    set(&mut config.full_text_search, top.boolean("FullTextSearch"));
    set(&mut config.account_primary_tag, top.list("AccountPrimaryTag"));
    let colors = top.section("PromptColors", PromptColors::KEYS);
    for key in PromptColors::KEYS {
        if let Some(color) = colors.choice(key) {
            config.prompt_colors.set(key, color);
        }
    }
    if let Some(fields) = top.list("ListFields").filter(|fields| !fields.is_empty()) {
        config.list_fields = fields.into_iter().map(|field| current_field(top, field)).collect();
    }
}

/// A list field by its name of today.
fn current_field(top: &Section<'_>, field: String) -> String {
    let current = match field.as_str() {
        "ExpiresStr" => "Expires",
        "AccountIdStr" => "AccountIdPad",
        "ARN" => "Arn",
        _ => return field,
    };
    top.report.warning(&top.path_of("ListFields"), format!("ListFields has the old name {field}: write {current}"));
    current.to_owned()
}

fn read_shell(top: &Section<'_>, config: &mut Config) {
    config.env_var_tags = read_env_var_tags(top);
    config.prompt_format = top.text("PromptFormat");
    set(&mut config.directory_mode, top.section("DirectoryRoles", DIRECTORY_KEYS).choice("Mode"));
    set(&mut config.use_with, top.choice("UseWith"));
    set(&mut config.lazy_skip, top.list("LazySkip"));
    if let Some(minutes) = top.integer("RefreshBefore", NOT_NEGATIVE) {
        config.refresh_before = above_zero(minutes, 60).unwrap_or_default();
    }
}

fn read_env_var_tags(top: &Section<'_>) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    let mut by_variable: BTreeMap<String, String> = BTreeMap::new();
    for tag in top.list("EnvVarTags").unwrap_or_default() {
        let variable = env_var_of_tag(&tag);
        match by_variable.get(&variable) {
            Some(other) if *other == tag => continue,
            Some(other) => {
                let message = format!("EnvVarTags has {other} and {tag}, which both become {variable}: keep one");
                top.report.error(&top.path_of("EnvVarTags"), message);
            }
            None => _ = by_variable.insert(variable, tag.clone()),
        }
        tags.push(tag);
    }
    tags
}

/// Puts a value that was given in place of a default.
fn set<T>(field: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *field = value;
    }
}

/// A duration of `count` units, none for 0 and less.
fn above_zero(count: i64, unit_seconds: u64) -> Option<Duration> {
    u64::try_from(count).ok().filter(|count| *count > 0).map(|count| Duration::from_secs(count * unit_seconds))
}
