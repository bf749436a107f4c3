//! What a caller may choose about a report: the format, and for people how it looks and how much it tells.
//!
//! Every choice is a closed enum that knows its names and a few words about each, so that flags, help and
//! errors are made from one table.
use crate::finding::Severity;
use std::time::Duration;

/// The form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// Drawn for people.
    #[default]
    Human,
    /// One line for each finding.
    Concise,
    /// For programs.
    Json,
}

impl Format {
    /// All, in the order of the help.
    pub const ALL: [Format; 3] = [Format::Human, Format::Concise, Format::Json];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Concise => "concise",
            Format::Json => "json",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            Format::Human => "findings by stack, with the lines they stand on and the way to mend them",
            Format::Concise => "one line for each finding, as editors and log matchers expect it",
            Format::Json => "everything, in one versioned JSON document",
        }
    }

    /// The format of that name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.as_str() == name)
    }
}

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

/// How much `human` and `concise` tell beyond errors and warnings. What is not told is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Show {
    /// Errors and warnings, and whatever fails the run.
    #[default]
    Findings,
    /// Notes too.
    Notes,
    /// Undecided verdicts too.
    Undecided,
    /// Notes and undecided verdicts too.
    All,
}

impl Show {
    /// All, in the order of the help.
    pub const ALL: [Show; 4] = [Show::Findings, Show::Notes, Show::Undecided, Show::All];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Show::Findings => "findings",
            Show::Notes => "notes",
            Show::Undecided => "undecided",
            Show::All => "all",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            Show::Findings => "errors and warnings; the rest is counted",
            Show::Notes => "notes as well",
            Show::Undecided => "verdicts that wait for a value of the deployment as well",
            Show::All => "notes and undecided verdicts as well",
        }
    }

    /// The choice of that name.
    pub fn parse(name: &str) -> Option<Show> {
        Show::ALL.into_iter().find(|show| show.as_str() == name)
    }

    /// Whether `human` draws notes.
    pub const fn notes(self) -> bool {
        matches!(self, Show::Notes | Show::All)
    }

    /// Whether undecided verdicts are listed.
    pub const fn undecided(self) -> bool {
        matches!(self, Show::Undecided | Show::All)
    }
}

/// Which place of a finding `concise` prints.
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
pub struct Options {
    /// What the terminal can do.
    pub style: Style,
    /// How much is told beyond errors and warnings.
    pub show: Show,
    /// Which place `concise` prints.
    pub place: Place,
    /// How long the run took; none keeps the report the same from run to run.
    pub elapsed: Option<Duration>,
    /// The least severity that fails the run: a finding that fails it is always shown.
    pub fail_on: Severity,
}

impl Options {
    /// Whether `human` draws findings of that severity.
    pub fn draws(&self, severity: Severity) -> bool {
        severity >= Severity::Warning || severity >= self.fail_on || self.show.notes()
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            style: Style::PLAIN,
            show: Show::default(),
            place: Place::default(),
            elapsed: None,
            fail_on: Severity::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_own_choice() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
            assert!(!format.description().is_empty());
        }
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
        assert_eq!((Format::parse("Human"), Show::parse(""), Place::parse("src")), (None, None, None));
    }

    #[test]
    fn what_fails_the_run_is_always_drawn() {
        let draws = |fail_on, show| Options { fail_on, show, ..Options::default() }.draws(Severity::Note);
        assert!(!draws(Severity::Error, Show::Findings));
        assert!(!draws(Severity::Warning, Show::Undecided));
        assert!(draws(Severity::Note, Show::Findings));
        assert!(draws(Severity::Error, Show::Notes) && draws(Severity::Error, Show::All));
    }
}
