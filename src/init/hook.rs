//! The entry of `.pre-commit-config.yaml`.
use super::Project;
use std::fmt::Write as _;

/// A whole file.
pub fn hook(project: &Project) -> String {
    format!(
        "# pre-commit runs these before each commit: `pre-commit install` once in each clone.\nrepos:\n{}",
        append_hook(project)
    )
}

/// What to add below `repos:` of a file that exists.
pub fn append_hook(project: &Project) -> String {
    let input = format!("{}{}", project.below, project.input);
    let config = format!("{}stackproof.yaml", project.below);
    let config = if project.below.is_empty() { String::new() } else { format!(", --config, {config}") };
    let mut text = String::new();
    match &project.from {
        Some(from) => {
            let rev = project.rev.as_deref().unwrap_or_default();
            let _ = write!(
                text,
                "  - repo: {from}\n    rev: {rev}\n    hooks:\n      - id: stackproof        # lints what `cdk synth` wrote\n        args: [{input}{config}]\n"
            );
        }
        None => {
            let config = config.replace(',', "");
            let _ = write!(
                text,
                "  - repo: local\n    hooks:\n      - id: stackproof        # lints what `cdk synth` wrote, with the stackproof on your path\n        name: stackproof\n        entry: stackproof check {input} --format concise{config}\n        language: system\n        pass_filenames: false\n        always_run: true\n"
            );
        }
    }
    text
}
