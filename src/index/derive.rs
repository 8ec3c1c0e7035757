//! From what AWS listed and what `config.yaml` adds to the roles that people see: names, ARNs, regions,
//! tags. Local work, done when either side changes, never when somebody asks.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;

use rusqlite::{CachedStatement, Connection, ErrorCode, Transaction, params};

use crate::config::{self, Config, Instance};
use crate::finder::Lister;
use crate::profile::ProfileTemplate;
use crate::role::{AccountId, Partition, Role, RoleArn};

use sha2::{Digest, Sha256};

use super::clash::{self, Named};
use super::naming::{name_of, usable_name};
use super::search::store_catalog;
use super::tag_choice::store_choices;

/// Number of the rules below. A new number makes every state file derive anew.
pub(super) const DERIVATION: i64 = 6;

/// An account as AWS listed it.
struct AccountRow {
    id: AccountId,
    alias: String,
    email: String,
    role_names: Vec<String>,
}

/// Replaces the derived roles of an instance. The inner error says in words why the profile names
/// cannot be given; the roles that were derived before stay then, and the instance remembers why.
pub(super) fn derive_instance(
    transaction: &mut Transaction<'_>,
    instance_id: i64,
    config: &Config,
    instance: &Instance,
) -> rusqlite::Result<Result<(), String>> {
    let accounts = stored_accounts(transaction, instance_id)?;
    let savepoint = transaction.savepoint()?;
    let derived = replace_roles(&savepoint, instance_id, &accounts, config, instance)?;
    // Dropped uncommitted, it takes its changes back.
    if derived.is_ok() {
        savepoint.commit()?;
    } else {
        drop(savepoint);
    }
    let problem = derived.as_ref().err();
    transaction.execute("UPDATE instance SET problem = ?2 WHERE id = ?1", params![instance_id, problem])?;
    Ok(derived)
}

fn stored_accounts(transaction: &Transaction<'_>, instance_id: i64) -> rusqlite::Result<Vec<AccountRow>> {
    let mut statement = transaction.prepare_cached(
        "SELECT account.id, alias, email, role_name FROM account
         LEFT JOIN assignment ON assignment.instance_id = account.instance_id AND account_id = account.id
         WHERE account.instance_id = ?1 AND seen > 0 ORDER BY account.id, role_name",
    )?;
    let mut rows = statement.query([instance_id])?;
    let mut accounts: Vec<AccountRow> = Vec::new();
    while let Some(row) = rows.next()? {
        let id = account_id(row.get(0)?);
        if accounts.last().is_none_or(|account| account.id != id) {
            accounts.push(AccountRow { id, alias: row.get(1)?, email: row.get(2)?, role_names: Vec::new() });
        }
        if let (Some(account), Some(name)) = (accounts.last_mut(), row.get::<_, Option<String>>(3)?) {
            account.role_names.push(name);
        }
    }
    Ok(accounts)
}

/// The schema keeps ids in range.
pub(super) fn account_id(stored: i64) -> AccountId {
    u64::try_from(stored).ok().and_then(|number| AccountId::try_from(number).ok()).unwrap_or_default()
}

/// Derives every role of the instance and hands it to `take`, one at a time: those that AWS assigns,
/// and those that `config.yaml` reaches through another one.
fn each_role<E>(
    accounts: &[AccountRow],
    config: &Config,
    instance: &Instance,
    mut take: impl FnMut(Role, Option<String>) -> Result<(), E>,
) -> Result<(), E> {
    for account in accounts {
        for name in &account.role_names {
            let (role, own_name) = role(account.id, Some(account), name, config, instance);
            take(role, own_name)?;
        }
    }
    for (id, account) in &instance.accounts {
        let row = accounts.binary_search_by_key(id, |row| row.id).ok().map(|at| &accounts[at]);
        for name in account.roles.iter().filter(|(_, role)| role.via.is_some()).map(|(name, _)| name) {
            if !row.is_some_and(|row| row.role_names.contains(name)) {
                let (role, own_name) = role(*id, row, name, config, instance);
                take(role, own_name)?;
            }
        }
    }
    Ok(())
}

/// One role, and the name that `config.yaml` gives it.
fn role(
    id: AccountId,
    listed: Option<&AccountRow>,
    name: &str,
    config: &Config,
    instance: &Instance,
) -> (Role, Option<String>) {
    let account = instance.accounts.get(&id);
    let own = account.and_then(|account| account.roles.get(name));
    let partition = Partition::of_region(&instance.sso_region);
    // Assigned and chained roles of one name are one role to the person, and AWS's assignment is the shorter way.
    let via = own.and_then(|own| own.via.clone()).map(|via| via.into_arn(partition));
    let via = via.filter(|_| !listed.is_some_and(|row| row.role_names.iter().any(|assigned| assigned == name)));
    let partition = via.as_ref().map_or(partition, |via| via.partition);
    let own_path = own.filter(|_| via.is_some()).map(|own| own.path.clone()).unwrap_or_default();
    let mut role = Role {
        sso: instance.name.clone(),
        sso_region: instance.sso_region.clone(),
        start_url: instance.start_url.clone(),
        account_id: id,
        account_alias: listed.map(|row| row.alias.clone()).unwrap_or_default(),
        account_name: account.and_then(|account| account.name.clone()).unwrap_or_default(),
        email: listed.map(|row| row.email.clone()).unwrap_or_default(),
        role_name: name.to_owned(),
        arn: RoleArn { path: own_path, ..RoleArn::new(partition, id, name) },
        profile: String::new(),
        region: config.region(instance, id, name).map(str::to_owned),
        via,
        expires_at: None,
        tags: BTreeMap::new(),
    };
    role.tags = tags(&role, account, own);
    (role, own.and_then(|own| own.profile.clone()))
}

/// Account tags, then the automatic ones, then the role's: the later wins.
fn tags(role: &Role, account: Option<&config::Account>, own: Option<&config::RoleConfig>) -> BTreeMap<String, String> {
    let mut tags = account.map(|account| account.tags.clone()).unwrap_or_default();
    let mut automatic = |key: &str, value: String, always: bool| {
        if always || !value.is_empty() {
            tags.insert(key.to_owned(), value);
        }
    };
    automatic("AccountID", role.account_id.to_string(), true);
    automatic("Email", role.email.clone(), true);
    automatic("AccountAlias", role.account_alias.clone(), false);
    automatic("AccountName", role.account_name.clone(), false);
    automatic("Role", role.role_name.clone(), true);
    automatic("Profile", own.and_then(|own| own.profile.clone()).unwrap_or_default(), false);
    automatic("Via", role.via.as_ref().map(ToString::to_string).unwrap_or_default(), false);
    automatic("DefaultRegion", role.region.clone().unwrap_or_default(), false);
    tags.extend(own.map(|own| own.tags.clone()).unwrap_or_default());
    tags
}

/// What to say about the clash of `role` with the role that has the ARN `other`: every role is named
/// once more, to find a format that tells all of them apart.
fn describe_clash(
    (role, other): (&Role, &str),
    accounts: &[AccountRow],
    config: &Config,
    instance: &Instance,
    template: &ProfileTemplate,
) -> String {
    let mut named = Vec::new();
    let collected = each_role(accounts, config, instance, |mut role, own_name| {
        let is_own = own_name.is_some();
        role.profile = usable_name(&role, own_name, template)?.0;
        named.push(Named { role, is_own });
        Ok::<_, String>(())
    });
    // A later role for which the format fails takes no part; these two are in.
    drop(collected);
    let find = |arn: &str| named.iter().find(|named| named.role.arn.to_string() == arn);
    let Some(pair) = find(other).zip(find(&role.arn.to_string())) else {
        return format!("two roles would have the profile name '{}': {other} and {}", role.profile, role.arn);
    };
    let name = |role: &Role, template: &ProfileTemplate| usable_name(role, None, template).ok().map(|(name, _)| name);
    clash::describe(&config.profile_format, &named, pair.into(), name)
}

/// Why the rows could not be written.
enum Trouble {
    Sql(rusqlite::Error),
    Names(String),
    /// The role and the ARN of the one that has its name already.
    Clash(Box<Role>, String),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

fn replace_roles(
    connection: &Connection,
    instance_id: i64,
    accounts: &[AccountRow],
    config: &Config,
    instance: &Instance,
) -> rusqlite::Result<Result<(), String>> {
    let template = match ProfileTemplate::parse(&config.profile_format) {
        Ok(template) => template,
        Err(error) => return Ok(Err(format!("{}: ProfileFormat: {error}", config.path.display()))),
    };
    let name = |role: &Role, own_name| usable_name(role, own_name, &template).ok().map(|(name, _)| name);
    let kept = keep_unchanged(connection, instance_id, |take| {
        each_role(accounts, config, instance, |mut role, own_name| {
            if let Some(name) = name(&role, own_name) {
                role.profile = name;
                take(&role);
            }
            Ok::<_, Infallible>(())
        })
    })?;
    connection.execute("UPDATE account SET name = '' WHERE instance_id = ?1 AND name <> ''", [instance_id])?;
    let mut rows = Rows::new(connection, instance_id, kept)?;
    let written = each_role(accounts, config, instance, |mut role, own_name| {
        role.profile = name_of(&role, own_name, &template).map_err(Trouble::Names)?;
        rows.write(&role)
    });
    match written {
        Ok(()) => {
            store_catalog(connection, instance_id, rows.lister)?;
            store_choices(connection, instance_id, config, instance).map(Ok)
        }
        Err(Trouble::Names(problem)) => Ok(Err(problem)),
        Err(Trouble::Clash(role, other)) => {
            Ok(Err(describe_clash((&role, &other), accounts, config, instance, &template)))
        }
        Err(Trouble::Sql(error)) => Err(error),
    }
}

/// Deletes the rows of an instance that no role of `each` would be written to as they are. The keys of the
/// others, by ARN.
///
/// Nearly all of a derivation's time is SQLite's, and nearly all changes of a config concern few roles.
fn keep_unchanged(
    connection: &Connection,
    instance_id: i64,
    each: impl FnOnce(&mut dyn FnMut(&Role)) -> Result<(), Infallible>,
) -> rusqlite::Result<HashMap<String, i64>> {
    let mut stored: HashMap<String, (i64, Option<Vec<u8>>)> = HashMap::new();
    let mut statement = connection.prepare_cached("SELECT arn, id, fingerprint FROM role WHERE instance_id = ?1")?;
    let mut rows = statement.query([instance_id])?;
    while let Some(row) = rows.next()? {
        stored.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
    }
    let mut kept = HashMap::new();
    if !stored.is_empty() {
        let Ok(()) = each(&mut |role| {
            let arn = role.arn.to_string();
            let same = stored.get(&arn).is_some_and(|(_, known)| known.as_deref() == Some(&fingerprint(role)[..]));
            if same && let Some((id, _)) = stored.remove(&arn) {
                kept.insert(arn, id);
            }
        });
    }
    if kept.is_empty() {
        let sql = "DELETE FROM tag WHERE role_id IN (SELECT id FROM role WHERE instance_id = ?1)";
        connection.execute(sql, [instance_id])?;
        connection.execute("DELETE FROM role WHERE instance_id = ?1", [instance_id])?;
        return Ok(kept);
    }
    // Its tags go with it.
    let mut delete = connection.prepare_cached("DELETE FROM role WHERE id = ?1")?;
    for (id, _) in stored.values() {
        delete.execute([id])?;
    }
    Ok(kept)
}

/// All that is written of a role, as a hash. Lengths keep two roles from having one text.
fn fingerprint(role: &Role) -> [u8; 16] {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    add(&role.arn.to_string());
    add(role.arn.partition.as_str());
    add(&role.arn.path);
    add(&role.account_id.to_string());
    add(&role.role_name);
    add(&role.profile);
    for optional in [role.region.clone(), role.via.as_ref().map(ToString::to_string)] {
        add(if optional.is_some() { "some" } else { "none" });
        add(&optional.unwrap_or_default());
    }
    for (key, value) in &role.tags {
        add(key);
        add(value);
    }
    *hash.finalize().first_chunk().expect("a hash is longer")
}

/// Writes roles with their tags and the names of their accounts.
struct Rows<'a> {
    connection: &'a Connection,
    instance_id: i64,
    role: CachedStatement<'a>,
    tag: CachedStatement<'a>,
    account: CachedStatement<'a>,
    last_account: Option<AccountId>,
    /// The rows that are as they are to be, by ARN.
    kept: HashMap<String, i64>,
    lister: Lister,
}

impl<'a> Rows<'a> {
    fn new(connection: &'a Connection, instance_id: i64, kept: HashMap<String, i64>) -> rusqlite::Result<Self> {
        Ok(Self {
            connection,
            instance_id,
            role: connection.prepare_cached(
                "INSERT INTO role (instance_id, account_id, name, arn, partition, path, profile, region, via, fingerprint)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?,
            tag: connection.prepare_cached("INSERT INTO tag (role_id, key, value) VALUES (?1, ?2, ?3)")?,
            account: connection.prepare_cached(
                "INSERT INTO account (instance_id, id, name) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET name = excluded.name",
            )?,
            last_account: None,
            kept,
            lister: Lister::default(),
        })
    }

    fn write(&mut self, role: &Role) -> Result<(), Trouble> {
        let account = role.account_id.number().cast_signed();
        let is_new = self.last_account.replace(role.account_id) != Some(role.account_id);
        if is_new && (!role.account_name.is_empty() || role.via.is_some()) {
            self.account.execute(params![self.instance_id, account, role.account_name])?;
        }
        let arn = role.arn.to_string();
        if let Some(id) = self.kept.get(&arn) {
            self.lister.add(*id, role);
            return Ok(());
        }
        let written = self.role.execute(params![
            self.instance_id,
            account,
            role.role_name,
            arn,
            role.arn.partition.as_str(),
            role.arn.path,
            role.profile,
            role.region,
            role.via.as_ref().map(ToString::to_string),
            fingerprint(role),
        ]);
        match written {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
                return Err(self.clash(role, error));
            }
            other => drop(other?),
        }
        let role_id = self.connection.last_insert_rowid();
        for (key, value) in &role.tags {
            self.tag.execute(params![role_id, key, value])?;
        }
        self.lister.add(role_id, role);
        Ok(())
    }

    /// Which role has the profile name already.
    fn clash(&self, role: &Role, error: rusqlite::Error) -> Trouble {
        let sql = "SELECT arn FROM role WHERE instance_id = ?1 AND profile = ?2";
        let other =
            self.connection.query_row(sql, params![self.instance_id, role.profile], |row| row.get::<_, String>(0));
        other.map_or(Trouble::Sql(error), |other| Trouble::Clash(Box::new(role.clone()), other))
    }
}
