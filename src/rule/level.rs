//! How grave a failure is, and how an undecided verdict counts, under each profile.
//!
//! A profile is what a stack counts as. A level that is none is off: the clause is not asked.
use crate::finding::Severity;
use serde::{Deserialize, Serialize};

/// How an undecided verdict counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Raise {
    /// It is counted, and shown where somebody asks.
    #[default]
    Ignore,
    /// It is a note.
    Note,
    /// It is as grave as a failure.
    Fail,
}

impl Raise {
    /// All of them, mildest first.
    pub const ALL: [Raise; 3] = [Raise::Ignore, Raise::Note, Raise::Fail];

    /// `ignore`, `note` or `fail`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Raise::Ignore => "ignore",
            Raise::Note => "note",
            Raise::Fail => "fail",
        }
    }

    /// The one of that name.
    pub fn parse(name: &str) -> Option<Raise> {
        Raise::ALL.into_iter().find(|raise| raise.as_str() == name)
    }
}

/// The environments that levels are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Profile {
    /// The strictest, and the default.
    #[default]
    Production,
    /// Before production.
    Staging,
    /// Development.
    Dev,
}

impl Profile {
    /// All, strictest first.
    pub const ALL: [Profile; 3] = [Profile::Production, Profile::Staging, Profile::Dev];

    /// The names of all, for tables of words.
    pub const NAMES: &'static [&'static str] =
        &[Profile::Production.as_str(), Profile::Staging.as_str(), Profile::Dev.as_str()];

    /// `production`, `staging` or `dev`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Profile::Production => "production",
            Profile::Staging => "staging",
            Profile::Dev => "dev",
        }
    }

    /// The profile of that name.
    pub fn parse(name: &str) -> Option<Profile> {
        Profile::ALL.into_iter().find(|profile| profile.as_str() == name)
    }
}

/// The level under each profile; none is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Levels {
    /// For production.
    pub production: Option<Severity>,
    /// For staging.
    pub staging: Option<Severity>,
    /// For development.
    pub dev: Option<Severity>,
}

impl Levels {
    /// The same level everywhere.
    pub const fn all(severity: Severity) -> Levels {
        Levels { production: Some(severity), staging: Some(severity), dev: Some(severity) }
    }

    /// The level under a profile; none is off.
    pub fn under(&self, profile: Profile) -> Option<Severity> {
        match profile {
            Profile::Production => self.production,
            Profile::Staging => self.staging,
            Profile::Dev => self.dev,
        }
    }
}
