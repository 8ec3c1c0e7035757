//! Roles with all of their tags: those that the index keeps, and the history, which is never stored as one.

use crate::Result;
use crate::config::Config;
use crate::index::{Index, InstanceRow, Recent};
use crate::role::Role;

/// Gives roles of one instance their tags.
pub(super) fn add_tags(roles: &mut [Role], index: &Index, row: &InstanceRow, config: &Config, now: i64) -> Result<()> {
    let mut tags = index.tags(row.id)?;
    for recent in index.recent(row.id, config.history_limit, config.history_age, now)? {
        // A tag of that name in config.yaml is the person's own.
        let tags = tags.entry(recent.role.arn.to_string()).or_default();
        tags.entry(Recent::TAG.to_owned()).or_insert_with(|| recent.tag_value());
    }
    for role in roles {
        role.tags = tags.remove(&role.arn.to_string()).unwrap_or_default();
    }
    Ok(())
}
