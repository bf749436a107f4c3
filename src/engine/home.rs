//! Paths as they are the same on every machine: from a folder, with `/`, whatever the working folder is.
//!
//! In: a path as it was given, and a folder. Out: the way from the one to the other, as texts alone; no link is followed.
use std::path::{Component, Path, PathBuf};

/// The path, seen from a folder.
pub(super) fn relative(path: &Path, folder: &Path) -> String {
    let (path, folder) = (whole(path), whole(folder));
    let shared = path.iter().zip(&folder).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..", folder.len() - shared).map(str::to_owned);
    let parts: Vec<String> = up.chain(path[shared..].iter().cloned()).collect();
    parts.join("/")
}

fn whole(path: &Path) -> Vec<String> {
    let path = std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path));
    let mut parts: Vec<String> = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if !parts.is_empty() => {
                parts.pop();
            }
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_the_same_from_everywhere() {
        let from = |path: &str, folder: &str| relative(Path::new(path), Path::new(folder));
        assert_eq!(from("/a/b/c.yaml", "/a"), "b/c.yaml");
        assert_eq!(from("x/../b/./c.yaml", "."), "b/c.yaml");
        assert_eq!(from("/a/c.yaml", "/a/b"), "../c.yaml");
        assert_eq!(from("/a/c.yaml", "/a/c.yaml"), "");
    }
}
