//! The forms that a report of `check` can have: their names, what each is for, and what it needs to know.
//!
//! A closed enum, so that flags, help, completions and errors are made from one table, and no form is forgotten.

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
    /// For programs that read line by line.
    Ndjson,
    /// For code scanning.
    Sarif,
    /// For whatever shows the results of tests.
    Junit,
    /// For the log of a GitHub workflow.
    Github,
    /// For GitLab's merge requests.
    Gitlab,
    /// For a comment or a job summary.
    Markdown,
    /// For the CDK's own tools.
    Cdk,
}

impl Format {
    /// All, in the order of the help.
    pub const ALL: [Format; 10] = [
        Format::Human,
        Format::Concise,
        Format::Json,
        Format::Ndjson,
        Format::Sarif,
        Format::Junit,
        Format::Github,
        Format::Gitlab,
        Format::Markdown,
        Format::Cdk,
    ];

    /// The name that a flag takes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Concise => "concise",
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Sarif => "sarif",
            Format::Junit => "junit",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
            Format::Markdown => "markdown",
            Format::Cdk => "cdk",
        }
    }

    /// What it is, for the help.
    pub const fn description(self) -> &'static str {
        match self {
            Format::Human => "findings by stack, with the lines they stand on and the way to mend them",
            Format::Concise => "one line for each finding, as editors and log matchers expect it",
            Format::Json => "everything, in one versioned JSON document",
            Format::Ndjson => "the same, a JSON document on a line for each finding",
            Format::Sarif => "SARIF 2.1.0, for code scanning",
            Format::Junit => "JUnit XML: a failure for each finding, a suite for each stack",
            Format::Github => "annotations of a GitHub workflow",
            Format::Gitlab => "a Code Quality report of GitLab",
            Format::Markdown => "a summary for a pull request or a job, never too long for a comment",
            Format::Cdk => "the CDK's validation-report.json, for `cdk validate` and `cdk deploy`",
        }
    }

    /// The format of that name.
    pub fn parse(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// Whether it tells what the rules say of themselves ([`Options::rules`](super::Options::rules)).
    pub const fn explains(self) -> bool {
        matches!(self, Format::Sarif)
    }

    /// Whether it shows lines of the texts that findings stand in.
    pub const fn shows_lines(self) -> bool {
        matches!(self, Format::Human)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_parses_to_its_own_format() {
        for format in Format::ALL {
            assert_eq!(Format::parse(format.as_str()), Some(format));
            assert!(!format.description().is_empty());
        }
        assert_eq!(Format::parse("Human"), None);
    }
}
