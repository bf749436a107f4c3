//! Where the policy lies: `stackproof.yaml` in the working folder, or in the nearest folder above it.
//!
//! A search ends at the first file, and never goes above the root of the repository: what a stranger put beside a
//! checkout must not decide about it.
use std::path::{Path, PathBuf};

/// The name that is looked for.
pub const FILE_NAME: &str = "stackproof.yaml";

/// The nearest policy file, from a folder upwards; a path that begins with that folder, or with `..` above it.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let absolute = folder.canonicalize().ok()?;
    let mut relative = folder.to_path_buf();
    for level in absolute.ancestors() {
        let file =
            if relative == Path::new(".") { PathBuf::from(FILE_NAME) } else { relative.join(FILE_NAME) };
        if file.is_file() {
            return Some(file);
        }
        if level.join(".git").exists() {
            return None;
        }
        relative.push("..");
        // `./..` would show in every message.
        if let Ok(plain) = relative.strip_prefix(".") {
            relative = plain.to_path_buf();
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_counts_and_the_repository_is_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let deep = root.join("repo/app/lib");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::write(root.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), Some(deep.join("../../..").join(FILE_NAME)));
        std::fs::create_dir(root.join("repo/.git")).unwrap();
        assert_eq!(find(&deep), None);
        std::fs::write(root.join("repo").join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), Some(deep.join("../..").join(FILE_NAME)));
        std::fs::write(deep.join(FILE_NAME), "").unwrap();
        assert_eq!(find(&deep), Some(deep.join(FILE_NAME)));
    }
}
