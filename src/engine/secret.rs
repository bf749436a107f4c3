//! What looks like a secret: by its format wherever it stands, or by the name of its place and how random it is.
//!
//! In: a name and a text, in which a piece that is not known is marked. Out: the kind, never the text. Formats, names and
//! placeholders are data (`data/secrets.txt`). References, ARNs, paths, and words with separators are no secrets; of a
//! name that says password, a single word with digits is one.
use super::any_of::AnyOf;
use super::pattern;
use regex::{Regex, RegexSet};
use std::sync::OnceLock;

/// Least length of what only a name makes suspicious.
const LEAST_LENGTH: usize = 8;
/// Longest text that is one secret by itself.
const MOST_LENGTH: usize = 1024;
/// A text of letters of one case and digits counts from this length.
const LONG: usize = 16;
/// Least bits a character (Shannon) of a random text, and of a password.
const RANDOM_BITS: f64 = 3.0;
const PASSWORD_BITS: f64 = 2.5;

/// Why a text is taken for a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It has the format of one; what it is.
    Format(&'static str),
    /// Its name says so, and it is random enough.
    Entropy,
}

struct Table {
    /// What stands in whatever has a format: most texts hold none of it, and no expression is asked.
    marks: AnyOf,
    /// The words of names, in small letters: without one, no name in a text says that its value is a secret.
    words: AnyOf,
    names: Vec<Vec<&'static str>>,
    harmless: Vec<&'static str>,
    placeholders: Vec<&'static str>,
    fillers: Vec<&'static str>,
}

/// The expressions, compiled when a text first gives reason to.
struct Formats {
    all: Vec<(&'static str, Regex)>,
    any: RegexSet,
}

fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    let lines = include_str!("../../data/secrets.txt").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split(" | ").map(str::trim).collect())
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows: Vec<_> = rows().collect();
        let rows_of = |kind: &'static str| rows.iter().filter(move |row| row[0] == kind);
        let of = |kind| rows_of(kind).filter_map(|row| row.get(1).copied());
        let names: Vec<Vec<&'static str>> = of("name").map(|words| words.split(' ').collect()).collect();
        Table {
            marks: AnyOf::new(rows_of("format").flat_map(|row| row[3].split(' '))),
            words: AnyOf::new(names.iter().flatten().copied()),
            names,
            harmless: of("harmless").collect(),
            placeholders: of("placeholder").collect(),
            fillers: of("filler").collect(),
        }
    })
}

fn formats() -> &'static Formats {
    static FORMATS: OnceLock<Formats> = OnceLock::new();
    FORMATS.get_or_init(|| {
        let sound = "invariant: the table's expressions are sound";
        let all =
            rows().filter(|row| row[0] == "format").map(|row| (row[1], Regex::new(row[2]).expect(sound)));
        let all: Vec<(&'static str, Regex)> = all.collect();
        Formats { any: RegexSet::new(all.iter().map(|(_, format)| format.as_str())).expect(sound), all }
    })
}

/// What `NAME=value` and `"name": "value"` inside scripts and JSON assign: names and values. Texts with a word that makes them
/// suspicious are many, and an expression takes longer to compile than all of them to read.
fn assigned(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.match_indices(['=', ':']).filter_map(|(at, separator)| {
        let before = text[..at].trim_end();
        let before = before.strip_suffix(['"', '\'']).unwrap_or(before);
        let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        let run = before.trim_end_matches(of_name).len();
        let begins = |start: &usize| {
            let behind = before[..*start].chars().next_back();
            before[*start..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && behind.is_none_or(|c| c.is_whitespace() || ";&?,{\"'-".contains(c))
        };
        let name = &before[(run..before.len()).find(begins)?..];
        let value = text[at + separator.len()..].trim_start();
        let value = value.strip_prefix(['"', '\'']).unwrap_or(value);
        let ends = |c: char| c.is_whitespace() || "\"';,&}".contains(c);
        Some((name, value.split(ends).next().unwrap_or_default()))
    })
}

/// Whether a text is, or holds, a secret. `name` is that of its place.
pub(super) fn kind(name: &str, text: &str) -> Option<Kind> {
    let table = table();
    if table.marks.is_in(text)
        && let Some(what) = format_in(text)
    {
        return Some(Kind::Format(what));
    }
    if is_suspicious(name, text.trim()) {
        return Some(Kind::Entropy);
    }
    if !text.contains(['=', ':']) || !table.words.is_in(&text.to_ascii_lowercase()) {
        return None;
    }
    assigned(text).any(|(name, value)| is_suspicious(name, value)).then_some(Kind::Entropy)
}

/// What a text, or a part of it, is by its format.
fn format_in(text: &str) -> Option<&'static str> {
    let formats = formats();
    formats.any.matches(text).into_iter().map(|index| &formats.all[index]).find_map(|(what, format)| {
        let real = format.captures_iter(text).any(|found| {
            let secret = found.get(1).or(found.get(0)).map_or("", |found| found.as_str());
            !pattern::has_hole(secret) && !is_placeholder(secret)
        });
        real.then_some(*what)
    })
}

/// Whether a text stands for a value that is put in later: a variable, or words that say so.
fn is_placeholder(text: &str) -> bool {
    text.starts_with(['$', '{', '%']) || holds_any(text, &table().placeholders)
}

fn holds_any(text: &str, parts: &[&str]) -> bool {
    let text = text.to_ascii_lowercase();
    parts.iter().any(|part| text.contains(part))
}

/// Whether a name says that its value is a secret, and the value looks like one.
fn is_suspicious(name: &str, text: &str) -> bool {
    if !(LEAST_LENGTH..=MOST_LENGTH).contains(&text.len()) || pattern::has_hole(text) {
        return false;
    }
    let Some(secret) = secret_name(name) else { return false };
    let table = table();
    let is_reference = text.starts_with("arn:") || text.contains("://") || text.starts_with(['/', '.', '~']);
    if is_reference || is_placeholder(text) || holds_any(text, &table.fillers) {
        return false;
    }
    let has = |kind: fn(&char) -> bool| text.chars().any(|c| kind(&c));
    let [lower, upper, digit] =
        [has(char::is_ascii_lowercase), has(char::is_ascii_uppercase), has(char::is_ascii_digit)];
    let other = text.chars().any(|c| !c.is_ascii_alphanumeric());
    if !digit || !(lower || upper) || text.chars().any(|c| c.is_whitespace() || !c.is_ascii()) {
        return false;
    }
    if secret == ["encryption", "key"] && is_uuid(text) {
        return false;
    }
    if matches!(secret, ["password" | "passwd" | "passphrase" | "pwd" | "pass"]) {
        let is_name = is_words(text) && text.contains(['-', '_', '.', '/', ':']);
        return !is_name && bits(text) >= PASSWORD_BITS;
    }
    let classes = [lower, upper, digit, other].into_iter().filter(|class| *class).count();
    !is_words(text) && (classes >= 3 || text.len() >= LONG) && bits(text) >= RANDOM_BITS
}

/// Whether a name says that its value is a secret.
pub(super) fn is_secret_name(name: &str) -> bool {
    secret_name(name).is_some()
}

/// The words of a name that say that its value is a secret.
fn secret_name(name: &str) -> Option<&'static [&'static str]> {
    let words = words(name);
    let last = words.last()?;
    let table = table();
    if table.harmless.contains(&last.as_str()) {
        return None;
    }
    let found = table.names.iter().find(|wanted| match wanted[..] {
        [single] => words.iter().any(|word| word == single || (single.len() > 4 && word.ends_with(single))),
        _ => words.windows(wanted.len()).any(|part| part.iter().zip(wanted.iter()).all(|(a, b)| a == b)),
    });
    found.map(Vec::as_slice)
}

/// The words of a name, in small letters: `dbPassword`, `DB_PASSWORD` and `db-password` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let letters: Vec<char> = name.chars().collect();
    for (index, &c) in letters.iter().enumerate() {
        let after_small = index > 0 && letters[index - 1].is_ascii_lowercase();
        let before_small = letters.get(index + 1).is_some_and(char::is_ascii_lowercase);
        let begins = c.is_ascii_uppercase() && (after_small || (before_small && !word.is_empty()));
        if (begins || !c.is_ascii_alphanumeric()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether a text is words with separators, each of letters with at most three digits behind, or a short number.
fn is_words(text: &str) -> bool {
    text.split(['-', '_', '.', '/', ':']).all(|part| {
        let digits = part.trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let letters = part.len() - digits.len();
        digits.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= if letters > 0 { 3 } else { 4 }
    })
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Bits a character, after Shannon.
fn bits(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    text.bytes().for_each(|byte| counts[byte as usize] += 1);
    let length = text.len() as f64;
    let share = |&count: &u32| f64::from(count) / length;
    counts.iter().filter(|count| **count > 0).map(|count| -share(count) * share(count).log2()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner takes this file for a leak.
    fn token(prefix: &str, length: usize) -> String {
        let letters = "aB3dE5gH7jK9mN2pQ4sT6vW8yZ1".chars().cycle().take(length);
        format!("{prefix}{}", letters.collect::<String>())
    }

    #[test]
    fn every_row_is_of_a_known_kind_and_every_format_has_a_source() {
        for row in rows() {
            match row[..] {
                ["format", what, _, holds, source] => {
                    let marked = !holds.is_empty() && source.starts_with("https://");
                    assert!(!what.is_empty() && marked, "{row:?}")
                }
                ["name" | "harmless" | "placeholder" | "filler", text] => {
                    assert!(!text.is_empty() && text == text.to_lowercase(), "{row:?}");
                }
                _ => panic!("{row:?}"),
            }
        }
    }

    #[test]
    fn formats_are_found_wherever_they_stand() {
        let jwt = format!("{}.{}.{}", token("eyJ", 20), token("eyJ", 20), token("", 30));
        for (text, what) in [
            (format!("AKIA{}", "ABCDEFGH23456789"), "an access key id of AWS"),
            (format!("x {} y", token("ghp_", 36)), "a token of GitHub"),
            (token("glpat-", 20), "a token of GitLab"),
            (token("xoxb-", 30), "a token of Slack"),
            (token("sk_live_", 24), "a key of Stripe"),
            (token("npm_", 36), "a token of npm"),
            (token("AIza", 35), "a key of Google"),
            (format!("-----BEGIN RSA {}-----\nMII", "PRIVATE KEY"), "a private key"),
            (jwt, "a JSON web token"),
            ("postgres://app:s3cr3t@db:5432/x".to_owned(), "a password in a URL"),
            ("redis://:s3cr3t@cache".to_owned(), "a password in a URL"),
        ] {
            assert_eq!(kind("ANY", &text), Some(Kind::Format(what)), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_a_format_passes() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIA123",
            "postgres://app@db:5432/x",
            "postgres://app:${PASSWORD}@db/x",
            "postgres://app:<password>@db/x",
            "https://host:8080/a@b",
            "postgres://app:\u{f8ff}@db/x",
            "-----BEGIN CERTIFICATE-----",
            "https://hooks.slack.com/services/",
        ] {
            assert_eq!(kind("ANY", text), None, "{text}");
        }
    }

    #[test]
    fn names_and_random_values_together_are_secrets() {
        for (name, text) in [
            ("DB_PASSWORD", "Sup3rGeheim"),
            ("dbPassword", "winter2024"),
            ("MYSQL_ROOT_PASSWORD", "p4ss!word"),
            ("API_KEY", "9f86d081884c7d659a2feaa0c55ad015"),
            ("apiKey", "Zm9vYmFyMTIzNDU2Nzg5"),
            ("JWT_SECRET", "k8Jq!2mZr9"),
            ("GITHUBTOKEN", "3b1f9ac24e7d48f0b6a5"),
            ("CONFIG", "Server=db;Password=Xy7!kQ2pL;Port=1"),
            ("CONFIG", "{\"password\": \"Xy7!kQ2pL\"}"),
            ("UserData", "#!/bin/sh\nexport DB_PASSWORD='Xy7!kQ2pL'\n"),
        ] {
            assert_eq!(kind(name, text), Some(Kind::Entropy), "{name}={text}");
        }
    }

    #[test]
    fn references_names_paths_and_placeholders_pass() {
        for (name, text) in [
            ("DB_PASSWORD_ARN", "9f86d081884c7d659a2feaa0c55ad015"),
            ("SECRET_NAME", "9f86d081884c7d659a2feaa0c55ad015"),
            ("TOKEN_URL", "https://auth.shop.test/oauth2/token1"),
            ("DB_SECRET", "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf"),
            ("DB_SECRET", "prod/shop1/db-credentials-v2"),
            ("DB_PASSWORD", "/shop/prod/db_password1"),
            ("DB_PASSWORD", "prod-db-password-1"),
            ("DB_PASSWORD", "changeme123"),
            ("DB_PASSWORD", "your-password-1"),
            ("DB_PASSWORD", "${DB_PASSWORD1}"),
            ("DB_PASSWORD", "$DB_PASSWORD1"),
            ("DB_PASSWORD", "\u{f8ff}-Xy7!kQ2pL"),
            ("DB_PASSWORD", "true"),
            ("MAX_TOKENS", "4096"),
            ("TOKEN_TTL", "3600s1234"),
            ("TABLE", "9f86d081884c7d659a2feaa0c55ad015"),
            ("PARTITION_KEY", "9f86d081884c7d659a2feaa0c55ad015"),
            ("ENCRYPTION_KEY", "1234abcd-12ab-34cd-56ef-1234567890ab"),
            ("COMPASS", "9f86d081884c7d659a2feaa0c55ad015"),
            ("UserData", "aws ssm get-parameter --name /db/password --with-decryption"),
            ("UserData", "PASSWORD=$(aws secretsmanager get-secret-value)"),
        ] {
            assert_eq!(kind(name, text), None, "{name}={text}");
        }
    }
}
