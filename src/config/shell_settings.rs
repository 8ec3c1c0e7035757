//! The few settings that a hook needs at a `cd`, kept by the state file so that no YAML is read there.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Config, DirectoryMode};

/// What a shell needs to know of a config.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShellSettings {
    mode: String,
    /// `DefaultSSO`, or the only instance there is.
    pub default_instance: Option<String>,
    /// `EnvVarTags`
    pub env_var_tags: Vec<String>,
    /// `PromptFormat`
    pub prompt_format: Option<String>,
    /// `LazySkip`
    pub lazy_skip: Vec<String>,
    /// `RefreshBefore`
    pub refresh_before: Duration,
}

impl ShellSettings {
    /// The settings of a config.
    pub fn of(config: &Config) -> Self {
        Self {
            mode: config.directory_mode.as_str().to_owned(),
            default_instance: config.instance(None).ok().map(|instance| instance.name.clone()),
            env_var_tags: config.env_var_tags.clone(),
            prompt_format: config.prompt_format.clone(),
            lazy_skip: config.lazy_skip.clone(),
            refresh_before: config.refresh_before,
        }
    }

    /// `DirectoryRoles.Mode`
    pub fn mode(&self) -> DirectoryMode {
        self.mode.parse().unwrap_or_default()
    }
}
