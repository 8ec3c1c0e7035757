//! Roles with all of their tags: those that the index keeps, and the history, which is never stored as one.

use std::collections::HashMap;

use crate::Result;
use crate::config::Config;
use crate::index::{Index, InstanceRow, Recent};
use crate::role::Role;

/// Gives roles of one instance the tags that the index keeps.
pub(super) fn add_tags(roles: &mut [Role], index: &Index, row: &InstanceRow) -> Result<()> {
    let mut tags = index.tags(row.id)?;
    for role in roles {
        role.tags = tags.remove(&role.arn.to_string()).unwrap_or_default();
    }
    Ok(())
}

/// Gives roles that have their tags the one that says when they were used.
pub(super) fn add_history(
    roles: &mut [Role],
    index: &Index,
    row: &InstanceRow,
    config: &Config,
    now: i64,
) -> Result<()> {
    let recent = index.recent(row.id, config.history_limit, config.history_age, now)?;
    let recent: HashMap<&str, &Recent> = recent.iter().map(|recent| (&*recent.role.profile, recent)).collect();
    if recent.is_empty() {
        return Ok(());
    }
    for role in roles {
        if let Some(recent) = recent.get(&*role.profile) {
            // A tag of that name in config.yaml is the person's own.
            role.tags.entry(Recent::TAG.to_owned()).or_insert_with(|| recent.tag_value());
        }
    }
    Ok(())
}
