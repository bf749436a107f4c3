//! What a path that is met on the way is: an assembly, a file that may be a template, a folder that is not entered.
//!
//! In: the path. Out: yes or no, and its name as a person would write it. Of a file's text at most the head of a manifest
//! is read; whether a candidate is a template is known only once it is loaded.
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// How much of a `manifest.json` is looked at to tell whether it is an assembly's: first a little, then more.
const HEAD_BYTES: [u64; 2] = [1 << 12, 1 << 16];

/// A path met below a walked folder, as a person would write it.
pub(super) fn shown(path: &Path, folder: &Path, name: &str) -> String {
    let rest =
        path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    match name {
        "." => rest,
        _ => format!("{}/{rest}", name.trim_end_matches('/')),
    }
}

/// Whether a folder is not entered: it holds what others wrote, or what a stack deploys.
pub(super) fn is_left_out(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    name == ".git" || name == "node_modules" || name.starts_with("asset.")
}

/// Whether a file met while walking may be a template.
pub(super) fn is_candidate(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    matches!(extension.as_deref(), Some("json" | "yaml" | "yml" | "template"))
}

/// Whether a folder is a cloud assembly. A web page has a `manifest.json` too: the assembly's has artifacts or,
/// broken as it may be, the marker file of CDK beside it.
pub(super) fn is_assembly(folder: &Path) -> bool {
    if folder.join("cdk.out").is_file() {
        return true;
    }
    let Ok(mut file) = File::open(folder.join("manifest.json")) else { return false };
    let mut head = Vec::with_capacity(HEAD_BYTES[0] as usize);
    for end in HEAD_BYTES {
        let more = end - head.len() as u64;
        if (&mut file).take(more).read_to_end(&mut head).is_err() {
            return false;
        }
        if memchr::memmem::find(&head, b"\"artifacts\"").is_some() {
            return true;
        }
    }
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&head);
    !text.trim_ascii_start().starts_with(b"{")
}
