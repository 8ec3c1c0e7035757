//! A data key as an item of a store that keeps small texts by name: the system's keyring, KDE's wallet,
//! pass(1).
//!
//! The text is one line that holds the key and a check over it, so that a text which somebody edited is
//! named as such, and not taken for a key that opens nothing.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::asking::{Asking, wait};
use super::{DataKey, KeyId, KeySource, Reach, VaultError};

/// What such items are filed under.
pub(super) const SERVICE: &str = "aws-sso";

/// In front of the text of a key, with the version of its form.
const PREFIX: &str = "aws-sso-key-1:";

const CHECK: usize = 8;

/// A store of small texts. Its errors are whole messages: cause, place, what to do.
pub(super) trait ItemStore: Clone + Send + 'static {
    /// What it is called within a sentence.
    fn called(&self) -> &'static str;

    /// The text of the item `name`; none where there is no such item.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<String>>, String>;

    /// Writes the item `name`, in the place of what is there.
    fn write(&self, name: &str, text: &str) -> Result<(), String>;

    /// Removes the item `name`, if it is there.
    fn remove(&self, name: &str) -> Result<(), String>;

    /// How a person finds the item.
    fn place(&self, name: &str) -> String;

    /// Whether the store can be used: what answers that an item is not there answers.
    fn reach(&self) -> Result<(), String> {
        self.read(&item_name(&[0; 16])).map(drop)
    }

    /// Ends a call that takes too long, where that can be done.
    fn give_up(&self) {}
}

/// Data keys in an [`ItemStore`].
pub(super) struct Items<S> {
    store: S,
    asking: Asking,
}

impl<S: ItemStore> Items<S> {
    pub(super) fn new(store: S, asking: Asking) -> Self {
        Self { store, asking }
    }

    /// Does something with the store, for as long as there is patience.
    fn with_store<T: Send + 'static>(
        &self,
        id: &KeyId,
        work: impl FnOnce(&S, &str) -> Result<T, String> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (store, name) = (self.store.clone(), item_name(id));
        let answer = wait(self.asking, self.store.called(), move || work(&store, &name));
        answer.inspect_err(|_| self.store.give_up())?.map_err(VaultError::Unavailable)
    }
}

impl<S: ItemStore> KeySource for Items<S> {
    fn load(&self, id: &KeyId, _: Option<&[u8]>) -> Result<DataKey, VaultError> {
        let unusable = |what: &str| {
            VaultError::Unavailable(format!(
                "the key of the vault {what} ({}): bring it back from a backup, or run 'aws-sso logout', then 'aws-sso \
                 login'",
                self.store.place(&item_name(id))
            ))
        };
        let text = self.with_store(id, S::read)?;
        let text = text.ok_or_else(|| unusable(&format!("is not in {}", self.store.called())))?;
        parse(id, &text).ok_or_else(|| unusable(&format!("was changed in {}", self.store.called())))
    }

    fn store(&self, id: &KeyId, key: &DataKey, _: Option<&[u8]>) -> Result<Option<Vec<u8>>, VaultError> {
        let text = render(id, key);
        self.with_store(id, move |store, name| store.write(name, &text)).map(|()| None)
    }

    fn forget(&self, id: &KeyId, _: Option<&[u8]>) -> Result<(), VaultError> {
        self.with_store(id, S::remove)
    }

    fn place(&self, id: &KeyId) -> String {
        self.store.place(&item_name(id))
    }

    fn look(&self, key: Option<(&KeyId, Option<&[u8]>)>) -> Result<Reach, VaultError> {
        let found = match key {
            Some((id, wrapped)) => self.load(id, wrapped).map(|_| Reach::Open),
            None => self.with_store(&[0; 16], |store, _| store.reach()).map(|()| Reach::Unused),
        };
        match found {
            // Every store of this kind says so in these words.
            Err(VaultError::Unavailable(why)) if why.contains(" is locked") => Ok(Reach::Locked(why)),
            other => other,
        }
    }
}

fn item_name(id: &KeyId) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn render(id: &KeyId, key: &DataKey) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 32 + CHECK]);
    bytes[..32].copy_from_slice(&**key);
    bytes[32..].copy_from_slice(&check(id, key));
    // Room enough that the text never moves and leaves an unwiped copy behind.
    let mut text = Zeroizing::new(String::with_capacity(128));
    text.push_str(PREFIX);
    URL_SAFE_NO_PAD.encode_string(&bytes[..], &mut text);
    text
}

/// The key in a text, if it is as it was written. Blank lines around it are nothing that a store must not add.
fn parse(id: &KeyId, text: &str) -> Option<DataKey> {
    let encoded = text.trim().strip_prefix(PREFIX)?;
    let mut bytes = Zeroizing::new([0; 32 + CHECK]);
    let length = URL_SAFE_NO_PAD.decode_slice(encoded, &mut *bytes).ok()?;
    let key: DataKey = Zeroizing::new(*bytes.first_chunk::<32>()?);
    (length == bytes.len() && bytes[32..] == check(id, &key)).then_some(key)
}

fn check(id: &KeyId, key: &DataKey) -> [u8; CHECK] {
    let digest = Sha256::new().chain_update(PREFIX).chain_update(id).chain_update(&key[..]).finalize();
    digest[..CHECK].try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_that_was_edited_is_no_key() {
        let (id, key) = ([4; 16], Zeroizing::new([5; 32]));
        let text = render(&id, &key);
        assert!(parse(&id, &format!("{}\n", *text)).unwrap() == key);
        assert!(parse(&[5; 16], &text).is_none());
        for at in 0..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(parse(&id, std::str::from_utf8(&changed).unwrap()).is_none(), "letter {at}");
        }
        assert!(parse(&id, &text[..text.len() - 1]).is_none());
        assert!(parse(&id, &format!("{}A", *text)).is_none());
    }

    proptest! {
        #[test]
        fn every_key_comes_back(id in any::<[u8; 16]>(), key in any::<[u8; 32]>()) {
            let key = Zeroizing::new(key);
            prop_assert!(parse(&id, &render(&id, &key)).unwrap() == key);
        }

        #[test]
        fn no_text_panics(text in ".{0,100}") {
            prop_assert!(parse(&[0; 16], &text).is_none());
            let begun = format!("{PREFIX}{text}");
            prop_assert!(parse(&[0; 16], &begun).is_none());
        }
    }
}
