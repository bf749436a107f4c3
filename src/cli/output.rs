//! Where reports go: `--format FORMAT` to standard output, `--format FORMAT=FILE` into a file, several at once.
//!
//! What cannot work is told before anything is linted. A file is written whole or not at all: under another name beside it,
//! which then takes its place. A device or a pipe is written to as it is.
use super::complain;
use crate::finding::Run;
use crate::report::{self, Format, Options};
use clap::builder::{EnumValueParser, PossibleValue, TypedValueParser};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A report that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    pub format: Format,
    /// None: standard output.
    pub file: Option<PathBuf>,
}

/// Reads `FORMAT`, `FORMAT=FILE` or `FORMAT=-`.
#[derive(Clone)]
pub(super) struct OutputParser;

impl TypedValueParser for OutputParser {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Output, clap::Error> {
        let text = value.to_string_lossy();
        let (format, file) = match text.split_once('=') {
            Some((format, file)) => (format, Some(file)),
            None => (&*text, None),
        };
        let format = EnumValueParser::<Format>::new().parse_ref(command, argument, OsStr::new(format))?;
        if file == Some("") {
            let message = format!(
                "`{text}` names no file: {}=FILE, or {0} alone for standard output\n",
                format.as_str()
            );
            return Err(clap::Error::raw(clap::error::ErrorKind::ValueValidation, message).with_cmd(command));
        }
        Ok(Output { format, file: file.filter(|file| *file != "-").map(PathBuf::from) })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        EnumValueParser::<Format>::new().possible_values().map(|values| {
            let values: Vec<_> = values.collect();
            Box::new(values.into_iter()) as Box<dyn Iterator<Item = PossibleValue>>
        })
    }
}

/// Standard output. What is written to it comes in large pieces, which nobody needs to search for ends of lines.
pub(super) fn standard() -> Box<dyn Write> {
    #[cfg(unix)]
    if let Ok(handle) = std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned() {
        return Box::new(fs::File::from(handle));
    }
    Box::new(io::stdout().lock())
}

/// Whether these reports can be written, as far as it can be known before; false after a complaint.
pub(super) fn possible(outputs: &[Output]) -> bool {
    let to_screen: Vec<_> = outputs.iter().filter(|output| output.file.is_none()).collect();
    if let [first, second, ..] = &*to_screen {
        let (first, second) = (first.format.as_str(), second.format.as_str());
        let help = format!("give one of them a file: --format {second}=FILE");
        complain(&format!("{first} and {second} cannot both go to standard output"), Some(&help));
        return false;
    }
    for (index, output) in outputs.iter().enumerate() {
        let Some(file) = &output.file else { continue };
        if outputs[..index].iter().any(|other| other.file.as_ref() == Some(file)) {
            complain(&format!("two reports would go into {}", file.display()), None);
            return false;
        }
        let folder = folder(file);
        if !folder.is_dir() {
            let help = format!("mkdir -p {}", folder.display());
            complain(&format!("there is no folder {} for {}", folder.display(), file.display()), Some(&help));
            return false;
        }
        if file.is_dir() {
            complain(&format!("{} is a folder, not a file", file.display()), None);
            return false;
        }
    }
    true
}

/// Writes all reports; false after a complaint about a file.
///
/// # Errors
/// Only those of writing to `out`.
pub(super) fn write(
    run: &Run,
    outputs: &[Output],
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<bool> {
    let mut all = true;
    // Files first: a reader of standard output that goes away must not cost a report.
    for output in outputs {
        let Some(file) = &output.file else { continue };
        if let Err(error) = into_file(run, output.format, options, file) {
            complain(&format!("cannot write {}: {error}", file.display()), None);
            all = false;
        }
    }
    for output in outputs.iter().filter(|output| output.file.is_none()) {
        report::render(run, output.format, options, out)?;
    }
    if all && outputs.iter().all(|output| output.file.is_some()) {
        told(run, outputs);
    }
    Ok(all)
}

/// A file is plain, whatever the terminal can do.
fn into_file(run: &Run, format: Format, options: &Options, file: &Path) -> io::Result<()> {
    let style = report::Style { color: false, links: false, ..options.style };
    let options = Options { style, ..*options };
    let mut text = Vec::new();
    report::render(run, format, &options, &mut text)?;
    if format == Format::Cdk && file.is_file() {
        text = report::merge_cdk(&fs::read(file)?, &text).map_err(|error| {
            io::Error::other(format!("what stands there is no validation report ({error}); move it away"))
        })?;
    }
    if file.exists() && !file.is_file() {
        return fs::OpenOptions::new().write(true).open(file)?.write_all(&text);
    }
    // The file that a link leads to is replaced, not the link.
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder(&target).join(format!(".{name}.{}.tmp", std::process::id()));
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&beside).and_then(|mut new| {
        new.write_all(&text)?;
        new.sync_all()
    });
    written.and_then(|()| fs::rename(&beside, &target)).inspect_err(|_| {
        // The half that was written is of no use; that it stays is less grave than why it is one.
        let _ = fs::remove_file(&beside);
    })
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Says on standard error what would otherwise not be seen at all.
fn told(run: &Run, outputs: &[Output]) {
    let mut how = Vec::new();
    report::render(run, Format::Human, &Options { elapsed: None, ..Options::default() }, &mut how)
        .unwrap_or_default();
    let last = String::from_utf8_lossy(&how).lines().last().unwrap_or_default().to_owned();
    let files: Vec<_> = outputs
        .iter()
        .filter_map(|output| output.file.as_ref())
        .map(|file| file.display().to_string())
        .collect();
    // Standard error may be closed; there is nobody left to tell.
    let _ = writeln!(io::stderr().lock(), "{last} (in {})", files.join(", "));
}
