//! The blocks that the Go tool of the same name wrote into `~/.aws/config`: one for all SSO instances, later one
//! for each.

use std::borrow::Cow;

use crate::config::Config;
use crate::user_file::block::{self, Damage, Markers};

/// Its markers; behind each there may be `_` and the name of an instance.
pub const MARKERS: Markers<'_> = Markers { begin: "# BEGIN_AWS_SSO_CLI", end: "# END_AWS_SSO_CLI" };

/// A text without the Go tool's blocks for instances of this config, and what was in them.
pub struct Stripped<'a> {
    pub rest: Cow<'a, [u8]>,
    pub taken: Vec<u8>,
}

/// Takes the blocks out.
pub fn strip<'a>(text: &'a [u8], config: &Config) -> Result<Stripped<'a>, Damage> {
    let mut stripped = Stripped { rest: Cow::Borrowed(text), taken: Vec::new() };
    for suffix in suffixes(config) {
        let (begin, end) = around(&suffix);
        let markers = Markers { begin: &begin, end: &end };
        // By the lines of the whole file, whatever was taken out before.
        let contents = block::contents(text, markers)?;
        if !contents.is_empty() {
            stripped.taken.extend(contents.concat());
            let rest = block::strip(&stripped.rest, markers)?;
            stripped.rest = Cow::Owned(rest);
        }
    }
    Ok(stripped)
}

/// The same with every line where it was.
pub fn blanked(text: &[u8], config: &Config) -> Result<Vec<u8>, Damage> {
    let mut rest = text.to_vec();
    for suffix in suffixes(config) {
        let (begin, end) = around(&suffix);
        rest = block::blanked(&rest, Markers { begin: &begin, end: &end })?;
    }
    Ok(rest)
}

/// Line and name of each block for an instance that this config does not have.
pub fn of_others(text: &[u8], config: &Config) -> Vec<(usize, String)> {
    let lines = (1..).zip(text.split(|byte| *byte == b'\n'));
    let name = |line: &[u8]| {
        let name = line.trim_ascii().strip_prefix(MARKERS.begin.as_bytes())?.strip_prefix(b"_")?;
        Some(String::from_utf8_lossy(name).into_owned()).filter(|name| !config.instances.contains_key(name))
    };
    lines.filter_map(|(number, line)| Some((number, name(line)?))).collect()
}

fn around(suffix: &str) -> (String, String) {
    (format!("{}{suffix}", MARKERS.begin), format!("{}{suffix}", MARKERS.end))
}

fn suffixes(config: &Config) -> impl Iterator<Item = String> {
    std::iter::once(String::new()).chain(config.instances.keys().map(|name| format!("_{name}")))
}
