//! Files and standard input -> texts and documents, or the [`Problem`] that says why not.
//!
//! One place holds the size limit and the encoding, so that whatever is read, wherever from, fails with
//! the same words and with a place in the text where there is one.
use super::boundary::{Inside, Opened};
use crate::finding::Problem;
use crate::limits::MAX_FILE_BYTES;
use crate::source::{Source, Span};
use crate::syntax::{self, Document, SyntaxError};
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::Arc;

/// Bytes of a file, the size limit held.
pub(super) fn bytes(path: &Path, name: &str) -> Result<Vec<u8>, Problem> {
    let file = File::open(path).map(|file| {
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        (file, size)
    });
    contents(file, name)
}

/// Bytes of an open file of that length, the size limit held.
fn contents(file: io::Result<(File, u64)>, name: &str) -> Result<Vec<u8>, Problem> {
    let (mut file, size) = file.map_err(|error| unreadable(name, &error))?;
    if size > MAX_FILE_BYTES {
        return Err(too_large(name));
    }
    // A file that is as long as it says, as nearly all are, is read in one go.
    // Room has few sizes, so that that of one file serves the next: allocators keep sizes apart.
    let mut bytes = Vec::with_capacity((size as usize).next_power_of_two());
    if size > 0 {
        let read = (&mut file).take(size).read_to_end(&mut bytes);
        read.map_err(|error| unreadable(name, &error))?;
        if bytes.len() as u64 == size {
            return Ok(bytes);
        }
        file.rewind().map_err(|error| unreadable(name, &error))?;
    }
    bounded(file, 0, name)
}

/// Bytes of a stream of unknown length, the size limit held.
pub(super) fn bounded(stream: impl Read, expected: usize, name: &str) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::with_capacity(expected + 1);
    stream.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| unreadable(name, &error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES { Err(too_large(name)) } else { Ok(bytes) }
}

/// The text of those bytes.
pub(super) fn text(bytes: Vec<u8>, name: &str) -> Result<Arc<Source>, Problem> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Arc::new(Source::new(name, text))),
        Err(error) => Err(not_utf8(error.as_bytes(), error.utf8_error().valid_up_to(), name)),
    }
}

/// The parsed form of a text.
pub(super) fn parse(source: Arc<Source>) -> Result<Document, Problem> {
    located(&source, syntax::parse(source.clone()))
}

/// The parsed form of a text without what stands under a key in that many maps and lists.
pub(super) fn parse_without(source: Arc<Source>, key: &str, depth: usize) -> Result<Document, Problem> {
    located(&source, syntax::parse_without(source.clone(), key, depth))
}

/// The text of an open file, and which it is.
pub(super) fn opened_text(file: Opened) -> Result<(Arc<Source>, Inside), Problem> {
    let Opened { inside, file } = file;
    Ok((text(contents(file, &inside.name)?, &inside.name)?, inside))
}

/// The parsed form of an open file, and which it is.
pub(super) fn opened(file: Opened) -> Result<(Document, Inside), Problem> {
    let (source, inside) = opened_text(file)?;
    Ok((parse(source)?, inside))
}

/// The parsed form of an open file without what stands under a key in that many maps.
pub(super) fn opened_without(file: Opened, key: &str, depth: usize) -> Result<Document, Problem> {
    parse_without(opened_text(file)?.0, key, depth)
}

fn located(source: &Arc<Source>, parsed: Result<Document, SyntaxError>) -> Result<Document, Problem> {
    parsed.map_err(|error| {
        let problem = Problem::unlinted(source.name(), error.message).at(source, error.span);
        match error.help {
            Some(help) => problem.with_help(help),
            None => problem,
        }
    })
}

/// That a file, folder or stream cannot be read.
pub(super) fn unreadable(name: &str, error: &io::Error) -> Problem {
    Problem::unlinted(name, format!("cannot be read: {error}"))
}

fn too_large(name: &str) -> Problem {
    Problem::unlinted(name, format!("is larger than {} MiB and is not read", MAX_FILE_BYTES >> 20))
        .with_help("the service accepts templates of 1 MB at most")
}

fn not_utf8(bytes: &[u8], valid: usize, name: &str) -> Problem {
    let help = match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "the file is UTF-16; save it as UTF-8",
        _ => "save the file as UTF-8",
    };
    // the text up to the offending byte, so that the place can be shown without keeping all of it
    let mut shown = String::from_utf8_lossy(&bytes[..valid]).into_owned();
    shown.push(char::REPLACEMENT_CHARACTER);
    let span = Span::new(valid as u32, shown.len() as u32);
    Problem::unlinted(name, "is not valid UTF-8")
        .with_help(help)
        .at(&Arc::new(Source::new(name, shown)), span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_not_utf8_says_where() {
        let problem = text(b"a: b\nc: \xff\n".to_vec(), "t.yaml").unwrap_err();
        assert_eq!(problem.location.unwrap().start().to_string(), "2:4");
        assert!(problem.unlinted);
    }

    #[test]
    fn a_text_in_utf16_says_so() {
        let problem = text(b"\xff\xfe{\0}\0".to_vec(), "t.json").unwrap_err();
        assert!(problem.help.unwrap().contains("UTF-16"));
    }

    #[test]
    fn a_missing_file_is_a_problem() {
        let problem = bytes(Path::new("/nonexistent/x.json"), "x.json").unwrap_err();
        assert!(problem.message.starts_with("cannot be read"), "{}", problem.message);
    }
}
