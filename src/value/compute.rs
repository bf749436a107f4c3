//! Functions whose results are computed from known arguments alone: `Fn::Cidr` and `Fn::ToJsonString`.
use super::model::{Resolved, Value};
use super::resolver::Resolver;
use super::text::TextBuilder;
use std::borrow::Cow;
use std::net::IpAddr;

/// The first `count` networks of `bits` host bits inside a network, or why there are none.
pub(super) fn cidr(network: &str, count: usize, bits: u32) -> Result<Vec<String>, &'static str> {
    let (base, width, prefix) =
        parse_network(network).ok_or("Fn::Cidr needs a network, such as 10.0.0.0/16")?;
    if !(1..=256).contains(&count) {
        return Err("Fn::Cidr makes 1 to 256 blocks");
    }
    let room =
        (width - prefix).checked_sub(bits).ok_or("Fn::Cidr asks for blocks larger than the network")?;
    if room < 9 && count > 1usize << room {
        return Err("Fn::Cidr asks for more blocks than the network holds");
    }
    let host = if width - prefix >= 128 { u128::MAX } else { (1u128 << (width - prefix)) - 1 };
    let base = base & !host;
    // The last block lies inside the network, so that no sum leaves it; a single block may be all of it.
    let block = |index: u128| {
        let value = base | if index == 0 { 0 } else { index << bits };
        let address = match width {
            32 => IpAddr::V4((value as u32).into()),
            _ => IpAddr::V6(value.into()),
        };
        format!("{address}/{}", width - bits)
    };
    Ok((0..count as u128).map(block).collect())
}

/// The address of a network as a number, how many bits it has, and how many of them are fixed.
fn parse_network(network: &str) -> Option<(u128, u32, u32)> {
    let (address, prefix) = network.trim().split_once('/')?;
    let (base, width) = match address.parse().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    let prefix = prefix.parse().ok().filter(|prefix| *prefix <= width)?;
    Some((base, width, prefix))
}

impl<'a> Resolver<'_, 'a> {
    /// Writes a value as JSON; what is not known becomes a hole in the text.
    pub(super) fn write_json(
        &self,
        out: &mut TextBuilder<'a>,
        value: &Resolved<'a>,
    ) -> Result<(), &'static str> {
        let quote = |text: &str| serde_json::Value::from(text).to_string();
        match &value.value {
            Value::NoValue | Value::Null => out.literal(Cow::Borrowed("null")),
            Value::Bool(true) => out.literal(Cow::Borrowed("true")),
            Value::Bool(false) => out.literal(Cow::Borrowed("false")),
            // Digits that YAML knows and JSON does not are written as the number that they are.
            Value::Number(number, digits) => match serde_json::from_str::<serde_json::Number>(digits) {
                Ok(_) => out.literal(digits.clone()),
                Err(_) => out.literal(Cow::Owned(number.to_string())),
            },
            Value::Text(text) => out.literal(Cow::Owned(quote(text))),
            Value::Hole(hole) if self.is_list(*hole) => return Err("a list is not known"),
            Value::Hole(hole) => {
                out.literal(Cow::Borrowed("\""));
                out.hole(*hole);
                out.literal(Cow::Borrowed("\""));
            }
            Value::Partial(pieces) => {
                out.literal(Cow::Borrowed("\""));
                for piece in pieces.iter() {
                    match piece {
                        super::Piece::Literal(text) => {
                            let quoted = quote(text);
                            out.literal(Cow::Owned(quoted[1..quoted.len() - 1].to_owned()));
                        }
                        super::Piece::Hole(hole) => out.hole(*hole),
                    }
                }
                out.literal(Cow::Borrowed("\""));
            }
            Value::List(_) => {
                out.literal(Cow::Borrowed("["));
                let items = self.elements(value).map_err(|_| "the list is not known")?;
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.literal(Cow::Borrowed(","));
                    }
                    self.write_json(out, item)?;
                }
                out.literal(Cow::Borrowed("]"));
            }
            Value::Map(_) => {
                out.literal(Cow::Borrowed("{"));
                let pairs = self.pairs(value).map_err(|_| "the map is not known")?;
                for (index, (key, item)) in pairs.iter().enumerate() {
                    let comma = if index > 0 { "," } else { "" };
                    out.literal(Cow::Owned(format!("{comma}{}:", quote(key))));
                    self.write_json(out, item)?;
                }
                out.literal(Cow::Borrowed("}"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_cut_as_the_service_cuts_them() {
        assert_eq!(cidr("192.168.0.0/24", 2, 5).unwrap(), ["192.168.0.0/27", "192.168.0.32/27"]);
        assert_eq!(cidr("10.0.3.7/16", 1, 8).unwrap(), ["10.0.0.0/24"]);
        assert_eq!(cidr("2001:db8::/56", 2, 64).unwrap(), ["2001:db8::/64", "2001:db8:0:1::/64"]);
        assert_eq!(cidr("::/0", 1, 64).unwrap(), ["::/64"]);
        assert_eq!(cidr("::/0", 1, 128).unwrap(), ["::/0"]);
        assert_eq!(cidr("10.0.0.0/16", 256, 8).unwrap()[255], "10.0.255.0/24");
        for (network, count, bits, why) in [
            ("10.0.0.0/8", 300, 1, "1 to 256"),
            ("10.0.0.0/24", 9, 5, "more blocks"),
            ("10.0.0.0/24", 1, 33, "larger"),
            ("10.0.0.0/24", 1, 9, "larger"),
            ("x/24", 1, 8, "needs a network"),
            ("10.0.0.0", 1, 8, "needs a network"),
            ("10.0.0.0/33", 1, 8, "needs a network"),
        ] {
            assert!(cidr(network, count, bits).unwrap_err().contains(why), "{network} {count} {bits}");
        }
    }
}
