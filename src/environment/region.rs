//! The region rule.
//!
//! The region is ours to manage only while the person has not set one: while `AWS_DEFAULT_REGION` and
//! `AWS_REGION` are each unset or equal to `AWS_SSO_DEFAULT_REGION`, the value we wrote last. The first
//! value that the person sets ends the management, and so does the removal of
//! `AWS_SSO_DEFAULT_REGION`.

use crate::context::Env;

use super::Change;

const DEFAULT_REGION: &str = "AWS_DEFAULT_REGION";
const REGION: &str = "AWS_REGION";
/// Remembers the value that we wrote.
const SENTINEL: &str = "AWS_SSO_DEFAULT_REGION";

/// What the command line says about the region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RegionRequest {
    /// Manage it while it is ours.
    #[default]
    Manage,
    /// `--no-region`: leave everything as it is, this time.
    Leave,
    /// `--overwrite-region`: take it, whoever set it.
    Overwrite,
}

/// What becomes of the three region variables when a role with the `configured` region is taken, or,
/// with none configured, when a role is left.
pub fn region_changes(request: RegionRequest, env: &Env, configured: Option<&str>) -> Vec<Change> {
    let set = |region: &str| [DEFAULT_REGION, REGION, SENTINEL].map(|name| Change::set(name, region)).into();
    match (request, configured) {
        (RegionRequest::Leave, _) => Vec::new(),
        (RegionRequest::Overwrite, Some(region)) => set(region),
        (RegionRequest::Manage, Some(region)) if is_ours(env) => set(region),
        _ => hand_over(env),
    }
}

/// The region that the person set in this environment; none where it is ours, or there is none.
pub fn own_region(env: &Env) -> Option<&str> {
    let sentinel = env.get(SENTINEL);
    [REGION, DEFAULT_REGION].into_iter().filter_map(|name| env.get(name)).find(|value| Some(*value) != sentinel)
}

/// Whether no value of the person's is in the way.
fn is_ours(env: &Env) -> bool {
    let sentinel = env.get(SENTINEL);
    [DEFAULT_REGION, REGION].into_iter().all(|name| env.get(name).is_none_or(|value| Some(value) == sentinel))
}

/// Takes away what is still ours. A value that the person set stays; one that we set beside it would
/// speak of the old role.
fn hand_over(env: &Env) -> Vec<Change> {
    let Some(sentinel) = env.get(SENTINEL) else { return Vec::new() };
    let ours = [DEFAULT_REGION, REGION].into_iter().filter(|name| env.get(name) == Some(sentinel));
    ours.chain([SENTINEL]).map(Change::unset).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use RegionRequest::{Leave, Manage, Overwrite};

    #[test]
    fn the_persons_own_region_is_told_from_ours() {
        for (variables, expected) in [
            (&[][..], None),
            (&[("AWS_REGION", "a")], Some("a")),
            (&[("AWS_DEFAULT_REGION", "b")], Some("b")),
            (&[("AWS_DEFAULT_REGION", "b"), ("AWS_REGION", "a")], Some("a")),
            (&[("AWS_DEFAULT_REGION", "s"), ("AWS_REGION", "s"), (SENTINEL, "s")], None),
            (&[("AWS_DEFAULT_REGION", "b"), ("AWS_REGION", "s"), (SENTINEL, "s")], Some("b")),
        ] {
            assert_eq!(own_region(&variables.iter().copied().collect()), expected, "{variables:?}");
        }
    }

    /// The shell after the changes, as `default/region/sentinel`.
    fn after(request: RegionRequest, before: [&str; 3], configured: Option<&str>) -> String {
        let names = [DEFAULT_REGION, REGION, SENTINEL];
        let mut shell: Vec<(&str, String)> = names.into_iter().zip(before.map(str::to_owned)).collect();
        let env: Env = shell.iter().cloned().collect();
        for change in region_changes(request, &env, configured) {
            let slot = shell.iter_mut().find(|(name, _)| *name == change.name).unwrap();
            slot.1 = change.value().unwrap_or_default().to_owned();
        }
        shell.into_iter().map(|(_, value)| value).collect::<Vec<_>>().join("/")
    }

    #[test]
    fn the_decision_table() {
        for (request, before, configured, expected) in [
            // Nothing set yet: ours.
            (Manage, ["", "", ""], Some("cfg"), "cfg/cfg/cfg"),
            // Set by us for the last role: follows.
            (Manage, ["old", "old", "old"], Some("cfg"), "cfg/cfg/cfg"),
            // An older tool wrote only two of the three.
            (Manage, ["old", "", "old"], Some("cfg"), "cfg/cfg/cfg"),
            (Manage, ["", "old", "old"], Some("cfg"), "cfg/cfg/cfg"),
            (Manage, ["", "", "old"], Some("cfg"), "cfg/cfg/cfg"),
            // The person set either one: theirs, and what we set beside it goes.
            (Manage, ["mine", "", ""], Some("cfg"), "mine//"),
            (Manage, ["", "mine", ""], Some("cfg"), "/mine/"),
            (Manage, ["mine", "old", "old"], Some("cfg"), "mine//"),
            (Manage, ["old", "mine", "old"], Some("cfg"), "/mine/"),
            (Manage, ["mine", "mine", "old"], Some("cfg"), "mine/mine/"),
            // The person removed the sentinel: handed over for good.
            (Manage, ["old", "old", ""], Some("cfg"), "old/old/"),
            // No region configured for this role: none managed.
            (Manage, ["", "", ""], None, "//"),
            (Manage, ["old", "old", "old"], None, "//"),
            (Manage, ["mine", "", ""], None, "mine//"),
            (Manage, ["mine", "old", "old"], None, "mine//"),
            // --no-region suspends.
            (Leave, ["", "", ""], Some("cfg"), "//"),
            (Leave, ["old", "old", "old"], Some("cfg"), "old/old/old"),
            (Leave, ["mine", "", "old"], Some("cfg"), "mine//old"),
            // --overwrite-region takes it back, where there is something to take it to.
            (Overwrite, ["mine", "other", ""], Some("cfg"), "cfg/cfg/cfg"),
            (Overwrite, ["old", "old", "old"], Some("cfg"), "cfg/cfg/cfg"),
            (Overwrite, ["mine", "", ""], None, "mine//"),
        ] {
            assert_eq!(after(request, before, configured), expected, "{request:?} {before:?} {configured:?}");
        }
    }
}
