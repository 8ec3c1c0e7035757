//! Signature Version 4, as the service computes it to check a caller.

use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};

use crate::http::Call;
use crate::text::hex;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The `Authorization` header, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub access_key_id: String,
    pub date: String,
    pub region: String,
    pub service: String,
    pub signed_headers: Vec<String>,
    pub signature: String,
}

impl Authorization {
    pub fn parse(header: &str) -> Option<Self> {
        let fields = header.strip_prefix(ALGORITHM)?.trim();
        let field = |name: &str| {
            let mut pairs = fields.split(',').filter_map(|field| field.trim().split_once('='));
            pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
        };
        let scope: Vec<&str> = field("Credential")?.split('/').collect();
        let [access_key_id, date, region, service, "aws4_request"] = scope[..] else { return None };
        Some(Self {
            access_key_id: access_key_id.into(),
            date: date.into(),
            region: region.into(),
            service: service.into(),
            signed_headers: field("SignedHeaders")?.split(';').map(str::to_owned).collect(),
            signature: field("Signature")?.into(),
        })
    }

    pub fn signs(&self, header: &str) -> bool {
        self.signed_headers.iter().any(|signed| signed == header)
    }

    /// Whether this secret, at this time, signs this call.
    pub fn verifies(&self, call: &Call, amz_date: &str, secret: &str) -> bool {
        signature(call, self, amz_date, secret) == self.signature
    }
}

pub(crate) fn signature(call: &Call, authorization: &Authorization, amz_date: &str, secret: &str) -> String {
    let Authorization { date, region, service, .. } = authorization;
    let request = hex(&Sha256::digest(canonical_request(call, &authorization.signed_headers)));
    let text = format!("{ALGORITHM}\n{amz_date}\n{date}/{region}/{service}/aws4_request\n{request}");
    hex(&mac(&signing_key(secret, [date, region, service]), &text))
}

fn signing_key(secret: &str, scope: [&str; 3]) -> Vec<u8> {
    let key = scope.iter().fold(format!("AWS4{secret}").into_bytes(), |key, part| mac(&key, part));
    mac(&key, "aws4_request")
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn canonical_request(call: &Call, signed_headers: &[String]) -> String {
    let headers: Vec<String> = signed_headers.iter().map(|name| format!("{name}:{}", header(call, name))).collect();
    format!(
        "{}\n{}\n{}\n{}\n\n{}\n{}",
        call.method,
        call.uri.path(),
        canonical_query(call.uri.query().unwrap_or_default()),
        headers.join("\n"),
        signed_headers.join(";"),
        hex(&Sha256::digest(&call.body))
    )
}

fn header(call: &Call, name: &str) -> String {
    let tidy = |value: &str| value.split(' ').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let values = call.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.map(tidy).collect::<Vec<_>>().join(",")
}

fn canonical_query(query: &str) -> String {
    let encode = |text: &str| {
        let plain = percent_decode_str(text).decode_utf8_lossy();
        utf8_percent_encode(&plain, RESERVED).to_string()
    };
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let split =
        |pair: &str| pair.split_once('=').map_or((encode(pair), String::new()), |(k, v)| (encode(k), encode(v)));
    let mut pairs: Vec<(String, String)> = pairs.map(split).collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hyper::{HeaderMap, Method, Uri};

    use super::*;

    // The worked example of the AWS documentation ("Create a signed AWS API request").
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    const DATE: &str = "20150830T123600Z";
    const HEADER: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
                          SignedHeaders=content-type;host;x-amz-date, \
                          Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";

    fn example(query: &'static str, body: &'static str) -> Call {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/x-www-form-urlencoded;  charset=utf-8 ".parse().unwrap());
        headers.insert("host", "iam.amazonaws.com".parse().unwrap());
        headers.insert("x-amz-date", DATE.parse().unwrap());
        let uri = format!("/?{query}").parse::<Uri>().unwrap();
        Call::new(Method::GET, uri, headers, Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn the_documented_example_verifies() {
        let authorization = Authorization::parse(HEADER).unwrap();
        assert_eq!(authorization.access_key_id, "AKIDEXAMPLE");
        assert!(authorization.signs("host") && !authorization.signs("x-amz-security-token"));
        let call = example("Version=2010-05-08&Action=ListUsers", "");
        assert!(authorization.verifies(&call, DATE, SECRET), "{}", signature(&call, &authorization, DATE, SECRET));
    }

    #[test]
    fn every_part_of_the_request_is_signed() {
        let authorization = Authorization::parse(HEADER).unwrap();
        let right = example("Action=ListUsers&Version=2010-05-08", "");
        assert!(!authorization.verifies(&right, "20150830T123601Z", SECRET));
        assert!(!authorization.verifies(&right, DATE, "another secret"));
        assert!(!authorization.verifies(&example("Action=ListRoles&Version=2010-05-08", ""), DATE, SECRET));
        assert!(!authorization.verifies(&example("Action=ListUsers&Version=2010-05-08", "body"), DATE, SECRET));
        let mut elsewhere = authorization.clone();
        elsewhere.region = "eu-west-1".into();
        assert!(!elsewhere.verifies(&right, DATE, SECRET));
    }

    #[test]
    fn malformed_headers_are_no_authorization() {
        for header in ["", "Bearer x", "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/sts, Signature=1"] {
            assert_eq!(Authorization::parse(header), None, "{header}");
        }
    }
}
