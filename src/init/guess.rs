//! Which profile the name of a stack speaks of, and the entries of `profiles` that say so for all stacks.
use super::StackSeen;
use crate::rule::Profile;

/// Words in names, and what they mean. Production needs no entry.
const WORDS: [(&str, Option<Profile>); 19] = [
    ("dev", Some(Profile::Dev)),
    ("develop", Some(Profile::Dev)),
    ("development", Some(Profile::Dev)),
    ("test", Some(Profile::Dev)),
    ("testing", Some(Profile::Dev)),
    ("sandbox", Some(Profile::Dev)),
    ("demo", Some(Profile::Dev)),
    ("preview", Some(Profile::Dev)),
    ("staging", Some(Profile::Staging)),
    ("stage", Some(Profile::Staging)),
    ("stg", Some(Profile::Staging)),
    ("preprod", Some(Profile::Staging)),
    ("qa", Some(Profile::Staging)),
    ("uat", Some(Profile::Staging)),
    ("beta", Some(Profile::Staging)),
    ("prod", None),
    ("production", None),
    ("prd", None),
    ("live", None),
];

/// An entry of `profiles`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub profile: Profile,
    /// `path` or `stack`.
    pub selector: &'static str,
    pub globs: Vec<String>,
}

/// The entries that give stacks the profile that their names speak of. Those whose tag says it need none.
pub(super) fn entries(stacks: &[StackSeen]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for stack in stacks.iter().filter(|stack| stack.tagged.is_none()) {
        let Some((profile, selector, glob)) = entry(stack) else { continue };
        // What a glob could read otherwise is not written into one.
        if !glob.chars().all(|char| char.is_ascii_alphanumeric() || "-_./* ".contains(char)) {
            continue;
        }
        match entries.iter_mut().find(|entry| entry.profile == profile && entry.selector == selector) {
            Some(entry) if entry.globs.contains(&glob) => {}
            Some(entry) => entry.globs.push(glob),
            None => entries.push(Entry { profile, selector, globs: vec![glob] }),
        }
    }
    entries
}

fn entry(stack: &StackSeen) -> Option<(Profile, &'static str, String)> {
    let stage = stack.path.as_deref().and_then(|path| path.split_once('/')).map(|(stage, _)| stage);
    if let Some(stage) = stage.filter(|stage| spoken(stage).is_some()) {
        return spoken(stage)?.map(|profile| (profile, "path", format!("{stage}/*")));
    }
    spoken(&stack.name)?.map(|profile| (profile, "stack", stack.name.clone()))
}

/// What the last telling word of a name says; `Some(None)` is production.
fn spoken(name: &str) -> Option<Option<Profile>> {
    let meaning = |word: &String| WORDS.iter().find(|(known, _)| known == word).map(|(_, profile)| *profile);
    words(name).iter().rev().find_map(meaning)
}

/// The words of `shop-api-dev` or `ShopApiDev`, in small letters.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = ' ';
    for char in name.chars() {
        let begins = char.is_uppercase() && before.is_lowercase();
        if begins || !char.is_alphanumeric() {
            words.push(String::new());
        }
        if char.is_alphanumeric() {
            let last = words.len() - 1;
            words[last].extend(char.to_lowercase());
        }
        before = char;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(name: &str, path: &str, tagged: Option<Profile>) -> StackSeen {
        let path = (!path.is_empty()).then(|| path.to_owned());
        StackSeen { name: name.to_owned(), path, tagged, environment: None }
    }

    #[test]
    fn names_and_stages_speak_of_profiles_and_tags_need_no_entry() {
        let stacks = [
            stack("shop-api-dev", "", None),
            stack("ShopDbDev", "", None),
            stack("Staging-Api", "Staging/Api", None),
            stack("Staging-Db", "Staging/Db", None),
            stack("Prod-Devices", "Prod/Devices", None),
            stack("Developers", "", None),
            stack("latest", "", None),
            stack("test-prod", "", None),
            stack("tagged-dev", "", Some(Profile::Production)),
        ];
        let entry = |profile, selector, globs: &[&str]| Entry {
            profile,
            selector,
            globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
        };
        assert_eq!(
            entries(&stacks),
            [
                entry(Profile::Dev, "stack", &["shop-api-dev", "ShopDbDev"]),
                entry(Profile::Staging, "path", &["Staging/*"]),
            ]
        );
    }
}
