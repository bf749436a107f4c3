//! Paths of the command line -> the inputs to load, each an assembly or a template.
//!
//! Discovery reads names only, so that a fleet streams: [`Input::load`] reads one input, and until then nothing
//! of it is in memory. Candidates met while walking end in `.json`, `.yaml`, `.yml` or `.template`; `.git`,
//! `node_modules` and `asset.*` folders are not entered, links are not followed, ignore files hide nothing.
//! What was named and cannot be linted is a problem, never a silence.
use super::input::{Candidate, Input, Kind};
use super::read;
use super::sighting::{is_assembly, is_candidate, is_left_out, shown};
use crate::finding::Problem;
use rustc_hash::FxHashSet;
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};
use std::vec;

/// How the paths are to be taken.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// All plain templates form one app.
    pub one_app: bool,
    /// Files that were named and are no templates are passed over, as those met while walking are.
    pub skip_others: bool,
    /// The folder of the user's program, instead of the one found above an assembly.
    pub project_root: Option<PathBuf>,
}

/// What there is to lint.
#[derive(Debug, Default)]
pub struct Discovery {
    /// In the order of the paths, walked folders sorted by name.
    pub inputs: Vec<Input>,
    /// Paths that cannot be linted.
    pub problems: Vec<Problem>,
    walked: Vec<Walked>,
}

/// A folder that was walked.
#[derive(Debug)]
struct Walked {
    name: String,
    /// Whether something in it is accounted for elsewhere: told as a problem, or an input of another path.
    settled: bool,
}

/// Finds what there is to lint. No path means `cdk.out` if it exists, else the working folder.
pub fn discover(paths: &[String], settings: &Settings) -> Discovery {
    let default = [if Path::new("cdk.out").is_dir() { "cdk.out" } else { "." }.to_owned()];
    let paths = if paths.is_empty() { &default } else { paths };
    let mut finder = Finder { settings, found: Discovery::default(), seen: FxHashSet::default() };
    for path in paths {
        finder.path(path);
    }
    let mut found = finder.found;
    if settings.one_app {
        join(&mut found.inputs, paths);
    }
    found
}

/// Makes one input of all plain templates, in the place of the first.
fn join(inputs: &mut Vec<Input>, paths: &[String]) {
    let mut joined: Option<usize> = None;
    let mut kept: Vec<Input> = Vec::with_capacity(inputs.len());
    for input in inputs.drain(..) {
        match (input.kind, joined) {
            (Kind::Templates(more), Some(at)) => {
                if let Kind::Templates(all) = &mut kept[at].kind {
                    all.extend(more);
                }
            }
            (kind @ Kind::Templates(_), None) => {
                joined = Some(kept.len());
                kept.push(Input { name: paths.join(", "), kind });
            }
            (kind, _) => kept.push(Input { name: input.name, kind }),
        }
    }
    *inputs = kept;
}

impl Discovery {
    /// A problem for each walked folder in which nothing was found, once all inputs are loaded. `fruitful` is what
    /// [`super::Loaded::fruitful`] told of all of them.
    pub fn barren(&self, fruitful: impl IntoIterator<Item = usize>) -> Vec<Problem> {
        let fruitful: FxHashSet<usize> = fruitful.into_iter().collect();
        let walked = self.walked.iter().enumerate();
        let barren = walked.filter(|(index, folder)| !folder.settled && !fruitful.contains(index));
        barren.map(|(_, folder)| nothing_in(&folder.name)).collect()
    }
}

fn nothing_in(folder: &str) -> Problem {
    Problem::unlinted(folder, format!("no template found in {folder}"))
        .with_help("did you run `cdk synth`? Name its output folder (cdk.out), or a template")
}

/// Discovery in progress.
struct Finder<'a> {
    settings: &'a Settings,
    found: Discovery,
    /// What was found, links followed; standard input is the empty path.
    seen: FxHashSet<PathBuf>,
}

impl Finder<'_> {
    /// One path of the command line.
    fn path(&mut self, given: &str) {
        if given == "-" {
            if self.seen.insert(PathBuf::new()) {
                self.template(None, "<stdin>".to_owned(), None);
            }
            return;
        }
        let path = Path::new(given);
        let name = given.replace(std::path::MAIN_SEPARATOR, "/");
        let metadata = match path.metadata() {
            Ok(metadata) => metadata,
            Err(error) => return self.found.problems.push(missing(&name, &error)),
        };
        if metadata.is_dir() {
            let trimmed = name.trim_end_matches('/');
            let name = if trimmed.is_empty() { name.as_str() } else { trimmed };
            if !self.is_new(path) {
                return;
            }
            return if is_assembly(path) {
                self.assembly(path, name.to_owned(), None)
            } else {
                self.walk(path, name)
            };
        }
        if path.ends_with("manifest.json") {
            let folder = match name.rsplit_once('/') {
                Some(("", _)) => "/",
                Some((folder, _)) => folder,
                None => ".",
            };
            if is_assembly(Path::new(folder)) {
                return self.path(folder);
            }
        }
        if self.is_new(path) {
            self.template(Some(path), name, None);
        }
    }

    fn assembly(&mut self, folder: &Path, name: String, walked: Option<usize>) {
        let (folder, project_root) = (folder.to_owned(), self.settings.project_root.clone());
        self.found.inputs.push(Input { name, kind: Kind::Assembly { folder, project_root, walked } });
    }

    fn template(&mut self, path: Option<&Path>, name: String, walked: Option<usize>) {
        let named = walked.is_none() && !self.settings.skip_others;
        let candidate = Candidate { path: path.map(Path::to_owned), name: name.clone(), walked, named };
        self.found.inputs.push(Input { name, kind: Kind::Templates(vec![candidate]) });
    }

    /// Whether the path was not met before.
    fn is_new(&mut self, path: &Path) -> bool {
        self.seen.insert(path.canonicalize().unwrap_or_else(|_| path.to_owned()))
    }

    /// What lies in a folder, by name. What cannot be read is noted as a problem.
    fn list(&mut self, folder: &Path, name: &str) -> vec::IntoIter<(PathBuf, FileType)> {
        let mut entries = Vec::new();
        let mut note = |error: &io::Error| self.found.problems.push(read::unreadable(name, error));
        match fs::read_dir(folder) {
            Ok(all) => {
                for entry in all {
                    match entry.and_then(|entry| Ok((entry.path(), entry.file_type()?))) {
                        Ok(entry) => entries.push(entry),
                        Err(error) => note(&error),
                    }
                }
            }
            Err(error) => note(&error),
        }
        // They differ in their last names only, and whole paths are compared sooner than taken apart.
        entries.sort_by(|(a, _), (b, _)| a.as_os_str().cmp(b.as_os_str()));
        entries.into_iter()
    }

    fn walk(&mut self, folder: &Path, name: &str) {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let index = self.found.walked.len();
        let (mut met, mut settled) = (0, false);
        // What is left of each folder on the way down. An assembly's own files are not listed.
        let problems = self.found.problems.len();
        let mut open = vec![self.list(folder, name)];
        while let Some(entries) = open.last_mut() {
            let Some((path, kind)) = entries.next() else {
                open.pop();
                continue;
            };
            if kind.is_dir() && is_left_out(&path) {
                continue;
            }
            let is_whole = kind.is_dir() && is_assembly(&path);
            if kind.is_dir() && !is_whole {
                open.push(self.list(&path, &shown(&path, folder, name)));
                continue;
            }
            if !(is_whole || kind.is_file() && is_candidate(&path)) {
                continue;
            }
            met += 1;
            // links are not followed, so the real path needs no look at the disk
            if !self
                .seen
                .insert(path.strip_prefix(folder).map_or_else(|_| path.to_owned(), |rest| real.join(rest)))
            {
                settled = true;
            } else if is_whole {
                self.assembly(&path, shown(&path, folder, name), Some(index));
            } else {
                self.template(Some(&path), shown(&path, folder, name), Some(index));
            }
        }
        settled |= self.found.problems.len() > problems;
        if met == 0 && !settled {
            self.found.problems.push(nothing_in(name));
            settled = true;
        }
        self.found.walked.push(Walked { name: name.to_owned(), settled });
    }
}

/// That a path of the command line leads nowhere.
fn missing(name: &str, error: &io::Error) -> Problem {
    if error.kind() != io::ErrorKind::NotFound {
        return read::unreadable(name, error);
    }
    // Editors and hooks show the message alone.
    if name.rsplit('/').next() == Some("cdk.out") {
        let message = "there is no cloud assembly here: run `cdk synth` first";
        return Problem::unlinted(name, message).with_help("or name the folder that it writes to");
    }
    Problem::unlinted(name, "there is no such file or folder").with_help("check the path")
}

#[cfg(test)]
mod tests {
    use super::super::Loaded;
    use super::*;
    use std::fs;

    const TEMPLATE: &str = r#"{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}"#;

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let name = folder.path().to_str().unwrap().to_owned();
        (folder, name)
    }

    fn find(paths: &[&str], settings: &Settings) -> Discovery {
        discover(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>(), settings)
    }

    fn names(found: &Discovery, root: &str) -> Vec<String> {
        found.inputs.iter().map(|input| input.name().replace(root, "")).collect()
    }

    fn fruitful(loaded: &[Loaded]) -> Vec<usize> {
        loaded.iter().flat_map(|one| one.fruitful.iter().copied()).collect()
    }

    #[test]
    fn walking_is_sorted_takes_an_assembly_whole_and_leaves_out_what_others_wrote() {
        let (_keep, root) = folder(&[
            ("b.yaml", "Resources: {}"),
            ("a.json", TEMPLATE),
            ("README.md", ""),
            ("app/cdk.out/manifest.json", r#"{"version": "48.0.0", "artifacts": {}}"#),
            ("app/cdk.out/S.template.json", TEMPLATE),
            ("web/manifest.json", r#"{"name": "page"}"#),
            (".gitignore", "*"),
            (".git/x.json", TEMPLATE),
            ("node_modules/m/t.json", TEMPLATE),
            ("asset.1234/t.json", TEMPLATE),
            ("z.TEMPLATE", TEMPLATE),
        ]);
        let found = find(&[&root], &Settings::default());
        assert_eq!(
            names(&found, &root),
            ["/a.json", "/app/cdk.out", "/b.yaml", "/web/manifest.json", "/z.TEMPLATE"]
        );
        assert!(found.inputs[1].is_assembly() && found.problems.is_empty());
        let loaded: Vec<Loaded> = found.inputs.iter().map(Input::load).collect();
        assert_eq!(loaded.iter().map(|one| one.skipped).sum::<usize>(), 2);
        assert!(found.barren(fruitful(&loaded)).is_empty());
    }

    #[test]
    fn a_folder_with_nothing_to_lint_is_a_problem() {
        for files in [&[][..], &[("a.txt", "")], &[("package.json", "{}"), ("x/y.yaml", "a: 1")]] {
            let (_keep, root) = folder(files);
            let found = find(&[&root], &Settings::default());
            let loaded: Vec<Loaded> = found.inputs.iter().map(Input::load).collect();
            let problems = [&found.problems[..], &found.barren(fruitful(&loaded))].concat();
            assert_eq!(problems.len(), 1, "{files:?}");
            assert!(problems[0].unlinted && problems[0].message.starts_with("no template found in"));
            assert!(problems[0].help.as_deref().unwrap().contains("cdk synth"));
        }
    }

    #[test]
    fn what_is_named_must_be_there_and_be_a_template() {
        let (_keep, root) = folder(&[("package.json", "{}"), ("broken.yaml", "a: [")]);
        let found = find(&[&format!("{root}/cdk.out")], &Settings::default());
        assert!(found.problems[0].message.ends_with("run `cdk synth` first"));
        for file in ["package.json", "broken.yaml"] {
            let found = find(&[&format!("{root}/{file}")], &Settings::default());
            let loaded = found.inputs[0].load();
            assert!(
                loaded.assembly.is_none() && loaded.problems[0].unlinted && loaded.skipped == 0,
                "{file}"
            );
            assert!(found.barren(loaded.fruitful).is_empty());
        }
    }

    #[test]
    fn the_same_input_named_twice_is_linted_once() {
        let manifest = r#"{"version": "48.0.0", "artifacts": {}}"#;
        let (_keep, root) = folder(&[("t/a.json", TEMPLATE), ("cdk.out/manifest.json", manifest)]);
        let paths = [
            format!("{root}/t/a.json"),
            format!("{root}/t"),
            format!("{root}/cdk.out/"),
            format!("{root}/t/../cdk.out/manifest.json"),
            "-".to_owned(),
            "-".to_owned(),
        ];
        let found = discover(&paths, &Settings::default());
        assert_eq!(names(&found, &root), ["/t/a.json", "/cdk.out", "<stdin>"]);
        let loaded = [found.inputs[0].load()];
        assert!(found.barren(fruitful(&loaded)).is_empty(), "the folder's only template was named before");
    }

    #[test]
    fn plain_templates_can_form_one_app() {
        let (_keep, root) = folder(&[("a.json", TEMPLATE), ("b.json", TEMPLATE), ("c.json", "{}")]);
        let settings = Settings { one_app: true, ..Settings::default() };
        let found = find(&[&root], &settings);
        let loaded = found.inputs[0].load();
        let assembly = loaded.assembly.as_ref().unwrap();
        let stacks: Vec<_> = assembly
            .stacks
            .iter()
            .map(|stack| (stack.display_name.replace(&root, ""), stack.level))
            .collect();
        assert_eq!((found.inputs.len(), loaded.skipped, assembly.name.as_str()), (1, 1, root.as_str()));
        assert_eq!(stacks, [("/a.json".to_owned(), 0), ("/b.json".to_owned(), 0)]);
        assert!(
            assembly
                .stacks
                .iter()
                .all(|stack| stack.termination_protection.is_none() && !stack.has_manifest())
        );
    }

    #[test]
    fn standard_input_is_a_template() {
        let found = find(&["-"], &Settings::default());
        let loaded = found.inputs[0].load_from("Resources: {A: {Type: 'AWS::SNS::Topic'}}".as_bytes());
        assert_eq!(loaded.assembly.unwrap().stacks[0].display_name, "<stdin>");
        let loaded = found.inputs[0].load_from(io::empty());
        assert!(loaded.assembly.is_none() && loaded.problems[0].unlinted);
    }

    #[cfg(unix)]
    #[test]
    fn links_met_while_walking_are_not_followed() {
        let (_keep, root) = folder(&[("a.json", TEMPLATE)]);
        std::os::unix::fs::symlink("/", format!("{root}/everything")).unwrap();
        std::os::unix::fs::symlink("a.json", format!("{root}/b.json")).unwrap();
        assert_eq!(names(&find(&[&root], &Settings::default()), &root), ["/a.json"]);
    }
}
