//! Taking in what AWS lists, account by account. A listing that is cut short loses nothing: the next
//! one goes on with the accounts that are still to do. What AWS no longer names is removed only when a
//! listing was complete.

use rusqlite::{OptionalExtension, Transaction, params};

use crate::config::{Config, Instance};
use crate::role::{AccountId, ListedAccount};

use super::derive::{account_id, derive_instance};
use super::{Index, IndexError};

/// For how long an interrupted listing is worth going on with, in seconds.
const RESUMABLE: i64 = 600;

/// A listing that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    instance_id: i64,
    number: i64,
}

/// What a complete listing changed, as role ARNs in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// Roles that came.
    pub added: Vec<String>,
    /// Roles that went.
    pub removed: Vec<String>,
    /// Accounts in the index now.
    pub accounts: usize,
    /// Roles in the index now.
    pub roles: usize,
}

impl Index {
    /// Starts a listing of an instance, or goes on with one that was interrupted lately.
    pub fn start_listing(&mut self, instance_id: i64) -> Result<Listing, IndexError> {
        let now = jiff::Timestamp::now().as_second();
        self.write(|transaction| {
            let (number, complete, started): (i64, i64, i64) = transaction.query_row(
                "SELECT listing, complete, listing_started_at FROM instance WHERE id = ?1",
                [instance_id],
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )?;
            if number > complete && (0..RESUMABLE).contains(&now.saturating_sub(started)) {
                return Ok(Listing { instance_id, number });
            }
            let number = number.saturating_add(1);
            let sql = "UPDATE instance SET listing = ?2, listing_started_at = ?3 WHERE id = ?1";
            transaction.execute(sql, params![instance_id, number, now])?;
            Ok(Listing { instance_id, number })
        })
    }

    /// Takes in the whole list of accounts; answers those whose roles are still to fetch.
    pub fn store_accounts(
        &mut self,
        listing: Listing,
        accounts: &[ListedAccount],
    ) -> Result<Vec<AccountId>, IndexError> {
        self.write(|transaction| {
            let mut upsert = transaction.prepare_cached(
                "INSERT INTO account (instance_id, id, alias, email, seen) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET alias = excluded.alias, email = excluded.email, seen = excluded.seen",
            )?;
            for account in accounts {
                let id = account.id.number().cast_signed();
                upsert.execute(params![listing.instance_id, id, account.name, account.email, listing.number])?;
            }
            let mut todo = transaction
                .prepare_cached("SELECT id FROM account WHERE instance_id = ?1 AND seen = ?2 AND fetched < ?2")?;
            todo.query_map(params![listing.instance_id, listing.number], |row| row.get(0).map(account_id))?.collect()
        })
    }

    /// Takes in the roles of some accounts, in one transaction.
    pub fn store_roles(&mut self, listing: Listing, fetched: &[(AccountId, Vec<String>)]) -> Result<(), IndexError> {
        self.write(|transaction| {
            let mut clear =
                transaction.prepare_cached("DELETE FROM assignment WHERE instance_id = ?1 AND account_id = ?2")?;
            let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO assignment VALUES (?1, ?2, ?3)")?;
            let mut done =
                transaction.prepare_cached("UPDATE account SET fetched = ?3 WHERE instance_id = ?1 AND id = ?2")?;
            for (account, roles) in fetched {
                let id = account.number().cast_signed();
                clear.execute(params![listing.instance_id, id])?;
                for role in roles {
                    insert.execute(params![listing.instance_id, id, role])?;
                }
                done.execute(params![listing.instance_id, id, listing.number])?;
            }
            Ok(())
        })
    }

    /// Ends a listing in which every account was fetched: removes what AWS no longer names, derives the
    /// names anew and says what changed. Fails with [`IndexError::Names`] where two roles would have one
    /// name; what AWS listed is kept even then.
    pub fn finish_listing(
        &mut self,
        listing: Listing,
        config: &Config,
        instance: &Instance,
    ) -> Result<Changes, IndexError> {
        let outcome = self.write(|transaction| {
            let before = arns(transaction, listing.instance_id)?;
            transaction.execute(
                "DELETE FROM account WHERE instance_id = ?1 AND seen < ?2",
                params![listing.instance_id, listing.number],
            )?;
            transaction.execute(
                "UPDATE instance SET complete = ?2, refreshed_at = unixepoch() WHERE id = ?1 AND listing = ?2",
                params![listing.instance_id, listing.number],
            )?;
            if let Err(problem) = derive_instance(transaction, listing.instance_id, config, instance)? {
                return Ok(Err(problem));
            }
            let after = arns(transaction, listing.instance_id)?;
            Ok(Ok(Changes {
                added: difference(&after, &before),
                removed: difference(&before, &after),
                accounts: count_accounts(transaction, listing.instance_id)?,
                roles: after.len(),
            }))
        })?;
        outcome.map_err(IndexError::Names)
    }

    /// Unix time in seconds of the last complete listing of an instance; none where that lies ahead, because
    /// the clock went back since.
    pub fn refreshed_at(&self, instance_id: i64) -> Result<Option<i64>, IndexError> {
        self.read(|connection| {
            let sql = "SELECT refreshed_at FROM instance WHERE id = ?1 AND refreshed_at <= unixepoch()";
            connection.query_row(sql, [instance_id], |row| row.get(0)).optional().map(Option::flatten)
        })
    }
}

/// The roles that AWS assigns, in order; chained ones come from the config and are no news.
fn arns(transaction: &Transaction<'_>, instance_id: i64) -> rusqlite::Result<Vec<String>> {
    let mut statement =
        transaction.prepare_cached("SELECT arn FROM role WHERE instance_id = ?1 AND via IS NULL ORDER BY arn")?;
    statement.query_map([instance_id], |row| row.get(0))?.collect()
}

/// What is in `these` and not in `others`; both are in order.
fn difference(these: &[String], others: &[String]) -> Vec<String> {
    these.iter().filter(|arn| others.binary_search(arn).is_err()).cloned().collect()
}

fn count_accounts(transaction: &Transaction<'_>, instance_id: i64) -> rusqlite::Result<usize> {
    let sql = "SELECT count(*) FROM account WHERE instance_id = ?1 AND seen > 0";
    let count: i64 = transaction.query_row(sql, [instance_id], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}
