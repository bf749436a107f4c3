//! What is known about an action of an IAM policy: its access level, and whether resources can limit it.
//!
//! In: a word of an `Action` or `NotAction` element, `s3:GetObject`, `s3:Get*` or `*`.
//! Out: the published [`Action`]s it matches, with case ignored as IAM ignores it.
//!
//! The table is `data/iam/actions.txt` (its README gives the format). It is embedded as text, with where each service
//! begins, and never parsed as a whole. Services are sorted, and so are the actions of each: a pattern is two binary
//! searches for what precedes its first wildcard, then a walk over what begins with it.

/// Lines `[service]`, below each its actions; `data/iam/refresh.mjs` checks what the code below relies on.
const TABLE: &str = include_str!("../../data/iam/actions.txt");

/// Where the name of each service begins and ends in the table: what the build script found.
static SERVICES: &[(u32, u32)] = &include!(concat!(env!("OUT_DIR"), "/services.rs"));

/// What an action does to the resource, as AWS classifies it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Names resources without showing what is in them.
    List,
    /// Shows what is in a resource, and changes nothing.
    Read,
    /// Creates, changes or deletes a resource.
    Write,
    /// Changes nothing but tags.
    Tagging,
    /// Grants permissions or changes them.
    Permissions,
}

/// Whether the `Resource` element can limit an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// To resources of a type that every request has.
    Required,
    /// To resources of several types, of which a request has one or the other, or possibly none.
    Optional,
    /// Not at all: `"Resource": "*"` is the only way to allow the action.
    None,
}

/// One action that AWS publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Action {
    /// The prefix before the colon: `s3`.
    pub service: &'static str,
    /// The name after the colon, as AWS spells it: `GetObject`.
    pub name: &'static str,
    /// What it does.
    pub access: Access,
    /// Whether it can be limited to resources.
    pub scope: Scope,
}

/// All known actions that a pattern of a policy matches (`s3:Get*`, `*`, `kms:?ecrypt`), sorted, and compared
/// case-insensitively as IAM does. An action nobody knows gives none, and so does a pattern without a colon,
/// except `*`.
pub fn expand(pattern: &str) -> impl Iterator<Item = Action> {
    let everything = !pattern.is_empty() && pattern.bytes().all(|byte| byte == b'*');
    let (service, name) = if everything { ("*", "*") } else { pattern.split_once(':').unwrap_or_default() };
    services(service).flat_map(move |(service, lines)| actions(service, lines, name))
}

/// The services that a pattern matches, each with the lines of its actions.
fn services(pattern: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let head = head(pattern);
    let first = SERVICES.partition_point(|name| is_before(service(name), head));
    let found = (first..SERVICES.len()).map(|at| (service(&SERVICES[at]), lines(at)));
    let found = found.take_while(move |(service, _)| begins_with(service, head));
    found.filter(move |(service, _)| matches(pattern, service))
}

fn service((start, end): &(u32, u32)) -> &'static str {
    &TABLE[*start as usize..*end as usize]
}

/// The lines between the name of a service and that of the next.
fn lines(at: usize) -> &'static str {
    let end = SERVICES.get(at + 1).map_or(TABLE.len(), |(next, _)| *next as usize - "[".len());
    &TABLE[SERVICES[at].1 as usize + "]\n".len()..end]
}

/// The actions that a pattern matches, from the lines of one service.
fn actions(service: &'static str, lines: &'static str, pattern: &str) -> impl Iterator<Item = Action> {
    let head = head(pattern);
    let known = seek(lines, head).lines().filter_map(|line| line.split_once(' '));
    // Without a wildcard it is the first or none: what else begins so is longer, and comes behind.
    let known = known.take(if head.len() == pattern.len() { 1 } else { usize::MAX });
    let found = known.take_while(move |(name, _)| begins_with(name, head));
    found.filter(move |(name, _)| matches(pattern, name)).filter_map(move |(name, letters)| {
        let (access, scope) = letters.split_at_checked(1)?;
        Some(Action { service, name, access: access_of(access)?, scope: scope_of(scope)? })
    })
}

fn access_of(letter: &str) -> Option<Access> {
    Some(match letter {
        "L" => Access::List,
        "R" => Access::Read,
        "W" => Access::Write,
        "T" => Access::Tagging,
        "P" => Access::Permissions,
        _ => return None,
    })
}

fn scope_of(sign: &str) -> Option<Scope> {
    Some(match sign {
        "!" => Scope::Required,
        "?" => Scope::Optional,
        "-" => Scope::None,
        _ => return None,
    })
}

/// The rest of sorted lines from the first on whose name is not before `head`.
fn seek(lines: &'static str, head: &str) -> &'static str {
    let bytes = lines.as_bytes();
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |newline| low + newline + 1);
        let end = memchr::memchr(b'\n', &bytes[middle..high]).map_or(high, |newline| middle + newline + 1);
        let name = memchr::memchr(b' ', &bytes[start..end]).map_or(end, |space| start + space);
        if is_before(&lines[start..name], head) { low = end } else { high = start }
    }
    &lines[low..]
}

/// What a pattern says before its first wildcard.
fn head(pattern: &str) -> &str {
    pattern.split(['*', '?']).next().unwrap_or_default()
}

/// The order of the table: by bytes, case aside.
fn is_before(left: &str, right: &str) -> bool {
    let lower = |byte: u8| byte.to_ascii_lowercase();
    left.bytes().map(lower).lt(right.bytes().map(lower))
}

fn begins_with(text: &str, head: &str) -> bool {
    text.get(..head.len()).is_some_and(|start| start.eq_ignore_ascii_case(head))
}

/// Whether a pattern of `*` (any text) and `?` (any one byte) matches all of `text`, case aside.
/// Only the last `*` is ever tried again, so that the time is at most the product of the two lengths.
fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    let mut retry = None; // after the last `*`: where the pattern goes on, and where in the text it last did
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                p += 1;
                retry = Some((p, t));
            }
            Some(byte) if *byte == b'?' || byte.eq_ignore_ascii_case(&text[t]) => (p, t) = (p + 1, t + 1),
            _ => {
                let Some((after, at)) = retry else { return false };
                (p, t) = (after, at + 1);
                retry = Some((after, at + 1));
            }
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether AWS publishes actions under this prefix (`s3`), case aside. Wildcards are not expanded.
    fn known_service(prefix: &str) -> bool {
        is_literal(prefix) && services(prefix).next().is_some()
    }

    /// The action of exactly this name (`s3:GetObject`), case aside. Wildcards are not expanded.
    fn action(name: &str) -> Option<Action> {
        if is_literal(name) { expand(name).next() } else { None }
    }

    fn is_literal(pattern: &str) -> bool {
        !pattern.contains(['*', '?'])
    }

    #[track_caller]
    fn expect(name: &str, access: Access, scope: Scope) {
        assert_eq!(action(name).map(|found| (found.access, found.scope)), Some((access, scope)), "{name}");
    }

    fn names(pattern: &str) -> Vec<String> {
        expand(pattern).map(|found| format!("{}:{}", found.service, found.name)).collect()
    }

    #[test]
    fn actions_that_name_a_resource() {
        expect("kms:Decrypt", Access::Write, Scope::Required);
        expect("lambda:UpdateFunctionConfiguration", Access::Write, Scope::Required);
        expect("iam:PassRole", Access::Write, Scope::Required);
        expect("logs:CreateLogGroup", Access::Write, Scope::Required);
        expect("sqs:SendMessage", Access::Write, Scope::Required);
        expect("s3:PutBucketPolicy", Access::Permissions, Scope::Required);
        // Alternatives: a bucket or an access point, an object of the one or of the other.
        expect("s3:ListBucket", Access::List, Scope::Optional);
        expect("s3:GetObject", Access::Read, Scope::Optional);
        expect("s3:PutObjectTagging", Access::Tagging, Scope::Optional);
        // A data set, in some requests.
        expect("cloudwatch:PutMetricData", Access::Write, Scope::Optional);
    }

    #[test]
    fn actions_that_cannot_name_a_resource() {
        expect("xray:PutTraceSegments", Access::Write, Scope::None);
        expect("ec2:DescribeInstances", Access::List, Scope::None);
        expect("s3:ListAllMyBuckets", Access::List, Scope::None);
        expect("ecr:GetAuthorizationToken", Access::Read, Scope::None);
    }

    #[test]
    fn exact_names_ignore_case_and_nothing_else() {
        assert_eq!(action("S3:getobject"), action("s3:GetObject"));
        assert_eq!(names("S3:getobject"), ["s3:GetObject"]);
        assert_eq!(names("KMS:DECRYPT"), ["kms:Decrypt"]);
        let odd = ["", "s3:GetObject ", " s3:GetObject", "s3:GetObject R?", "s3:GetObject\n", "# source"];
        let plain = ": *: s3 s3: :GetObject s3:GetObjec s3:GetObjectX s3:Get:Object nosuch:GetObject zzz:* \
                     s3:\u{dc}nknown \u{fc}:GetObject #:x [s3]:GetObject Get* s3* s3:] s3:! ~:~";
        for unknown in odd.into_iter().chain(plain.split(' ')) {
            assert_eq!(names(unknown), [""; 0], "{unknown:?}");
            assert_eq!(action(unknown), None, "{unknown:?}");
        }
        assert_eq!(action("s3:GetObjec?"), None);
        assert_eq!(action("*"), None);
    }

    #[test]
    fn services_are_known_by_prefix() {
        for known in ["s3", "S3", "kms", "ec2", "a2c", "execute-api", "xray"] {
            assert!(known_service(known), "{known}");
        }
        for unknown in ["", "s", "s3x", "*", "s?", "# source", "[s3]", "zzz"] {
            assert!(!known_service(unknown), "{unknown}");
        }
    }

    #[test]
    fn patterns_expand() {
        assert!(expand("kms:*").count() > 30);
        assert!(expand("kms:*").all(|found| found.service == "kms"));
        assert_eq!(names("kms:?ecrypt"), ["kms:Decrypt"]);
        assert_eq!(names("KMS:dec*PT"), ["kms:Decrypt"]);
        assert_eq!(names("*:PutTraceSegments"), ["xray:PutTraceSegments"]);
        assert_eq!(names("s3:GetObjec?"), ["s3:GetObject"]);
        let gets = names("s3:Get*");
        assert!(gets.iter().any(|name| name == "s3:GetObject"));
        assert!(gets.iter().all(|name| name.starts_with("s3:Get")));
        assert_eq!(expand("*").count(), expand("*:*").count());
        assert_eq!(expand("*").count(), expand("***").count());
    }

    #[test]
    fn every_line_is_found_again() {
        assert!(TABLE.is_ascii() && TABLE.ends_with('\n'));
        let (mut service, mut count) = ("", 0);
        for line in TABLE.lines().skip(1) {
            if let Some(header) = line.strip_prefix('[') {
                service = header.trim_end_matches(']');
                assert!(known_service(service), "{service}");
                continue;
            }
            let name = line.split(' ').next().expect("a name");
            let found = action(&format!("{service}:{name}")).expect(line);
            assert_eq!((found.service, found.name), (service, name));
            count += 1;
        }
        assert_eq!(expand("*").count(), count);
    }

    #[test]
    fn expansion_agrees_with_matching_every_action() {
        let patterns = "s3:*Object* ec2:Describe*s *:Tag* iam:?????e* s?:* e*:Get* S*s:* vpc-*:*-*";
        for pattern in patterns.split(' ') {
            let (service, name) = pattern.split_once(':').expect("a colon");
            let mut slow: Vec<Action> = expand("*").collect();
            slow.retain(|known| matches(service, known.service) && matches(name, known.name));
            assert!(!slow.is_empty(), "{pattern}");
            assert_eq!(expand(pattern).collect::<Vec<_>>(), slow, "{pattern}");
        }
    }

    #[test]
    fn globs() {
        for (pattern, text) in [("", ""), ("*", ""), ("a*", "a"), ("*b*", "abc"), ("a*b*c", "aXbbYc")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("", "a"), ("?", ""), ("a", "ab"), ("ab", "a"), ("a**c", "ab")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
        let (pattern, text) = ("*a".repeat(2_000) + "b", "a".repeat(4_000));
        assert!(!matches(&pattern, &text));
    }
}
