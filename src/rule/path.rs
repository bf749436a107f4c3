//! Paths: how a rule names a value.
//!
//! ```text
//! path     = [ start "." ] segment { "." segment }  |  start
//! start    = "$subject" | "$" name                   (a name given with `as`)
//! segment  = name | quoted | "*" | attribute | fact
//! name     = letter or digit or "_" or "-" { the same or ":" }
//! quoted   = '"' any text without '"' '"'            (taken as it is: no operator, no fact, not checked)
//! attribute= "@" name                                (the resource's own: @DeletionPolicy, @Metadata ...)
//! fact     = name "(" [ path { "," path } ] ")"
//! ```
//!
//! `*` is every element of a list or every value of a map: the path then names the list of what is found.
use super::fact::FactId;
use super::lasting::lasting;
use super::table::{Table, Tables};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Deref;

/// Where a path starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Base {
    /// At the thing that the condition speaks of: the node, an element, the target of a reference.
    Here,
    /// At the rule's own node, whatever the condition speaks of.
    Subject,
    /// At the element, resource or value that was given this name with `as`.
    Named(&'static str),
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Segment {
    /// A property or key.
    Name(&'static str),
    /// A key that is taken as it is, and not checked against the specification.
    Quoted(&'static str),
    /// Every element or value.
    Star,
    /// An attribute of the resource, stack or app itself.
    Attribute(&'static str),
    /// A derived fact.
    Fact(FactId, Box<[Path]>),
    /// The row of a table.
    Row(Box<TableRow>),
}

/// The row of a table whose key the values at some paths make.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct TableRow {
    /// The table.
    pub table: &'static Table,
    /// The parts of the key.
    pub key: Box<[Path]>,
}

/// A path.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub struct Path {
    /// Where it starts.
    pub base: Base,
    /// The steps; empty only for `$subject` or `$name` itself.
    pub segments: Segments,
}

/// The steps of a path. Most have one, which then lies where the path does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(bound(deserialize = "'de: 'static"))]
pub enum Segments {
    /// One.
    One(Segment),
    /// Any other number.
    Several(Box<[Segment]>),
}

impl From<Vec<Segment>> for Segments {
    fn from(segments: Vec<Segment>) -> Segments {
        <[Segment; 1]>::try_from(segments)
            .map_or_else(|segments| Segments::Several(segments.into()), |[one]| Segments::One(one))
    }
}

impl Deref for Segments {
    type Target = [Segment];

    fn deref(&self) -> &[Segment] {
        match self {
            Segments::One(one) => std::slice::from_ref(one),
            Segments::Several(all) => all,
        }
    }
}

impl Path {
    /// Reads a path. The error says what is wrong, without a place.
    pub fn parse(text: &str) -> Result<Path, String> {
        Path::parse_with(text, &Tables::default())
    }

    /// Reads a path that may name tables beside the built-in ones.
    pub(super) fn parse_with(text: &str, tables: &Tables) -> Result<Path, String> {
        let mut parser = Parser { rest: text, tables };
        let path = parser.path()?;
        match parser.rest {
            "" => Ok(path),
            rest => Err(format!("`{rest}` cannot follow in a path")),
        }
    }

    /// Whether the path names the rule's node itself.
    pub fn is_subject(&self) -> bool {
        self.base == Base::Subject && self.segments.is_empty()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        match &self.base {
            Base::Here => {}
            Base::Subject => f.write_str("$subject")?,
            Base::Named(name) => write!(f, "${name}")?,
        }
        first &= self.base == Base::Here;
        for segment in self.segments.iter() {
            if !std::mem::take(&mut first) {
                f.write_str(".")?;
            }
            write!(f, "{segment}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Segment::Name(name) => f.write_str(name),
            Segment::Quoted(name) => write!(f, "\"{name}\""),
            Segment::Star => f.write_str("*"),
            Segment::Attribute(name) => write!(f, "@{name}"),
            Segment::Fact(id, arguments) => {
                write!(f, "{}(", id.info().name)?;
                for (index, argument) in arguments.iter().enumerate() {
                    write!(f, "{}{argument}", if index > 0 { ", " } else { "" })?;
                }
                f.write_str(")")
            }
            Segment::Row(row) => {
                write!(f, "table({}", row.table.name)?;
                row.key.iter().try_for_each(|argument| write!(f, ", {argument}"))?;
                f.write_str(")")
            }
        }
    }
}

struct Parser<'t> {
    rest: &'t str,
    tables: &'t Tables,
}

impl<'t> Parser<'t> {
    fn eat(&mut self, token: char) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn path(&mut self) -> Result<Path, String> {
        let base = match self.eat('$').then(|| self.name()).transpose()? {
            None => Base::Here,
            Some("subject") => Base::Subject,
            Some(name) => Base::Named(lasting(name)),
        };
        let mut segments = Vec::new();
        if base != Base::Here && !self.eat('.') {
            return Ok(Path { base, segments: segments.into() });
        }
        loop {
            segments.push(self.segment()?);
            if !self.eat('.') {
                return Ok(Path { base, segments: segments.into() });
            }
        }
    }

    fn segment(&mut self) -> Result<Segment, String> {
        if self.eat('*') {
            return Ok(Segment::Star);
        }
        if self.eat('@') {
            return Ok(Segment::Attribute(lasting(self.name()?)));
        }
        if self.eat('"') {
            let (name, rest) = self.rest.split_once('"').ok_or("a quoted key is not closed")?;
            self.rest = rest;
            return Ok(Segment::Quoted(lasting(name)));
        }
        let name = self.name()?;
        if !self.eat('(') {
            return Ok(Segment::Name(lasting(name)));
        }
        let id = FactId::parse(name).ok_or_else(|| {
            format!(
                "there is no fact `{name}()`; {}",
                super::error::suggestion(name, super::FACTS.iter().map(|f| f.name))
            )
        })?;
        let mut arguments = Vec::new();
        while !self.eat(')') {
            if !arguments.is_empty() && !self.eat(',') {
                return Err(format!("the arguments of `{name}()` are separated by commas and closed by `)`"));
            }
            self.rest = self.rest.trim_start();
            arguments.push(self.path()?);
            self.rest = self.rest.trim_start();
        }
        let expected = id.info().arguments;
        let more = id == FactId::Table && arguments.len() > expected;
        if arguments.len() != expected && !more {
            return Err(format!("`{name}()` takes {expected} path(s), not {}", arguments.len()));
        }
        if id == FactId::Table {
            let name = arguments.remove(0).to_string();
            return match self.tables.named(&name) {
                Some(table) => Ok(Segment::Row(Box::new(TableRow { table, key: arguments.into() }))),
                None => Err(format!(
                    "there is no table `{name}`; {}",
                    super::error::suggestion(&name, self.tables.names())
                )),
            };
        }
        Ok(Segment::Fact(id, arguments.into()))
    }

    fn name(&mut self) -> Result<&'t str, String> {
        let ends =
            |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | ':') || c.is_alphanumeric());
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() {
            return Err(match rest.chars().next() {
                Some(c) => {
                    format!("a name is expected before `{c}`; quote a key with other characters: \"a.b\"")
                }
                None => "a path must not be empty or end with a dot".to_owned(),
            });
        }
        self.rest = rest;
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_the_round_trip() {
        for text in [
            "KmsKeyArn",
            "Environment.Variables.*",
            "@DeletionPolicy",
            "@Metadata.\"aws:cdk:path\"",
            "statements(AssumeRolePolicyDocument)",
            "$subject",
            "$subject.BackupPlan.BackupPlanName",
            "statements($subject.PolicyDocument).*.Sid",
            "tags()",
            "arn(DestinationBackupVaultArn).Region",
            "$rule.Transitions",
            "$other",
            "table(s3-storage-classes, StorageClass, Other).Rank",
        ] {
            assert_eq!(Path::parse(text).map(|path| path.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_no_path_says_why() {
        for (text, words) in [
            ("", "must not be empty"),
            ("A.", "must not be empty"),
            ("A..B", "before `.`"),
            ("A[0]", "`[0]` cannot follow"),
            ("statments(X)", "did you mean `statements`"),
            ("tags(X)", "takes 0 path(s), not 1"),
            ("\"a", "not closed"),
        ] {
            let error = Path::parse(text).expect_err(text);
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
