//! The form of `stackproof.yaml`: which keys stand where, and what shape their values have.
//!
//! ```yaml
//! profiles:                    # a list; the first that fits a stack wins
//!   - {profile: dev, stack: GLOBS, path: GLOBS, account: GLOBS, region: GLOBS, environment: GLOBS}
//! rules:                       # an id or a glob of ids -> a level, or a mapping; the last that fits wins
//!   GLOB: LEVEL
//!   GLOB: {level: LEVEL, undecided: WORD, params: {NAME: VALUE}, suppressible: BOOL}
//! undecided: WORD              # for all rules
//! attestations:                # a list
//!   - {line: IDS, rule: IDS, evidence: TEXT, by: TEXT, until: DATE}
//! suppressions:                # a list
//!   - {rule: GLOBS, stack: GLOBS, path: GLOBS, resource: GLOBS, property: GLOBS, reason: TEXT, by: TEXT, until: DATE}
//! baseline: FILE
//! ```
//!
//! GLOBS and IDS are a text or a list of texts; LEVEL is a word, or one for each profile; so is VALUE. What the words
//! mean is not asked here.
use crate::rule::{Form, Key, Profile, Reader, Shape};
use crate::syntax::{Node, View};

/// The whole file.
pub(super) struct PolicyFile<'a> {
    pub profiles: Vec<ProfileForm<'a>>,
    /// How undecided verdicts of every rule count.
    pub undecided: Option<Node<'a>>,
    pub rules: Vec<RuleForm<'a>>,
    pub attestations: Vec<AttestationForm<'a>>,
    pub suppressions: Vec<SuppressionForm<'a>>,
    pub baseline: Option<Word<'a>>,
}

/// A text with its place.
#[derive(Clone, Copy)]
pub(super) struct Word<'a> {
    pub text: &'a str,
    pub node: Node<'a>,
}

/// An entry of `profiles`.
pub(super) struct ProfileForm<'a> {
    pub node: Node<'a>,
    pub profile: Word<'a>,
    /// Each selector with its globs, in the order of [`SELECTORS`].
    pub selectors: Vec<(&'static str, Vec<Word<'a>>)>,
}

/// An entry of `rules`.
pub(super) struct RuleForm<'a> {
    pub rule: Word<'a>,
    pub level: Option<Node<'a>>,
    pub undecided: Option<Node<'a>>,
    /// Each parameter with its value, which may be a mapping of profiles.
    pub params: Vec<(Word<'a>, Node<'a>)>,
    pub suppressible: Option<bool>,
}

/// An entry of `attestations`.
pub(super) struct AttestationForm<'a> {
    pub node: Node<'a>,
    pub lines: Vec<Word<'a>>,
    pub rules: Vec<Word<'a>>,
    pub evidence: Word<'a>,
    pub by: Word<'a>,
    pub until: Word<'a>,
}

/// An entry of `suppressions`, in the file or in a template's metadata.
pub(super) struct SuppressionForm<'a> {
    pub node: Node<'a>,
    pub rules: Vec<Word<'a>>,
    /// Each selector with its globs.
    pub selectors: Vec<(&'static str, Vec<Word<'a>>)>,
    pub reason: Option<Word<'a>>,
    pub by: Option<Word<'a>>,
    pub until: Option<Word<'a>>,
}

/// What a finding is known by.
pub(super) const FINDING_SELECTORS: [&str; 4] = ["stack", "path", "resource", "property"];

/// What a stack is known by.
pub(super) const SELECTORS: [&str; 5] = ["stack", "path", "account", "region", "environment"];

/// The whole file.
pub static POLICY: Form = Form {
    name: "policy",
    keys: &[
        Key::optional(
            "profiles",
            Shape::ListOf(&PROFILE),
            "Which stacks count as what; the first entry that fits a stack wins.",
        ),
        Key::optional(
            "undecided",
            Shape::SomeUndecided,
            "How verdicts count that need a value known only at deployment: `ignore` (they are counted, and shown on demand), \
             `note`, or `fail` (at the rule's level).",
        ),
        Key::optional(
            "rules",
            Shape::RuleEntries,
            "Ids of rules, or globs of ids, with what becomes of them; the last that fits wins.",
        ),
        Key::optional(
            "attestations",
            Shape::ListOf(&ATTESTATION),
            "What people vouch for, because no template shows it.",
        ),
        Key::optional(
            "suppressions",
            Shape::ListOf(&SUPPRESSION),
            "Findings that people accept, each with its reason; those that hold are listed, and fail nothing.",
        ),
        Key::optional(
            "baseline",
            Shape::Text,
            "The file of the findings that were there before, from the folder of this file; absent: \
             stackproof-baseline.txt beside it, where there is one.",
        ),
    ],
};

/// An entry of `profiles`.
pub static PROFILE: Form = Form {
    name: "profile",
    keys: &[
        Key::required(
            "profile",
            Shape::Word(Profile::NAMES),
            "The profile of the stacks that fit all selectors.",
        ),
        Key::optional("stack", Shape::Texts, "Globs of physical stack names."),
        Key::optional("path", Shape::Texts, "Globs of construct paths, such as Prod/*."),
        Key::optional("account", Shape::Texts, "Globs of accounts, in quotes."),
        Key::optional("region", Shape::Texts, "Globs of regions."),
        Key::optional(
            "environment",
            Shape::Texts,
            "Globs of the value of the `Environment` tag, in any case.",
        ),
    ],
};

/// An entry of `rules`, in its long form.
pub static ENTRY: Form = Form {
    name: "entry",
    keys: &[
        Key::optional(
            "level",
            Shape::SomeLevels,
            "The level of all failures: one word, or one for some profiles.",
        ),
        Key::optional(
            "undecided",
            Shape::SomeUndecided,
            "How undecided verdicts count: `ignore`, `note` or `fail`.",
        ),
        Key::optional(
            "params",
            Shape::ProfiledParams,
            "Values of the rule's parameters, for all profiles or for some.",
        ),
        Key::optional(
            "suppressible",
            Shape::Flag,
            "`false`: neither a suppression nor the baseline accepts what the rule finds.",
        ),
    ],
};

/// An entry of `attestations`.
pub static ATTESTATION: Form = Form {
    name: "attestation",
    keys: &[
        Key::optional(
            "line",
            Shape::Lines,
            "Lines of the checklist that it speaks of. This, or `rule`, or both.",
        ),
        Key::optional("rule", Shape::Attestable, "Rules that it speaks of. This, or `line`, or both."),
        Key::required(
            "evidence",
            Shape::Text,
            "A file or glob below the folder of this file, or a web address, which is never opened.",
        ),
        Key::required("by", Shape::Text, "Who vouches."),
        Key::required(
            "until",
            Shape::Day,
            "The last day on which it counts, at most 400 days ahead; 180 for tests of recovery.",
        ),
    ],
};

/// An entry of `suppressions`. In the metadata of a template some of the selectors make no sense.
pub static SUPPRESSION: Form = Form {
    name: "suppression",
    keys: &[
        Key::required("rule", Shape::Rules, "The rule that is silenced: an id, a glob, or a list of them."),
        Key::optional("stack", Shape::Texts, "Globs of stack names; of a plain template its path."),
        Key::optional("path", Shape::Texts, "Globs of construct paths: the construct and all in it."),
        Key::optional("resource", Shape::Texts, "Globs of logical ids."),
        Key::optional(
            "property",
            Shape::Texts,
            "Globs of property paths, such as Policies: it and all below it.",
        ),
        Key::required("reason", Shape::Text, "Why that is accepted, for those who come later."),
        Key::optional("by", Shape::Text, "Who answers for it."),
        Key::optional("until", Shape::Day, "The last day on which it counts; absent: it has no end."),
    ],
};

/// Reads the form; what is wrong goes to the reader.
pub(super) fn read<'a>(reader: &mut Reader<'a>, root: Node<'a>) -> PolicyFile<'a> {
    reader.form(root, &POLICY);
    PolicyFile {
        profiles: list(reader, root, "profiles", profile),
        undecided: root.get("undecided").filter(|node| !node.is_null()),
        rules: rules(reader, root),
        attestations: list(reader, root, "attestations", attestation),
        suppressions: list(reader, root, "suppressions", |reader, node| {
            suppression(reader, node, &FINDING_SELECTORS)
        }),
        baseline: optional(reader, root, "baseline"),
    }
}

fn list<'a, T>(
    reader: &mut Reader<'a>,
    root: Node<'a>,
    key: &str,
    read: impl Fn(&mut Reader<'a>, Node<'a>) -> Option<T>,
) -> Vec<T> {
    match root.get(key) {
        Some(node) if !node.is_null() => reader.list_of(node, read),
        _ => Vec::new(),
    }
}

fn profile<'a>(reader: &mut Reader<'a>, node: Node<'a>) -> Option<ProfileForm<'a>> {
    reader.form(node, &PROFILE);
    let profile = word(reader, node, "profile")?;
    let mut selectors = Vec::new();
    for name in SELECTORS {
        if let Some(value) = node.get(name) {
            selectors.push((name, words(reader, value)));
        }
    }
    if selectors.is_empty() {
        let help = format!("say which stacks are meant: {}", SELECTORS.join(", "));
        reader.error_help(node, "this profile would fit every stack", help);
        return None;
    }
    Some(ProfileForm { node, profile, selectors })
}

fn rules<'a>(reader: &mut Reader<'a>, root: Node<'a>) -> Vec<RuleForm<'a>> {
    let Some(node) = root.get("rules").filter(|node| !node.is_null()) else { return Vec::new() };
    if !node.is_map() {
        reader.error_help(node, "`rules` is a mapping of ids to levels", "rules: {lambda-tracing: warning}");
        return Vec::new();
    }
    node.entries().filter_map(|(key, value)| rule(reader, key, value)).collect()
}

fn rule<'a>(reader: &mut Reader<'a>, key: Node<'a>, value: Node<'a>) -> Option<RuleForm<'a>> {
    let rule = Word { text: key.text_or_empty(), node: key };
    if !value.is_map() {
        return Some(RuleForm {
            rule,
            level: Some(value),
            undecided: None,
            params: Vec::new(),
            suppressible: None,
        });
    }
    reader.form(value, &ENTRY);
    let mut params = Vec::new();
    if let Some(node) = value.get("params") {
        if !node.is_map() {
            reader.error(node, "`params` is a mapping of names to values");
            return None;
        }
        params.extend(
            node.entries().map(|(key, value)| (Word { text: key.text_or_empty(), node: key }, value)),
        );
    }
    let suppressible = value.get("suppressible").and_then(|node| reader.boolean(node));
    let undecided = value.get("undecided");
    Some(RuleForm { rule, level: value.get("level"), undecided, params, suppressible })
}

fn attestation<'a>(reader: &mut Reader<'a>, node: Node<'a>) -> Option<AttestationForm<'a>> {
    reader.form(node, &ATTESTATION);
    let mut of = |key: &str| node.get(key).map(|node| words(reader, node)).unwrap_or_default();
    let (lines, rules) = (of("line"), of("rule"));
    if node.get("line").is_none() && node.get("rule").is_none() {
        let help = "`line` names lines of the checklist, `rule` names rules";
        reader.error_help(node, "this attestation does not say what it vouches for", help);
    }
    // Each of them is asked for, so that all that is missing is told at once.
    let (evidence, by, until) =
        (word(reader, node, "evidence"), word(reader, node, "by"), word(reader, node, "until"));
    Some(AttestationForm { node, lines, rules, evidence: evidence?, by: by?, until: until? })
}

/// A suppression that may use these selectors.
pub(super) fn suppression<'a>(
    reader: &mut Reader<'a>,
    node: Node<'a>,
    allowed: &[&'static str],
) -> Option<SuppressionForm<'a>> {
    let makes_sense = |name: &&str| allowed.contains(name) || !FINDING_SELECTORS.contains(name);
    let keys: Vec<&str> = SUPPRESSION.names().filter(makes_sense).collect();
    reader.only_keys(node, &keys);
    let rules = reader.required(node, "rule").map(|node| words(reader, node));
    let mut selectors = Vec::new();
    for &name in allowed {
        if let Some(value) = node.get(name) {
            selectors.push((name, words(reader, value)));
        }
    }
    let mut text = |key: &str| optional(reader, node, key);
    let (reason, by, until) = (text("reason"), text("by"), text("until"));
    Some(SuppressionForm { node, rules: rules?, selectors, reason, by, until })
}

/// The text under a key, if it is there.
fn optional<'a>(reader: &mut Reader<'a>, map: Node<'a>, key: &str) -> Option<Word<'a>> {
    let node = map.get(key).filter(|node| !node.is_null() && node.as_str() != Some(""))?;
    reader.text(node).map(|text| Word { text, node })
}

/// The text under a required key.
fn word<'a>(reader: &mut Reader<'a>, map: Node<'a>, key: &str) -> Option<Word<'a>> {
    let node = reader.required(map, key)?;
    reader.text(node).map(|text| Word { text, node })
}

/// A text, or a list of texts. An account that was not quoted is a number, whose digits are its text.
fn words<'a>(reader: &mut Reader<'a>, node: Node<'a>) -> Vec<Word<'a>> {
    let items: Vec<Node<'a>> = if node.is_list() { node.items().collect() } else { vec![node] };
    let mut words = Vec::new();
    for node in items {
        if let View::Number(_) = node.view() {
            let help = "quote it: a number would lose its leading zeros";
            reader.error_help(node, "a text is expected here", help);
        } else if let Some(text) = reader.text(node) {
            words.push(Word { text, node });
        }
    }
    words
}
