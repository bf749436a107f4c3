//! Days of the calendar: what dated rules, attestations and exceptions compare.
//!
//! In goes an ISO 8601 text or the clock, out comes a day; times of day and time zones never matter here (a day is that
//! of UTC).
use jiff::ToSpan;
use jiff::tz::TimeZone;
use std::fmt;

/// A day, such as 2026-06-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The day that it is now, in UTC.
    pub fn today() -> Date {
        Date(jiff::Timestamp::now().to_zoned(TimeZone::UTC).date())
    }

    /// Reads `YYYY-MM-DD`; none for anything else.
    pub fn parse(text: &str) -> Option<Date> {
        let plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        if plain { text.parse().ok().map(Date) } else { None }
    }

    /// The day that many days later; the last day there is where that lies beyond.
    pub fn plus_days(self, days: i64) -> Date {
        Date(self.0.saturating_add(days.clamp(-3_650_000, 3_650_000).days()))
    }
}

impl Default for Date {
    fn default() -> Self {
        Date::today()
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_reckoned_and_written() {
        let day = Date::parse("2024-02-28").unwrap();
        assert_eq!(day.plus_days(2).to_string(), "2024-03-01");
        assert_eq!(day.plus_days(-59).to_string(), "2023-12-31");
        assert!(day < day.plus_days(1));
        assert_eq!(day.plus_days(i64::MAX).to_string(), "9999-12-31");
        for text in ["2024-02-30", "2024-2-3", "20240203", "today", "2024-02-28T00:00"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
