//! `config.yaml`: found, read, sound, and not somebody else's to write.

use std::time::SystemTime;

use crate::command::find_path;
use crate::command::setup::shown;
use crate::command::status::ago;
use crate::config::{self, Config, ConfigError, discover};
use crate::context::Context;

use super::finding::Finding;

const CHECK: &str = "config";

/// The config, where it can be used, and what there is to say of it.
pub(super) fn look(context: &Context) -> (Option<Config>, Vec<Finding>) {
    let path = find_path(context, |around| discover::config_path(context.globals.config.as_deref(), around));
    let path = match path {
        Ok(path) => path,
        Err(error) => return (None, vec![Finding::of_error(CHECK, &error)]),
    };
    match config::load(&path) {
        Ok(loaded) => {
            let mut config = loaded.config;
            if let Some(json) = &config.json_store {
                // Where that fails the store says so.
                config.json_store = find_path(context, |around| discover::expand_tilde(json, around)).ok();
            }
            let mut findings = vec![found(&config, context)];
            findings.extend(loaded.warnings.iter().map(|warning| of_warning(warning)));
            if let Err(error) = config.instance(context.wanted_instance()) {
                findings.push(Finding::of_error(CHECK, &error));
            }
            (Some(config), findings)
        }
        Err(ConfigError::Missing(path)) => {
            let missing = format!("there is no configuration at {}", shown(&path, context));
            (None, vec![Finding::problem(CHECK, missing).mended_by("aws-sso setup wizard")])
        }
        Err(error) => (None, error.problems().iter().map(|problem| Finding::of_error(CHECK, problem)).collect()),
    }
}

fn found(config: &Config, context: &Context) -> Finding {
    let instances = match config.instances.len() {
        1 => "1 SSO instance".to_owned(),
        many => format!("{many} SSO instances"),
    };
    let changed = std::fs::metadata(&config.path).and_then(|metadata| metadata.modified()).ok();
    let age = changed.and_then(|changed| SystemTime::now().duration_since(changed).ok());
    let age = age.map(|age| format!(", changed {}", ago(i64::try_from(age.as_secs()).unwrap_or(i64::MAX))));
    Finding::ok(CHECK, format!("{}: {instances}{}", shown(&config.path, context), age.unwrap_or_default()))
}

/// A file that others can write is a danger; all else that is odd about it is not.
fn of_warning(warning: &str) -> Finding {
    if warning.starts_with("other users can write") {
        return Finding::of_error("permissions", &warning);
    }
    Finding::note(CHECK, warning)
}
