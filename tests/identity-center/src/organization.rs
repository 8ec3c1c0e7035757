//! What the signed-in user may reach: accounts and the roles in them.

use std::collections::{HashMap, HashSet};

/// One AWS account and the roles (permission sets) that the user has in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    id: String,
    name: String,
    email: String,
    roles: Vec<String>,
    known: HashSet<String>,
}

impl Account {
    fn new(id: &str, name: &str, email: &str) -> Self {
        Self { id: id.into(), name: name.into(), email: email.into(), roles: Vec::new(), known: HashSet::new() }
    }

    /// The twelve digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name as the administrator wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address of the root user.
    pub fn email(&self) -> &str {
        &self.email
    }

    /// The roles in the order they are listed.
    pub fn roles(&self) -> &[String] {
        &self.roles
    }

    /// Whether the user has the role.
    pub fn has_role(&self, role: &str) -> bool {
        self.known.contains(role)
    }

    fn add(&mut self, role: &str) {
        if self.known.insert(role.into()) {
            self.roles.push(role.into());
        }
    }

    fn remove(&mut self, role: &str) -> bool {
        let known = self.known.remove(role);
        if known {
            self.roles.retain(|name| name != role);
        }
        known
    }
}

/// The accounts and roles of one user.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Organization {
    accounts: Vec<Account>,
    places: HashMap<String, usize>,
}

impl Organization {
    /// An organization in which the user has nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an account with roles; a known id is renamed and gains the roles.
    #[must_use]
    pub fn with_account(mut self, id: &str, name: &str, email: &str, roles: &[&str]) -> Self {
        self.add_account(id, name, email, roles);
        self
    }

    /// Adds an account with roles; a known id is renamed and gains the roles.
    pub fn add_account(&mut self, id: &str, name: &str, email: &str, roles: &[&str]) {
        let account = self.entry(id, name, email);
        for role in roles {
            account.add(role);
        }
    }

    fn entry(&mut self, id: &str, name: &str, email: &str) -> &mut Account {
        let place = *self.places.entry(id.into()).or_insert(self.accounts.len());
        if place == self.accounts.len() {
            self.accounts.push(Account::new(id, name, email));
        }
        let account = &mut self.accounts[place];
        name.clone_into(&mut account.name);
        email.clone_into(&mut account.email);
        account
    }

    /// Gives the user a role. False when there is no such account.
    pub fn add_role(&mut self, account: &str, role: &str) -> bool {
        let place = self.places.get(account).copied();
        place.map(|place| self.accounts[place].add(role)).is_some()
    }

    /// Takes a role away. False when the user did not have it.
    pub fn remove_role(&mut self, account: &str, role: &str) -> bool {
        let place = self.places.get(account).copied();
        place.is_some_and(|place| self.accounts[place].remove(role))
    }

    /// Takes an account away with all its roles. False when there is no such account.
    pub fn remove_account(&mut self, account: &str) -> bool {
        let Some(place) = self.places.remove(account) else { return false };
        self.accounts.remove(place);
        for later in self.places.values_mut().filter(|other| **other > place) {
            *later -= 1;
        }
        true
    }

    /// The account with this id.
    pub fn account(&self, id: &str) -> Option<&Account> {
        self.places.get(id).map(|place| &self.accounts[*place])
    }

    /// All accounts, in the order they are listed. An account without roles is listed as well.
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// How many roles there are in all accounts together.
    pub fn role_count(&self) -> usize {
        self.accounts.iter().map(|account| account.roles.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_keep_their_places_when_one_goes() {
        let mut organization = Organization::new()
            .with_account("000000000001", "one", "", &["A"])
            .with_account("000000000002", "two", "", &["B"])
            .with_account("000000000003", "three", "", &["C"]);
        assert!(organization.remove_account("000000000002"));
        assert!(!organization.remove_account("000000000002"));
        assert_eq!(organization.account("000000000003").map(Account::name), Some("three"));
        assert!(organization.add_role("000000000003", "D"));
        assert!(organization.account("000000000003").is_some_and(|account| account.has_role("D")));
        assert_eq!(organization.role_count(), 3);
    }

    #[test]
    fn a_known_account_gains_roles_and_a_role_is_listed_once() {
        let mut organization = Organization::new().with_account("000000000001", "one", "", &["A"]).with_account(
            "000000000001",
            "renamed",
            "",
            &["A", "B"],
        );
        let account = organization.account("000000000001").expect("the account");
        assert_eq!((account.name(), account.roles()), ("renamed", &["A".to_owned(), "B".to_owned()][..]));
        assert!(organization.remove_role("000000000001", "A"));
        assert!(!organization.remove_role("000000000001", "A"));
        assert!(!organization.add_role("999999999999", "A"));
    }
}
