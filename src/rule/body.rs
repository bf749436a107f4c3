//! The bodies of rules, of which those of built-in rules are read when somebody asks: most runs meet the types of a part of
//! the rules only.
use super::model::Body;
use std::sync::OnceLock;

/// A body, or the binary form that it is read from.
#[derive(Clone, Debug)]
pub(super) struct LazyBody {
    read: OnceLock<Body>,
    from: &'static [u8],
}

impl LazyBody {
    /// That body.
    pub fn of(body: Body) -> LazyBody {
        LazyBody { read: body.into(), from: &[] }
    }

    /// The body that the build script wrote down, which is not read yet.
    pub fn written(from: &'static [u8]) -> LazyBody {
        LazyBody { read: OnceLock::new(), from }
    }

    /// The body; the first who asks has it read.
    pub fn get(&self) -> &Body {
        let read = || {
            postcard::from_bytes(self.from).expect("invariant: the build script wrote a body of this program")
        };
        self.read.get_or_init(read)
    }

    /// The body, to be changed.
    pub fn get_mut(&mut self) -> &mut Body {
        self.get();
        self.read.get_mut().expect("invariant: it was just read")
    }
}
