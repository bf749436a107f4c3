//! Comparing texts of which some pieces are not known: decided whenever the known pieces suffice.
//!
//! A text is seen as its characters, with one [`HOLE`] for each unknown piece, which stands for any text. The
//! answers are sound in both directions: true and false hold for every filling of the holes.
use crate::rule::Pattern;
use crate::value::{Piece, Resolver, Truth, Value, could_meet, ends, known_text};
use std::borrow::Cow;

/// Stands for a piece that is not known. It is a private-use character that no template contains on purpose.
pub(super) const HOLE: char = '\u{f8ff}';

/// The text of a value with its holes marked; none for what is no text. A hole whose name is known is none.
pub(super) fn marked<'v, 'a>(resolver: &Resolver<'v, 'a>, value: &'v Value<'a>) -> Option<Cow<'v, str>> {
    if let Some(text) = known_text(resolver, value) {
        return Some(text);
    }
    match value {
        Value::Hole(_) => Some(Cow::Borrowed(ALL_OPEN)),
        Value::Partial(pieces) => {
            let letters = |piece: &'v Piece<'a>| match piece {
                Piece::Literal(text) => Cow::Borrowed(text.as_ref()),
                Piece::Hole(hole) => resolver.name_of(*hole).unwrap_or(Cow::Borrowed(ALL_OPEN)),
            };
            Some(Cow::Owned(pieces.iter().map(letters).collect()))
        }
        _ => None,
    }
}

/// A marked text of one hole.
const ALL_OPEN: &str = "\u{f8ff}";

/// Whether a marked text has a hole.
pub(super) fn has_hole(text: &str) -> bool {
    !text.is_ascii() && text.contains(HOLE)
}

/// Whether a marked text equals a known one.
pub(super) fn equals(text: &str, literal: &str) -> Truth {
    if !has_hole(text) {
        return (text == literal).into();
    }
    // Holes stand for any text, as stars do.
    if fits(text, HOLE, None, literal, |a, b| a == b) { Truth::Unknown } else { Truth::False }
}

/// Whether two marked texts could be the same: what they begin and end with for sure does not differ.
pub(super) fn could_be_same(a: &str, b: &str) -> bool {
    could_meet(ends(a, &[HOLE]), ends(b, &[HOLE]))
}

/// Whether a marked text begins with a known one.
pub(super) fn starts_with(text: &str, prefix: &str) -> Truth {
    if text.starts_with(prefix) {
        return Truth::True;
    }
    if !has_hole(text) {
        return Truth::False;
    }
    let known = text.split(HOLE).next().unwrap_or_default();
    if prefix.starts_with(known) { Truth::Unknown } else { Truth::False }
}

/// Whether a marked text ends with a known one.
pub(super) fn ends_with(text: &str, suffix: &str) -> Truth {
    if text.ends_with(suffix) {
        return Truth::True;
    }
    if !has_hole(text) {
        return Truth::False;
    }
    let known = text.rsplit(HOLE).next().unwrap_or_default();
    if suffix.ends_with(known) { Truth::Unknown } else { Truth::False }
}

/// Whether a marked text contains a known one.
pub(super) fn contains(text: &str, part: &str) -> Truth {
    if text.contains(part) {
        return Truth::True;
    }
    if has_hole(text) { Truth::Unknown } else { Truth::False }
}

/// Whether a marked text holds a match of an expression.
pub(super) fn matches(text: &str, pattern: &Pattern) -> Truth {
    match pattern.matches(text, HOLE) {
        Some(true) => Truth::True,
        Some(false) if !has_hole(text) => Truth::False,
        _ => Truth::Unknown,
    }
}

/// Whether a marked text fits a glob (`*`, `?`).
pub(super) fn glob(text: &str, pattern: &str) -> Truth {
    let head = memchr::memchr2(b'*', b'?', pattern.as_bytes()).unwrap_or(pattern.len());
    if !text.starts_with(&pattern[..head]) && !has_hole(text) {
        return Truth::False;
    }
    if fits(pattern, '*', Some('?'), text, |a, b| a == b) {
        return Truth::True;
    }
    if !has_hole(text) || !could_meet(ends(text, &[HOLE]), ends(pattern, &['*', '?'])) {
        return Truth::False;
    }
    if could_fit(text, pattern) { Truth::Unknown } else { Truth::False }
}

/// Whether a text fits a pattern in which `any` stands for any text and `one` for any character but a hole. Only the
/// last `any` is ever tried again, so that the time is at most the product of the two lengths.
fn fits(pattern: &str, any: char, one: Option<char>, text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let (mut wanted, mut rest) = (pattern.chars(), text.chars());
    let mut retry = None; // behind the last `any`: how the pattern goes on, and where in the text it last did
    loop {
        let here = rest.clone();
        match (wanted.next(), rest.next()) {
            (None, None) => return true,
            (Some(c), _) if c == any => {
                retry = Some((wanted.clone(), here.clone()));
                rest = here;
            }
            (Some(c), Some(found)) if same(c, found) || (Some(c) == one && found != HOLE) => {}
            _ => {
                let Some((after, at)) = &mut retry else { return false };
                if at.next().is_none() {
                    return false;
                }
                (wanted, rest) = (after.clone(), at.clone());
            }
        }
    }
}

/// Whether a marked text, read as a pattern of a policy (`s3:Get*`, in any case), covers one of some known ones.
pub(super) fn covers_any(text: &str, wanted: &[&str]) -> Truth {
    // Most texts are no patterns, and cover themselves alone.
    if text.is_ascii() && memchr::memchr2(b'*', b'?', text.as_bytes()).is_none() {
        return wanted.iter().any(|wanted| text.eq_ignore_ascii_case(wanted)).into();
    }
    wanted.iter().fold(Truth::False, |any, wanted| any.or(covers(text, wanted)))
}

fn covers(text: &str, wanted: &str) -> Truth {
    let in_any_case = |a: char, b: char| a.eq_ignore_ascii_case(&b);
    if !has_hole(text) {
        return fits(text, '*', Some('?'), wanted, in_any_case).into();
    }
    // What the holes hold could be a star, and could be nothing.
    match fits(&text.replace(HOLE, "*"), '*', Some('?'), wanted, in_any_case) {
        true => Truth::Unknown,
        false => Truth::False,
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Token {
    Char(char),
    One,
    Any,
}

/// Whether some filling of the holes fits: a hole may stand for any row of tokens. Simulates the pattern over the text,
/// one set of positions a character: linear in text x pattern.
fn could_fit(text: &str, pattern: &str) -> bool {
    let pattern: Vec<Token> = pattern
        .chars()
        .map(|c| match c {
            '*' => Token::Any,
            '?' => Token::One,
            c => Token::Char(c),
        })
        .collect();
    let pattern = &pattern;
    let mut at = vec![false; pattern.len() + 1];
    at[0] = true;
    skip_any(&mut at, pattern);
    for c in text.chars() {
        let mut next = vec![false; pattern.len() + 1];
        for (i, &here) in at.iter().enumerate() {
            if !here {
                continue;
            }
            if c == HOLE {
                next[i..].fill(true);
                break;
            }
            match pattern.get(i) {
                Some(Token::Any) => next[i] = true,
                Some(Token::One) => next[i + 1] = true,
                Some(Token::Char(wanted)) if *wanted == c => next[i + 1] = true,
                _ => {}
            }
        }
        skip_any(&mut next, pattern);
        at = next;
    }
    at[pattern.len()]
}

/// `*` may stand for nothing.
fn skip_any(at: &mut [bool], pattern: &[Token]) {
    for i in 0..pattern.len() {
        if at[i] && pattern[i] == Token::Any {
            at[i + 1] = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Truth::{False, True, Unknown};

    fn text(template: &str) -> String {
        template.replace('~', &HOLE.to_string())
    }

    #[test]
    fn known_pieces_decide_what_they_can() {
        for (with_holes, literal, expected) in [
            ("a-~", "b-c", False),
            ("a-~", "a-c", Unknown),
            ("~-c", "a-d", False),
            ("a~b", "ab", Unknown),
            ("a~b~c", "axbyc", Unknown),
            ("abc~", "ab", False),
        ] {
            assert_eq!(equals(&text(with_holes), literal), expected, "{with_holes} = {literal}");
        }
        assert!(!could_be_same(&text("/aws/vendedlogs/~"), &text("/aws/lambda/~")));
        assert!(could_be_same(&text("/aws/~"), &text("/aws/lambda/~")));
        assert_eq!(starts_with(&text("arn:~:iam"), "arn:"), True);
        assert_eq!(starts_with(&text("arn:~:iam"), "arn:aws:"), Unknown);
        assert_eq!(starts_with(&text("x~"), "arn:"), False);
        assert_eq!(ends_with(&text("~:policy/AdministratorAccess"), "/AdministratorAccess"), True);
        assert_eq!(ends_with(&text("~x"), "y"), False);
        assert_eq!(contains(&text("~:alias/aws/~"), ":alias/"), True);
        assert_eq!(contains(&text("~"), "x"), Unknown);
    }

    #[test]
    fn globs_swallow_holes_only_with_stars() {
        for (with_holes, pattern, expected) in [
            ("arn:~:s3", "arn:*:s3", True),
            ("arn:~:s3", "arn:aws:s3", Unknown),
            ("arn:~:s3", "arn:*:sqs", False),
            ("abc", "a?c", True),
            ("a~", "a?", Unknown),
            ("abc", "*", True),
        ] {
            assert_eq!(glob(&text(with_holes), pattern), expected, "{with_holes} ~ {pattern}");
        }
    }

    #[test]
    fn a_pattern_of_a_policy_covers_actions_in_any_case() {
        for (pattern, action, expected) in [
            ("iam:*", "iam:PassRole", True),
            ("*", "iam:PassRole", True),
            ("IAM:pass*", "iam:PassRole", True),
            ("iam:Get*", "iam:PassRole", False),
            ("i?m:*s*e", "iam:PassRole", True),
            ("iam:*s*x", "iam:PassRole", False),
            ("iam:PassRole*", "iam:PassRole", True),
            ("", "iam:PassRole", False),
            ("~:PassRole", "iam:PassRole", Unknown),
            ("~:GetRole", "iam:PassRole", False),
        ] {
            assert_eq!(covers(&text(pattern), action), expected, "{pattern} covers {action}");
        }
    }

    #[test]
    fn an_expression_matches_known_pieces_only() {
        let regex = Pattern::new("secret-[0-9]+");
        assert_eq!(matches(&text("~ secret-12 ~"), &regex), True);
        assert_eq!(matches(&text("secret-~"), &regex), Unknown);
        assert_eq!(matches("secret-", &regex), False);
    }
}
