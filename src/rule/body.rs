//! The bodies of rules, of which those of built-in rules are read when somebody asks: most runs meet the types of a part of
//! the rules only.
use super::builtin::Embedded;
use super::model::Body;
use std::sync::OnceLock;

/// A body, or the built-in rule that it can be read from.
#[derive(Clone, Debug)]
pub(super) struct LazyBody {
    read: OnceLock<Body>,
    of: Option<&'static Embedded>,
}

impl LazyBody {
    /// That body.
    pub fn of(body: Body) -> LazyBody {
        LazyBody { read: body.into(), of: None }
    }

    /// The body of a built-in rule, which is not read yet.
    pub fn embedded(rule: &'static Embedded) -> LazyBody {
        LazyBody { read: OnceLock::new(), of: Some(rule) }
    }

    /// The body; the first who asks has it read.
    pub fn get(&self) -> &Body {
        self.read.get_or_init(|| {
            self.of.map(Embedded::body).expect("invariant: a body that is not read is a built-in rule's")
        })
    }

    /// The body, to be changed.
    pub fn get_mut(&mut self) -> &mut Body {
        self.get();
        self.read.get_mut().expect("invariant: it was just read")
    }
}
