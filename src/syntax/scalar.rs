//! What a plain YAML scalar means, by YAML 1.1 as the service reads it.
//!
//! In: the text of an unquoted, untagged scalar. Out: null, a boolean, a number, or text. Quoted scalars never
//! come here. Three choices differ between readers: single `y` and `n` stay text (as in PyYAML and
//! SnakeYAML); `12:30` stays text although YAML 1.1 makes it 750, because YAML 1.2 dropped base 60 and no
//! property wants it, so that only the text as written can be what was meant; `0o17` is a number (YAML 1.2) beside `017`.
//! Timestamps stay text: a policy's `Version: 2012-10-17` is one.

/// What a plain scalar resolves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Number,
    Text,
}

/// Resolves an unquoted, untagged scalar.
pub(super) fn resolve(text: &str) -> Plain {
    match text.as_bytes().first() {
        None => Plain::Null,
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') if shape(text).is_some() => Plain::Number,
        Some(b'~' | b'n' | b'N' | b'y' | b'Y' | b't' | b'T' | b'f' | b'F' | b'o' | b'O') => word(text),
        Some(_) => Plain::Text,
    }
}

/// A word that is not text.
fn word(text: &str) -> Plain {
    match text {
        "~" | "null" | "Null" | "NULL" => Plain::Null,
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Plain::Bool(true),
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Plain::Bool(false),
        _ => Plain::Text,
    }
}

/// Whether a tagged text (`!!bool`) says true or false.
pub(super) fn boolean(text: &str) -> Option<bool> {
    match word(text) {
        Plain::Bool(value) => Some(value),
        _ => None,
    }
}

/// The value of a number's text.
pub(super) fn number(text: &str) -> Option<f64> {
    let (negative, digits) = unsigned(text);
    let value = match shape(text) {
        Some(Shape::Whole(radix)) => {
            let digits = bare(digits, radix);
            let value = |value: f64, digit: u32| value * f64::from(radix) + f64::from(digit);
            match radix {
                10 => digits.parse().ok()?,
                _ => digits.chars().filter_map(|c| c.to_digit(radix)).fold(0.0, value),
            }
        }
        Some(Shape::Float) => bare(digits, 10).parse().ok()?,
        Some(Shape::Infinite) => f64::INFINITY,
        Some(Shape::NotANumber) => f64::NAN,
        // `!!float 1e3`: a number only because its tag says so.
        None if digits.starts_with(|c: char| c.is_ascii_digit()) => digits.parse().ok()?,
        None => return None,
    };
    Some(if negative { -value } else { value })
}

/// The value of a whole number's text, where it fits.
pub(super) fn integer(text: &str) -> Option<i64> {
    let Some(Shape::Whole(radix)) = shape(text) else { return None };
    let (negative, digits) = unsigned(text);
    let value = i128::from_str_radix(&bare(digits, radix), radix).ok()?;
    i64::try_from(if negative { -value } else { value }).ok()
}

/// Whether a plain scalar looks like an account id that some reader of YAML robs of its leading zero.
pub(super) fn is_endangered_account(text: &str) -> bool {
    text.len() == 12 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// A whole number of that radix.
    Whole(u32),
    Float,
    Infinite,
    NotANumber,
}

/// What kind of number a text is by YAML 1.1; an exponent needs a fraction and a sign there.
fn shape(text: &str) -> Option<Shape> {
    let (_, digits) = unsigned(text);
    let signed = digits.len() < text.len();
    match digits.as_bytes() {
        b".inf" | b".Inf" | b".INF" => Some(Shape::Infinite),
        b".nan" | b".NaN" | b".NAN" => (!signed).then_some(Shape::NotANumber),
        [b'0', b'x', rest @ ..] => whole(rest, 16),
        [b'0', b'b', rest @ ..] => whole(rest, 2),
        [b'0', b'o', rest @ ..] => whole(rest, 8),
        [b'0'] => Some(Shape::Whole(10)),
        [b'0', rest @ ..] => whole(rest, 8).or_else(|| float(digits)),
        [b'1'..=b'9', ..] => whole(digits.as_bytes(), 10).or_else(|| float(digits)),
        [b'.', b'0'..=b'9', ..] if !signed => float(digits),
        _ => None,
    }
}

fn whole(digits: &[u8], radix: u32) -> Option<Shape> {
    let fits = |&byte: &u8| byte == b'_' || char::from(byte).is_digit(radix);
    let some = digits.iter().any(|&byte| byte != b'_');
    (some && digits.iter().all(fits)).then_some(Shape::Whole(radix))
}

fn float(digits: &str) -> Option<Shape> {
    let (before, after) = digits.split_once('.')?;
    let (fraction, exponent) = match after.split_once(['e', 'E']) {
        Some((fraction, exponent)) => (fraction, Some(exponent)),
        None => (after, None),
    };
    let digits_only = |text: &str| text.bytes().all(|byte| byte == b'_' || byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|exponent| {
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    (digits_only(before) && digits_only(fraction) && exponent_fits).then_some(Shape::Float)
}

fn unsigned(text: &str) -> (bool, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    }
}

/// The digits without prefix and underscores.
fn bare(digits: &str, radix: u32) -> String {
    let prefixes: &[&str] = match radix {
        16 => &["0x"],
        8 => &["0o", "0"],
        2 => &["0b"],
        _ => &[],
    };
    let digits = prefixes.iter().find_map(|prefix| digits.strip_prefix(prefix)).unwrap_or(digits);
    let digits: String = digits.chars().filter(|&c| c != '_').collect();
    if digits.is_empty() { "0".to_owned() } else { digits }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_booleans_and_nulls_in_their_three_spellings_only() {
        for (text, expected) in [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("null", Plain::Null),
            ("Null", Plain::Null),
            ("NULL", Plain::Null),
            ("nULL", Plain::Text),
            ("yes", Plain::Bool(true)),
            ("Yes", Plain::Bool(true)),
            ("YES", Plain::Bool(true)),
            ("yES", Plain::Text),
            ("on", Plain::Bool(true)),
            ("Off", Plain::Bool(false)),
            ("NO", Plain::Bool(false)),
            ("TRUE", Plain::Bool(true)),
            ("False", Plain::Bool(false)),
            ("tRue", Plain::Text),
            ("y", Plain::Text),
            ("n", Plain::Text),
            ("Y", Plain::Text),
            ("N", Plain::Text),
        ] {
            assert_eq!(resolve(text), expected, "{text:?}");
        }
    }

    #[test]
    fn numbers_have_a_value_and_a_whole_value_where_they_have_one() {
        for (text, value, whole) in [
            ("0", 0.0, Some(0)),
            ("-0", 0.0, Some(0)),
            ("+12", 12.0, Some(12)),
            ("-7", -7.0, Some(-7)),
            ("1_000", 1000.0, Some(1000)),
            ("0x1F", 31.0, Some(31)),
            ("-0xff", -255.0, Some(-255)),
            ("0x0b", 11.0, Some(11)),
            ("0b101", 5.0, Some(5)),
            ("017", 15.0, Some(15)),
            ("00", 0.0, Some(0)),
            ("0o17", 15.0, Some(15)),
            ("9223372036854775807", 9223372036854775807.0, Some(i64::MAX)),
            ("-9223372036854775808", -9223372036854775808.0, Some(i64::MIN)),
            ("99999999999999999999", 1e20, None),
            ("1.5", 1.5, None),
            ("1.", 1.0, None),
            (".5", 0.5, None),
            ("0.25", 0.25, None),
            ("1.5e+3", 1500.0, None),
            ("-1_0.0_5E-1", -1.005, None),
            (".inf", f64::INFINITY, None),
            ("-.INF", f64::NEG_INFINITY, None),
        ] {
            assert_eq!(resolve(text), Plain::Number, "{text:?}");
            assert_eq!((number(text), integer(text)), (Some(value), whole), "{text:?}");
        }
        assert!(resolve(".nan") == Plain::Number && number(".NaN").is_some_and(f64::is_nan));
    }

    #[test]
    fn what_only_looks_like_a_number_stays_text() {
        for text in [
            "12:30",
            "190:20:30",
            "2012-10-17",
            "2010-09-09T00:00:00Z",
            "1e3",
            "1.5e3",
            "12e03",
            "089",
            "0x",
            "0b2",
            "0o8",
            "-",
            "+",
            ".",
            "..",
            "1.2.3",
            "10.0.0.0/16",
            "-.5",
            "+.5",
            "_1",
            "0_",
            "1-",
            "--1",
            "+.nan",
            ".infinity",
            "1,000",
            "0xg",
            "é",
            "1é",
        ] {
            assert_eq!(resolve(text), Plain::Text, "{text:?}");
        }
    }

    #[test]
    fn a_tag_can_make_a_number_of_what_is_none_by_itself() {
        assert_eq!(
            (number("1e3"), number("089"), number("x"), number("")),
            (Some(1000.0), Some(89.0), None, None)
        );
    }

    #[test]
    fn an_account_id_with_a_leading_zero_is_noticed_with_any_digits() {
        for (text, expected) in [
            ("012345670123", true),
            ("098765432109", true),
            ("123456789012", false),
            ("01234567890", false),
            ("01234567890a", false),
        ] {
            assert_eq!(is_endangered_account(text), expected, "{text:?}");
        }
    }
}
