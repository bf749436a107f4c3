//! Texts that functions put together and that stand for names from then on: kept as long as the graph.
use crate::limits::MAX_KEPT_TEXTS;
use std::sync::OnceLock;

/// Texts that were kept, each once; they only grow, and threads share them.
#[derive(Debug, Default)]
pub(super) struct Kept {
    first: OnceLock<Box<Link>>,
}

#[derive(Debug)]
struct Link {
    text: String,
    next: OnceLock<Box<Link>>,
}

impl Kept {
    /// The text as it is kept; none where too many are.
    pub fn keep(&self, text: &str) -> Option<&str> {
        let mut slot = &self.first;
        for _ in 0..MAX_KEPT_TEXTS {
            let link = slot.get_or_init(|| Box::new(Link { text: text.to_owned(), next: OnceLock::new() }));
            if link.text == text {
                return Some(&link.text);
            }
            slot = &link.next;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once_and_not_without_end() {
        let kept = Kept::default();
        let first = kept.keep("Outputs.A").unwrap();
        assert!(std::ptr::eq(first, kept.keep("Outputs.A").unwrap()));
        let all: Vec<_> = (0..MAX_KEPT_TEXTS + 3).map(|index| kept.keep(&index.to_string())).collect();
        assert_eq!(all.iter().flatten().count(), MAX_KEPT_TEXTS - 1);
        assert_eq!(kept.keep("7"), Some("7"));
    }
}
