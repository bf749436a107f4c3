//! `stackproof.yaml` for an app: what is sure is written, what is proposed is commented out.
//!
//! Lines that begin with `# ` are for people; lines that begin with two spaces and `#` are entries that count once the mark
//! is gone.
use super::{Seen, StackSeen, guess};
use crate::policy::{BASELINE_NAME, LONGEST, LONGEST_RECOVERY, RECOVERY};
use crate::report::one_line;
use crate::rule::{Levels, Rule};
use std::fmt::Write as _;

/// How many rules are proposed.
const MOST_RULES: usize = 12;
/// How many stacks are named in a comment.
const MOST_STACKS: usize = 40;

/// The text of the file.
pub fn config(seen: &Seen) -> String {
    let mut text = String::from(
        "# The policy of this app for stackproof: `stackproof check` and `stackproof checklist` read it.\n\
         # Editors complete it: stackproof schema config > stackproof.schema.json, and this line without its first mark:\n\
         # # yaml-language-server: $schema=stackproof.schema.json\n\n",
    );
    profiles(&mut text, seen);
    text.push_str(
        "\n# Verdicts that need a value known only at deployment: ignore (counted, shown with --show undecided), note, or fail.\n\
         undecided: ignore\n",
    );
    rules(&mut text, seen);
    attestations(&mut text, seen);
    accepted(&mut text, seen);
    text
}

/// What the team accepts: one entry that shows the form, for the rule that finds most, and the baseline.
fn accepted(text: &mut String, seen: &Seen) {
    let rule = seen.firing.iter().map(|(rule, _)| rule).find(|rule| rule.suppressible);
    let id = rule.map_or("s3-versioning", |rule| &*rule.id);
    let stack = seen.stacks.first().map_or("*-sandbox", |stack| &*stack.name);
    let subject = format!("- rule: {id}");
    let _ = writeln!(
        text,
        "\n# What is accepted, and why: by stack, construct path, resource or property; the end may be left out.\n\
         # `stackproof suppressions` lists all of it, what templates and other tools suppress too.\n\
         suppressions:\n  \
         # {subject:45} # an id, a glob, or a list of them\n  #   stack: {}\n  \
         #   reason: WHY IT MAY STAY SO\n  #   by: NAME, TEAM\n  #   until: {}",
        quoted(&globset::escape(&one_line(stack))),
        seen.today.plus_days(180),
    );
    let _ = writeln!(
        text,
        "\n# `stackproof baseline write` accepts what is found today, in a file beside this one; from then on only what is new\n\
         # fails. This names another file.\n\
         # baseline: {BASELINE_NAME}"
    );
}

fn profiles(text: &mut String, seen: &Seen) {
    let _ = writeln!(
        text,
        "# Which stacks count as what. Without an entry a stack counts as its tag `Environment` says, else as production.\n\
         # In {}:",
        one_line(&seen.input)
    );
    for stack in seen.stacks.iter().take(MOST_STACKS) {
        let _ = writeln!(text, "#   {}", row(stack));
    }
    if seen.stacks.len() > MOST_STACKS {
        let _ = writeln!(text, "#   and {} more", seen.stacks.len() - MOST_STACKS);
    }
    text.push_str("profiles:\n");
    let entries = guess::entries(&seen.stacks);
    for entry in &entries {
        let globs: Vec<String> = entry.globs.iter().map(|glob| quoted(glob)).collect();
        let _ = writeln!(
            text,
            "  - {{profile: {}, {}: [{}]}}",
            entry.profile.as_str(),
            entry.selector,
            globs.join(", ")
        );
    }
    if entries.is_empty() {
        text.push_str("  # - {profile: staging, stack: '*-staging'}\n  # - {profile: dev, path: 'Dev/*'}\n");
    }
}

/// What is known of a stack, in a line.
fn row(stack: &StackSeen) -> String {
    let tagged = stack.tagged.map(|profile| format!("{} by its tag", profile.as_str()));
    let path = stack.path.as_ref().filter(|path| **path != stack.name).map(|path| format!("path {path}"));
    let facts: Vec<String> = [path, stack.environment.clone(), tagged].into_iter().flatten().collect();
    let facts = if facts.is_empty() { String::new() } else { format!("  ({})", facts.join(", ")) };
    one_line(&format!("{}{facts}", stack.name)).into_owned()
}

fn rules(text: &mut String, seen: &Seen) {
    text.push_str(
        "\n# How grave rules are: error, warning, note or off, for all profiles or for some; ids and globs of ids.\n\
         # `stackproof rules` lists them, `stackproof rules show ID` explains one.\n",
    );
    if seen.firing.is_empty() {
        text.push_str("rules:\n  # lambda-tracing: error\n");
        return;
    }
    text.push_str(
        "# Those that find most here, as they are now. Without the mark at its front a line is yours to change.\nrules:\n",
    );
    for (rule, count) in seen.firing.iter().take(MOST_RULES) {
        let entry = format!("{}: {}", rule.id, level(rule));
        let plural = if *count == 1 { "finding" } else { "findings" };
        let _ = writeln!(text, "  # {entry:58} # {count} {plural}: {}", one_line(rule.title));
    }
}

/// The levels of a rule as an entry has them. Clauses of its own may have others, so a single word would change those.
fn level(rule: &Rule) -> String {
    let Levels { production, staging, dev } = rule.levels;
    let [a, b, c] = [production, staging, dev].map(|level| level.map_or("off", |level| level.as_str()));
    if a == b && b == c {
        a.to_owned()
    } else {
        format!("{{level: {{production: {a}, staging: {b}, dev: {c}}}}}")
    }
}

fn attestations(text: &mut String, seen: &Seen) {
    text.push_str(
        "\n# What no template can show: a person vouches for it, with evidence that is there, until a day.\n\
         # Each entry counts once its marks are gone and what it says is true.\nattestations:\n",
    );
    for line in seen.lines.iter().filter(|line| line.attested) {
        attestation(text, seen, ("line", &line.id), &line.id, &line.title);
    }
    for rule in &seen.vouchable {
        attestation(text, seen, ("rule", &rule.id), rule.checklist, rule.title);
    }
}

fn attestation(text: &mut String, seen: &Seen, (key, id): (&str, &str), line: &str, title: &str) {
    let longest = if line == RECOVERY { LONGEST_RECOVERY } else { LONGEST };
    // A month before the last day that is allowed, so that the file may wait.
    let until = seen.today.plus_days(longest - 30);
    let subject = format!("- {key}: {id}");
    let _ = writeln!(
        text,
        "  # {subject:45} # {}\n  #   evidence: docs/{}.md\n  #   by: NAME, TEAM\n  #   until: {until}",
        one_line(title),
        id.rsplit('/').next().unwrap_or(id),
    );
}

/// A text in quotes that YAML reads as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Date;
    use crate::rule::Profile;

    #[test]
    fn a_hostile_name_stays_in_its_comment() {
        let name = "x\nrules: {'*': off}\n#".to_owned();
        let stacks = vec![StackSeen { name, tagged: Some(Profile::Dev), ..StackSeen::default() }];
        let seen = Seen { stacks, today: Date::default(), input: "a\nb".to_owned(), ..Seen::default() };
        let text = config(&seen);
        assert!(!text.lines().any(|line| line.starts_with("rules: {") || line == "b:"), "{text}");
    }
}
