//! Whether an action could be granted on some resources only, by the table of all actions.
//!
//! In: a word of `Action`, wildcards included. Out: whether it takes in an action that needs a resource, so that `*` is wider
//! than it has to be, and whether one of those does more than read.
use super::super::iam::{self, Access, Scope};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// Whether a word of `Action` grants something that could be scoped to a resource.
#[derive(Clone, Copy)]
pub(super) struct Scopable {
    pub any: bool,
    /// More than reading.
    pub writes: bool,
}

impl Scopable {
    /// Policies name the same few actions over and over: each is looked up once.
    pub fn of(pattern: &str) -> Scopable {
        thread_local!(static KNOWN: RefCell<FxHashMap<String, Scopable>> = RefCell::default());
        let known = KNOWN.with_borrow(|known| known.get(pattern).copied());
        known.unwrap_or_else(|| {
            let mut found = Scopable { any: false, writes: false };
            for action in iam::expand(pattern).filter(|action| can_be_scoped(*action)) {
                found.any = true;
                found.writes |= !matches!(action.access, Access::Read | Access::List);
                if found.writes {
                    break;
                }
            }
            KNOWN.with_borrow_mut(|known| known.insert(pattern.to_owned(), found));
            found
        })
    }
}

/// Whether an action needs a resource, so that `*` is wider than it has to be.
fn can_be_scoped(action: iam::Action) -> bool {
    const ALTERNATIVES: &str = include_str!("../../../data/iam/alternatives.txt");
    action.scope == Scope::Required
        || (action.scope == Scope::Optional && ALTERNATIVES.lines().any(|service| service == action.service))
}
