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

    fn text(bytes: Option<&[u8]>) -> Option<String> {
        bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    proptest! {
        /// Whichever block came first, and whichever goes first.
        #[test]
        fn blocks_that_came_and_went_leave_the_text_as_it_was(
            before in prop::option::of("[a-z\\[\\]\r\n= ]{0,12}"),
            steps in prop::collection::vec((any::<bool>(), "([a-z]{1,4}\n)?"), 0..8),
        ) {
            let before = before.map(String::into_bytes);
            let (mut now, mut roles, mut directories) = (before.clone(), String::new(), String::new());
            for (is_roles, lines) in steps {
                if is_roles { roles = lines } else { directories = lines }
                now = compose(now.as_deref(), Some(&roles), Some(&directories)).unwrap();
                prop_assert!(now.as_deref().unwrap_or_default().starts_with(before.as_deref().unwrap_or_default()));
                let again = compose(now.as_deref(), Some(&roles), Some(&directories)).unwrap();
                prop_assert_eq!(text(again.as_deref()), text(now.as_deref()));
            }
            let gone = compose(now.as_deref(), Some(""), Some("")).unwrap();
            prop_assert_eq!(text(gone.as_deref()), text(before.as_deref()));
        }
    }
}
