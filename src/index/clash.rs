//! Two roles of one profile name: what to say, and which format would tell all roles apart.

use std::collections::HashSet;

use crate::profile::{DEFAULT_FORMAT, ProfileTemplate};
use crate::role::Role;

/// What may be added to a format, the least first, for Go templates and for Jinja.
const ADDITIONS: [(&str, &str); 3] = [
    (":{{ .RoleName }}", ":{{ RoleName }}"),
    (":{{ .AccountIdPad }}", ":{{ AccountIdPad }}"),
    (":{{ .AccountIdPad }}:{{ .RoleName }}", ":{{ AccountIdPad }}:{{ RoleName }}"),
];

/// The longest format that a message shows, in bytes.
const LONGEST_FORMAT: usize = 200;

/// A role with the name that it would have.
pub struct Named {
    pub role: Role,
    /// The name is a `Profile` of `config.yaml`; no format changes it.
    pub is_own: bool,
}

/// Says which roles have the name of `named[at]`, and what the person can do about it. `name` is the
/// profile name that a role gets from a format.
pub fn describe(
    format: &str,
    named: &[Named],
    [one, other]: [&Named; 2],
    name: impl Fn(&Role, &ProfileTemplate) -> Option<String>,
) -> String {
    let roles = format!(
        "two roles would have the profile name '{}': {} and {}",
        other.role.profile, one.role.arn, other.role.arn
    );
    let suggested = match one.is_own || other.is_own {
        true => None,
        false => suggest(format, named, &other.role.profile, name),
    };
    match suggested {
        Some(format) => format!(
            "{roles}; tell them apart with ProfileFormat: '{}' in config.yaml, or give one of them a Profile of its own",
            // As YAML writes a quote between quotes.
            format.replace('\'', "''"),
        ),
        None => format!("{roles}; give one of them another Profile in config.yaml"),
    }
}

/// The person's format with the least addition that gives every role a name of its own, else the
/// default format; none where names of `config.yaml` are in the way of that one too.
fn suggest(
    format: &str,
    named: &[Named],
    clash: &str,
    name: impl Fn(&Role, &ProfileTemplate) -> Option<String>,
) -> Option<String> {
    let fits_a_line = format.len() <= LONGEST_FORMAT && !format.contains(char::is_control);
    let own = ADDITIONS.iter().flat_map(|(go, jinja)| [go, jinja]).map(|addition| format!("{format}{addition}"));
    let own = own.filter(|_| fits_a_line).find(|candidate| is_unique(candidate, named, Some(clash), &name));
    own.or_else(|| is_unique(DEFAULT_FORMAT, named, None, &name).then(|| DEFAULT_FORMAT.to_owned()))
}

/// Whether a format gives every role a name of its own, and only adds to the name `kept`: in the wrong
/// language, the braces of the other one would stay as text and look like names.
fn is_unique(
    format: &str,
    named: &[Named],
    kept: Option<&str>,
    name: &impl Fn(&Role, &ProfileTemplate) -> Option<String>,
) -> bool {
    let Ok(template) = ProfileTemplate::parse(format) else { return false };
    let mut seen = HashSet::with_capacity(named.len());
    named.iter().all(|Named { role, is_own }| {
        if *is_own {
            return seen.insert(role.profile.clone());
        }
        let Some(new) = name(role, &template) else { return false };
        let adds = kept.is_none_or(|kept| role.profile != kept || new.starts_with(kept));
        adds && seen.insert(new)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::ProfileFields;
    use crate::role::{Partition, RoleArn};

    /// Account number and name, name of the role, `Profile` of its own.
    type Row<'a> = (u64, &'a str, &'a str, Option<&'a str>);

    fn render(role: &Role, template: &ProfileTemplate) -> Option<String> {
        template.render(&ProfileFields::of(role)).ok()
    }

    fn message(format: &str, rows: &[Row<'_>]) -> String {
        let template = ProfileTemplate::parse(format).expect("a format");
        let named: Vec<Named> = rows
            .iter()
            .map(|(id, alias, role_name, own)| {
                let account_id = (*id).try_into().expect("an account id");
                let mut role = Role {
                    account_id,
                    account_alias: (*alias).to_owned(),
                    role_name: (*role_name).to_owned(),
                    arn: RoleArn::new(Partition::Aws, account_id, *role_name),
                    ..Role::default()
                };
                role.profile = own.map_or_else(|| render(&role, &template).expect("a name"), str::to_owned);
                Named { role, is_own: own.is_some() }
            })
            .collect();
        let (one, other) = named
            .iter()
            .enumerate()
            .find_map(|(at, other)| {
                named[..at].iter().find(|one| one.role.profile == other.role.profile).map(|one| (one, other))
            })
            .expect("two of one name");
        describe(format, &named, [one, other], render)
    }

    const TWO_ROLES: [Row<'_>; 3] =
        [(1, "dev", "Admin", None), (1, "dev", "Reader", None), (2, "prod", "Reader", None)];
    const TWO_ACCOUNTS: [Row<'_>; 3] = [(1, "a", "Admin", None), (2, "b", "Admin", None), (2, "b", "Reader", None)];
    const BOTH: [Row<'_>; 3] = [(1, "a", "Admin", None), (1, "a", "Reader", None), (2, "a", "Admin", None)];

    #[test]
    fn the_least_addition_that_tells_all_roles_apart_is_suggested() {
        for (format, rows, suggested) in [
            ("{{ .AccountAlias }}", &TWO_ROLES[..], "{{ .AccountAlias }}:{{ .RoleName }}"),
            ("{{ .RoleName }}", &TWO_ACCOUNTS, "{{ .RoleName }}:{{ .AccountIdPad }}"),
            ("{{ .AccountAlias -}} ", &BOTH, "{{ .AccountAlias -}} :{{ .AccountIdPad }}:{{ .RoleName }}"),
            ("{{ RoleName }}", &TWO_ACCOUNTS, "{{ RoleName }}:{{ AccountIdPad }}"),
            (
                "{% if 1 %}{{ RoleName }}{% endif %}",
                &TWO_ACCOUNTS,
                "{% if 1 %}{{ RoleName }}{% endif %}:{{ AccountIdPad }}",
            ),
            ("x", &BOTH, "x:{{ .AccountIdPad }}:{{ .RoleName }}"),
            ("it's {{ .RoleName }}", &TWO_ACCOUNTS, "it''s {{ .RoleName }}:{{ .AccountIdPad }}"),
            ("{{ .RoleName }}\n", &TWO_ACCOUNTS, DEFAULT_FORMAT),
        ] {
            let message = message(format, rows);
            assert!(message.contains(&format!("ProfileFormat: '{suggested}' in config.yaml")), "{format}: {message}");
        }
    }

    #[test]
    fn both_roles_are_named_by_their_arns() {
        let said = message("{{ .RoleName }}", &TWO_ACCOUNTS);
        assert!(
            said.starts_with(
                "two roles would have the profile name 'Admin': arn:aws:iam::000000000001:role/Admin and \
                 arn:aws:iam::000000000002:role/Admin; "
            ),
            "{said}"
        );
    }

    #[test]
    fn a_name_of_the_config_is_not_blamed_on_the_format() {
        let rows = [(1, "a", "Admin", Some("x")), (2, "b", "Admin", Some("x"))];
        assert!(message("{{ .RoleName }}", &rows).ends_with("; give one of them another Profile in config.yaml"));
        let rows = [(1, "a", "Admin", Some("Reader")), (2, "b", "Reader", None)];
        assert!(message("{{ .RoleName }}", &rows).ends_with("; give one of them another Profile in config.yaml"));
    }

    #[test]
    fn a_suggestion_does_not_clash_with_names_of_the_config() {
        let mut rows = TWO_ACCOUNTS.to_vec();
        rows.push((3, "c", "Admin", Some("Admin:000000000001")));
        let said = message("{{ .RoleName }}", &rows);
        assert!(said.contains("ProfileFormat: '{{ .RoleName }}:{{ .AccountIdPad }}:{{ .RoleName }}'"), "{said}");
        // Where nothing helps, no format is shown.
        rows.push((4, "d", "Admin", Some("Admin:000000000001:Admin")));
        rows.push((5, "e", "Admin", Some("000000000001:Admin")));
        assert!(message("{{ .RoleName }}", &rows).ends_with("; give one of them another Profile in config.yaml"));
    }
}
