//! A rule as a run holds it: the head that tells whether it is asked at all, and the [`Body`] behind it.
use super::body::LazyBody;
use super::docs::Docs;
use super::level::{Profile, Raise};
use super::model::{Body, Clause, Match};
use crate::finding::Severity;
use std::ops::Deref;
use std::sync::Arc;

/// A rule: what tells whether it is asked at all, and its [`Body`], which a rule gives as if it were its own.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The id: the file's stem.
    pub id: Arc<str>,
    /// The line of the checklist that it proves.
    pub checklist: &'static str,
    /// How undecided verdicts count under each profile, in the order of [`Profile::ALL`].
    pub undecided: [Raise; 3],
    /// What it looks at.
    pub matches: Box<[Match]>,
    /// The rule with other values of its parameters, for the profiles that have some.
    pub variants: Vec<(Profile, Arc<Rule>)>,
    /// What only people read; empty for a built-in rule that was loaded to run.
    pub docs: Docs,
    pub(super) body: LazyBody,
}

impl Deref for Rule {
    type Target = Body;

    fn deref(&self) -> &Body {
        self.body.get()
    }
}

impl Rule {
    /// The rule as it is under a profile.
    pub fn under(&self, profile: Profile) -> &Rule {
        self.variants.iter().find(|(of, _)| *of == profile).map_or(self, |(_, variant)| variant)
    }

    /// The level of a clause under a profile; none is off.
    pub fn level(&self, clause: &Clause, profile: Profile) -> Option<Severity> {
        clause.levels.unwrap_or(self.levels).under(profile)
    }

    /// What the rule asks and says, to be changed.
    pub fn body_mut(&mut self) -> &mut Body {
        self.body.get_mut()
    }

    /// Whether a person can vouch for some of what it asks.
    pub fn attestable(&self) -> bool {
        self.require.iter().any(|clause| clause.attestable)
    }
}
