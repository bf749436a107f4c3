//! Every limit that protects against hostile or broken input, in one place.
//!
//! Each has a diagnostic of its own where it is hit; none makes a pass out of what was not looked at.

/// Largest template, manifest or rule file that is read, in bytes (offsets are 32 bits wide).
pub const MAX_FILE_BYTES: u64 = 1 << 30;
/// Deepest nesting of objects and lists, in JSON and YAML alike.
pub const MAX_DEPTH: usize = 100;
/// Most nodes that one document may have once its YAML aliases are written out.
pub const MAX_NODES: usize = 64 << 20;
/// Most nodes that YAML aliases and merges may add to one document.
pub const MAX_ALIAS_NODES: usize = 1 << 20;
/// Deepest chain of references followed to resolve one value (parameters of nested stacks, imports, mappings).
pub const MAX_RESOLVE_DEPTH: usize = 48;
/// Most functions followed to resolve one value: references that double at every step are many without being deep.
pub const MAX_RESOLVE_STEPS: usize = 1 << 16;
/// Longest text that functions put together, in bytes; a template of the service has at most 1 MB.
pub const MAX_TEXT_BYTES: usize = 4 << 20;
/// Most values of a mapping that one call with an open key may find.
pub const MAX_CANDIDATES: usize = 1 << 10;
/// Most ways to fill the holes of one text that are looked at.
pub const MAX_FILLINGS: usize = 64;
/// Most assertions about one parameter that are asked again under a scenario; others hold as far as they do in all.
pub const MAX_ASSERTIONS: usize = 16;
/// Most scenarios of conditions tried for one rule and node.
pub const MAX_SCENARIOS: usize = 64;
/// Most conditions that are told of one scenario.
pub const MAX_ASKED: usize = 64;
/// Most findings shown for one rule and node; a further one says how many more there are.
pub const MAX_FINDINGS_PER_NODE: usize = 20;
/// Largest compiled form of one regular expression of a rule, in bytes.
pub const MAX_REGEX_BYTES: usize = 1 << 20;
/// Deepest chain of nested stacks and stages in one assembly.
pub const MAX_NESTING: usize = 16;
/// Most elements that one resolved list or loop may produce.
pub const MAX_ELEMENTS: usize = 1 << 16;
/// Most enclosing constructs that are asked for a source place.
pub const MAX_ANCESTORS: usize = 64;
/// Most frames of one creation stack that are looked at.
pub const MAX_FRAMES: usize = 128;
/// Most stacks of one assembly, nested ones included.
pub const MAX_STACKS: usize = 1 << 14;
/// Most bytes of templates that one assembly may name more than once.
pub const MAX_REPEATED_BYTES: u64 = 256 << 20;
/// Most folders of a path in a trace that are tried against the project.
pub const MAX_SEGMENTS: usize = 32;
/// Most nodes that loops may add to one document. A template of 1 MB, the largest that the service takes, has fewer.
pub const MAX_MADE_NODES: usize = 1 << 20;
/// Most bytes of text that loops may read and make in one document, 32 times what the service takes.
pub const MAX_MADE_BYTES: usize = 32 << 20;
/// Most steps that are told of the way to one value.
pub const MAX_HOPS: usize = 200;
/// Most values that are told of one property.
pub const MAX_TOLD: usize = 2000;
/// Largest `stackproof.yaml`, in bytes.
pub const MAX_POLICY_BYTES: u64 = 1 << 20;
/// Most files and folders that are looked at for the evidence of one attestation.
pub const MAX_EVIDENCE_ENTRIES: usize = 100_000;
/// Most resources that are told to share the name of another.
pub const MAX_NAMESAKES: usize = 64;
/// Most resources that one text is taken for, by their names; one that more have is a text that could be any.
pub const MAX_NAMED: usize = 64;
/// Most scenarios of which it is kept what they call otherwise, for the questions that follow.
pub const MAX_MET: usize = 8;
/// Most policies that a principal may hold or not that are looked at for it; with more, what it holds is not all known.
pub const MAX_OPEN_POLICIES: usize = 256;
/// Most looks at other resources that the questions of one rule take in one assembly, shared evenly by its resources; each
/// has [`MIN_LOOKS`] at least. What is not looked at is not known.
pub const MAX_LOOKS: usize = 2 << 20;
/// See [`MAX_LOOKS`].
pub const MIN_LOOKS: usize = 512;
/// Most texts put together by functions that are kept as names: each takes a look at all before it.
pub const MAX_KEPT_TEXTS: usize = 256;
/// Most texts that the pattern of a parameter may match to be looked at one by one.
pub const MAX_PATTERN_TEXTS: usize = 64;
/// Largest baseline, in bytes.
pub const MAX_BASELINE_BYTES: u64 = 64 << 20;
