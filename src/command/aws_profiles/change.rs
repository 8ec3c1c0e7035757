//! How `~/.aws/config` becomes the new one.

use std::path::PathBuf;

use crate::Result;
use crate::user_file::UserFile;
use crate::user_file::block::{self, Damage, Markers};

use super::{DIRECTORIES, ROLES};

/// A change of a file that makes a difference.
pub(in crate::command) struct Change {
    pub file: UserFile,
    /// None takes the file away: it was made for a block of ours, and holds nothing else.
    pub new: Option<Vec<u8>>,
}

impl Change {
    /// None where the file is as it is to be already.
    pub fn of(file: UserFile, new: Option<Vec<u8>>) -> Option<Self> {
        (new.as_deref() != file.content()).then_some(Self { file, new })
    }

    /// Makes the change; the path of the backup, where there is one.
    pub fn make(&self) -> Result<Option<PathBuf>> {
        self.file.stage(self.new.as_deref(), true)?.commit()
    }
}

/// `text` with both blocks as they are to be: one without lines goes, and one of which nothing is said stays as it
/// is.
pub fn compose(text: Option<&[u8]>, roles: Option<&str>, directories: Option<&str>) -> Result<Option<Vec<u8>>, Damage> {
    let blocks = [roles.map(|lines| (ROLES, lines)), directories.map(|lines| (DIRECTORIES, lines))];
    let blocks: Vec<(Markers<'_>, &str)> = blocks.into_iter().flatten().collect();
    let mut text = text.map(<[u8]>::to_vec);
    if blocks.iter().any(|(_, lines)| lines.is_empty()) {
        // From the end: each remembers the text that it was appended to, with the other block in it or not.
        for (markers, _) in blocks.iter().chain(&blocks) {
            if is_last(text.as_deref(), *markers)? {
                text = without(text, *markers)?;
            }
        }
    }
    for (markers, lines) in blocks {
        text = match lines.is_empty() {
            true => without(text, markers)?,
            false => Some(block::install(text.as_deref(), markers, lines)?),
        };
    }
    Ok(text)
}

fn is_last(text: Option<&[u8]>, markers: Markers<'_>) -> Result<bool, Damage> {
    text.map_or(Ok(false), |text| block::is_last(text, markers))
}

fn without(text: Option<Vec<u8>>, markers: Markers<'_>) -> Result<Option<Vec<u8>>, Damage> {
    text.map_or(Ok(None), |text| block::uninstall(&text, markers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bytes of all kinds, most of them those that matter here.
    fn text() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"[profile x]\n".to_vec()),
            Just(b"# (the text above ended without a line break)".to_vec()),
            Just(b"\xef\xbb\xbf".to_vec()),
            prop::collection::vec(any::<u8>(), 0..4),
        ];
        prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
    }

    fn lines() -> impl Strategy<Value = String> {
        prop_oneof![Just(String::new()), "\\[profile [a-z]{1,4}\\]\n(region = [a-z]{1,4}\n)?"]
    }

    fn shown(bytes: Option<&[u8]>) -> Option<String> {
        bytes.map(|bytes| bytes.escape_ascii().to_string())
    }

    proptest! {
        /// Whichever block came first, and whichever goes first.
        #[test]
        fn blocks_that_came_and_went_leave_the_text_as_it_was(
            before in prop::option::of(text()),
            steps in prop::collection::vec((any::<bool>(), lines()), 0..8),
        ) {
            let (mut now, mut roles, mut directories) = (before.clone(), String::new(), String::new());
            for (is_roles, lines) in steps {
                if is_roles { roles = lines } else { directories = lines }
                now = compose(now.as_deref(), Some(&roles), Some(&directories)).unwrap();
                prop_assert!(now.as_deref().unwrap_or_default().starts_with(before.as_deref().unwrap_or_default()));
                let again = compose(now.as_deref(), Some(&roles), Some(&directories)).unwrap();
                prop_assert_eq!(shown(again.as_deref()), shown(now.as_deref()), "twice is once");
            }
            let gone = compose(now.as_deref(), Some(""), Some("")).unwrap();
            prop_assert_eq!(shown(gone.as_deref()), shown(before.as_deref()));
        }

        /// What the person writes around the blocks, and between them, stays.
        #[test]
        fn text_around_the_blocks_is_not_touched(
            texts in [text(), text(), text()],
            blocks in [lines(), lines()],
            new in [lines(), lines()],
        ) {
            let block = |markers, lines: &str| [b"\n", block::render(markers, lines).as_bytes()].concat();
            let [before, between, after] = &texts;
            let [one, other] = [block(ROLES, &blocks[0]), block(DIRECTORIES, &blocks[1])];
            let now = [before, &one[..], between, &other, b"x", after].concat();
            let new = compose(Some(&now), Some(&new[0]), Some(&new[1])).unwrap().unwrap_or_default();
            prop_assert!(new.starts_with(before));
            prop_assert!(new.ends_with(&[b"x", &after[..]].concat()));
            let kept = between.escape_ascii().to_string();
            prop_assert!(new.escape_ascii().to_string().contains(&kept));
        }
    }
}
