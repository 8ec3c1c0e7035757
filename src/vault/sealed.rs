//! Records in the state file, sealed under the data key of the config's secure store.

use std::cell::RefCell;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rusqlite::{OptionalExtension, Row, params};
use zeroize::Zeroizing;

use crate::config::SecureStore;
use crate::index::{Index, InstanceRow};
use crate::role::RoleCredentials;

use super::rows::{
    KeyRow, SealedRow, delete_all, find_key, forget_expired, is_without_key, note_end, sibling_records, take_key,
    write_record,
};
use super::{DataKey, KeyId, KeySource, Record, VaultError, random};

pub(super) struct SealedRecords {
    store: SecureStore,
    source: Box<dyn KeySource>,
    /// The key, once a record needed it.
    unlocked: RefCell<Option<Key>>,
    /// The key in a better wrapping than the one it was found in, for the next transaction that writes.
    rewrapped: RefCell<Option<(KeyId, Vec<u8>)>>,
}

/// A data key and its name.
#[derive(Clone)]
pub(super) struct Key {
    id: KeyId,
    key: DataKey,
}

/// A record as it is, on its way from one key or store to another.
pub(super) struct Plain {
    pub(super) instance: InstanceRow,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) record: Zeroizing<Vec<u8>>,
}

impl SealedRecords {
    pub(super) fn new(store: SecureStore, source: Box<dyn KeySource>) -> Self {
        Self { store, source, unlocked: RefCell::new(None), rewrapped: RefCell::new(None) }
    }

    pub(super) fn source(&self) -> &dyn KeySource {
        &*self.source
    }

    /// Whether the operating system decides by itself whom it asks what.
    pub(super) fn is_of_the_system(&self) -> bool {
        matches!(self.store, SecureStore::Keychain | SecureStore::Wincred)
    }

    pub(super) fn get(
        &self,
        index: &Index,
        instance: &InstanceRow,
        kind: &str,
        name: &str,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        // One statement: a logout in another shell is seen before or after it, never between.
        let row = index.read(|connection| {
            let sql = "SELECT id, wrapped, nonce, sealed FROM data_key JOIN record ON key_id = id
                       WHERE config_id = ?1 AND store = ?2 AND instance_id = ?3 AND kind = ?4 AND name = ?5";
            let read = |row: &Row<'_>| {
                Ok((
                    KeyRow { id: row.get(0)?, wrapped: row.get(1)? },
                    row.get::<_, [u8; 24]>(2)?,
                    row.get::<_, Vec<u8>>(3)?,
                ))
            };
            let values = params![instance.config_id, self.store.as_str(), instance.id, kind, name];
            connection.prepare_cached(sql)?.query_row(values, read).optional()
        })?;
        // Only now does the store have to be unlocked: a person without a session is not asked for a password.
        let Some((key_row, nonce, sealed)) = row else {
            let lost = index.read(|connection| is_without_key(connection, instance, kind, name))?;
            return if lost { Err(tampered(kind, name)) } else { Ok(None) };
        };
        let Key { key, .. } = self.unlock(&key_row)?;
        open(&key, instance, kind, name, nonce, &sealed).map(Some)
    }

    pub(super) fn put(
        &self,
        index: &mut Index,
        instance: &InstanceRow,
        (kind, name, ends_at): (&str, &str, Option<i64>),
        record: &[u8],
    ) -> Result<(), VaultError> {
        let Key { id, key } = self.writing_key(index, instance)?;
        let (nonce, sealed) = seal(&key, instance, kind, name, record)?;
        let written = index.write(|transaction| {
            // A logout in another shell may have replaced the key since: what it sealed would never open.
            let current = find_key(transaction, instance, self.store)?.is_some_and(|row| row.id == id);
            if current {
                write_record(transaction, instance.id, &id, (kind, name, &nonce, &sealed))?;
                note_end(transaction, instance, (kind, name), ends_at)?;
                if let Some((_, wrapped)) = self.rewrapped.borrow().as_ref().filter(|(of, _)| *of == id) {
                    transaction.execute("UPDATE data_key SET wrapped = ?2 WHERE id = ?1", params![id, wrapped])?;
                }
                if kind == RoleCredentials::KIND {
                    forget_expired(transaction, instance)?;
                }
            }
            Ok(current)
        })?;
        let replaced = || {
            VaultError::Unavailable(
                "the secrets were removed by a logout in another shell: run the command again".to_owned(),
            )
        };
        written.then_some(()).ok_or_else(replaced)
    }

    /// The key to seal with, made where there is none yet.
    pub(super) fn writing_key(&self, index: &mut Index, instance: &InstanceRow) -> Result<Key, VaultError> {
        match index.read(|connection| find_key(connection, instance, self.store))? {
            Some(row) => self.unlock(&row),
            None => self.create_key(index, instance),
        }
    }

    /// Deletes the records of `instance` and gives the config a new data key, to which those of its siblings
    /// move. Answers what could not be done.
    pub(super) fn clear(&self, index: &mut Index, instance: &InstanceRow) -> Result<Option<String>, VaultError> {
        let (key, is_in_use) = index.write(|transaction| {
            delete_all(transaction, instance)?;
            let Some(key) = find_key(transaction, instance, self.store)? else { return Ok((None, false)) };
            let sql = "SELECT EXISTS (SELECT 1 FROM record WHERE key_id = ?1)";
            let is_in_use: bool = transaction.query_row(sql, [key.id], |row| row.get(0))?;
            if !is_in_use {
                transaction.execute("DELETE FROM data_key WHERE id = ?1", [key.id])?;
            }
            Ok((Some(key), is_in_use))
        })?;
        let Some(old) = key else { return Ok(None) };
        if !is_in_use {
            self.unlocked.replace(None);
            return Ok(self.forget(&old.id, old.wrapped.as_deref()));
        }
        match self.move_to_new_key(index, &old) {
            Err(VaultError::Unavailable(why)) => Ok(Some(format!(
                "the key that sealed them could not be replaced ({why}): it still serves the other SSO instances"
            ))),
            Err(other) => Err(other),
            Ok(()) => Ok(self.forget(&old.id, None)),
        }
    }

    fn move_to_new_key(&self, index: &mut Index, old: &KeyRow) -> Result<(), VaultError> {
        let Key { key: old_key, .. } = self.unlock(old)?;
        let (new, wrapped) = self.make_key(old.wrapped.as_deref())?;
        let written = index.write(|transaction| {
            for (owner, kind, name, nonce, sealed) in sibling_records(transaction, &old.id)? {
                let moved = open(&old_key, &owner, &kind, &name, nonce, &sealed)
                    .and_then(|record| seal(&new.key, &owner, &kind, &name, &record));
                match moved {
                    Ok((nonce, sealed)) => {
                        write_record(transaction, owner.id, &new.id, (&kind, &name, &nonce, &sealed))?;
                    }
                    Err(error) => tracing::warn!("{}: {error}", owner.name),
                }
            }
            transaction.execute("DELETE FROM record WHERE key_id = ?1", [old.id])?;
            let sql = "UPDATE data_key SET id = ?2, wrapped = ?3 WHERE id = ?1";
            transaction.execute(sql, params![old.id, new.id, wrapped]).map(drop)
        });
        written.inspect_err(|_| drop(self.forget(&new.id, None)))?;
        self.unlocked.replace(Some(new));
        Ok(())
    }

    /// A new data key, kept by the store, and what the state file is to keep of it. `previous` is what it keeps of
    /// the key that this one replaces.
    fn make_key(&self, previous: Option<&[u8]>) -> Result<(Key, Option<Vec<u8>>), VaultError> {
        let new = Key { id: random()?, key: Zeroizing::new(random()?) };
        let wrapped = self.source.store(&new.id, &new.key, previous)?;
        Ok((new, wrapped))
    }

    /// Removes a key from the store. Answers what could not be done.
    fn forget(&self, id: &KeyId, wrapped: Option<&[u8]>) -> Option<String> {
        self.source.forget(id, wrapped).err().map(|why| {
            format!(
                "the key that sealed them could not be removed ({why}): it opens nothing any more; its place is {}",
                self.source.place(id)
            )
        })
    }

    pub(super) fn store(&self) -> SecureStore {
        self.store
    }

    /// Every record of a config, opened.
    pub(super) fn all(&self, index: &Index, config: &InstanceRow) -> Result<Vec<Plain>, VaultError> {
        // One key row and the records that it seals, whatever is written meanwhile.
        let Some((row, sealed)) = index.read(|connection| {
            let transaction = connection.unchecked_transaction()?;
            let Some(row) = find_key(&transaction, config, self.store)? else { return Ok(None) };
            let sealed = sibling_records(&transaction, &row.id)?;
            Ok(Some((row, sealed)))
        })?
        else {
            return Ok(Vec::new());
        };
        if sealed.is_empty() {
            return Ok(Vec::new());
        }
        let Key { key, .. } = self.unlock(&row)?;
        let plain = |(instance, kind, name, nonce, sealed): SealedRow| {
            let record = open(&key, &instance, &kind, &name, nonce, &sealed)?;
            Ok(Plain { instance, kind, name, record })
        };
        sealed.into_iter().map(plain).collect()
    }

    /// Takes `records` in under a key of their own, in the place of whatever this store holds of the config.
    /// The key that it had is answered: it is to be forgotten once the config names this store.
    pub(super) fn receive(
        &self,
        index: &mut Index,
        config: &InstanceRow,
        records: &[Plain],
    ) -> Result<Option<KeyRow>, VaultError> {
        let (new, wrapped) = self.make_key(None)?;
        let sealed: Vec<_> = records
            .iter()
            .map(|plain| seal(&new.key, &plain.instance, &plain.kind, &plain.name, &plain.record))
            .collect::<Result<_, _>>()?;
        let replaced = index.write(|transaction| {
            let old = take_key(transaction, config, self.store)?;
            let sql = "INSERT INTO data_key (id, config_id, store, wrapped) VALUES (?1, ?2, ?3, ?4)";
            transaction.execute(sql, params![new.id, config.config_id, self.store.as_str(), wrapped])?;
            for (plain, (nonce, sealed)) in records.iter().zip(&sealed) {
                write_record(transaction, plain.instance.id, &new.id, (&plain.kind, &plain.name, nonce, sealed))?;
            }
            Ok(old)
        });
        let replaced = replaced.inspect_err(|_| drop(self.forget(&new.id, wrapped.as_deref())))?;
        self.unlocked.replace(Some(new));
        Ok(replaced)
    }

    /// Deletes what this store holds of a config, and its key. Answers what could not be done.
    pub(super) fn abandon(&self, index: &mut Index, config: &InstanceRow) -> Result<Option<String>, VaultError> {
        let old = index.write(|transaction| take_key(transaction, config, self.store))?;
        self.unlocked.replace(None);
        Ok(old.and_then(|old| self.forget(&old.id, old.wrapped.as_deref())))
    }

    /// Removes a key that [`SealedRecords::receive`] has replaced. Answers what could not be done.
    pub(super) fn forget_old(&self, old: &KeyRow) -> Option<String> {
        self.forget(&old.id, old.wrapped.as_deref())
    }

    fn unlock(&self, row: &KeyRow) -> Result<Key, VaultError> {
        if let Some(unlocked) = self.unlocked.borrow().as_ref().filter(|unlocked| unlocked.id == row.id) {
            return Ok(unlocked.clone());
        }
        let unlocked = Key { id: row.id, key: self.source.load(&row.id, row.wrapped.as_deref())? };
        self.unlocked.replace(Some(unlocked.clone()));
        let rewrapped = self.source.renewed(&row.id, &unlocked.key, row.wrapped.as_deref());
        self.rewrapped.replace(rewrapped.map(|wrapped| (row.id, wrapped)));
        Ok(unlocked)
    }

    /// Makes the first key of this store. Of two processes that do it at once, one wins and both use its key.
    fn create_key(&self, index: &mut Index, instance: &InstanceRow) -> Result<Key, VaultError> {
        let (new, wrapped) = self.make_key(None)?;
        let store = self.store;
        let row = index.write(|transaction| {
            transaction.execute(
                "INSERT OR IGNORE INTO data_key (id, config_id, store, wrapped) VALUES (?1, ?2, ?3, ?4)",
                params![new.id, instance.config_id, store.as_str(), wrapped],
            )?;
            find_key(transaction, instance, store)
        })?;
        match row {
            Some(row) if row.id == new.id => {
                self.unlocked.replace(Some(new.clone()));
                Ok(new)
            }
            Some(row) => {
                if let Some(left) = self.forget(&new.id, wrapped.as_deref()) {
                    tracing::debug!("{left}");
                }
                self.unlock(&row)
            }
            None => Err(VaultError::Unavailable("the key of the secure store could not be written".to_owned())),
        }
    }
}

/// The identity of a record. Lengths keep two identities from having one text.
fn associated_data(instance: &InstanceRow, kind: &str, name: &str) -> Vec<u8> {
    let mut data = b"aws-sso record 1".to_vec();
    for part in [&instance.id.to_string(), &instance.name, &instance.start_url, kind, name] {
        data.extend_from_slice(&(part.len() as u64).to_le_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data
}

fn seal(
    key: &DataKey,
    instance: &InstanceRow,
    kind: &str,
    name: &str,
    record: &[u8],
) -> Result<([u8; 24], Vec<u8>), VaultError> {
    let nonce: [u8; 24] = random()?;
    let aad = associated_data(instance, kind, name);
    let sealed = XChaCha20Poly1305::new((&**key).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: record, aad: &aad })
        .map_err(|_| VaultError::Unavailable(format!("a {kind} of {} bytes cannot be sealed", record.len())))?;
    Ok((nonce, sealed))
}

fn open(
    key: &DataKey,
    instance: &InstanceRow,
    kind: &str,
    name: &str,
    nonce: [u8; 24],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    let aad = associated_data(instance, kind, name);
    XChaCha20Poly1305::new((&**key).into())
        .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| tampered(kind, name))
}

fn tampered(kind: &str, name: &str) -> VaultError {
    VaultError::Tampered { what: format!("{kind} {name}").trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(id: i64) -> InstanceRow {
        InstanceRow {
            id,
            config_id: 1,
            name: "Default".into(),
            start_url: "https://example.awsapps.com/start".into(),
            refreshed_at: None,
            session_expires_at: None,
            problem: None,
        }
    }

    #[test]
    fn a_record_opens_only_as_what_it_was_sealed_as() {
        let key: DataKey = Zeroizing::new([7; 32]);
        let (nonce, sealed) = seal(&key, &instance(1), "token", "a", b"secret").unwrap();
        let opens =
            |key: &DataKey, id, kind, name, sealed: &[u8]| open(key, &instance(id), kind, name, nonce, sealed).is_ok();
        assert_eq!(&**open(&key, &instance(1), "token", "a", nonce, &sealed).unwrap(), b"secret");
        assert!(!opens(&key, 2, "token", "a", &sealed));
        assert!(!opens(&key, 1, "tokena", "", &sealed));
        assert!(!opens(&key, 1, "token", "b", &sealed));
        assert!(!opens(&Zeroizing::new([8; 32]), 1, "token", "a", &sealed));
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!opens(&key, 1, "token", "a", &changed), "bit {bit}");
        }
        assert!(!sealed.windows(6).any(|window| window == b"secret"));
    }
}
