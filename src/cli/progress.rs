//! A progress bar on standard error, for long work on a terminal.
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::time::Duration;

/// Inputs below this many are done before anybody could read a bar.
const WORTH_SHOWING: usize = 8;

/// A bar over that many inputs; hidden when nobody would see it.
pub(super) fn bar(inputs: usize) -> ProgressBar {
    if inputs < WORTH_SHOWING || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(inputs as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} apps {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
