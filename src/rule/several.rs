//! Conditions that are asked together, and which of them decided last.
//!
//! Whether all of them hold does not depend on the order in which they are asked, how long it takes does: what decided for
//! one resource mostly decides for the next. The engine remembers it here and asks it first, where nothing else depends on
//! the order.
use serde::{Deserialize, Serialize};
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU32, Ordering};

/// Some conditions or tests.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
pub struct Several<T> {
    all: Box<[T]>,
    #[serde(skip)]
    decisive: AtomicU32,
}

impl<T> Several<T> {
    /// The index of the one that decided last; at first, of the first.
    pub fn decisive(&self) -> usize {
        self.decisive.load(Ordering::Relaxed) as usize
    }

    /// Remembers which of them decided.
    pub fn decided(&self, index: usize) {
        self.decisive.store(index as u32, Ordering::Relaxed);
    }
}

impl<T> From<Vec<T>> for Several<T> {
    fn from(all: Vec<T>) -> Self {
        Several { all: all.into(), decisive: AtomicU32::new(0) }
    }
}

impl<T> From<Several<T>> for Vec<T> {
    fn from(several: Several<T>) -> Self {
        several.all.into()
    }
}

impl<T: Clone> Clone for Several<T> {
    fn clone(&self) -> Self {
        self.all.to_vec().into()
    }
}

impl<T> Deref for Several<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.all
    }
}

impl<T> DerefMut for Several<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.all
    }
}
