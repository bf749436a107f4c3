//! Globs of resource types. Most of them are a start and a star, and compiling those would cost more than all that they are
//! ever asked.
use globset::{Error, Glob, GlobMatcher};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A glob such as `AWS::RDS::*`.
#[derive(Clone, Debug)]
pub enum TypeGlob {
    /// Any type that begins like this, up to the star.
    Start(&'static str),
    /// Any other glob.
    Compiled(Box<GlobMatcher>),
}

impl TypeGlob {
    /// Reads a glob.
    pub(super) fn parse(text: &'static str) -> Result<TypeGlob, Error> {
        let is_plain = |start: &&str| start.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b':');
        match text.strip_suffix('*').filter(is_plain) {
            Some(_) => Ok(TypeGlob::Start(text)),
            None => Ok(TypeGlob::Compiled(Box::new(Glob::new(text)?.compile_matcher()))),
        }
    }

    /// As rule files have it.
    pub fn text(&self) -> &str {
        match self {
            TypeGlob::Start(text) => text,
            TypeGlob::Compiled(glob) => glob.glob().glob(),
        }
    }

    /// Whether a type fits.
    pub fn is_match(&self, type_name: &str) -> bool {
        match self {
            TypeGlob::Start(text) => type_name.starts_with(text.trim_end_matches('*')),
            TypeGlob::Compiled(glob) => glob.is_match(type_name),
        }
    }
}

/// Written down as rule files have it.
impl Serialize for TypeGlob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.text())
    }
}

impl Deserialize<'static> for TypeGlob {
    fn deserialize<D: Deserializer<'static>>(deserializer: D) -> Result<TypeGlob, D::Error> {
        TypeGlob::parse(<&str>::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_and_a_star_fits_what_the_compiled_glob_fits() {
        for text in
            ["AWS::*", "AWS::RDS::*", "Custom::*", "*", "AWS::RDS::DB*", "AWS::{RDS,EC2}::*", "AWS::?DS::*"]
        {
            let glob = TypeGlob::parse(text).unwrap();
            let compiled = Glob::new(text).unwrap().compile_matcher();
            for name in
                ["AWS::RDS::DBInstance", "AWS::RDS::", "AWS::EC2::VPC", "aws::rds::x", "Custom::A/B", ""]
            {
                assert_eq!(glob.is_match(name), compiled.is_match(name), "{text} {name}");
            }
        }
        assert!(matches!(TypeGlob::parse("AWS::RDS::*"), Ok(TypeGlob::Start(_))));
        assert!(TypeGlob::parse("AWS::{RDS").is_err());
    }
}
