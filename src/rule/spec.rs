//! Decides whether a property path written in a rule exists on a CloudFormation resource type, and what
//! stands there: an object, a list, a map, a scalar or free-form JSON.
//!
//! In: a resource type name, then one step at a time: a property name, or "each element" of a list or map.
//! Out: a [`Cursor`] on that place, or a [`StepError`] that names the mistake and the nearest right name.
//!
//! The table is `data/spec/resources.txt` (its README gives the format). It is embedded as text and never
//! parsed as a whole: its lines are sorted by key, and one step is one binary search for one line.
//! Where the specification allows several shapes at one place, a step that any of them allows is accepted,
//! and where it says nothing (free-form JSON, custom resources) every step is accepted.

/// Sorted lines of `key value`; `data/spec/refresh.mjs` checks what the code below relies on.
const TABLE: &str = include_str!("../../data/spec/resources.txt");

/// What the specification says stands at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Named properties: go on with [`Cursor::step`].
    Object,
    /// Go on with [`Cursor::element`].
    List,
    /// Values under keys the template chooses: go on with [`Cursor::element`].
    Map,
    /// One value: the path ends here.
    Scalar,
    /// Free form, or a scalar or free form: every further step is accepted.
    Json,
    /// More than one of object, list, map and free form: a step that one of them allows is accepted.
    Union,
}

/// Why a property name cannot follow at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepError {
    /// The object here has no such property.
    NoSuchProperty {
        /// The closest name it has, if one is close.
        nearest: Option<&'static str>,
    },
    /// A list stands here: the path needs an element step before the name.
    IsList,
    /// A map stands here: the path needs an element step (or a map key) in place of the name.
    IsMap,
    /// A single value stands here: nothing can follow.
    IsScalar,
}

/// A place in the properties of one resource type. Cheap to copy: it borrows from the embedded table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    resource: &'static str,
    /// Members separated by `|`: letters, then at most one type name, then at most one `[list]` or `{map}`.
    shape: &'static str,
    /// A union on the way here also allows free form.
    open: bool,
}

impl Cursor {
    /// The `Properties` of a resource type; `None` if the type is not published.
    /// `Custom::` types have no published properties and accept every step.
    pub fn of(type_name: &str) -> Option<Cursor> {
        let (resource, shape) = if type_name.starts_with("Custom::") {
            ("Custom::", "j")
        } else {
            (find(&[type_name]).filter(|(key, _)| is_resource(key))?.0, ".")
        };
        Some(Cursor { resource, shape, open: false })
    }

    /// The property `name` of the object here.
    pub fn step(self, name: &str) -> Result<Cursor, StepError> {
        // `*`, always last on its line, stands for every other name.
        let found = self.properties().find(|(known, _)| [name, "*"].contains(known));
        if let Some(shape) = found.map(|(_, shape)| shape).or(self.anything()) {
            return Ok(self.at(shape));
        }
        Err(match self.kind() {
            Kind::List => StepError::IsList,
            Kind::Map => StepError::IsMap,
            Kind::Scalar | Kind::Json => StepError::IsScalar,
            Kind::Object | Kind::Union => StepError::NoSuchProperty { nearest: nearest(name, self.names()) },
        })
    }

    /// What each element of the list, or each value of the map, is; `None` if neither can stand here.
    pub fn element(self) -> Option<Cursor> {
        let inner = self.collection().map(|text| &text[1..text.len() - 1]);
        inner.or(self.anything()).map(|shape| self.at(shape))
    }

    /// What stands here.
    pub fn kind(self) -> Kind {
        let list = |text: &str| {
            if text.starts_with('[') { Kind::List } else { Kind::Map }
        };
        match (self.object(), self.collection().map(list), self.anything()) {
            (None, None, None) => Kind::Scalar,
            (None, None, Some(_)) => Kind::Json,
            (Some(_), None, None) => Kind::Object,
            (None, Some(kind), None) => kind,
            _ => Kind::Union,
        }
    }

    /// The names of the properties here; none unless an object may stand here.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let names = self.properties().map(|(name, _)| name);
        names.filter(|name| *name != "*")
    }

    /// The `[list]` or `{map}` that may stand here.
    fn collection(self) -> Option<&'static str> {
        self.shape.find(['[', '{']).map(|start| &self.shape[start..])
    }

    /// The members of the shape before the list or map.
    fn members(self) -> impl Iterator<Item = &'static str> {
        self.shape.split(['[', '{']).next().unwrap_or_default().split('|')
    }

    /// The free-form shape, if every step is accepted here.
    fn anything(self) -> Option<&'static str> {
        (self.open || self.members().any(|member| member == "j")).then_some("j")
    }

    /// The place one step further on, with the given shape.
    fn at(self, shape: &'static str) -> Cursor {
        let open = self.anything().is_some();
        Cursor { shape, open, ..self }
    }

    /// The table line of the object that may stand here.
    fn object(self) -> Option<&'static str> {
        let line = self.members().find_map(|member| match member {
            "." => find(&[self.resource]),
            "tag" => find(&["tag"]),
            name if name.starts_with(char::is_uppercase) => find(&[self.resource, ".", name]),
            _ => None,
        });
        line.map(|(_, value)| value)
    }

    /// Names and shapes from words `Name!=shape~default`; only the name is certain, and no shape is a string.
    fn properties(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let words = self.object().unwrap_or_default().split_ascii_whitespace();
        words.filter(|word| !word.starts_with('@')).map(|word| {
            let word = word.split_once('~').map_or(word, |(left, _default)| left);
            let (name, shape) = word.split_once('=').unwrap_or((word, "s"));
            (name.trim_end_matches('!'), shape)
        })
    }
}

/// Every published resource type, sorted. This reads the whole table: use it to explain an error.
pub fn types() -> impl Iterator<Item = &'static str> {
    let keys = TABLE.lines().filter_map(|line| line.split(' ').next());
    keys.filter(|key| is_resource(key))
}

/// The candidate closest to `name` by edit distance, case aside, if at most a third of the name differs.
pub fn nearest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let measured = candidates.map(|candidate| (distance(name, candidate), candidate));
    let (distance, candidate) = measured.min_by_key(|(distance, _)| *distance)?;
    (distance <= name.len().max(3) / 3).then_some(candidate)
}

fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (line, a) in left.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], line + 1);
        for (column, b) in right.bytes().enumerate() {
            let changed = diagonal + usize::from(!a.eq_ignore_ascii_case(&b));
            diagonal = row[column + 1];
            row[column + 1] = changed.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

/// Resource types are the keys with a `::` and no property type after a `.`.
fn is_resource(key: &str) -> bool {
    key.contains("::") && !key.contains('.')
}

/// The key and value of the line whose key is `parts` joined.
fn find(parts: &[&str]) -> Option<(&'static str, &'static str)> {
    let (mut low, mut high) = (0, TABLE.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = TABLE[..middle].rfind('\n').map_or(0, |newline| newline + 1);
        let end = TABLE[middle..].find('\n').map_or(TABLE.len(), |length| middle + length);
        let line = &TABLE[start..end];
        let (key, value) = line.split_once(' ').unwrap_or((line, ""));
        match key.bytes().cmp(parts.iter().flat_map(|part| part.bytes())) {
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Equal => return Some((key, value)),
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Walks `type/Name/*/Name`, where `*` is an element step.
    fn walk(path: &str) -> Result<Cursor, StepError> {
        let mut names = path.split('/');
        let root = names.next().and_then(Cursor::of).expect("a published type");
        names.try_fold(root, |at, name| match name {
            "*" => Ok(at.element().expect("a list or a map")),
            name => at.step(name),
        })
    }

    #[track_caller]
    fn expect(kind: Kind, path: &str) {
        assert_eq!(walk(path).map(Cursor::kind), Ok(kind), "{path}");
    }

    #[test]
    fn kinds_of_known_places() {
        expect(Kind::List, "AWS::S3::Bucket/BucketEncryption/ServerSideEncryptionConfiguration");
        expect(Kind::Object, "AWS::S3::Bucket/BucketEncryption/ServerSideEncryptionConfiguration/*");
        expect(Kind::Map, "AWS::Lambda::Function/Environment/Variables");
        expect(Kind::Scalar, "AWS::Lambda::Function/Environment/Variables/*");
        expect(Kind::Scalar, "AWS::Lambda::Function/LoggingConfig/LogGroup");
        expect(Kind::Json, "AWS::IAM::Role/AssumeRolePolicyDocument");
        expect(Kind::Json, "AWS::IAM::Role/AssumeRolePolicyDocument/Statement/*/Effect");
        expect(Kind::List, "AWS::Backup::BackupPlan/BackupPlan/BackupPlanRule");
        expect(Kind::Scalar, "AWS::Backup::BackupPlan/BackupPlan/BackupPlanRule/*/Lifecycle/DeleteAfterDays");
        expect(Kind::Scalar, "AWS::S3::Bucket/Tags/*/Key");
        expect(Kind::Scalar, "AWS::AutoScaling::AutoScalingGroup/Tags/*/PropagateAtLaunch");
        expect(Kind::Map, "AWS::SSM::Parameter/Tags");
    }

    #[test]
    fn recursive_types_go_on_and_on() {
        let nested = "/NotStatement/Statement/AndStatement/Statements/*".repeat(20);
        let path = format!("AWS::WAFv2::WebACL/Rules/*/Statement{nested}");
        expect(Kind::Object, &path);
        expect(Kind::List, &format!("{path}/GeoMatchStatement/CountryCodes"));
    }

    #[test]
    fn unions_and_open_types_accept_what_a_member_accepts() {
        expect(Kind::Union, "AWS::DynamoDB::Table/KeySchema");
        expect(Kind::Json, "AWS::DynamoDB::Table/KeySchema/*/AttributeName");
        expect(Kind::Object, "AWS::Serverless::Function/CodeUri");
        expect(Kind::Scalar, "AWS::IoTFleetWise::DecoderManifest/SignalDecoders/*/ObdSignal/Pid");
        expect(Kind::Json, "Custom::Anything/A/*/B");
        expect(Kind::Scalar, "AWS::CloudFormation::CustomResource/ServiceToken");
        expect(Kind::Json, "AWS::CloudFormation::CustomResource/Anything/Deep");
    }

    #[test]
    fn wrong_steps_are_told_apart() {
        let missing = |nearest| Err(StepError::NoSuchProperty { nearest });
        assert_eq!(walk("AWS::S3::Bucket/bucketname"), missing(Some("BucketName")));
        assert_eq!(walk("AWS::S3::Bucket/Zzz"), missing(None));
        assert_eq!(walk("AWS::S3::Bucket/Tags/Key"), Err(StepError::IsList));
        assert_eq!(walk("AWS::Lambda::Function/Environment/Variables/X"), Err(StepError::IsMap));
        assert_eq!(walk("AWS::Lambda::Function/Role/Arn"), Err(StepError::IsScalar));
        assert_eq!(walk("AWS::S3::Bucket/BucketName").unwrap().element(), None);
    }

    #[test]
    fn every_published_type_is_found_and_no_other() {
        assert!(Cursor::of("AWS::S3::Bucket").is_some() && Cursor::of("AWS::CDK::Metadata").is_some());
        for wrong in ["", "#", "tag", "AWS::S3::Bucke", "AWS::S3::Bucket.CorsRule", "aws::s3::bucket"] {
            assert!(Cursor::of(wrong).is_none(), "{wrong}");
        }
        assert_eq!(nearest("AWS::S3::Buckt", types()), Some("AWS::S3::Bucket"));
    }

    #[test]
    fn the_search_finds_every_line() {
        assert!(TABLE.is_ascii() && TABLE.ends_with('\n'));
        for key in TABLE.lines().filter_map(|line| line.split(' ').next()) {
            assert_eq!(find(&[key]).map(|(found, _)| found), Some(key));
        }
    }
}
