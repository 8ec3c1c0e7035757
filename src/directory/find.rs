//! Which role file is the nearest one.

use std::path::{Path, PathBuf};

use super::FILE_NAME;

/// The physical working directory of this process; none where it was deleted, or lies outside of what
/// this process can name.
pub fn here() -> Option<PathBuf> {
    std::env::current_dir().ok().filter(|path| path.is_absolute())
}

/// The directory of the nearest role file, from the physical path `from` upwards: to the home directory,
/// or, outside of it, to the root. What lies above a home is not this person's to decide, and asking for
/// a name there may wake an automounter.
///
/// The hook of each shell walks the same way (`./..`, `./../..`). What one of them finds above the home (fish
/// takes several steps at a time) has no say here.
pub fn nearest(from: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let home = home.and_then(|home| home.canonicalize().ok());
    for directory in from.ancestors() {
        if directory.join(FILE_NAME).exists() {
            return Some(directory.to_path_buf());
        }
        if home.as_deref() == Some(directory) {
            break;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn the_nearest_file_wins_up_to_the_home() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let home = root.join("home");
        let deep = home.join("a/b/c");
        fs::create_dir_all(&deep).unwrap();
        fs::write(root.join(FILE_NAME), "above").unwrap();
        assert_eq!(nearest(&deep, Some(&home)), None, "what lies above the home is nobody's here");
        assert_eq!(nearest(&deep, None), Some(root.clone()));
        assert_eq!(nearest(&root, Some(&home)), Some(root.clone()), "outside of the home there is no such end");
        fs::write(home.join(FILE_NAME), "home").unwrap();
        assert_eq!(nearest(&deep, Some(&home)), Some(home.clone()), "the home itself counts");
        fs::write(home.join("a").join(FILE_NAME), "a").unwrap();
        assert_eq!(nearest(&deep, Some(&home)), Some(home.join("a")));
        fs::create_dir(deep.join(FILE_NAME)).unwrap();
        assert_eq!(nearest(&deep, Some(&home)), Some(deep.clone()), "whatever it is, it is in the way");
    }
}
