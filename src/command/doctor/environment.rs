//! Credentials in the environment that are not of aws-sso, or end in nothing.

use crate::command::aws_profiles::{config_path, credentials_path};
use crate::environment::foreign_credentials;
use crate::user_file::aws_config::{Kind, find_profile};

use super::Patient;
use super::finding::Finding;

const CHECK: &str = "environment";

pub(super) fn look(patient: &Patient<'_>) -> Vec<Finding> {
    let env = &patient.context.env;
    let mut findings = Vec::new();
    if let Some(profile) = env.get("AWS_PROFILE").filter(|profile| !is_there(patient, profile)) {
        let missing = format!("AWS_PROFILE is '{profile}', and no such profile is in your AWS config");
        findings.push(Finding::problem(CHECK, missing).mended_by(patient.unset(&["AWS_PROFILE"])));
    }
    match foreign_credentials(env) {
        Some("AWS_PROFILE") if findings.is_empty() => {
            let theirs = "AWS_PROFILE was set by someone else: aws-sso leaves this shell alone";
            findings.push(Finding::note(CHECK, theirs).mended_by(patient.unset(&["AWS_PROFILE"])));
        }
        None | Some("AWS_PROFILE") => {}
        Some(variable) => {
            let theirs =
                format!("{variable} was set by someone else: AWS programs use it in place of any profile or role");
            let keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
            findings.push(Finding::problem(CHECK, theirs).mended_by(patient.unset(&keys)));
        }
    }
    let ends = env.get("AWS_SSO_SESSION_EXPIRATION").filter(|_| env.get("AWS_SSO_ROLE_ARN").is_some());
    let ends = ends.and_then(|at| at.parse::<jiff::Timestamp>().ok());
    if ends.is_some_and(|at| at <= jiff::Timestamp::now()) {
        let expired = "the credentials in this shell have ended";
        findings.push(Finding::note(CHECK, expired).mended_by("aws-sso eval --refresh"));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(CHECK, "no credentials of others"));
    }
    findings
}

fn is_there(patient: &Patient<'_>, profile: &str) -> bool {
    let files = [(config_path(patient.context), Kind::Config), (credentials_path(patient.context), Kind::Credentials)];
    files.into_iter().any(|(path, kind)| {
        let text = path.ok().and_then(|path| std::fs::read(path).ok()).unwrap_or_default();
        find_profile(&text, kind, profile).is_some()
    })
}
