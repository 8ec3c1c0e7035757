//! All secrets of a config into another secure store, or under another key.

use crate::Result;
use crate::vault::Vault;

use super::Session;
use super::lock::ProcessLock;

/// What became of a move.
#[derive(Debug, PartialEq, Eq)]
pub struct Relocation {
    /// How many secrets it was.
    pub records: usize,
    /// What could not be done about the old keys, in words.
    pub left: Vec<String>,
}

impl Session<'_> {
    /// Moves all secrets of the config into `target`. Once they are there, `commit` says so in `config.yaml`,
    /// and only then does the old store let go: cut off at any moment, the store that the config names has
    /// them all.
    pub fn move_secrets(&mut self, target: &Vault, commit: impl FnOnce() -> Result<()>) -> Result<Relocation> {
        self.make_writable()?;
        // A session that is renewed meanwhile would leave a token behind that AWS takes no more.
        let rows = self.index.instances(self.row.config_id)?;
        let locks = rows.iter().map(|row| ProcessLock::acquire(self.index.path(), &session_lock(row.id), || {}));
        let _locks = locks.collect::<Result<Vec<_>>>()?;
        let moved = self.vault.copy_to(target, &mut self.index, &self.row)?;
        if let Err(error) = commit() {
            // The old store is still the one: a second copy would be left lying about, of `json` in clear text.
            if let Some(left) = target.abandon(&mut self.index, &self.row)? {
                tracing::warn!("{left}");
            }
            return Err(error);
        }
        let left = self.vault.let_go(target, &moved, &mut self.index, &self.row)?;
        Ok(Relocation { records: moved.records, left })
    }
}

/// The name of the lock under which the session of an instance is renewed.
pub(super) fn session_lock(instance_id: i64) -> String {
    format!("session {instance_id}")
}
