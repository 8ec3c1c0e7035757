//! `SecureStore: file`: the data key lies in the state file, wrapped under a key that Argon2id makes of
//! a password. Once unlocked, that key stays in the Linux kernel's keyring for `UnlockMinutes`, so the
//! password is typed once and not at each command.

use std::cell::RefCell;
use std::time::Duration;

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::config::Config;
use crate::context::Context;
use crate::ui;

use super::{DataKey, KeyId, KeySource, Reach, VaultError, kernel_keyring, random};

/// Memory in KiB, passes and lanes of new passwords. Those of existing ones are kept with them.
const COST: Cost = Cost { memory_kib: 64 * 1024, passes: 3, lanes: 1 };

/// No stored cost may ask for more than this: a changed state file must not exhaust the machine.
const MAX_COST: Cost = Cost { memory_kib: 2 * 1024 * 1024, passes: 64, lanes: 16 };

const FORMAT: u8 = 1;
const HEADER: usize = 1 + 3 * 4 + 16;
const NONCE: usize = 24;

#[derive(Clone, Copy, PartialEq, Eq)]
struct Cost {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// What is in clear text in front of a wrapped key: how its password becomes a key.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Header {
    cost: Cost,
    salt: [u8; 16],
}

pub(super) struct PasswordStore {
    password: Option<SecretString>,
    unlock_for: Option<Duration>,
    may_ask: bool,
    /// The password's key, once it was made or found.
    unlocked: RefCell<Option<(Header, DataKey)>>,
    /// The password, where this process came to know it.
    typed: RefCell<Option<SecretString>>,
}

impl PasswordStore {
    pub(super) fn new(config: &Config, context: &Context, may_ask: bool) -> Self {
        Self {
            password: context.env.get("AWS_SSO_FILE_PASSWORD").map(SecretString::from),
            unlock_for: config.unlock_for,
            may_ask,
            unlocked: RefCell::new(None),
            typed: RefCell::new(None),
        }
    }

    /// A wrapped key, and how its password becomes a key.
    fn readable(wrapped: Option<&[u8]>) -> Result<(&[u8], Header), VaultError> {
        let whole = wrapped.filter(|wrapped| wrapped.len() > HEADER + NONCE);
        whole.and_then(|wrapped| Some((wrapped, Header::read(wrapped)?))).ok_or_else(|| {
            VaultError::Unavailable(
                "the wrapped key of the file store is damaged: run 'aws-sso logout', then 'aws-sso login'".to_owned(),
            )
        })
    }

    /// The password's key where nobody has to type the password: this process or the kernel has it.
    fn known_key(&self, header: Header) -> Option<DataKey> {
        let own = self.unlocked.borrow().as_ref().filter(|(known, _)| *known == header).map(|(_, key)| key.clone());
        own.or_else(|| self.unlock_for.and_then(|_| kernel_keyring::find(&header.salt)))
    }

    fn remember(&self, header: Header, key: &DataKey) {
        *self.unlocked.borrow_mut() = Some((header, key.clone()));
    }

    fn keep_unlocked(&self, header: Header, key: &DataKey) {
        if let Some(duration) = self.unlock_for {
            kernel_keyring::keep(&header.salt, key, duration);
        }
    }

    fn ask(&self) -> Result<SecretString, VaultError> {
        if let Some(password) = &self.password {
            return Ok(password.clone());
        }
        if !self.may_ask {
            return Err(VaultError::Unavailable(
                "the file store is locked: run 'aws-sso login' in a terminal to unlock it, or set AWS_SSO_FILE_PASSWORD".to_owned(),
            ));
        }
        prompt("Password of the aws-sso file store: ")
    }

    /// A new password: from the environment, else asked twice.
    fn choose(&self) -> Result<SecretString, VaultError> {
        if let Some(password) = &self.password {
            return Ok(password.clone());
        }
        if !self.may_ask {
            return Err(VaultError::Unavailable(
                "the file store needs a password: run this in a terminal, or set AWS_SSO_FILE_PASSWORD".to_owned(),
            ));
        }
        let password = prompt("New password for the aws-sso file store: ")?;
        if password.expose_secret().is_empty() {
            return Err(VaultError::Unavailable(
                "an empty password protects nothing: run the command again and type one, or choose another SecureStore"
                    .to_owned(),
            ));
        }
        if prompt("The same password again: ")?.expose_secret() != password.expose_secret() {
            return Err(VaultError::Unavailable("the two passwords differ: run the command again".to_owned()));
        }
        Ok(password)
    }
}

impl KeySource for PasswordStore {
    fn load(&self, id: &KeyId, wrapped: Option<&[u8]>) -> Result<DataKey, VaultError> {
        let (wrapped, header) = Self::readable(wrapped)?;
        if let Some(key) = self.known_key(header)
            && let Some(data_key) = unwrap(&key, id, wrapped)
        {
            self.remember(header, &key);
            return Ok(data_key);
        }
        let password = self.ask()?;
        let key = derive(&password, header)?;
        let data_key = unwrap(&key, id, wrapped).ok_or_else(|| {
            let source = if self.password.is_some() { "AWS_SSO_FILE_PASSWORD" } else { "what was typed" };
            VaultError::Unavailable(format!(
                "wrong password for the file store ({source}): try again; if it is lost, 'aws-sso logout' starts anew"
            ))
        })?;
        self.keep_unlocked(header, &key);
        self.remember(header, &key);
        self.typed.replace(Some(password));
        Ok(data_key)
    }

    fn store(&self, id: &KeyId, key: &DataKey, previous: Option<&[u8]>) -> Result<Option<Vec<u8>>, VaultError> {
        // A key that replaces another keeps the password, and the key that the kernel holds for it.
        if let Some(header) = previous.and_then(Header::read) {
            let password_key = self.known_key(header).map_or_else(|| derive(&self.ask()?, header), Ok)?;
            return wrap(&password_key, header, id, key).map(Some);
        }
        let header = Header { cost: COST, salt: random()? };
        let password_key = derive(&self.choose()?, header)?;
        let wrapped = wrap(&password_key, header, id, key)?;
        self.keep_unlocked(header, &password_key);
        self.remember(header, &password_key);
        Ok(Some(wrapped))
    }

    /// The password's key goes with the last key that it wrapped.
    fn forget(&self, _: &KeyId, wrapped: Option<&[u8]>) -> Result<(), VaultError> {
        if let Some(header) = wrapped.and_then(Header::read) {
            kernel_keyring::drop_key(&header.salt);
            self.unlocked.replace(None);
        }
        Ok(())
    }

    fn place(&self, _: &KeyId) -> String {
        "the keyring of the kernel".to_owned()
    }

    /// A password of the environment is tried; what it unlocks stays locked for others.
    fn look(&self, key: Option<(&KeyId, Option<&[u8]>)>) -> Result<Reach, VaultError> {
        let Some((id, wrapped)) = key else { return Ok(Reach::Unused) };
        let (wrapped, header) = Self::readable(wrapped)?;
        if self.known_key(header).and_then(|key| unwrap(&key, id, wrapped)).is_some() {
            return Ok(Reach::Open);
        }
        let Some(password) = &self.password else {
            let until = "the next command that needs a secret asks for its password, or takes AWS_SSO_FILE_PASSWORD";
            return Ok(Reach::Locked(format!("the file store is locked: {until}")));
        };
        unwrap(&derive(password, header)?, id, wrapped).map(|_| Reach::Open).ok_or_else(|| {
            VaultError::Unavailable("the password in AWS_SSO_FILE_PASSWORD is not that of the file store".to_owned())
        })
    }

    /// A password is made into a key at the cost of its day. It takes the password to do that again, so it
    /// is done when somebody gave it.
    fn renewed(&self, id: &KeyId, key: &DataKey, wrapped: Option<&[u8]>) -> Option<Vec<u8>> {
        let header = wrapped.and_then(Header::read).filter(|header| header.cost.is_below(COST))?;
        let password = self.typed.take()?;
        let better = Header { cost: COST, salt: random().ok()? };
        let password_key = derive(&password, better).ok()?;
        let rewrapped = wrap(&password_key, better, id, key).ok()?;
        kernel_keyring::drop_key(&header.salt);
        self.keep_unlocked(better, &password_key);
        self.remember(better, &password_key);
        Some(rewrapped)
    }
}

impl Cost {
    /// Whether a guess at the password takes less than at `other` in any way.
    fn is_below(self, other: Self) -> bool {
        self.memory_kib < other.memory_kib || self.passes < other.passes
    }
}

fn prompt(question: &str) -> Result<SecretString, VaultError> {
    ui::password(question).map_err(VaultError::Prompt)
}

fn derive(password: &SecretString, header: Header) -> Result<DataKey, VaultError> {
    let Cost { memory_kib, passes, lanes } = header.cost;
    let mut key = Zeroizing::new([0; 32]);
    Params::new(memory_kib, passes, lanes, Some(32))
        .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
        .and_then(|argon2| argon2.hash_password_into(password.expose_secret().as_bytes(), &header.salt, &mut *key))
        .map_err(|error| VaultError::Unavailable(format!("the password of the file store cannot be used ({error})")))?;
    Ok(key)
}

impl Header {
    fn write(self) -> Vec<u8> {
        let mut bytes = vec![FORMAT];
        for number in [self.cost.memory_kib, self.cost.passes, self.cost.lanes] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.salt);
        bytes
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..HEADER)?;
        let number = |at: usize| Some(u32::from_le_bytes(bytes[at..at + 4].try_into().ok()?));
        let cost = Cost { memory_kib: number(1)?, passes: number(5)?, lanes: number(9)? };
        let bounded =
            cost.memory_kib <= MAX_COST.memory_kib && cost.passes <= MAX_COST.passes && cost.lanes <= MAX_COST.lanes;
        (bytes[0] == FORMAT && bounded).then_some(Self { cost, salt: bytes[13..].try_into().ok()? })
    }
}

/// `header ‖ nonce ‖ sealed key`, with the header and the key's id authenticated.
fn wrap(password_key: &DataKey, header: Header, id: &KeyId, key: &DataKey) -> Result<Vec<u8>, VaultError> {
    let mut bytes = header.write();
    let nonce: [u8; NONCE] = random()?;
    let aad = [&bytes[..], id].concat();
    let sealed = XChaCha20Poly1305::new((&**password_key).into())
        .encrypt(&XNonce::from(nonce), Payload { msg: &**key, aad: &aad })
        .map_err(|_| VaultError::Unavailable("the key of the file store cannot be sealed".to_owned()))?;
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&sealed);
    Ok(bytes)
}

fn unwrap(password_key: &DataKey, id: &KeyId, bytes: &[u8]) -> Option<DataKey> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let (nonce, sealed) = rest.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let aad = [header, id].concat();
    let key = XChaCha20Poly1305::new((&**password_key).into())
        .decrypt(&XNonce::from(nonce), Payload { msg: sealed, aad: &aad })
        .map(Zeroizing::new)
        .ok()?;
    key.as_slice().try_into().map(Zeroizing::new).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CHEAP: Header = Header { cost: Cost { memory_kib: 8, passes: 1, lanes: 1 }, salt: [3; 16] };

    #[test]
    fn only_the_right_password_unwraps() {
        let id = [1; 16];
        let key: DataKey = Zeroizing::new([9; 32]);
        let right = derive(&"right".into(), CHEAP).unwrap();
        let wrapped = wrap(&right, CHEAP, &id, &key).unwrap();
        assert!(unwrap(&right, &id, &wrapped).unwrap() == key);
        assert!(unwrap(&derive(&"wrong".into(), CHEAP).unwrap(), &id, &wrapped).is_none());
        assert!(unwrap(&right, &[2; 16], &wrapped).is_none());
        for at in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[at] ^= 1;
            assert!(unwrap(&right, &id, &changed).is_none(), "byte {at}");
        }
    }

    #[test]
    fn a_cost_that_would_exhaust_the_machine_is_refused() {
        let header = Header { cost: Cost { memory_kib: u32::MAX, ..COST }, salt: [0; 16] };
        assert!(Header::read(&header.write()).is_none());
        assert!(Header::read(&Header { cost: COST, salt: [0; 16] }.write()).is_some());
    }

    proptest! {
        #[test]
        fn no_wrapped_key_panics(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            let _ = Header::read(&bytes);
            let _ = unwrap(&Zeroizing::new([0; 32]), &[0; 16], &bytes);
        }
    }
}
