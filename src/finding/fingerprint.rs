//! The identity of a finding from run to run: a number, spelt in 16 hexadecimal digits.
use std::fmt;

/// A stable identity across runs, reformatting and reordering. The order is that of how it is spelt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u64);

impl Fingerprint {
    /// The identity that is spelt like that.
    pub fn parse(text: &str) -> Option<Fingerprint> {
        let spelt = text.len() == 16 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        u64::from_str_radix(text, 16).ok().filter(|_| spelt).map(Fingerprint)
    }

    /// Its 16 digits.
    pub fn digits(self) -> [u8; 16] {
        let digit = |at: usize| b"0123456789abcdef"[(self.0 >> (60 - 4 * at)) as usize & 15];
        std::array::from_fn(digit)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.digits().into_iter().try_for_each(|digit| fmt::Write::write_char(f, digit.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_spelt_as_long_as_any_other_and_in_the_same_order() {
        let numbers = [0, 1, 0x00c0_ffee_00c0_ffee, u64::MAX >> 1, u64::MAX];
        let spelt = numbers.map(|number| Fingerprint(number).to_string());
        assert_eq!(spelt, numbers.map(|number| format!("{number:016x}")));
        assert!(spelt.is_sorted());
        assert_eq!(
            spelt.each_ref().map(|text| Fingerprint::parse(text)),
            numbers.map(|one| Some(Fingerprint(one)))
        );
        for wrong in ["", "1", "+00000000000000f", "00C0FFEE00C0FFEE", "00c0ffee00c0ffee0"] {
            assert_eq!(Fingerprint::parse(wrong), None, "{wrong}");
        }
    }
}
