//! Sixteen bytes of a text at a time: which of them the scanner of JSON stops at.
//!
//! In: bytes and a question. Out: a bit for each byte, the first one's lowest.
use wide::u8x16;

/// Sixteen bytes.
#[derive(Clone, Copy)]
pub(super) struct Sixteen(u8x16);

impl Sixteen {
    /// Those that a text has from there on; none where fewer are left.
    #[inline]
    pub(super) fn of(text: &[u8], at: usize) -> Option<Sixteen> {
        text.get(at..)?.first_chunk().map(|bytes| Sixteen(u8x16::new(*bytes)))
    }

    /// What ends a plain run of a string: quotes, backslashes and control characters.
    #[inline]
    pub(super) fn stops(self) -> u32 {
        let control = self.0.min(u8x16::splat(b' ' - 1)).simd_eq(self.0);
        (control | self.equal(b'"') | self.equal(b'\\')).to_bitmask()
    }

    /// What is no space.
    #[inline]
    pub(super) fn others(self) -> u32 {
        !self.equals(b' ') & 0xffff
    }

    /// What is that byte.
    #[inline]
    pub(super) fn equals(self, byte: u8) -> u32 {
        self.equal(byte).to_bitmask()
    }

    /// The same with the bits of that byte set in each.
    #[inline]
    pub(super) fn with(self, bits: u8) -> Sixteen {
        Sixteen(self.0 | u8x16::splat(bits))
    }

    #[inline]
    fn equal(self, byte: u8) -> u8x16 {
        self.0.simd_eq(u8x16::splat(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_answers_as_it_is_wherever_it_stands() {
        for byte in 0..=u8::MAX {
            for place in 0..16 {
                let mut text = [b' '; 17];
                text[place] = byte;
                let sixteen = Sixteen::of(&text, 0).unwrap();
                let bit = |is: bool| u32::from(is) << place;
                assert_eq!(sixteen.others(), bit(byte != b' '), "{byte} at {place}");
                assert_eq!(sixteen.equals(byte), if byte == b' ' { 0xffff } else { bit(true) });
                assert_eq!(sixteen.with(0x20).equals(byte) & bit(true), bit(byte & 0x20 != 0));
                assert_eq!(sixteen.stops(), bit(matches!(byte, b'"' | b'\\' | ..b' ')), "{byte} at {place}");
            }
        }
        assert!(Sixteen::of(&[0; 17], 1).is_some() && Sixteen::of(&[0; 17], 2).is_none());
        assert!(Sixteen::of(&[0; 17], 18).is_none());
    }
}
