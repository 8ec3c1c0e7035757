//! Tokens and keys that look like those of AWS.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::text::hex;

const KEY_LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
// No vowels: no words, and nothing that is misread.
const CODE_LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

pub(crate) fn opaque<const N: usize>() -> String {
    URL_SAFE_NO_PAD.encode(random::<N>())
}

pub(crate) fn access_token() -> String {
    format!("aoaAAAAA{}", opaque::<96>())
}

pub(crate) fn refresh_token() -> String {
    format!("aorAAAAA{}", opaque::<96>())
}

pub(crate) fn access_key_id() -> String {
    format!("ASIA{}", key_letters(&random::<16>()))
}

pub(crate) fn secret_access_key() -> String {
    STANDARD.encode(random::<30>())
}

pub(crate) fn session_token() -> String {
    format!("IQoJb3JpZ2luX2Vj{}", STANDARD.encode(random::<240>()))
}

pub(crate) fn key_letters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(KEY_LETTERS[usize::from(byte % 32)])).collect()
}

/// A random UUID.
pub(crate) fn request_id() -> String {
    let mut bytes = random::<16>();
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex(&bytes);
    format!("{}-{}-{}-{}-{}", &digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..])
}

pub(crate) fn user_code() -> String {
    let letter = |byte: &u8| char::from(CODE_LETTERS[usize::from(byte % 20)]);
    let letters: String = random::<8>().iter().map(letter).collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}
