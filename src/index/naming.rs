//! What a role is called: as `config.yaml` says, as the format makes it, or, where neither can be a name, by
//! something that can.

use crate::profile::{self, ProfileFields, ProfileTemplate};
use crate::role::Role;

/// Characters of a name in place of one that is too long; AWS's own names fit.
const LONGEST_NAME: usize = 128;

/// The profile name of a role: the one that `config.yaml` gives it, or the one that the format makes.
pub(super) fn name_of(role: &Role, own_name: Option<String>, template: &ProfileTemplate) -> Result<String, String> {
    let (name, warning) = usable_name(role, own_name, template)?;
    if let Some(warning) = warning {
        tracing::warn!("{warning}");
    }
    Ok(name)
}

/// A role's name, and why it is not quite the one that was asked for. Account names come from their
/// owners: one that no profile can hold must not take everybody's names away.
pub(super) fn usable_name(
    role: &Role,
    own_name: Option<String>,
    template: &ProfileTemplate,
) -> Result<(String, Option<String>), String> {
    let name = match own_name.map_or_else(|| template.render(&ProfileFields::of(role)), Ok) {
        Ok(name) => name,
        // Nothing is wrong with the format: this role's own names are too long for it.
        Err(error) if error.line().is_none() => {
            let name: String = fallback(role).chars().take(LONGEST_NAME).collect();
            let warning = format!("{error}: a role of account {} is called {name} instead", role.account_id);
            return Ok((visible_name(role, &name), Some(warning)));
        }
        Err(error) => return Err(format!("ProfileFormat: {}: {error}", role.arn)),
    };
    match profile::check_name(&name) {
        Ok(()) => Ok((name, None)),
        Err(error) => {
            let visible = visible_name(role, &name);
            let warning = format!("{error}: {} is called {visible} instead", role.arn);
            Ok((visible, Some(warning)))
        }
    }
}

fn visible_name(role: &Role, name: &str) -> String {
    let visible: String = name.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if visible.trim().is_empty() { fallback(role) } else { visible }
}

fn fallback(role: &Role) -> String {
    format!("{}:{}", role.account_id, role.role_name)
}
