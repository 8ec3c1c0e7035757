//! `status`: everything about this shell in one place. Opens no secure store and calls nobody.

use serde::Serialize;

use crate::cli::StatusArgs;
use crate::config::{Config, ShellSettings};
use crate::context::Context;
use crate::directory::FILE_NAME;
use crate::environment::{DIRECTORY, foreign_credentials};
use crate::error::one_line;
use crate::index::InstanceRow;
use crate::{Result, ui};

use super::ruling::{Here, View};
use super::{load_config, open_state};

#[derive(Serialize)]
struct Status {
    profile: Option<String>,
    arn: Option<String>,
    /// Who chose the role: `hand`, `directory`, or `start` (the shell was started with it: exec).
    chosen_by: Option<&'static str>,
    /// The role file that rules the working directory, if there is one.
    directory: Option<Directory>,
    /// How the role reaches programs: `keys`, `AWS_PROFILE`, or nothing.
    delivery: Option<&'static str>,
    expires: Option<String>,
    /// A variable with credentials that are not ours.
    foreign: Option<&'static str>,
    region: Option<String>,
    /// Who set the region: `aws-sso` or `you`.
    region_managed_by: Option<&'static str>,
    instance: String,
    start_url: String,
    sso_region: String,
    session_expires: Option<String>,
    refreshed: Option<String>,
    problem: Option<String>,
    store: &'static str,
    config: String,
    state: String,
}

/// A role file, and what it may do.
#[derive(Serialize)]
struct Directory {
    file: String,
    allowed: bool,
    /// The role that it may choose.
    profile: Option<String>,
    /// Why it may not.
    problem: Option<String>,
    /// `DirectoryRoles.Mode`
    mode: &'static str,
}

pub(super) fn run(args: &StatusArgs, context: &Context) -> Result<()> {
    let config = load_config(context)?;
    let instance = config.instance(context.wanted_instance())?;
    let (index, row) = open_state(context, &config, instance)?;
    let status = Status {
        directory: directory(context, &config, View::new(&index, &row, &config, &ShellSettings::of(&config)))?,
        instance: instance.name.clone(),
        start_url: instance.start_url.clone(),
        sso_region: instance.sso_region.clone(),
        state: index.path().display().to_string(),
        ..of_shell(context, &config, &row)
    };
    if args.json {
        return ui::print_json(&serde_json::to_string_pretty(&status).unwrap_or_default());
    }
    let login = config.command("login", &instance.name, context.env.get("AWS_SSO"));
    ui::print(&text(&status, &login, context))
}

fn directory(context: &Context, config: &Config, view: View<'_>) -> Result<Option<Directory>> {
    let here = Here::look(context, view)?;
    Ok(here.tree.as_ref().map(|tree| Directory {
        file: tree.join(FILE_NAME).display().to_string(),
        allowed: here.ruled().is_some(),
        profile: here.ruled().map(|ruled| ruled.role.profile.clone()),
        problem: here.refusal().map(|refusal| refusal.text.clone().unwrap_or_else(|| "it was denied".to_owned())),
        mode: config.directory_mode.as_str(),
    }))
}

/// Who chose the role of this shell. Where the system shows the environment that a shell was started with,
/// a role in it was not chosen there.
fn chosen_by(context: &Context, arn: &str) -> &'static str {
    if context.env.get(DIRECTORY).is_some() {
        return "directory";
    }
    let started = parent_environment().unwrap_or_default();
    let with = format!("AWS_SSO_ROLE_ARN={arn}");
    if started.split(|byte| *byte == 0).any(|variable| variable == with.as_bytes()) { "start" } else { "hand" }
}

#[cfg(target_os = "linux")]
fn parent_environment() -> Option<Vec<u8>> {
    std::fs::read(format!("/proc/{}/environ", std::os::unix::process::parent_id())).ok()
}

#[cfg(not(target_os = "linux"))]
fn parent_environment() -> Option<Vec<u8>> {
    None
}

fn of_shell(context: &Context, config: &Config, row: &InstanceRow) -> Status {
    let variable = |name: &str| context.env.get(name).map(str::to_owned);
    let time = |at: Option<i64>| at.map(crate::environment::rfc3339);
    let region = variable("AWS_REGION").or_else(|| variable("AWS_DEFAULT_REGION"));
    let managed = region.is_some() && region == variable("AWS_SSO_DEFAULT_REGION");
    let arn = variable("AWS_SSO_ROLE_ARN");
    Status {
        profile: variable("AWS_SSO_PROFILE"),
        chosen_by: arn.as_deref().map(|arn| chosen_by(context, arn)),
        directory: None,
        delivery: arn.as_ref().and_then(|_| {
            let set = |name: &str| context.env.get(name).is_some();
            set("AWS_ACCESS_KEY_ID").then_some("keys").or_else(|| set("AWS_PROFILE").then_some("AWS_PROFILE"))
        }),
        arn,
        expires: variable("AWS_SSO_SESSION_EXPIRATION"),
        foreign: foreign_credentials(&context.env),
        region_managed_by: region.as_ref().map(|_| if managed { "aws-sso" } else { "you" }),
        region,
        instance: String::new(),
        start_url: String::new(),
        sso_region: String::new(),
        session_expires: time(row.session_expires_at),
        refreshed: time(row.refreshed_at),
        problem: row.problem.clone(),
        store: config.secure_store.as_str(),
        config: config.path.display().to_string(),
        state: String::new(),
    }
}

fn text(status: &Status, login: &str, context: &Context) -> String {
    let colour = ui::wants_colour(&std::io::stdout(), &context.env);
    let now = jiff::Timestamp::now().as_second();
    let left = |time: &Option<String>| {
        let at = time.as_ref().and_then(|time| time.parse::<jiff::Timestamp>().ok());
        at.map(|at| ui::time_left(at.as_second(), now))
    };
    let role = match (&status.profile, &status.arn) {
        (Some(profile), Some(arn)) => format!("{profile} ({arn})"),
        (None, Some(arn)) => arn.clone(),
        _ => "none in this shell".to_owned(),
    };
    let role = match status.chosen_by {
        Some("directory") => format!("{role}, chosen by {}", context.env.get(DIRECTORY).unwrap_or_default()),
        Some("start") => format!("{role}, as this shell was started (exec, or a shell around it)"),
        Some(_) => format!("{role}, taken by hand"),
        None => role,
    };
    let role = match status.foreign {
        Some(variable) => format!("{role}; {variable} was set by someone else"),
        None => role,
    };
    let credentials = match (status.delivery, left(&status.expires)) {
        (Some(delivery), Some(left)) => format!("{delivery}, {left} left"),
        (Some(delivery), None) => delivery.to_owned(),
        (None, _) => "none".to_owned(),
    };
    let directory = directory_text(status, context);
    let region = match (&status.region, status.region_managed_by) {
        (Some(region), Some("aws-sso")) => format!("{region}, managed by aws-sso"),
        (Some(region), _) => format!("{region}, set by you"),
        _ => "none".to_owned(),
    };
    let session = match left(&status.session_expires).as_deref() {
        None => format!("not signed in: run '{login}'"),
        Some("Expired") => format!("ended; renewed in silence where AWS allows it, else run '{login}'"),
        Some(left) => format!("signed in, {left} left"),
    };
    let roles = match (&status.problem, &status.refreshed) {
        (Some(problem), _) => problem.clone(),
        (None, Some(at)) => format!("fetched {}", ago(seconds_since(at, now))),
        (None, None) => format!("not fetched yet: run '{login}'"),
    };
    let instance = format!("{}, {} in {}", status.instance, status.start_url, status.sso_region);
    let store =
        if status.store == "json" { "json: secrets are in clear text, for debugging only" } else { status.store };
    let rows = [
        ("Role", role.as_str()),
        ("Directory", &directory),
        ("Credentials", &credentials),
        ("Region", &region),
        ("Instance", &instance),
        ("Session", &session),
        ("Roles", &roles),
        ("Store", store),
        ("Config", &status.config),
        ("State", &status.state),
    ];
    rows.iter()
        .map(|(name, value)| format!("{} {}\n", ui::bold(&format!("{name:<12}"), colour), one_line(value)))
        .collect()
}

fn directory_text(status: &Status, context: &Context) -> String {
    let Some(directory) = &status.directory else { return "no .aws-sso-role here or above".to_owned() };
    let Directory { file, problem, mode, .. } = directory;
    match (&directory.profile, problem) {
        _ if *mode == "off" => format!("{file} is not looked at (DirectoryRoles has Mode: off)"),
        (Some(profile), _) if context.env.get(DIRECTORY) == Some(file) => format!("{file}: {profile}, Mode: {mode}"),
        (Some(profile), _) if status.arn.is_some() => {
            format!("{file} would choose {profile}: 'aws-sso-use --auto' gives this shell back to it")
        }
        (Some(profile), _) => format!("{file} chooses {profile} in a shell with 'aws-sso shell-init' (Mode: {mode})"),
        // It begins with the path.
        (None, Some(problem)) if problem.starts_with(file.as_str()) => problem.clone(),
        (None, problem) => format!("{file}: {}", problem.as_deref().unwrap_or_default()),
    }
}

fn seconds_since(time: &str, now: i64) -> i64 {
    time.parse::<jiff::Timestamp>().map_or(0, |time| now - time.as_second())
}

/// How many seconds ago a time was, in the words that fit its distance.
pub(super) fn ago(seconds: i64) -> String {
    let (count, unit) = match seconds {
        ..60 => return "just now".to_owned(),
        60..3600 => (seconds / 60, "minute"),
        3600..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{count} {unit}{} ago", if count == 1 { "" } else { "s" })
}
