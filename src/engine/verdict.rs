//! One rule and one subject -> a verdict: over all clauses, and all scenarios of conditions.
use super::evaluate::Evaluator;
use super::outcome::{Outcome, Witness};
use super::plain::of_type;
use super::subject::{Here, Subject};
use crate::checklist::Attestation;
use crate::finding::Counts;
use crate::limits::MAX_SCENARIOS;
use crate::rule::{Condition, Profile, Rule};
use crate::value::{Asked, Environment, Truth, Unknown};
use std::mem::discriminant;

/// What a rule says of a subject.
#[derive(Debug)]
pub(super) enum Verdict<'a> {
    /// It holds.
    Pass,
    /// It falls short: at least one failure.
    Fail(Vec<Failure<'a>>),
    /// It needs what is not known.
    Undecided(Unknown<'a>, Box<Witness<'a>>),
    /// It would fall short, or could not be decided, but a person vouches for it.
    Attested,
    /// It does not concern the subject.
    NotApplicable,
}

impl Verdict<'_> {
    /// How it counts.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        *self.count_in(&mut counts) += 1;
        counts
    }

    /// The one of some counts that it is counted in.
    pub fn count_in<'c>(&self, counts: &'c mut Counts) -> &'c mut u32 {
        match self {
            Verdict::Pass => &mut counts.pass,
            Verdict::Fail(_) => &mut counts.fail,
            Verdict::Undecided(..) => &mut counts.undecided,
            Verdict::Attested => &mut counts.attested,
            Verdict::NotApplicable => &mut counts.not_applicable,
        }
    }

    /// Whether there is more to it than a count.
    pub fn tells(&self) -> bool {
        matches!(self, Verdict::Fail(_) | Verdict::Undecided(..))
    }
}

/// A rule as it is asked of a subject.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    /// The rule, with the parameters of the profile.
    pub rule: &'a Rule,
    /// The profile of the subject: clauses that are off under it are not asked.
    pub profile: Profile,
    /// The attestation that speaks of the rule, valid or not.
    pub attestation: Option<&'a Attestation>,
    /// Whether a person vouches for what can be vouched for.
    pub vouched: bool,
}

/// What of a rule is asked of a subject: less than all of it, where its type answers already.
pub(super) struct Asks<'a> {
    when: Option<&'a Condition>,
    clauses: Box<[Ask<'a>]>,
}

/// A clause that is on.
struct Ask<'a> {
    /// Its index in the rule.
    index: usize,
    when: Option<&'a Condition>,
    that: &'a Condition,
    attestable: bool,
}

impl<'a> Asks<'a> {
    /// What is asked under a profile of resources of a type, or of a stack or an app.
    pub fn of(rule: &'a Rule, profile: Profile, type_name: Option<&str>) -> Asks<'a> {
        // None: the type is none of its business.
        let open = |when: &'a Option<Condition>| match (when, type_name) {
            (Some(when), Some(type_name)) => match of_type(when, type_name) {
                Truth::True => Some(None),
                Truth::False => None,
                Truth::Unknown => Some(Some(when)),
            },
            (when, _) => Some(when.as_ref()),
        };
        let Some(when) = open(&rule.when) else { return Asks { when: None, clauses: Box::default() } };
        let clauses = rule.require.iter().enumerate().filter_map(|(index, clause)| {
            rule.level(clause, profile)?;
            let when = open(&clause.when)?;
            Some(Ask { index, when, that: &clause.that, attestable: clause.attestable })
        });
        Asks { when, clauses: clauses.collect() }
    }
}

/// A clause that does not hold.
#[derive(Debug)]
pub(super) struct Failure<'a> {
    /// The index of the clause in the rule.
    pub clause: usize,
    /// The values that decided.
    pub witnesses: Vec<Witness<'a>>,
    /// The conditions that the scenario rests on, when there is more than one.
    pub scenario: Vec<Asked<'a>>,
}

impl<'a> Evaluator<'_, 'a> {
    /// Judges the subject under every scenario that its own values depend on: a fail in any is a fail, else
    /// anything undecided is undecided, else what is attested in any is attested, else a pass in any is a pass.
    pub(super) fn judge(&self, question: Question<'a>) -> Verdict<'a> {
        self.judge_by(question.vouched, &Asks::of(question.rule, question.profile, None))
    }

    /// The same of what is asked, whether a person vouches for it or not.
    pub(super) fn judge_by(&self, vouched: bool, asks: &Asks<'a>) -> Verdict<'a> {
        self.resolver.begin();
        // Where no condition of a template is asked, there is one scenario.
        let verdict = match self.world.is_straight && !self.is_conditional {
            true => self.judge_scenario(vouched, asks),
            false => self.judge_scenarios(vouched, asks),
        };
        if !matches!(verdict, Verdict::Undecided(..)) {
            return verdict;
        }
        let (others, place) = (self.resolver.depends_on_others(), self.resolver.depends_on_environment());
        let same = others.then(|| self.judge_everywhere(vouched, asks)).flatten();
        let same = same.or_else(|| place.then(|| self.judge_anywhere(vouched, asks)).flatten());
        same.unwrap_or(verdict)
    }

    /// Judges the subject under every scenario that other resources depend on, too, for a verdict that is the same under all.
    /// What falls short only where another resource is not made may be meant so.
    fn judge_everywhere(&self, vouched: bool, asks: &Asks<'a>) -> Option<Verdict<'a>> {
        self.resolver.begin_everywhere();
        let mut same: Option<Verdict<'a>> = None;
        for _ in 0..MAX_SCENARIOS {
            match (self.resolver.settled(|| self.judge_scenario(vouched, asks)), &same) {
                (Verdict::Undecided(..), _) => return None,
                (Verdict::NotApplicable, _) => {}
                (one, Some(known)) if discriminant(known) != discriminant(&one) => return None,
                (one, None) => same = Some(one),
                _ => {}
            }
            if !self.resolver.advance() {
                return same.or(Some(Verdict::NotApplicable));
            }
        }
        None
    }

    /// Judges the subject wherever it may be deployed, for a verdict that is the same everywhere: it fails where some
    /// choice of the parameters fails in each environment that the rule concerns. What fails in some regions only may
    /// never be deployed there.
    fn judge_anywhere(&self, vouched: bool, asks: &Asks<'a>) -> Option<Verdict<'a>> {
        self.resolver.begin_anywhere();
        let mut failures = None;
        let (mut failing, mut other) = (Vec::new(), Vec::new());
        let (mut open, mut attested, mut pass) = (false, false, false);
        for _ in 0..MAX_SCENARIOS {
            match self.resolver.settled(|| self.judge_scenario(vouched, asks)) {
                Verdict::Fail(found) => {
                    failing.push(self.resolver.environment());
                    failures = failures.or(Some(found));
                }
                Verdict::NotApplicable => {}
                one => {
                    other.push(self.resolver.environment());
                    open |= matches!(one, Verdict::Undecided(..));
                    attested |= matches!(one, Verdict::Attested);
                    pass |= matches!(one, Verdict::Pass);
                }
            }
            if !self.resolver.advance() {
                return match failures {
                    Some(failures) => covers(failing, other).then_some(Verdict::Fail(failures)),
                    None if open => None,
                    None if attested => Some(Verdict::Attested),
                    None if pass => Some(Verdict::Pass),
                    None => Some(Verdict::NotApplicable),
                };
            }
        }
        None
    }

    fn judge_scenarios(&self, vouched: bool, asks: &Asks<'a>) -> Verdict<'a> {
        let mut pass = false;
        let mut attested = false;
        let mut undecided = None;
        for _ in 0..MAX_SCENARIOS {
            match self.resolver.settled(|| self.judge_scenario(vouched, asks)) {
                Verdict::Fail(failures) => return Verdict::Fail(failures),
                Verdict::Undecided(unknown, witness) => {
                    undecided.get_or_insert((unknown, witness));
                }
                Verdict::Attested => attested = true,
                Verdict::Pass => pass = true,
                Verdict::NotApplicable => {}
            }
            if !self.resolver.advance() {
                return match undecided {
                    Some((unknown, witness)) => Verdict::Undecided(unknown, witness),
                    None if attested => Verdict::Attested,
                    None if pass => Verdict::Pass,
                    None => Verdict::NotApplicable,
                };
            }
        }
        let (unknown, witness) = undecided.unwrap_or_else(|| {
            (Unknown::Scenarios, Box::new(Witness::at(self.subject.place(self.world), 0)))
        });
        Verdict::Undecided(unknown, witness)
    }

    fn judge_scenario(&self, vouched: bool, asks: &Asks<'a>) -> Verdict<'a> {
        let here = Here::of(self.subject);
        self.known.joined.borrow_mut().clear();
        self.looks.set(0);
        let resource = if self.is_conditional { self.subject.resource(self.world) } else { None };
        let exists = resource.map_or(Truth::True, |id| self.resolver.exists(id));
        if exists == Truth::False {
            return Verdict::NotApplicable;
        }
        let concerns = |when: Option<&'a Condition>| {
            when.map_or(Truth::True, |when| self.condition::<Truth>(when, &here))
        };
        let when = concerns(asks.when);
        if when == Truth::False {
            return Verdict::NotApplicable;
        }
        let (mut failures, mut undecided) = (None, None);
        let (mut pass, mut attested) = (false, false);
        for clause in &asks.clauses {
            let concerned = concerns(clause.when);
            if concerned == Truth::False {
                continue;
            }
            let that: Truth = self.condition(clause.that, &here);
            let is_sure = when == Truth::True && concerned == Truth::True && exists == Truth::True;
            match that {
                Truth::True => pass = true,
                _ if vouched && clause.attestable => attested = true,
                Truth::False if is_sure => {
                    let witnesses = self.witnesses(clause.that, &here);
                    let scenario = self.resolver.asked_conditions();
                    let failure = Failure { clause: clause.index, witnesses, scenario };
                    // Most fail in one clause.
                    failures.get_or_insert_with(|| Vec::with_capacity(1)).push(failure);
                }
                _ => {
                    // A failure that hangs on an open `when` is undecided for the reason of that `when`.
                    undecided.get_or_insert_with(|| {
                        let open = [(concerned, clause.when), (when, asks.when), (that, Some(clause.that))];
                        let (unknown, witness) = self.first_unknown(open, &here);
                        (unknown, Box::new(witness))
                    });
                }
            }
        }
        match (failures, undecided) {
            (Some(failures), _) => Verdict::Fail(failures),
            (None, Some((unknown, witness))) => Verdict::Undecided(unknown, witness),
            (None, None) if attested => Verdict::Attested,
            (None, None) if pass => Verdict::Pass,
            (None, None) => Verdict::NotApplicable,
        }
    }

    /// Whether CDK made the subject for itself.
    pub(super) fn is_owned(&self) -> bool {
        match self.subject {
            Subject::Resource(id) => *self.owned.get_or_init(|| self.cdk_owned(id)),
            Subject::Stack(_) | Subject::App(_) => false,
        }
    }

    /// Why the first of the conditions that are not known is not.
    fn first_unknown(
        &self,
        conditions: [(Truth, Option<&'a Condition>); 3],
        here: &Here<'a>,
    ) -> (Unknown<'a>, Witness<'a>) {
        let open = conditions.into_iter().filter(|(truth, _)| *truth == Truth::Unknown);
        let reasons = open.filter_map(|(_, condition)| {
            self.looks.set(0);
            let outcome: Outcome<'a> = self.condition(condition?, here);
            outcome.unknown
        });
        let mut reasons = reasons.map(|reason| *reason);
        reasons
            .next()
            .unwrap_or_else(|| (Unknown::Comparison, Witness::at(self.subject.place(self.world), 0)))
    }

    /// Evaluates a failing condition again for the values that decided; each place once, in order of the text.
    fn witnesses(&self, that: &'a Condition, here: &Here<'a>) -> Vec<Witness<'a>> {
        self.tracing.set(true);
        self.looks.set(0);
        let outcome: Outcome<'a> = self.condition(that, here);
        let mut witnesses = outcome.witnesses;
        self.tracing.set(false);
        if witnesses.is_empty() {
            witnesses.push(Witness::at(self.subject.place(self.world), 0));
        }
        witnesses.sort_by_key(|witness| witness.place);
        witnesses.dedup_by(|b, a| a.place == b.place);
        witnesses
    }
}

/// Whether something fails wherever something else may come out; not where an environment hangs on a parameter.
fn covers<'a>(failing: Vec<Option<Environment<'a>>>, other: Vec<Option<Environment<'a>>>) -> bool {
    if other.is_empty() {
        return true;
    }
    let all = |of: Vec<_>| of.into_iter().collect::<Option<Vec<_>>>();
    all(failing).zip(all(other)).is_some_and(|(failing, other)| Environment::cover(&failing, &other))
}
