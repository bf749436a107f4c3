//! The checklist as people and programs get to see it: one file for each format.
//!
//! A format decides order, words and layout; states are decided before. What a format does not show it counts.
mod html;
mod human;
mod json;
mod lines;
mod markdown;
mod markup;
#[cfg(test)]
mod samples;
mod words;

pub(super) use html::render as html;
pub(super) use human::render as human;
pub(super) use json::render as json;
pub(super) use markdown::render as markdown;
