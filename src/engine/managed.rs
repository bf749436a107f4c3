//! What the managed policies of AWS allow that templates attach most often, or CDK by itself.
//!
//! In: a policy's name, the last part of `arn:aws:iam::aws:policy/...`. Out: its document as JSON, or none where the table
//! (`data/iam/managed.txt`, a line each, sorted by name) does not hold it: nothing is known of it then.
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("../../data/iam/managed.txt");

/// The documents by name. Each row stands behind the end of a line, the first behind that of the heading.
static DOCUMENTS: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
    let ends: Vec<usize> = memchr::memchr_iter(b'\n', TABLE.as_bytes()).collect();
    let rows = ends.windows(2).map(|pair| &TABLE[pair[0] + 1..pair[1]]);
    rows.filter_map(|row| {
        let space = memchr::memchr(b' ', row.as_bytes())?;
        Some((&row[..space], &row[space + 1..]))
    })
    .collect()
});

/// The document of a policy.
pub(super) fn document(name: &str) -> Option<&'static str> {
    DOCUMENTS.get(name).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_every_document_has_statements() {
        let rows: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        assert!(rows.windows(2).all(|pair| pair[0] < pair[1]));
        for row in rows {
            let (name, text) = row.split_once(' ').expect(row);
            let document: serde_json::Value = serde_json::from_str(text).expect(name);
            let statements = document["Statement"].as_array().expect(name);
            assert!(
                !statements.is_empty() && statements.iter().all(|one| one["Effect"].is_string()),
                "{name}"
            );
        }
        assert!(document("AdministratorAccess").is_some_and(|text| text.contains("\"Action\":\"*\"")));
        assert_eq!(document("administratoraccess"), None);
        assert_eq!(document(""), None);
    }
}
