//! Which roles were used, and when. Kept by ARN, so that it outlives a derivation.

use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, params};

use crate::finder::used_again;
use crate::role::{Role, RoleArn};

use super::query::{ROLES, read_role};
use super::{Index, IndexError};

/// How many roles of an instance are remembered at most. Whoever uses another one forgets the one that was
/// used longest ago.
const MOST_REMEMBERED: usize = 1000;

/// A role that was used lately, without its tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recent {
    /// The role.
    pub role: Role,
    /// Unix time in seconds.
    pub last_used: i64,
}

impl Recent {
    /// The tag that says so.
    pub const TAG: &'static str = "History";

    /// Its value, as the Go tool writes it: the account's name and the role's, and when.
    pub fn tag_value(&self) -> String {
        format!("{}:{},{}", self.role.account_alias, self.role.role_name, self.last_used)
    }
}

impl Index {
    /// Notes that a role was used now.
    pub fn record_use(&mut self, instance_id: i64, arn: &RoleArn) -> Result<(), IndexError> {
        self.record_use_at(instance_id, arn, jiff::Timestamp::now().as_second())
    }

    fn record_use_at(&mut self, instance_id: i64, arn: &RoleArn, now: i64) -> Result<(), IndexError> {
        self.write(|transaction| {
            let arn = arn.to_string();
            let known = "SELECT weight, last_used FROM history WHERE instance_id = ?1 AND arn = ?2";
            let before: Option<(f64, i64)> = transaction
                .query_row(known, params![instance_id, arn], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let weight = before.map_or(1.0, |(weight, since)| used_again(weight, since, now));
            let sql = "INSERT INTO history (instance_id, arn, last_used, weight) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT DO UPDATE SET last_used = excluded.last_used, weight = excluded.weight, uses = uses + 1";
            transaction.execute(sql, params![instance_id, arn, now, weight])?;
            if before.is_none() { forget_oldest(transaction, instance_id) } else { Ok(()) }
        })
    }

    /// The roles of an instance that were used in the `max_age` (none: ever) before `now`, Unix time in seconds: the
    /// last `limit` of them, the newest first. Those that are gone are not among them.
    pub fn recent(
        &self,
        instance_id: i64,
        limit: usize,
        max_age: Option<Duration>,
        now: i64,
    ) -> Result<Vec<Recent>, IndexError> {
        let since = max_age.map_or(i64::MIN, |age| now.saturating_sub_unsigned(age.as_secs()));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|connection| {
            let mut used = connection.prepare_cached(
                "SELECT role.id, last_used FROM history
                 JOIN role ON role.instance_id = history.instance_id AND role.arn = history.arn
                 WHERE history.instance_id = ?1 AND last_used >= ?2 ORDER BY last_used DESC, role.arn LIMIT ?3",
            )?;
            let used: Vec<(i64, i64)> = used
                .query_map(params![instance_id, since, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
                .collect::<Result<_, _>>()?;
            let mut role = connection.prepare_cached(&format!("{ROLES} WHERE role.id = ?1"))?;
            let recent = |(id, last_used)| role.query_row([id], read_role).map(|(_, role)| Recent { role, last_used });
            used.into_iter().map(recent).collect()
        })
    }
}

/// Keeps the table from growing with every role that ever was.
fn forget_oldest(connection: &Connection, instance_id: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM history WHERE instance_id = ?1 AND arn IN (
             SELECT arn FROM history WHERE instance_id = ?1 ORDER BY last_used DESC, arn LIMIT -1 OFFSET ?2)";
    connection.execute(sql, params![instance_id, i64::try_from(MOST_REMEMBERED).unwrap_or(i64::MAX)]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    /// Two instances with the same three roles.
    fn index() -> (tempfile::TempDir, Index) {
        let home = tempfile::tempdir().unwrap();
        let (index, _) = Index::open(&home.path().join("state.db")).unwrap();
        index
            .connection
            .execute_batch(
                "INSERT INTO config (id, path) VALUES (1, '/c');
                 INSERT INTO instance (id, config_id, name, start_url, sso_region)
                 VALUES (1, 1, 'One', 'u', 'r'), (2, 1, 'Two', 'u', 'r');
                 INSERT INTO account (instance_id, id, alias) VALUES (1, 7, 'seven, or so'), (2, 7, 'seven, or so');
                 INSERT INTO role (instance_id, account_id, name, arn, partition, profile)
                 SELECT instance.id, 7, n, 'arn:aws:iam::000000000007:role/' || n, 'aws', n
                 FROM instance, (SELECT 'A' AS n UNION SELECT 'B' UNION SELECT 'C');",
            )
            .unwrap();
        (home, index)
    }

    fn arn(name: &str) -> RoleArn {
        format!("arn:aws:iam::000000000007:role/{name}").parse().unwrap()
    }

    fn names(index: &Index, instance: i64, limit: usize, age: Option<u64>, now: i64) -> String {
        let recent = index.recent(instance, limit, age.map(Duration::from_secs), now).unwrap();
        recent.iter().map(|recent| recent.role.role_name.as_str()).collect()
    }

    #[test]
    fn the_newest_use_comes_first_within_limit_and_age() {
        let (_home, mut index) = index();
        for (name, at) in [("A", 0), ("B", 10), ("C", 20), ("A", 30)] {
            index.record_use_at(1, &arn(name), NOW + at).unwrap();
        }
        index.record_use_at(1, &arn("Gone"), NOW + 30).unwrap();
        for (limit, age, at, expected) in [
            (10, None, 30, "ACB"),
            (2, None, 30, "AC"),
            (0, None, 30, ""),
            (10, Some(60), 60, "ACB"),
            (10, Some(20), 35, "AC"),
            (1, Some(20), 35, "A"),
            (10, Some(20), 3600, ""),
            (10, Some(u64::MAX), 3600, "ACB"),
            (usize::MAX, None, 30, "ACB"),
        ] {
            assert_eq!(names(&index, 1, limit, age, NOW + at), expected, "{limit} {age:?} {at}");
        }
        assert_eq!(names(&index, 2, 10, None, NOW), "", "the same roles of another instance were not used");
        let recent = index.recent(1, 1, None, NOW).unwrap().remove(0);
        assert_eq!(recent.tag_value(), format!("seven, or so:A,{}", NOW + 30));
    }

    #[test]
    fn a_clock_that_was_put_back_loses_no_use() {
        let (_home, mut index) = index();
        index.record_use_at(1, &arn("A"), NOW + 3600).unwrap();
        assert_eq!(names(&index, 1, 10, Some(60), NOW), "A");
    }

    #[test]
    fn what_was_used_longest_ago_is_forgotten() {
        let (_home, mut index) = index();
        let many = i64::try_from(MOST_REMEMBERED).unwrap();
        index.record_use_at(2, &arn("A"), NOW).unwrap();
        index
            .connection
            .execute(
                "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?1)
                 INSERT INTO history (instance_id, arn, last_used) SELECT 1, n, ?2 + n FROM n",
                params![many, NOW],
            )
            .unwrap();
        index.record_use_at(1, &arn("B"), NOW + many + 1).unwrap();
        let (count, oldest): (i64, i64) = index
            .connection
            .query_row("SELECT count(*), min(last_used) FROM history WHERE instance_id = 1", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!((count, oldest), (many, NOW + 2));
        assert_eq!(names(&index, 2, 10, None, NOW), "A", "another instance forgets nothing");
    }
}
