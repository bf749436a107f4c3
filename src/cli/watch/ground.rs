//! What a watch looks at: which folders, which files in them count, whether a synth is under way.
//!
//! The CDK CLI holds `synth.lock`, with its process id, in the assembly's folder from before the program runs until its
//! output is whole; a lock whose process is gone is none.
use crate::cli::args::LintArgs;
use crate::policy;
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hasher};
use std::io::Read;
use std::path::{Path, PathBuf};
use walkdir::WalkDir;

/// The lock of a synth, in the folder of its assembly.
const SYNTH_LOCK: &str = "synth.lock";

/// Everything that a run reads.
pub(super) struct Ground {
    /// Assemblies, folders and templates, as they were named.
    names: Vec<String>,
    inputs: Vec<PathBuf>,
    /// Configuration, values and rules.
    others: Vec<PathBuf>,
}

impl Ground {
    /// What the arguments name; and the baseline, which the policy may name.
    pub fn of(args: &LintArgs, baseline: Option<&Path>) -> Ground {
        let mut names = args.paths.clone();
        if names.is_empty() {
            // Where a CDK app has no assembly yet, it is what is waited for.
            let here = !Path::new("cdk.out").is_dir() && !Path::new("cdk.json").is_file();
            names.push(if here { "." } else { "cdk.out" }.to_owned());
        }
        let config = args.config.clone().or_else(|| policy::find(Path::new(".")));
        let config = config.unwrap_or_else(|| PathBuf::from(policy::FILE_NAME));
        let mut others: Vec<PathBuf> = args.rules.iter().chain(&args.values.parameters).cloned().collect();
        others.extend(Some(config).filter(|_| !args.no_config));
        others.extend(baseline.map(Path::to_owned));
        let inputs = names.iter().map(|name| real(Path::new(name))).collect();
        let others = others.iter().map(|path| real(path)).collect();
        Ground { names, inputs, others }
    }

    /// How the input is called.
    pub fn names(&self) -> String {
        crate::report::one_line(&self.names.join(", ")).into()
    }

    /// Whether none of the input is there.
    pub fn nothing(&self) -> bool {
        !self.inputs.iter().any(|path| path.exists())
    }

    /// The folders to listen to: those that hold input, and the ones above, where it may be made anew.
    pub fn folders(&self) -> BTreeSet<PathBuf> {
        let mut folders = BTreeSet::new();
        for path in self.all() {
            let above = path.ancestors().skip(1).find(|folder| folder.is_dir());
            folders.extend(above.map(Path::to_owned));
            let below = entries(path).filter(|entry| entry.file_type().is_dir());
            folders.extend(below.map(walkdir::DirEntry::into_path));
        }
        folders
    }

    /// Whether a file that changed is one that a run reads, or a lock that holds it back.
    pub fn concerns(&self, path: &Path) -> bool {
        self.all().any(|root| {
            // What lies above was moved or made.
            root.starts_with(path)
                || path
                    .strip_prefix(root)
                    .is_ok_and(|rest| !rest.iter().any(is_left_out) && !is_read_lock(path))
        })
    }

    /// Whether a synth is under way.
    pub fn locked(&self) -> bool {
        self.inputs.iter().filter(|path| path.is_dir()).any(|folder| {
            let Ok(owner) = fs::read_to_string(folder.join(SYNTH_LOCK)) else { return false };
            let processes = Path::new("/proc");
            !processes.join("self").exists() || processes.join(owner.trim()).exists()
        })
    }

    /// A number that differs where the bytes of any file differ.
    pub fn identity(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for root in self.all() {
            for entry in entries(root).filter(|entry| entry.file_type().is_file()) {
                if entry.depth() == 0 || is_read(entry.path()) {
                    hasher.write(entry.path().as_os_str().as_encoded_bytes());
                    add(&mut hasher, entry.path());
                }
            }
        }
        hasher.finish()
    }

    fn all(&self) -> impl Iterator<Item = &PathBuf> {
        self.inputs.iter().chain(&self.others)
    }
}

/// A path from the root of the file system, as far as it exists without links.
fn real(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for folder in absolute.ancestors() {
        if let (Ok(real), Ok(rest)) = (folder.canonicalize(), absolute.strip_prefix(folder)) {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
    }
    absolute
}

/// What lies at and below a path, without what is never linted.
fn entries(root: &Path) -> impl Iterator<Item = walkdir::DirEntry> {
    WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || !(entry.file_type().is_dir() && is_left_out(entry.file_name()))
        })
        .flatten()
}

fn is_left_out(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy();
    name == ".git" || name == "node_modules" || name.starts_with("asset.")
}

/// Whether other readers of the assembly made it: `read.PID.N.lock`.
fn is_read_lock(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("read.") && name.ends_with(".lock")
}

/// Whether a file in a folder may be a template, a manifest, a rule or a table of rules.
fn is_read(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("json" | "yaml" | "yml" | "template" | "txt"))
}

fn add(hasher: &mut DefaultHasher, path: &Path) {
    let Ok(mut file) = File::open(path) else { return };
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = file.read(&mut buffer) {
        hasher.write(&buffer[..count]);
    }
}
