//! Sums, base64, and the escapes of other languages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::value::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use super::answer::Answer;
use super::{bounded, text_of};

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn sha1_sum(arguments: &[Value]) -> Answer {
    Ok(hexadecimal(&Sha1::digest(text_of(&arguments[0]))).into())
}

pub fn sha256_sum(arguments: &[Value]) -> Answer {
    Ok(hexadecimal(&Sha256::digest(text_of(&arguments[0]))).into())
}

/// Adler-32 (RFC 1950), as a decimal number.
pub fn adler32_sum(arguments: &[Value]) -> Answer {
    const MODULUS: u32 = 65_521;
    let text = text_of(&arguments[0]);
    let sum = |(low, high): (u32, u32), byte: u8| {
        let low = (low + u32::from(byte)) % MODULUS;
        (low, (high + low) % MODULUS)
    };
    let (low, high) = text.bytes().fold((1, 0), sum);
    Ok((high << 16 | low).to_string().into())
}

pub fn base64_encode(arguments: &[Value]) -> Answer {
    bounded(STANDARD.encode(text_of(&arguments[0])))
}

pub fn base64_decode(arguments: &[Value]) -> Answer {
    let text = text_of(&arguments[0]);
    let bytes = STANDARD.decode(&text).map_err(|error| format!("'{text}' is not base64: {error}"))?;
    String::from_utf8(bytes).map(Value::from).map_err(|_| format!("'{text}' holds bytes that are no text"))
}

/// What `print` makes of the arguments, with some letters replaced.
fn escaped(arguments: &[Value], escape: impl Fn(char) -> String) -> Answer {
    let printed = text_of(&super::format::print(arguments)?);
    bounded(printed.chars().map(escape).collect())
}

/// `html value …`
pub fn html(arguments: &[Value]) -> Answer {
    escaped(arguments, |c| match c {
        '"' => "&#34;".to_owned(),
        '\'' => "&#39;".to_owned(),
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        '\0' => "\u{fffd}".to_owned(),
        c => c.to_string(),
    })
}

/// `js value …`
pub fn js(arguments: &[Value]) -> Answer {
    escaped(arguments, |c| match c {
        '\\' | '\'' | '"' => format!("\\{c}"),
        '<' | '>' | '&' | '=' => format!("\\u{:04X}", u32::from(c)),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    })
}

/// `urlquery value …`
pub fn url_query(arguments: &[Value]) -> Answer {
    escaped(arguments, |c| match c {
        ' ' => "+".to_owned(),
        c if c.is_ascii_alphanumeric() || "-_.~".contains(c) => c.to_string(),
        c => c.encode_utf8(&mut [0; 4]).bytes().map(|byte| format!("%{byte:02X}")).collect(),
    })
}
