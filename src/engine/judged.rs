//! One rule and one subject -> a verdict on its way out: how it counts, and what is told of it.
use super::evaluate::Evaluator;
use super::locate;
use super::subject::Subject;
use super::tell;
use super::verdict::{Question, Verdict};
use crate::finding::{Accepted, Counts, Finding, Related, Undecided};
use crate::limits::MAX_FINDINGS_PER_NODE;

/// A verdict on its way out.
pub(super) struct Judged {
    pub rule: usize,
    pub subject: Subject,
    pub level: u32,
    pub counts: Counts,
    pub findings: Vec<Finding>,
    /// How many more the last finding stands for.
    pub more: usize,
    pub accepted: Vec<Accepted>,
    pub undecided: Option<Box<Undecided>>,
}

/// Puts a verdict on a subject into words.
#[inline(never)]
pub(super) fn told<'a>(
    evaluator: &Evaluator<'_, 'a>,
    question: Question<'a>,
    index: usize,
    verdict: Verdict<'a>,
) -> Judged {
    let world = evaluator.world;
    let subject = evaluator.subject;
    let level = world.graph.stack(subject.stack(world)).input.level;
    let counts = verdict.counts();
    let (mut findings, mut undecided, mut more) = (Vec::new(), None, 0);
    match verdict {
        Verdict::Pass | Verdict::Attested | Verdict::NotApplicable => {}
        Verdict::Undecided(unknown, witness) => {
            let mut told = tell::undecided(evaluator, question, &unknown, &witness);
            // A person can help only where none of what is open could be broken.
            if question.rule.attestable() && !question.vouched {
                let vouched = Question { vouched: true, ..question };
                let helps = !matches!(evaluator.judge(vouched), Verdict::Undecided(..));
                told.attest = helps.then(|| tell::offer(evaluator, question.rule));
            }
            findings.extend(tell::raised(evaluator, question, &told));
            undecided = Some(Box::new(told));
        }
        Verdict::Fail(failures) => {
            let witnesses = failures.iter().map(|failure| failure.witnesses.len()).sum::<usize>();
            findings = Vec::with_capacity(witnesses.min(MAX_FINDINGS_PER_NODE));
            for failure in &failures {
                let left = MAX_FINDINGS_PER_NODE - findings.len();
                more += failure.witnesses.len().saturating_sub(left);
                tell::findings(&mut findings, evaluator, question, failure, left);
            }
            if let Some(last) = findings.last_mut().filter(|_| more > 0) {
                last.say(format!("{} (and {more} more)", last.message()));
                // Other ones behind it are another finding.
                last.fingerprint = locate::also(last.fingerprint, more);
            }
        }
    }
    Judged { rule: index, subject, level, counts, findings, more, accepted: Vec::new(), undecided }
}

/// Tells a finding as a further place of another of its rule.
pub(super) fn join(first: &mut Finding, finding: Finding) {
    let message = finding.message().into_owned();
    first.raise(finding.severity);
    first.relate([Related { message, location: finding.location }]);
}
