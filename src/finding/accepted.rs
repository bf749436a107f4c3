//! What people accept: findings that hold and do not count, and the suppressions that say so.
use super::{Finding, Location};
use crate::date::Date;

/// Who says that a finding is accepted: the form in which people wrote it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AcceptedBy {
    /// `suppressions` of stackproof.yaml.
    Configuration,
    /// `Metadata.stackproof` of the resource or the template.
    Metadata,
    /// `Validations.acknowledge` of the CDK, as the assembly tells it.
    Acknowledgement,
    /// `Metadata.cdk_nag`, and acknowledgements of its rules.
    CdkNag,
    /// `Metadata.cfn_nag`.
    CfnNag,
    /// `Metadata.checkov` or a `#checkov:skip=` comment.
    Checkov,
    /// `Metadata.cfn-lint`.
    CfnLint,
    /// `Metadata.guard`.
    Guard,
    /// The baseline file: it was there when the baseline was written.
    Baseline,
}

impl AcceptedBy {
    /// `configuration`, `metadata`, `cdk-nag`, `baseline` ... as reports name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            AcceptedBy::Configuration => "configuration",
            AcceptedBy::Metadata => "metadata",
            AcceptedBy::Acknowledgement => "acknowledgement",
            AcceptedBy::CdkNag => "cdk-nag",
            AcceptedBy::CfnNag => "cfn_nag",
            AcceptedBy::Checkov => "checkov",
            AcceptedBy::CfnLint => "cfn-lint",
            AcceptedBy::Guard => "guard",
            AcceptedBy::Baseline => "baseline",
        }
    }
}

/// A finding that holds and does not count, because people said so.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// The finding, whole.
    pub finding: Finding,
    /// The form in which it was accepted.
    pub by: AcceptedBy,
    /// Why, in the words of who accepted it; none for a baseline.
    pub reason: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// Where it is written down: in stackproof.yaml, in the template, in the manifest.
    pub location: Option<Location>,
}

impl Accepted {
    /// By which form and until when it was accepted, and why.
    pub fn why(&self) -> String {
        let until = self.until.map(|day| format!(" until {day}")).unwrap_or_default();
        let reason = self.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("accepted by {}{until}{reason}", self.by.as_str())
    }
}

/// A suppression as somebody wrote it down, and what became of it.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// The form in which it is written.
    pub by: AcceptedBy,
    /// What it silences, as it is written: ids or globs of rules, or another tool's ids.
    pub rules: Vec<String>,
    /// The rules of ours that it means, by id.
    pub meant: Vec<String>,
    /// Where it holds, in words: `stack Shop*`, `Bucket83908E77 of Shop`.
    pub scope: String,
    /// Why.
    pub reason: Option<String>,
    /// Who answers for it.
    pub author: Option<String>,
    /// The last day on which it counts.
    pub until: Option<Date>,
    /// Where it is written.
    pub location: Option<Location>,
    /// Whether it counts.
    pub standing: Standing,
    /// How many findings it speaks of; they are silenced where it counts.
    pub findings: usize,
}

impl Suppression {
    /// Whether it is in a form of ours, and not in that of another tool.
    pub fn is_own(&self) -> bool {
        matches!(self.by, AcceptedBy::Configuration | AcceptedBy::Metadata)
            || self.by == AcceptedBy::Acknowledgement && self.rules == self.meant
    }

    /// Whether it counts and silences nothing.
    pub fn is_unused(&self) -> bool {
        self.standing.counts() && self.findings == 0
    }
}

/// Whether a suppression counts, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It counts.
    Active,
    /// It ended.
    Expired,
    /// It gives no reason.
    Reasonless,
    /// Nothing silences the rule that it names.
    Unsuppressible,
    /// The other tool's rule is only a part of ours: it is shown as a hint and silences nothing.
    Part,
    /// It is not written as it should be, for this reason.
    Malformed(String),
}

impl Standing {
    /// Whether it silences findings.
    pub const fn counts(&self) -> bool {
        matches!(self, Standing::Active)
    }

    /// As programs read it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Standing::Active => "active",
            Standing::Expired => "expired",
            Standing::Reasonless => "reasonless",
            Standing::Unsuppressible => "unsuppressible",
            Standing::Part => "part",
            Standing::Malformed(_) => "malformed",
        }
    }
}
