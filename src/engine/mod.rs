//! Rules x graph -> verdicts and findings.
//!
//! Here the two wings meet: conditions of rules are evaluated over resolved values, under every scenario of
//! conditions that the subject's own values depend on, in Kleene's logic. The work is spread over threads and
//! collected in order, so that the output is the same for any number of them. All levels pass one place
//! (`run`), all that is accepted one door behind it (`accept`); formats never filter. A rule is data: nothing here knows any rule by name.
mod accept;
mod any_of;
mod candidate;
mod checklist;
mod compare;
mod draw;
mod eval;
mod evaluate;
mod example;
mod fact;
mod given;
mod home;
mod iam;
mod join;
mod judged;
mod locate;
mod lookup;
mod managed;
mod merge;
mod message;
mod operate;
mod outcome;
mod part;
mod pattern;
mod plain;
mod plan;
mod run;
mod secret;
mod settle;
mod spare;
mod subject;
mod tally;
mod tell;
mod verdict;

pub use accept::Acceptance;
pub use checklist::checklist;
pub use eval::{EvalError, Evaluated, eval};
pub use example::{ExampleFailure, run_example, test_rule};
pub use locate::known_stack;
pub use plan::profile_of_tag;
pub use run::{Settings, check, check_and_draw};
