//! The key of a `file` store as it lies in the state file: read and written here a second time, by what the format
//! says, not by the program's own code.

#![allow(dead_code, reason = "each test file uses a part of it")]

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use linux_keyutils::{Key, KeyRing, KeyRingIdentifier};
use rusqlite::Connection;

use super::support::{Home, PASSWORD};

/// Version, memory in KiB, passes and lanes (little endian), salt; then the nonce.
const HEADER: usize = 1 + 3 * 4 + 16;
const NONCE: usize = 24;

/// A wrapped key.
pub struct Wrapped {
    id: Vec<u8>,
    bytes: Vec<u8>,
}

impl Wrapped {
    pub fn of(home: &Home) -> Self {
        let database = Connection::open(home.state_path()).expect("the state file");
        let read = |row: &rusqlite::Row<'_>| Ok(Self { id: row.get(0)?, bytes: row.get(1)? });
        database.query_row("SELECT id, wrapped FROM data_key WHERE store = 'file'", [], read).expect("one key")
    }

    /// Memory in KiB and passes that a guess at the password takes.
    pub fn cost(&self) -> (u32, u32) {
        let number = |at: usize| u32::from_le_bytes(self.bytes[at..at + 4].try_into().expect("four bytes"));
        (number(1), number(5))
    }

    /// Wraps the same key under the same password as an older version would have, and writes it back.
    pub fn weaken(&self, home: &Home, memory_kib: u32, passes: u32) {
        let key = cipher(&self.bytes).decrypt(&nonce(&self.bytes), self.payload(&self.bytes[HEADER + NONCE..]));
        let mut weak = self.bytes[..HEADER + NONCE].to_vec();
        weak[1..5].copy_from_slice(&memory_kib.to_le_bytes());
        weak[5..9].copy_from_slice(&passes.to_le_bytes());
        let header = [&weak[..HEADER], &self.id].concat();
        let payload = Payload { msg: &key.expect("the password of the tests"), aad: &header };
        let sealed = cipher(&weak).encrypt(&nonce(&weak), payload).expect("sealed");
        weak.extend(sealed);
        let database = Connection::open(home.state_path()).expect("the state file");
        database.execute("UPDATE data_key SET wrapped = ?1 WHERE id = ?2", (&weak, &self.id)).expect("written");
    }

    fn payload<'a>(&self, sealed: &'a [u8]) -> Payload<'a, 'static> {
        let header = [&self.bytes[..HEADER], &self.id].concat();
        Payload { msg: sealed, aad: header.leak() }
    }

    /// What the kernel keeps unlocked of it.
    pub fn in_kernel(&self) -> Option<Key> {
        let salt: String = self.bytes[13..HEADER].iter().map(|byte| format!("{byte:02x}")).collect();
        let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).ok()?;
        ring.search(&format!("aws-sso:{salt}")).ok()
    }
}

fn nonce(bytes: &[u8]) -> XNonce {
    let nonce: [u8; NONCE] = bytes[HEADER..HEADER + NONCE].try_into().expect("a nonce");
    XNonce::from(nonce)
}

fn cipher(bytes: &[u8]) -> XChaCha20Poly1305 {
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    let params = Params::new(number(1), number(5), number(9), Some(32)).expect("parameters");
    let mut key = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(PASSWORD.as_bytes(), &bytes[13..HEADER], &mut key).expect("a key");
    XChaCha20Poly1305::new((&key).into())
}
