//! stackproof proves that what `cdk synth` produced is ready for production.
//!
//! One street leads from text to report. Two wings, the template wing and the policy wing, know
//! nothing of each other and meet in `engine`:
//!
//! ```text
//! source, date, finding, answer, checklist, diagram, limits  plain data that everybody may name
//! syntax                         JSON and YAML text -> Document (a tape that remembers its places)
//!   intake -> template -> graph -> value      the template wing
//!   rule -> policy                            the policy wing
//! engine                         rules x graph -> verdicts and findings
//! report                         findings -> human, concise, json, and what other programs read (report::exchange);
//!                                a checklist -> human, markdown, html, json
//! reference, schema              rules -> pages of Markdown; tables of keys -> JSON Schemas for editors
//! init                           what was seen of an app -> the files with which a team begins
//! cli                            flags -> settings -> all of the above
//! ```
//!
//! No module names one that stands below it in this list; a test holds that.
#![forbid(unsafe_code)]

pub mod answer;
pub mod checklist;
pub mod cli;
pub mod date;
pub mod diagram;
pub mod engine;
pub mod finding;
pub mod graph;
pub mod init;
pub mod intake;
pub mod limits;
pub mod policy;
pub mod reference;
pub mod report;
pub mod rule;
pub mod schema;
pub mod source;
pub mod syntax;
pub mod template;
pub mod value;
