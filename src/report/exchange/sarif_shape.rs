//! The objects of SARIF 2.1.0 that are written, field by field, and how places and paths become such objects.
//!
//! Names are those of the standard. What it calls a result is [`Outcome`] here, so as not to be taken for Rust's.
use super::spot::Spot;
use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outcome<'a> {
    pub rule_id: &'a str,
    pub rule_index: usize,
    pub kind: &'static str,
    pub level: &'static str,
    pub message: Message,
    pub locations: Vec<Place>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related_locations: Vec<Place>,
    pub partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub suppressions: Vec<Suppression>,
    pub properties: Properties<'a>,
}

#[derive(Serialize)]
pub(super) struct Message {
    pub text: String,
}

impl From<String> for Message {
    fn from(text: String) -> Message {
        Message { text }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    pub physical_location: Physical,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub logical_locations: Vec<Logical>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    pub artifact_location: Artifact,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Artifact {
    pub uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Region {
    pub start_line: u32,
    pub start_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_column: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logical {
    pub name: String,
    pub fully_qualified_name: String,
    pub kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fingerprints {
    /// GitHub reads this one only, and works it out from the line where it is not there.
    pub primary_location_line_hash: String,
    #[serde(rename = "stackproof/v1")]
    pub stackproof: String,
}

#[derive(Serialize)]
pub(super) struct Suppression {
    pub kind: &'static str,
    pub status: &'static str,
    pub justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Place>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Properties<'a> {
    pub stack: &'a str,
    #[serde(rename = "type")]
    pub kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logical_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub construct_path: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation {
    pub execution_successful: bool,
    pub tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
pub(super) struct Notification {
    pub level: &'static str,
    pub message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub locations: Vec<Place>,
}

impl From<Spot> for Place {
    fn from(at: Spot) -> Place {
        let region = Region {
            start_line: at.start.line,
            start_column: at.start.column,
            end_line: at.end.map(|end| end.line),
            end_column: at.end.map(|end| end.column),
        };
        Place {
            id: None,
            message: None,
            physical_location: physical(&at.path, Some(region)),
            logical_locations: Vec::new(),
        }
    }
}

pub(super) fn physical(path: &str, region: Option<Region>) -> Physical {
    let rooted = path.starts_with('/')
        || matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let artifact_location = match (rooted, path.starts_with('/')) {
        (true, slash) => Artifact {
            uri: format!("file://{}{}", if slash { "" } else { "/" }, encoded(path)),
            uri_base_id: None,
        },
        (false, _) => Artifact { uri: encoded(path), uri_base_id: Some("%SRCROOT%") },
    };
    Physical { artifact_location, region }
}

/// A path as a URI: whatever is no plain character of a path is percent-encoded.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.strip_prefix("./").unwrap_or(path).bytes() {
        match byte {
            b'a'..=b'z'
            | b'A'..=b'Z'
            | b'0'..=b'9'
            | b'/'
            | b'-'
            | b'.'
            | b'_'
            | b'~'
            | b'@'
            | b'+'
            | b'=' => {
                uri.push(char::from(byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_addresses() {
        let of = |path| physical(path, None).artifact_location;
        assert_eq!(
            (of("./a b/é#?.ts").uri, of("./a").uri_base_id),
            ("a%20b/%C3%A9%23%3F.ts".into(), Some("%SRCROOT%"))
        );
        assert_eq!((of("/x/y").uri, of("/x/y").uri_base_id), ("file:///x/y".into(), None));
        assert_eq!((of("C:/x").uri, of("<stdin>").uri), ("file:///C%3A/x".into(), "%3Cstdin%3E".into()));
    }
}
