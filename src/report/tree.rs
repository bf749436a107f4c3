//! What paths count from in reports for other programs: the root of the repository.
//!
//! A run names files as they were given, from the folder it runs in. GitHub, GitLab and SARIF viewers open files from the
//! root of the repository, wherever in it the run was. Paths are worked out from their text; nothing is read.
use std::path::{Component, Path, PathBuf};

/// The folder of a run, and the root of the repository that it is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    here: PathBuf,
    root: PathBuf,
}

impl Tree {
    /// The tree of a folder, an absolute path: its root is the nearest folder above with `.git`, else itself.
    pub fn of(here: &Path) -> Tree {
        let root = here.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(here);
        Tree { here: here.to_owned(), root: root.to_owned() }
    }

    /// The path from the root of the repository; the whole path where it leads out of it.
    pub(super) fn in_repository(&self, name: &str) -> String {
        self.below(&self.root, name).unwrap_or_else(|| slashes(&self.whole(name)))
    }

    /// The path from the folder of the run; none where it leads out of it.
    pub(super) fn beside_run(&self, name: &str) -> Option<String> {
        self.below(&self.here, name)
    }

    fn below(&self, folder: &Path, name: &str) -> Option<String> {
        // Standard input has a name that is no path.
        if name.starts_with('<') {
            return Some(name.to_owned());
        }
        self.whole(name).strip_prefix(folder).ok().map(slashes)
    }

    /// The absolute path, without `.` and `..`.
    pub(super) fn whole(&self, name: &str) -> PathBuf {
        let mut whole = PathBuf::new();
        for part in self.here.join(name).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    whole.pop();
                }
                part => whole.push(part),
            }
        }
        whole
    }
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_count_from_the_root_of_the_repository() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let here = root.join("repo/infra");
        std::fs::create_dir_all(&here).unwrap();
        std::fs::create_dir(root.join("repo/.git")).unwrap();
        let tree = Tree::of(&here);
        assert_eq!(tree.in_repository("cdk.out/A.json"), "infra/cdk.out/A.json");
        assert_eq!(tree.in_repository("./../cdk.out/A.json"), "cdk.out/A.json");
        assert_eq!(tree.in_repository(&here.join("lib/a.ts").to_string_lossy()), "infra/lib/a.ts");
        assert_eq!(tree.in_repository("../../A.json"), root.join("A.json").to_string_lossy());
        assert_eq!(tree.in_repository("<stdin>"), "<stdin>");
        assert_eq!(tree.beside_run("../infra/lib/a.ts").as_deref(), Some("lib/a.ts"));
        assert_eq!(tree.beside_run("../lib/a.ts"), None);
        let alone = Tree::of(&root.join("elsewhere"));
        assert_eq!(alone.in_repository("a.json"), "a.json");
    }
}
