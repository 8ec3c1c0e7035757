//! Accounts with their roles below them.

use crate::role::Role;
use crate::ui::{self, Cell, Paper};

use super::plan::Look;

/// The accounts in the order of their first roles.
pub fn tree(paper: Paper, roles: &[Role], look: &Look) -> String {
    let mut groups: Vec<(&Role, Vec<Vec<Cell>>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for role in roles {
        let place = *places.entry(role.account_id).or_insert_with(|| {
            groups.push((role, Vec::new()));
            groups.len() - 1
        });
        let row =
            vec![Look::name(role, role.role_name.clone()), Look::name(role, role.profile.clone()), look.left(role)];
        groups[place].1.push(row);
    }
    ui::tree_on(paper, groups.into_iter().map(|(first, rows)| (title(first), rows)).collect())
}

/// The account's id and its names: that of `config.yaml` first.
fn title(role: &Role) -> String {
    let id = role.account_id;
    match (role.account_name.as_str(), role.account_alias.as_str()) {
        ("", "") => id.to_string(),
        ("", name) | (name, "") => format!("{id} {name}"),
        (own, name) if own == name => format!("{id} {own}"),
        (own, name) => format!("{id} {own} ({name})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_the_names_that_are_known() {
        for (own, name, expected) in [
            ("", "", "000000000007"),
            ("", "aws", "000000000007 aws"),
            ("own", "", "000000000007 own"),
            ("own", "aws", "000000000007 own (aws)"),
            ("same", "same", "000000000007 same"),
        ] {
            let role = Role {
                account_id: "7".parse().unwrap(),
                account_name: own.to_owned(),
                account_alias: name.to_owned(),
                ..Role::default()
            };
            assert_eq!(title(&role), expected);
        }
    }

    #[test]
    fn an_account_stands_once_where_its_first_role_does() {
        let role = |account: &str, name: &str, expires_at| Role {
            account_id: account.parse().unwrap(),
            role_name: name.to_owned(),
            profile: format!("{account}:{name}"),
            expires_at,
            ..Role::default()
        };
        let roles = [role("2", "Admin", Some(4000)), role("1", "Admin", None), role("2", "ReadOnly", Some(0))];
        let text = tree(Paper::default(), &roles, &Look { now: 1000, soon: 300 });
        assert_eq!(
            text,
            "\
000000000002
├─ Admin     2:Admin     50m
└─ ReadOnly  2:ReadOnly  Expired
000000000001
└─ Admin     1:Admin
"
        );
    }
}
