//! How much one assembly may hold.
//!
//! A nested stack may deploy the same template as many others, and that one again: a few small files would
//! make a million stacks. Files are bounded by the disk they lie on; what is counted here is stacks, and the
//! bytes of templates that are read more than once. The first one too many is told, the rest is left.
use super::boundary::Inside;
use crate::limits::{MAX_REPEATED_BYTES, MAX_STACKS};
use rustc_hash::FxHashSet;
use std::ffi::OsString;

/// What an assembly took of its limits.
#[derive(Debug, Default)]
pub(super) struct Room {
    stacks: usize,
    repeated_bytes: u64,
    /// The paths of those that were read.
    templates: FxHashSet<OsString>,
    full: bool,
}

impl Room {
    /// Whether a limit was hit: nothing more is to be loaded, and it has been told.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Counts one more stack.
    ///
    /// # Errors
    /// What to tell where it is one too many.
    pub(super) fn enter(&mut self) -> Result<(), String> {
        self.stacks += 1;
        self.full = self.stacks > MAX_STACKS;
        if self.full {
            return Err(format!(
                "the assembly has more than {MAX_STACKS} stacks; the further ones are not looked at"
            ));
        }
        Ok(())
    }

    /// Counts the bytes of a template that was read before.
    ///
    /// # Errors
    /// What to tell where they are too many.
    pub(super) fn read(&mut self, file: &Inside) -> Result<(), String> {
        if !self.templates.insert(file.path.clone().into_os_string()) {
            self.repeated_bytes += file.path.metadata().map_or(0, |metadata| metadata.len());
        }
        self.full = self.repeated_bytes > MAX_REPEATED_BYTES;
        if self.full {
            let limit = MAX_REPEATED_BYTES >> 20;
            return Err(format!(
                "stacks repeat more than {limit} MiB of templates; the further ones are not looked at"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_stack_too_many_is_told() {
        let mut room = Room::default();
        assert!((0..MAX_STACKS).all(|_| room.enter().is_ok()));
        assert!(!room.is_full());
        assert!(room.enter().unwrap_err().contains("more than 16384 stacks"));
        assert!(room.is_full());
    }
}
