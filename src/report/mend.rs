//! The way to mend a finding, of the two that its rule may tell.
use crate::finding::Finding;

/// The way to mend it: in CDK, unless the template was written by hand.
pub(super) fn fix(finding: &Finding) -> Option<&str> {
    let by_hand = finding.subject.artifact.is_none() && finding.subject.construct_path.is_none();
    let (first, second) = match by_hand {
        true => (finding.fix.cloudformation, finding.fix.cdk),
        false => (finding.fix.cdk, finding.fix.cloudformation),
    };
    first.or(second)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use std::sync::Arc;

    #[test]
    fn a_template_written_by_hand_is_mended_by_hand() {
        let mut finding = samples::many(1).findings.remove(0);
        Arc::make_mut(&mut finding.saying_mut().fix).cdk = Some("versioned: true");
        assert_eq!(fix(&finding), Some("Set VersioningConfiguration.Status to Enabled."));
        Arc::make_mut(&mut finding.subject).construct_path = Some("Storage/Bucket".into());
        assert_eq!(fix(&finding), Some("versioned: true"));
    }
}
