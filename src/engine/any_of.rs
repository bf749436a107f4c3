//! Whether any of some texts stands in another: quick to be made, as few texts are searched.
use aho_corasick::packed::Searcher;

/// The texts that are looked for.
pub(super) struct AnyOf {
    texts: Vec<String>,
    /// None on processors without vector instructions, which look for one after the other.
    searcher: Option<Searcher>,
}

impl AnyOf {
    pub fn new<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> AnyOf {
        let texts: Vec<String> = texts.into_iter().map(Into::into).collect();
        AnyOf { searcher: Searcher::new(&texts), texts }
    }

    /// Whether one of them stands there.
    pub fn is_in(&self, text: &str) -> bool {
        match &self.searcher {
            Some(searcher) => searcher.find(text).is_some(),
            None => self.texts.iter().any(|wanted| text.contains(wanted.as_str())),
        }
    }
}
