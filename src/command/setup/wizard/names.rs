//! Profile names: the formats to choose from, and what the names of real roles would be.

use std::collections::BTreeMap;

use crate::Result;
use crate::config::Config;
use crate::profile::{self, DEFAULT_FORMAT, ProfileFields, ProfileTemplate};
use crate::role::{Partition, Role, RoleArn};
use crate::ui::question::{Answer, Ask, Choice, Question};

use super::instance::{choice, text};

/// What a format is called, and the format.
const FORMATS: [(&str, &str); 3] = [
    ("Account id and role", DEFAULT_FORMAT),
    ("Account name and role", "{{ FirstItem .AccountName (nospace .AccountAlias) }}:{{ .RoleName }}"),
    (
        "Account name and role, in small letters",
        "{{ kebabcase (FirstItem .AccountName .AccountAlias) }}-{{ kebabcase .RoleName }}",
    ),
];

/// Names that are shown of each format.
const SHOWN: usize = 3;

/// Roles whose names are looked at: they are made anew with every key.
const LOOKED_AT: usize = 2000;

/// Roles whose names are shown.
pub struct Roles {
    looked_at: Vec<Role>,
    /// How many there are altogether.
    total: usize,
    /// Whether they are only made up.
    example: bool,
}

impl Roles {
    /// The roles that were fetched, or an example where there are none.
    pub fn new(fetched: Vec<Role>) -> Self {
        let example = fetched.is_empty();
        let roles = if example { made_up() } else { fetched };
        let total = roles.len();
        // Evenly spread, for the first ones are often alike.
        let step = total.div_ceil(LOOKED_AT).max(1);
        let looked_at = roles.into_iter().step_by(step).collect();
        Self { looked_at, total, example }
    }

    /// What a format makes of them, in a few lines.
    pub fn preview(&self, format: &str) -> Vec<String> {
        let template = match ProfileTemplate::parse(format) {
            Ok(template) => template,
            Err(error) => return vec![error.to_string()],
        };
        let mut names = Vec::with_capacity(self.looked_at.len());
        for role in &self.looked_at {
            match name(&template, role) {
                Ok(name) => names.push(name),
                Err(problem) => return vec![format!("{}: {problem}", role.arn)],
            }
        }
        let mut lines: Vec<String> = self.pick().map(|n| names[n].clone()).collect();
        let mut counts = BTreeMap::new();
        for name in &names {
            *counts.entry(name).or_insert(0) += 1;
        }
        if let Some((name, count)) = counts.into_iter().find(|(_, count)| *count > 1) {
            lines.push(format!("{count} roles would be called {name}: they need different names"));
        } else if self.example {
            lines.push("(names of an example: your roles are not fetched yet)".to_owned());
        } else {
            lines.push(format!("({} of your {} roles)", lines.len(), self.total));
        }
        lines
    }

    /// Some of them, spread over all.
    fn pick(&self) -> impl Iterator<Item = usize> {
        let shown = self.looked_at.len().min(SHOWN);
        let step = self.looked_at.len() / shown.max(1);
        (0..shown).map(move |n| n * step)
    }
}

fn name(template: &ProfileTemplate, role: &Role) -> Result<String, String> {
    let name = template.render(&ProfileFields::of(role)).map_err(|error| error.to_string())?;
    profile::check_name(&name).map_err(|error| error.to_string())?;
    Ok(name)
}

/// Accounts as many organizations have them.
fn made_up() -> Vec<Role> {
    let accounts =
        [("111122223333", "Payments Dev"), ("222233334444", "Payments Prod"), ("333344445555", "data-platform")];
    let role = |(id, alias): (&str, &str)| {
        let account_id = id.parse().ok()?;
        Some(Role {
            sso: Config::DEFAULT_SSO.to_owned(),
            account_id,
            account_alias: alias.to_owned(),
            role_name: "ReadOnlyAccess".to_owned(),
            arn: RoleArn::new(Partition::Aws, account_id, "ReadOnlyAccess"),
            ..Role::default()
        })
    };
    accounts.into_iter().filter_map(role).collect()
}

/// Asks for a `ProfileFormat`.
pub fn ask_format(ask: &mut dyn Ask, present: &str, roles: &Roles) -> Result<String> {
    let known = FORMATS.iter().position(|(_, format)| *format == present);
    let mut formats: Vec<(&str, &str)> = FORMATS.to_vec();
    if known.is_none() {
        formats.insert(0, ("As it is", present));
    }
    let mut choices: Vec<Choice> = formats.iter().map(|(name, format)| Choice::new(*name, *format)).collect();
    choices.push(Choice::new("Another format", "a Go or Jinja template, which you write"));
    let preview = |answer: &Answer| match answer {
        Answer::Choice(n) => formats.get(*n).map(|(_, format)| roles.preview(format)).unwrap_or_default(),
        _ => Vec::new(),
    };
    let question = Question {
        title: "Names of your profiles (ProfileFormat)".to_owned(),
        about: "By which you call your roles; this changes them all.".to_owned(),
        choices,
        start: known.unwrap_or_default(),
        preview: Some(&preview),
        ..Question::default()
    };
    match formats.get(choice(ask, &question)?) {
        Some((_, format)) => Ok((*format).to_owned()),
        None => ask_own(ask, present, roles),
    }
}

fn ask_own(ask: &mut dyn Ask, present: &str, roles: &Roles) -> Result<String> {
    let check = |format: &str| match ProfileTemplate::parse(format) {
        _ if format.is_empty() => Err("write a template".to_owned()),
        Ok(_) => Ok(format.to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let preview = |answer: &Answer| match answer {
        Answer::Text(format) => roles.preview(format),
        _ => Vec::new(),
    };
    let question = Question {
        title: "Template of profile names".to_owned(),
        about: "Fields: AccountIdPad AccountName AccountAlias EmailAddress RoleName SSO Tags ...; see docs/profile-names.md".to_owned(),
        default: Some(present.to_owned()),
        typed: Some(&check),
        preview: Some(&preview),
        ..Question::default()
    };
    text(ask, &question)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(account: &str, alias: &str, name: &str) -> Role {
        let account_id = account.parse().unwrap();
        Role { account_id, account_alias: alias.to_owned(), role_name: name.to_owned(), ..Role::default() }
    }

    #[test]
    fn every_format_names_an_example_and_says_so() {
        let roles = Roles::new(Vec::new());
        for ((_, format), names) in FORMATS.iter().zip([
            ["111122223333:ReadOnlyAccess", "222233334444:ReadOnlyAccess", "333344445555:ReadOnlyAccess"],
            ["PaymentsDev:ReadOnlyAccess", "PaymentsProd:ReadOnlyAccess", "data-platform:ReadOnlyAccess"],
            ["payments-dev-read-only-access", "payments-prod-read-only-access", "data-platform-read-only-access"],
        ]) {
            let lines = roles.preview(format);
            assert_eq!(lines[..3], names);
            assert!(lines[3].contains("example"), "{lines:?}");
        }
    }

    #[test]
    fn names_of_real_roles_are_shown_and_clashes_found() {
        let roles = Roles::new(vec![role("1", "a b", "Admin"), role("2", "ab", "Admin"), role("3", "c", "Admin")]);
        assert_eq!(
            roles.preview(DEFAULT_FORMAT),
            ["000000000001:Admin", "000000000002:Admin", "000000000003:Admin", "(3 of your 3 roles)"]
        );
        let lines = roles.preview(FORMATS[1].1);
        assert_eq!(lines.last().unwrap(), "2 roles would be called ab:Admin: they need different names");
        assert!(roles.preview("{{ .Nme }}")[0].contains("Nme"));
        assert!(
            roles.preview("{{ nospace .AccountName }}")[0].contains("empty"),
            "{:?}",
            roles.preview("{{ nospace .AccountName }}")
        );
    }
}
