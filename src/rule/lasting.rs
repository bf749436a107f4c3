//! Texts of rules, which last as long as the program.
//!
//! Those of built-in rules lie in the binary and are borrowed from it: a type that holds some is read from bytes that last
//! as long (`'de: 'static`). Those of rules that a user wrote are left where they were read to: the rules of a run are
//! there as long as it is.

/// A text of a rule that was read at run time.
pub(crate) fn lasting(text: &str) -> &'static str {
    text.to_owned().leak()
}
