//! How resources are named: which property holds the physical name of a type, and whether `Ref` gives it.
//!
//! The table is data (`data/names.txt`), looked up by binary search in its own lines.
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// How the resources of one type are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameRule {
    /// The type.
    pub type_name: &'static str,
    /// The property that holds the physical name.
    pub property: &'static str,
    /// Whether `Ref` returns that name, and not an ARN, a URL or an id.
    pub ref_is_name: bool,
    /// Where no two may have the same.
    pub scope: NameScope,
    /// The property that names what holds the resource, where names are one only inside of it.
    pub within: Option<&'static str>,
}

/// Where no two resources of a type may have the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameScope {
    /// In one account and region.
    Region,
    /// In one account.
    Account,
    /// Anywhere.
    Global,
    /// Nowhere: the service lets them share it.
    Shared,
}

/// The rule of a type, if its resources can be given a physical name.
pub fn name_rule(type_name: &str) -> Option<&'static NameRule> {
    static TABLE: OnceLock<FxHashMap<&'static str, NameRule>> = OnceLock::new();
    TABLE.get_or_init(|| rows().map(|rule| (rule.type_name, rule)).collect()).get(type_name)
}

fn rows() -> impl Iterator<Item = NameRule> {
    include_str!("../../data/names.txt").lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut fields = line.split(' ');
        let (type_name, property) = (fields.next()?, fields.next()?);
        let mut rule =
            NameRule { type_name, property, ref_is_name: false, scope: NameScope::Region, within: None };
        for field in fields {
            match field {
                "ref" => rule.ref_is_name = true,
                "account" => rule.scope = NameScope::Account,
                "global" => rule.scope = NameScope::Global,
                "shared" => rule.scope = NameScope::Shared,
                _ => rule.within = Some(field.strip_prefix("within:")?),
            }
        }
        Some(rule)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_says_what_ref_returns() {
        let types: Vec<_> = rows().map(|rule| rule.type_name).collect();
        assert!(types.is_sorted(), "{types:?}");
        let lines = include_str!("../../data/names.txt").lines().filter(|line| !line.starts_with('#'));
        assert_eq!(types.len(), lines.count(), "a row has a word that is not known");
        assert!(name_rule("AWS::Lambda::Function").is_some_and(|rule| rule.ref_is_name));
        assert!(name_rule("AWS::SNS::Topic").is_some_and(|rule| !rule.ref_is_name));
    }
}
