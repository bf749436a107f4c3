//! How a finding is mended.
use serde::{Deserialize, Serialize};

/// How to mend a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fix {
    /// In CDK code.
    pub cdk: Option<&'static str>,
    /// In the template.
    pub cloudformation: Option<&'static str>,
    /// By a person who vouches for it: what to add to `stackproof.yaml`.
    pub attest: Option<String>,
}
