//! One binary for all integration tests; each module is a place of the house or a promise to users.
#![allow(clippy::unwrap_used)]
mod accept;
mod architecture;
mod assemblies;
mod attestation;
mod checklist;
mod determinism;
mod editor;
mod eval;
mod facts;
mod formats;
mod functions;
mod graph;
mod init;
mod input;
mod language;
mod lesson;
mod metamorphic;
mod policy;
mod reference;
mod robustness;
mod rules;
mod schema;
mod support;
mod watch;
