//! The CI workflow: synthesize, lint, and say how the checklist stands.
//!
//! There is no published release to download, so the job builds stackproof from its repository; where nobody said which that
//! is, it takes it from a variable of the CI system.
use super::Project;
use std::fmt::Write as _;

/// A workflow of GitHub Actions.
pub fn workflow(project: &Project) -> String {
    let folder = project.below.trim_end_matches('/');
    let mut text = String::from(
        "# Synthesizes the app and proves that it is ready for production.\nname: stackproof\non:\n  pull_request:\n  push:\n    branches: [main]\npermissions:\n  contents: read\njobs:\n  stackproof:\n    runs-on: ubuntu-latest\n",
    );
    if !folder.is_empty() {
        let _ = write!(text, "    defaults:\n      run:\n        working-directory: {folder}\n");
    }
    text.push_str("    steps:\n      - uses: actions/checkout@v4\n");
    if project.node {
        text.push_str("      - uses: actions/setup-node@v4\n        with:\n          node-version: 22\n");
    }
    for command in &project.synth {
        let _ = writeln!(text, "      - run: {command}");
    }
    let _ = write!(
        text,
        "      # There is no published release yet: stackproof is built from its repository, and kept for the next run.\n{}      - id: cache\n        uses: actions/cache@v4\n        with:\n          path: ~/.cargo/bin/stackproof\n          key: stackproof-${{{{ runner.os }}}}-{}\n      - if: steps.cache.outputs.cache-hit != 'true'\n        env:\n          STACKPROOF_GIT: {}\n        run: |\n          rustup toolchain install stable --profile minimal\n          cargo +stable install --locked --git \"$STACKPROOF_GIT\"{} stackproof\n      - run: stackproof check {input} --format concise\n      - if: always()\n        run: stackproof checklist {input} --format markdown --fail-on never >> \"$GITHUB_STEP_SUMMARY\"\n",
        note(project, "Set the repository variable STACKPROOF_GIT to where your copy lives", "      "),
        project.rev.as_deref().unwrap_or("1"),
        project.from.as_deref().unwrap_or("${{ vars.STACKPROOF_GIT }}"),
        rev(project),
        input = project.input,
    );
    text
}

/// A job of GitLab CI, as a whole file or to add to one that exists.
pub fn append_job(project: &Project) -> String {
    let folder = project.below.trim_end_matches('/');
    let mut text = String::from(
        "# Synthesizes the app and proves that it is ready for production.\nstackproof:\n  image: rust:1\n",
    );
    if let Some(from) = &project.from {
        let _ = write!(text, "  variables:\n    STACKPROOF_GIT: {from}\n");
    }
    let _ = write!(
        text,
        "{}  cache:\n    key: stackproof\n    paths: [.stackproof/bin]\n  before_script:\n    # There is no published release yet: stackproof is built from its repository, and kept for the next run.\n    - test -x .stackproof/bin/stackproof || cargo install --locked --root .stackproof --git \"$STACKPROOF_GIT\"{} stackproof\n    - export PATH=\"$PWD/.stackproof/bin:$PATH\"\n",
        note(project, "Set the CI/CD variable STACKPROOF_GIT to where your copy lives", "  "),
        rev(project),
    );
    if project.node {
        text.push_str("    - apt-get update && apt-get install --yes --no-install-recommends nodejs npm\n");
    }
    text.push_str("  script:\n");
    if !folder.is_empty() {
        let _ = writeln!(text, "    - cd {folder}");
    }
    for command in &project.synth {
        let _ = writeln!(text, "    - {command}");
    }
    let _ = writeln!(text, "    - stackproof check {} --format concise", project.input);
    text
}

fn note(project: &Project, words: &str, indent: &str) -> String {
    if project.from.is_some() { String::new() } else { format!("{indent}# {words}.\n") }
}

fn rev(project: &Project) -> String {
    project.rev.as_ref().map(|rev| format!(" --rev {rev}")).unwrap_or_default()
}
