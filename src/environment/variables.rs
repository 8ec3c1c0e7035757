//! The variables of a role, and what is taken away when it is left.

use secrecy::{ExposeSecret, SecretString};

use crate::config::env_var_of_tag;
use crate::context::Env;
use crate::role::{Role, RoleCredentials};

use super::region::{RegionRequest, region_changes};

const TAG_PREFIX: &str = "AWS_SSO_TAG_";

/// The keys that AWS's SDKs read, and the end of their life as botocore and prompts know it.
const KEYS: [&str; 4] =
    ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION"];

/// When the keys end, as the Go tool names it.
const EXPIRATION: &str = "AWS_SSO_SESSION_EXPIRATION";

/// What could bring other credentials into an environment beside ours.
const FOREIGN: [&str; 8] = [
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
];

/// The role file that chose the role; unset where a person did.
pub(crate) const DIRECTORY: &str = "AWS_SSO_DIRECTORY";

/// What says of which role the keys are.
const IDENTITY: [&str; 7] = [
    "AWS_SSO",
    "AWS_SSO_PROFILE",
    "AWS_SSO_ROLE_ARN",
    "AWS_SSO_ACCOUNT_ID",
    "AWS_SSO_ROLE_NAME",
    EXPIRATION,
    DIRECTORY,
];

/// One variable that is set or unset.
#[derive(Clone)]
pub struct Change {
    /// Name of the variable.
    pub name: String,
    /// The value; none unsets the variable. Kept from logs, as some are keys.
    value: Option<SecretString>,
}

impl Change {
    /// Sets `name`.
    pub fn set(name: impl Into<String>, value: impl Into<String>) -> Self {
        // No environment can hold a NUL; a name with one in it must not keep the role from being used.
        let mut value: String = value.into();
        value.retain(|c| c != '\0');
        Self { name: name.into(), value: Some(value.into()) }
    }

    /// Unsets `name`.
    pub fn unset(name: impl Into<String>) -> Self {
        Self { name: name.into(), value: None }
    }

    /// The value to set; none: the variable is unset.
    pub fn value(&self) -> Option<&str> {
        self.value.as_ref().map(ExposeSecret::expose_secret)
    }
}

/// How a role reaches the programs of an environment.
#[derive(Clone, Copy)]
pub enum Means<'a> {
    /// By its credentials.
    Keys(&'a RoleCredentials),
    /// By `AWS_PROFILE`: the SDKs ask `aws-sso process` when they need credentials, and no secret enters
    /// the environment.
    Profile,
    /// As it is in the environment already.
    Kept,
}

/// A role on the way into an environment.
pub struct Delivery<'a> {
    /// The role.
    pub role: &'a Role,
    /// By its credentials, or by name.
    pub means: Means<'a>,
    /// Path of the role file that chose it; none for a role that a person chose.
    pub directory: Option<&'a str>,
    /// `EnvVarTags`: the tags that become variables.
    pub env_var_tags: &'a [String],
    /// What the command line says about the region.
    pub region: RegionRequest,
}

/// What takes an environment to a role, in a fixed order. Whatever an earlier role left there and this
/// one does not set is unset.
pub fn role_changes(delivery: &Delivery<'_>, env: &Env) -> Vec<Change> {
    let Delivery { role, means, .. } = delivery;
    let mut changes = match means {
        Means::Keys(credentials) => key_changes(credentials),
        Means::Profile => KEYS.into_iter().filter(|name| env.get(name).is_some()).map(Change::unset).collect(),
        Means::Kept => Vec::new(),
    };
    changes.extend([
        Change::set("AWS_SSO", &*role.sso),
        Change::set("AWS_SSO_PROFILE", &*role.profile),
        Change::set("AWS_SSO_ROLE_ARN", role.arn.to_string()),
        Change::set("AWS_SSO_ACCOUNT_ID", role.account_id.to_string()),
        Change::set("AWS_SSO_ROLE_NAME", &*role.role_name),
    ]);
    match means {
        Means::Keys(credentials) => {
            changes.push(Change::set(EXPIRATION, rfc3339(credentials.expires_at)));
            changes.extend(our_profile(env).map(|_| Change::unset("AWS_PROFILE")));
        }
        Means::Profile => {
            changes.extend(env.get(EXPIRATION).map(|_| Change::unset(EXPIRATION)));
            changes.push(Change::set("AWS_PROFILE", &*role.profile));
        }
        Means::Kept => {}
    }
    match delivery.directory {
        Some(file) => changes.push(Change::set(DIRECTORY, file)),
        None => changes.extend(env.get(DIRECTORY).map(|_| Change::unset(DIRECTORY))),
    }
    changes.extend(tag_changes(delivery, env));
    changes.extend(region_changes(delivery.region, env, role.region.as_deref()));
    changes
}

/// What gives an environment new credentials of the role that it has already: in the place of those that
/// end, or of the name under which the role waited for them.
pub fn renewal_changes(credentials: &RoleCredentials, env: &Env) -> Vec<Change> {
    let mut changes = key_changes(credentials);
    changes.push(Change::set(EXPIRATION, rfc3339(credentials.expires_at)));
    changes.extend(our_profile(env).map(|_| Change::unset("AWS_PROFILE")));
    changes
}

fn key_changes(credentials: &RoleCredentials) -> Vec<Change> {
    vec![
        Change::set("AWS_ACCESS_KEY_ID", &*credentials.access_key_id),
        Change::set("AWS_SECRET_ACCESS_KEY", credentials.secret_access_key.expose_secret()),
        Change::set("AWS_SESSION_TOKEN", credentials.session_token.expose_secret()),
        Change::set("AWS_CREDENTIAL_EXPIRATION", rfc3339(credentials.expires_at)),
    ]
}

/// What takes an environment back to no role: all that we set, and only that. Without our role beside
/// them, keys and the choice of an SSO instance are the person's own.
pub fn clear_changes(env: &Env, region: RegionRequest) -> Vec<Change> {
    let has_role = env.get("AWS_SSO_ROLE_ARN").is_some();
    let keys = KEYS.into_iter().filter(|_| has_role && env.get("AWS_ACCESS_KEY_ID").is_some());
    let identity = IDENTITY.into_iter().filter(|name| has_role || *name != "AWS_SSO");
    let profile = our_profile(env).map(|_| "AWS_PROFILE");
    let tags = env.with_prefix(TAG_PREFIX).map(|(name, _)| name);
    let mut changes: Vec<Change> = keys.chain(profile).chain(identity).chain(tags).map(Change::unset).collect();
    changes.extend(region_changes(region, env, None));
    changes
}

/// What takes our role away from beside credentials of somebody else, which `foreign` names; those stay.
pub fn withdrawal_changes(env: &Env, foreign: &str) -> Vec<Change> {
    let theirs = |name: &str| KEYS[..3].contains(&foreign) && KEYS[..3].contains(&name);
    clear_changes(env, RegionRequest::Manage).into_iter().filter(|change| !theirs(&change.name)).collect()
}

/// The variable that holds credentials which are not ours: a profile that the person chose, or keys
/// without our role beside them. Both would be in the way of ours, or ours in theirs.
pub fn foreign_credentials(env: &Env) -> Option<&'static str> {
    if env.get("AWS_PROFILE").is_some() && our_profile(env).is_none() {
        return Some("AWS_PROFILE");
    }
    // A role by name comes without keys, and keys of ours come with their end.
    if our_profile(env).is_some() && env.get("AWS_ACCESS_KEY_ID").is_some() && env.get(EXPIRATION).is_none() {
        return Some("AWS_ACCESS_KEY_ID");
    }
    if env.get("AWS_SSO_ROLE_ARN").is_some() {
        return None;
    }
    KEYS[..3].iter().copied().find(|name| env.get(name).is_some())
}

/// An environment without the credentials of others, and what makes it so. Done before a role is
/// delivered to whoever asked for it in their place.
pub fn without_foreign(env: &Env) -> (Env, Vec<Change>) {
    // Those that seem unset as well: to an SDK an empty AWS_PROFILE is the name of a profile.
    (env.without(&FOREIGN), FOREIGN.map(Change::unset).into())
}

/// The environment after some changes.
pub fn after(env: &Env, changes: &[Change]) -> Env {
    let mut after = env.clone();
    for change in changes {
        after.put(&change.name, change.value());
    }
    after
}

/// `AWS_PROFILE` where it speaks of the role that we set.
pub fn our_profile(env: &Env) -> Option<&str> {
    env.get("AWS_PROFILE").filter(|profile| env.get("AWS_SSO_PROFILE") == Some(profile))
}

fn tag_changes(delivery: &Delivery<'_>, env: &Env) -> Vec<Change> {
    let tags = &delivery.role.tags;
    let mut changes: Vec<Change> = delivery
        .env_var_tags
        .iter()
        .filter_map(|tag| Some(Change::set(env_var_of_tag(tag), tags.get(tag).filter(|value| !value.is_empty())?)))
        .collect();
    let stale: Vec<Change> = env
        .with_prefix(TAG_PREFIX)
        .filter(|(name, _)| !changes.iter().any(|change| change.name == *name))
        .map(|(name, _)| Change::unset(name))
        .collect();
    changes.extend(stale);
    changes
}

/// `2026-01-02T03:04:05Z`: in UTC, so that no reader has to know where the writer was.
pub(crate) fn rfc3339(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::MAX).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role() -> Role {
        Role {
            sso: "Default".into(),
            arn: "arn:aws:iam::000000000001:role/Admin".parse().unwrap(),
            account_id: "1".parse().unwrap(),
            role_name: "Admin".into(),
            profile: "one:Admin".into(),
            tags: [("Team".into(), "blue".into())].into(),
            ..Role::default()
        }
    }

    fn credentials() -> RoleCredentials {
        RoleCredentials {
            access_key_id: "ASIA".into(),
            secret_access_key: "secret".into(),
            session_token: "token".into(),
            expires_at: 1_767_323_045,
        }
    }

    fn apply(env: &[(&str, &str)], changes: impl FnOnce(&Env) -> Vec<Change>) -> Vec<String> {
        let env: Env = env.iter().copied().collect();
        changes(&env).iter().map(|c| format!("{}={}", c.name, c.value().unwrap_or("∅"))).collect()
    }

    #[test]
    fn a_role_sets_its_variables_and_takes_away_the_last_ones() {
        let (role, credentials) = (role(), credentials());
        let tags = ["Team".to_owned(), "Cost Center".to_owned()];
        let delivery = Delivery {
            role: &role,
            means: Means::Keys(&credentials),
            directory: None,
            env_var_tags: &tags,
            region: RegionRequest::Manage,
        };
        let env = [
            ("AWS_PROFILE", "old"),
            ("AWS_SSO_PROFILE", "old"),
            ("AWS_SSO_TAG_COST_CENTER", "7"),
            ("AWS_SSO_TAG_TEAM", "red"),
        ];
        assert_eq!(
            apply(&env, |env| role_changes(&delivery, env)),
            [
                "AWS_ACCESS_KEY_ID=ASIA",
                "AWS_SECRET_ACCESS_KEY=secret",
                "AWS_SESSION_TOKEN=token",
                "AWS_CREDENTIAL_EXPIRATION=2026-01-02T03:04:05Z",
                "AWS_SSO=Default",
                "AWS_SSO_PROFILE=one:Admin",
                "AWS_SSO_ROLE_ARN=arn:aws:iam::000000000001:role/Admin",
                "AWS_SSO_ACCOUNT_ID=000000000001",
                "AWS_SSO_ROLE_NAME=Admin",
                "AWS_SSO_SESSION_EXPIRATION=2026-01-02T03:04:05Z",
                "AWS_PROFILE=∅",
                "AWS_SSO_TAG_TEAM=blue",
                "AWS_SSO_TAG_COST_CENTER=∅",
            ]
        );
    }

    #[test]
    fn a_role_by_name_brings_no_secret_and_takes_the_keys_of_the_last_one_away() {
        let role = role();
        let delivery = Delivery {
            role: &role,
            means: Means::Profile,
            directory: Some("/d/.aws-sso-role"),
            env_var_tags: &[],
            region: RegionRequest::Manage,
        };
        let env = [
            ("AWS_ACCESS_KEY_ID", "ASIA"),
            ("AWS_SECRET_ACCESS_KEY", "old"),
            ("AWS_SSO_ROLE_ARN", "old"),
            ("AWS_SSO_SESSION_EXPIRATION", "then"),
        ];
        assert_eq!(
            apply(&env, |env| role_changes(&delivery, env)),
            [
                "AWS_ACCESS_KEY_ID=∅",
                "AWS_SECRET_ACCESS_KEY=∅",
                "AWS_SSO=Default",
                "AWS_SSO_PROFILE=one:Admin",
                "AWS_SSO_ROLE_ARN=arn:aws:iam::000000000001:role/Admin",
                "AWS_SSO_ACCOUNT_ID=000000000001",
                "AWS_SSO_ROLE_NAME=Admin",
                "AWS_SSO_SESSION_EXPIRATION=∅",
                "AWS_PROFILE=one:Admin",
                "AWS_SSO_DIRECTORY=/d/.aws-sso-role",
            ]
        );
    }

    #[test]
    fn what_others_set_can_be_taken_away_first() {
        let env: Env = [("AWS_PROFILE", "mine"), ("AWS_REGION", "r")].into_iter().collect();
        let (left, changes) = without_foreign(&env);
        assert_eq!((left.get("AWS_PROFILE"), left.get("AWS_REGION")), (None, Some("r")));
        assert_eq!(changes.iter().map(|change| change.name.as_str()).collect::<Vec<_>>(), FOREIGN);
    }

    #[test]
    fn clear_leaves_what_is_not_ours() {
        let foreign = apply(&[("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_PROFILE", "mine")], |env| {
            clear_changes(env, RegionRequest::Manage)
        });
        assert!(
            !foreign.iter().any(|c| c.starts_with("AWS_ACCESS_KEY_ID") || c.starts_with("AWS_PROFILE")),
            "{foreign:?}"
        );
        let ours = apply(
            &[
                ("AWS_ACCESS_KEY_ID", "ASIA"),
                ("AWS_SSO_ROLE_ARN", "arn"),
                ("AWS_SSO_TAG_TEAM", "x"),
                ("AWS_REGION", "mine"),
            ],
            |env| clear_changes(env, RegionRequest::Manage),
        );
        assert!(ours.contains(&"AWS_ACCESS_KEY_ID=∅".to_owned()) && ours.contains(&"AWS_SSO_TAG_TEAM=∅".to_owned()));
        assert!(!ours.iter().any(|c| c.starts_with("AWS_REGION")), "{ours:?}");
    }

    #[test]
    fn a_role_gives_way_to_the_credentials_of_others() {
        let ours = [("AWS_SSO_ROLE_ARN", "arn"), ("AWS_SSO_PROFILE", "x"), ("AWS_SSO_DIRECTORY", "/d")];
        let left = |theirs: &[(&str, &str)], foreign: &str| {
            let env: Env = ours.iter().chain(theirs).copied().collect();
            let after = after(&env, &withdrawal_changes(&env, foreign));
            ["AWS_SSO_ROLE_ARN", "AWS_SSO_DIRECTORY", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"]
                .map(|name| after.get(name).unwrap_or_default().to_owned())
        };
        assert_eq!(
            left(&[("AWS_PROFILE", "mine"), ("AWS_ACCESS_KEY_ID", "ASIA")], "AWS_PROFILE"),
            ["", "", "mine", "", ""]
        );
        let keys = [("AWS_PROFILE", "x"), ("AWS_ACCESS_KEY_ID", "AKIA"), ("AWS_SESSION_TOKEN", "t")];
        assert_eq!(left(&keys, "AWS_ACCESS_KEY_ID"), ["", "", "", "AKIA", "t"]);
    }

    #[test]
    fn foreign_credentials_are_named() {
        let found = |env: &[(&str, &str)]| foreign_credentials(&env.iter().copied().collect());
        assert_eq!(found(&[]), None);
        assert_eq!(found(&[("AWS_ACCESS_KEY_ID", "")]), None, "empty is unset");
        assert_eq!(found(&[("AWS_ACCESS_KEY_ID", "AKIA")]), Some("AWS_ACCESS_KEY_ID"));
        assert_eq!(found(&[("AWS_SESSION_TOKEN", "x")]), Some("AWS_SESSION_TOKEN"));
        assert_eq!(found(&[("AWS_ACCESS_KEY_ID", "ASIA"), ("AWS_SSO_ROLE_ARN", "arn")]), None);
        assert_eq!(found(&[("AWS_PROFILE", "x"), ("AWS_SSO_ROLE_ARN", "arn")]), Some("AWS_PROFILE"));
        assert_eq!(found(&[("AWS_PROFILE", "x"), ("AWS_SSO_PROFILE", "x")]), None);
        let by_name = [("AWS_PROFILE", "x"), ("AWS_SSO_PROFILE", "x"), ("AWS_SSO_ROLE_ARN", "arn")];
        assert_eq!(found(&[&by_name[..], &[("AWS_ACCESS_KEY_ID", "AKIA")]].concat()), Some("AWS_ACCESS_KEY_ID"));
    }
}
