//! `stackproof init`: looks at an app, and writes the files with which a team begins. What is there already stays as it is.
use super::{End, complain};
use crate::date::Date;
use crate::engine;
use crate::init::{self, Project, Seen, StackSeen};
use crate::intake;
use crate::policy::FILE_NAME;
use crate::report::one_line;
use crate::rule::{RuleSet, checklist_lines};
use clap::{Args, ValueEnum};
use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const HELP: &str = "\
Files, each only where there is none:
  stackproof.yaml              the policy, in the working folder
  .pre-commit-config.yaml      at the root of the repository; where there is one, the entry is printed
  .github/workflows/stackproof.yml, or .gitlab-ci.yml

Examples:
  stackproof init                       look at cdk.out
  stackproof init cdk.out --dry-run     only print
  stackproof init --from https://git.example.com/stackproof.git --rev v0.1.0";

#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub(super) struct InitArgs {
    /// A cloud assembly, a folder or a template [default: cdk.out, else .]
    #[arg(value_name = "PATH")]
    pub path: Option<String>,

    /// Print the files instead of writing them
    #[arg(long)]
    pub dry_run: bool,

    /// The CI system [default: GitLab where the repository is one of GitLab's, else GitHub]
    #[arg(long, value_name = "SYSTEM", default_value = "auto")]
    pub ci: Ci,

    /// The git repository that hooks and CI install stackproof from [default: hooks use the one on the path]
    #[arg(long, value_name = "URL", value_parser = plain, requires = "rev")]
    pub from: Option<String>,

    /// The tag or commit of that repository
    #[arg(long, value_name = "REV", value_parser = plain, requires = "from")]
    pub rev: Option<String>,
}

/// A CI system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Ci {
    /// As the repository shows
    Auto,
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// None
    None,
}

/// What becomes of a file.
struct Wanted {
    path: PathBuf,
    text: String,
    /// What to add, where there is such a file; empty where that says enough.
    addition: String,
}

/// Runs the command.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn run(args: &InitArgs, out: &mut dyn Write) -> io::Result<End> {
    let Some(seen) = look(args) else { return Ok(End::Unlinted) };
    let root = repository();
    let project = project(args, &root, &seen);
    let mut files = vec![
        Wanted { path: PathBuf::from(FILE_NAME), text: init::config(&seen), addition: String::new() },
        Wanted {
            path: root.join(".pre-commit-config.yaml"),
            text: init::hook(&project),
            addition: format!("below `repos:`\n{}", init::append_hook(&project)),
        },
    ];
    match ci(args.ci, &root) {
        Ci::Github => files.push(Wanted {
            path: root.join(".github/workflows/stackproof.yml"),
            text: init::workflow(&project),
            addition: String::new(),
        }),
        Ci::Gitlab => files.push(Wanted {
            path: root.join(".gitlab-ci.yml"),
            text: init::append_job(&project),
            addition: init::append_job(&project),
        }),
        Ci::Auto | Ci::None => {}
    }
    for file in &files {
        if !put(file, args.dry_run, out)? {
            return Ok(End::Usage);
        }
    }
    if !args.dry_run {
        next(&seen, args, out)?;
    }
    Ok(End::Clean)
}

/// Writes a file, or says why not; false where it could not be written.
fn put(file: &Wanted, dry_run: bool, out: &mut dyn Write) -> io::Result<bool> {
    let name = file.path.display();
    if file.path.symlink_metadata().is_ok() {
        writeln!(out, "{name} is there already, and stays as it is")?;
        if !file.addition.is_empty() {
            writeln!(out, "  to add to it: {}", file.addition.replace('\n', "\n  ").trim_end())?;
        }
        return Ok(true);
    }
    if dry_run {
        writeln!(out, "--- {name}\n{}", file.text)?;
        return Ok(true);
    }
    let write = || -> io::Result<()> {
        if let Some(folder) = file.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        OpenOptions::new().write(true).create_new(true).open(&file.path)?.write_all(file.text.as_bytes())
    };
    if let Err(error) = write() {
        complain(&format!("cannot write {name}: {error}"), None);
        return Ok(false);
    }
    writeln!(out, "wrote {name}")?;
    Ok(true)
}

fn next(seen: &Seen, args: &InitArgs, out: &mut dyn Write) -> io::Result<()> {
    let found: usize = seen.firing.iter().map(|(_, count)| count).sum();
    let input = args.path.as_ref().map(|path| format!(" {path}")).unwrap_or_default();
    writeln!(out, "\nNext:")?;
    writeln!(out, "  read stackproof.yaml: which stacks count as what, and what somebody can vouch for")?;
    writeln!(out, "  stackproof check{input}          {found} findings now")?;
    if found > 0 {
        writeln!(
            out,
            "  stackproof baseline write{input} accept them for now: only what is new fails from then on"
        )?;
    }
    writeln!(out, "  stackproof checklist{input}      how the production checklist stands")?;
    writeln!(out, "  pre-commit install              once in each clone")?;
    if args.from.is_none() {
        writeln!(
            out,
            "  give CI the variable STACKPROOF_GIT, the git repository that it builds stackproof from:\n  there is no published release yet"
        )?;
    }
    Ok(())
}

/// What there is to see; none after a complaint.
fn look(args: &InitArgs) -> Option<Seen> {
    let paths: Vec<String> = args.path.iter().cloned().collect();
    let discovery = intake::discover(&paths, &intake::Settings::default());
    let rules = RuleSet::builtin();
    let run = engine::check(&discovery, &rules.rules, &engine::Settings::default(), &|| ());
    if run.templates == 0 {
        let problem = run.problems.iter().find(|problem| problem.unlinted);
        let message = problem.map_or_else(
            || "there is no template to look at".to_owned(),
            |problem| one_line(&format!("{}: {}", problem.file, problem.message)).into_owned(),
        );
        complain(&message, Some("run `cdk synth` first, or name a template or a folder"));
        return None;
    }
    let mut stacks = Vec::new();
    for stack in discovery.inputs.iter().filter_map(|input| input.load().assembly).flat_map(|all| all.stacks)
    {
        if stack.parent.is_none() {
            stacks.push(seen_stack(&stack));
        }
    }
    let mut firing = Vec::new();
    let mut vouchable = Vec::new();
    for rule in &rules.rules {
        let of: Vec<_> = run.findings.iter().filter(|finding| finding.rule == rule.id).collect();
        if of.iter().any(|finding| finding.fix.attest.is_some()) {
            vouchable.push(rule.clone());
        }
        if !of.is_empty() {
            firing.push((Arc::clone(rule), of.len()));
        }
    }
    firing.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.id.cmp(&b.id)));
    let input = discovery.inputs.first().map(|input| input.name().to_owned()).unwrap_or_default();
    let input =
        if discovery.inputs.len() == 1 { input } else { args.path.clone().unwrap_or_else(|| ".".to_owned()) };
    Some(Seen { stacks, firing, vouchable, lines: checklist_lines(), today: Date::default(), input })
}

fn seen_stack(stack: &intake::Stack) -> StackSeen {
    let tag = stack.tags.iter().flatten().find(|(key, _)| key.eq_ignore_ascii_case("environment"));
    let path = stack.metadata.stack_path().filter(|path| path.contains('/'));
    let place = [&stack.account, &stack.region].into_iter().flatten().cloned().collect::<Vec<_>>();
    StackSeen {
        name: stack.stack_name.clone().unwrap_or_else(|| stack.display_name.clone()),
        path: path.map(str::to_owned),
        environment: (!place.is_empty()).then(|| place.join("/")),
        tagged: tag.map(|(_, value)| engine::profile_of_tag(value)),
    }
}

/// How the project is built, as far as its files tell.
fn project(args: &InitArgs, root: &Path, seen: &Seen) -> Project {
    let (here, top) = (Path::new(".").canonicalize(), root.canonicalize());
    let below = match (here, top) {
        (Ok(here), Ok(top)) => here.strip_prefix(&top).map(Path::to_owned).unwrap_or_default(),
        _ => PathBuf::new(),
    };
    let mut below = below.to_string_lossy().replace('\\', "/");
    if !below.is_empty() {
        below.push('/');
    }
    let is_file = |name: &str| Path::new(name).is_file();
    let mut synth = Vec::new();
    let node = is_file("cdk.json");
    if node {
        let install = [
            ("package-lock.json", "npm ci"),
            ("yarn.lock", "corepack enable && yarn install --immutable"),
            ("pnpm-lock.yaml", "corepack enable && pnpm install --frozen-lockfile"),
            ("package.json", "npm install"),
        ];
        synth.extend(
            install.into_iter().find(|(file, _)| is_file(file)).map(|(_, command)| command.to_owned()),
        );
        if is_file("requirements.txt") {
            synth.push("pip install -r requirements.txt".to_owned());
        }
        synth.push("npx cdk synth --quiet".to_owned());
    }
    Project { below, input: seen.input.clone(), synth, node, from: args.from.clone(), rev: args.rev.clone() }
}

/// The root of the repository, as a path from the working folder; the working folder where there is none.
fn repository() -> PathBuf {
    let Ok(here) = Path::new(".").canonicalize() else { return PathBuf::new() };
    let mut up = PathBuf::new();
    for folder in here.ancestors() {
        if folder.join(".git").exists() {
            return up;
        }
        up.push("..");
    }
    PathBuf::new()
}

/// The CI system that is meant.
fn ci(asked: Ci, root: &Path) -> Ci {
    if asked != Ci::Auto {
        return asked;
    }
    let remote = fs::read_to_string(root.join(".git/config")).unwrap_or_default();
    let gitlab = root.join(".gitlab-ci.yml").exists() || remote.contains("gitlab");
    if gitlab && !root.join(".github").is_dir() { Ci::Gitlab } else { Ci::Github }
}

/// A word of a URL or a revision: nothing that YAML or a shell reads otherwise.
fn plain(text: &str) -> Result<String, String> {
    let plain = |char: char| char.is_ascii_alphanumeric() || "-._~:/@+=%".contains(char);
    if !text.is_empty() && !text.starts_with('-') && text.chars().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("only letters, digits and -._~:/@+=% are taken".to_owned())
    }
}
