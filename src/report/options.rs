//! What a caller may choose about a report: for people how it looks and how much it tells, for programs which place and
//! which paths. The formats themselves are in [`format`](super::format).
//!
//! Every choice is a closed enum that knows its names and a few words about each, so that flags, help and
//! errors are made from one table.
use super::catalogue::RuleText;
use super::tree::Tree;
use crate::finding::Severity;
use std::time::Duration;

/// The form of a checklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChecklistFormat {
    /// For a terminal.
    #[default]
    Human,
    /// For a pull request or a wiki.
    Markdown,
    /// One page for a browser.
    Html,
    /// For programs.
    Json,
}

impl ChecklistFormat {
    /// All, in the order of the help.
    pub const ALL: [ChecklistFormat; 4] =
        [ChecklistFormat::Human, ChecklistFormat::Markdown, ChecklistFormat::Html, ChecklistFormat::Json];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            ChecklistFormat::Human => "human",
            ChecklistFormat::Markdown => "markdown",
            ChecklistFormat::Html => "html",
            ChecklistFormat::Json => "json",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            ChecklistFormat::Human => "the lines by group, with the rules that stand in the way",
            ChecklistFormat::Markdown => "tables for a pull request or a wiki",
            ChecklistFormat::Html => {
                "one page that stands alone, with all evidence, to read, hand on or print"
            }
            ChecklistFormat::Json => "everything, in one versioned JSON document",
        }
    }

    /// The format of that name.
    pub fn parse(name: &str) -> Option<ChecklistFormat> {
        ChecklistFormat::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

/// How to print what changed between two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffFormat {
    /// For people.
    Human,
    /// For a pull request.
    Markdown,
    /// For programs.
    Json,
}

impl DiffFormat {
    /// All, in the order of the help.
    pub const ALL: [DiffFormat; 3] = [DiffFormat::Human, DiffFormat::Markdown, DiffFormat::Json];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            DiffFormat::Human => "human",
            DiffFormat::Markdown => "markdown",
            DiffFormat::Json => "json",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            DiffFormat::Human => "a line for each finding",
            DiffFormat::Markdown => "tables for a pull request comment",
            DiffFormat::Json => "everything, in one versioned JSON document",
        }
    }
}

/// What the reports for people tell beyond errors and warnings. What is not told is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Show {
    /// Errors and warnings, and whatever fails the run.
    #[default]
    Findings,
    /// Notes too.
    Notes,
    /// Undecided verdicts too.
    Undecided,
    /// Accepted findings too.
    Accepted,
    /// Notes, undecided verdicts and accepted findings too.
    All,
}

impl Show {
    /// All, in the order of the help.
    pub const ALL: [Show; 5] = [Show::Findings, Show::Notes, Show::Undecided, Show::Accepted, Show::All];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Show::Findings => "findings",
            Show::Notes => "notes",
            Show::Undecided => "undecided",
            Show::Accepted => "accepted",
            Show::All => "all",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            Show::Findings => "errors and warnings; the rest is counted",
            Show::Notes => "notes as well",
            Show::Undecided => "verdicts that wait for a value of the deployment as well",
            Show::Accepted => "findings that are suppressed or in the baseline as well",
            Show::All => "all of these",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Show> {
        Show::ALL.into_iter().find(|show| show.as_str() == name)
    }
}

/// All that is told beyond errors and warnings: what several [`Show`] add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Shown {
    /// Notes.
    pub notes: bool,
    /// Verdicts that could not be reached.
    pub undecided: bool,
    /// Findings that people accepted.
    pub accepted: bool,
}

impl FromIterator<Show> for Shown {
    fn from_iter<I: IntoIterator<Item = Show>>(wanted: I) -> Shown {
        let mut shown = Shown::default();
        for show in wanted {
            shown.notes |= matches!(show, Show::Notes | Show::All);
            shown.undecided |= matches!(show, Show::Undecided | Show::All);
            shown.accepted |= matches!(show, Show::Accepted | Show::All);
        }
        shown
    }
}

impl From<Show> for Shown {
    fn from(show: Show) -> Shown {
        [show].into_iter().collect()
    }
}

/// Which place of a finding is told first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Place {
    /// The line of the user's program where its file exists in the project, else the template's.
    #[default]
    Auto,
    /// Always the template's.
    Template,
    /// The line of the user's program wherever it is known, else the template's.
    Source,
}

impl Place {
    /// All, in the order of the help.
    pub const ALL: [Place; 3] = [Place::Auto, Place::Template, Place::Source];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Auto => "auto",
            Place::Template => "template",
            Place::Source => "source",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            Place::Auto => "your program's line where its file exists in the project, else the template's",
            Place::Template => "the template's line",
            Place::Source => "your program's line wherever it is known, else the template's",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.as_str() == name)
    }
}

/// What the terminal can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Colours and bold.
    pub color: bool,
    /// Columns.
    pub width: usize,
    /// Frames of box-drawing characters; ASCII otherwise.
    pub unicode: bool,
    /// Places and pages that open with a click (OSC 8).
    pub links: bool,
}

impl Style {
    /// What every terminal, file and pipe can take: ASCII, no colours, 80 columns.
    pub const PLAIN: Style = Style { color: false, width: 80, unicode: false, links: false };
}

/// Everything that a caller chooses.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// What the terminal can do.
    pub style: Style,
    /// How much is told beyond errors and warnings.
    pub show: Shown,
    /// Which place is told first.
    pub place: Place,
    /// How long the run took; none keeps the report the same from run to run.
    pub elapsed: Option<Duration>,
    /// The least severity that fails the run, if any does: a finding that fails it is always shown.
    pub fail_on: Option<Severity>,
    /// What the rules say of themselves, for formats that tell it ([`Format::explains`](super::Format::explains)).
    pub rules: &'a [RuleText],
    /// What paths count from in reports for other programs; none leaves them as they were given.
    pub tree: Option<&'a Tree>,
}

impl Options<'_> {
    /// Whether findings of that severity fail the run.
    pub fn fails(&self, severity: Severity) -> bool {
        self.fail_on.is_some_and(|least| severity >= least)
    }

    /// Whether `human` draws findings of that severity.
    pub fn draws(&self, severity: Severity) -> bool {
        severity >= Severity::Warning || self.fails(severity) || self.show.notes
    }
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options {
            style: Style::PLAIN,
            show: Shown::default(),
            place: Place::default(),
            elapsed: None,
            fail_on: Some(Severity::Error),
            rules: &[],
            tree: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_own_choice() {
        for format in ChecklistFormat::ALL {
            assert_eq!(ChecklistFormat::parse(format.as_str()), Some(format));
            assert!(!format.description().is_empty());
        }
        for show in Show::ALL {
            assert_eq!(Show::parse(show.as_str()), Some(show));
            assert!(!show.description().is_empty());
        }
        for place in Place::ALL {
            assert_eq!(Place::parse(place.as_str()), Some(place));
            assert!(!place.description().is_empty());
        }
        assert_eq!((Show::parse(""), Place::parse("src")), (None, None));
    }

    #[test]
    fn what_fails_the_run_is_always_drawn() {
        let draws = |fail_on, show| {
            Options { fail_on: Some(fail_on), show: Shown::from(show), ..Options::default() }
                .draws(Severity::Note)
        };
        assert!(!draws(Severity::Error, Show::Findings));
        assert!(!draws(Severity::Warning, Show::Undecided));
        assert!(draws(Severity::Note, Show::Findings));
        assert!(draws(Severity::Error, Show::Notes) && draws(Severity::Error, Show::All));
    }
}
