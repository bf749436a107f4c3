//! One line of a creation stack -> the file, line and column that it names.
//!
//! CDK writes `function (file:line:column)`; frames of other languages come through jsii in the same form,
//! with or without a column. Older ones are V8's own. Whatever names no place, such as `...aws-cdk-lib...` or
//! `(no user code in 10 frames, ...)`, is no frame. Nothing is opened and nothing is believed to exist.

/// A place of a program, as a trace tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// The function, such as `new SecureLambda`.
    pub function: Option<&'a str>,
    /// The file, with `/`; absolute, but for some languages.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

/// Folders of libraries and runtimes: what lies in them was not written by the user.
const FOREIGN: [&str; 6] =
    ["/node_modules/", "/site-packages/", "/dist-packages/", "/jsii-kernel-", "/jsii-runtime", "/@jsii/"];

impl<'a> Frame<'a> {
    /// The frame in one line of a trace.
    pub(super) fn parse(line: &'a str) -> Option<Frame<'a>> {
        let line = line.trim();
        let line = line.strip_prefix("at ").unwrap_or(line);
        if line.starts_with("...") || line.starts_with('(') || line.starts_with("eval at ") {
            return None;
        }
        if let Some(python) = line.strip_prefix("File \"") {
            return traceback(python);
        }
        let (function, place) = match line.split_once(" (") {
            Some((function, place)) => (Some(function), place.strip_suffix(')')?),
            None => (None, line.strip_prefix("async ").unwrap_or(line)),
        };
        // CDK mangles a frame without a function: `/a/b.ts:5:3` becomes `/a/b.ts:5 (:)`
        let (function, place) = match function {
            Some(function) if place == ":" => (None, function.strip_prefix("async ").unwrap_or(function)),
            Some(function) if function.contains(['/', '\\']) || function.is_empty() => (None, place),
            _ => (function, place),
        };
        let (file, line, column) = split_place(place)?;
        Some(Frame { function, file: normal(file)?, line, column })
    }

    /// Whether the frame lies in the user's own program.
    pub(super) fn is_users(&self) -> bool {
        let internal = self.file.starts_with("node:") || self.file.starts_with("internal/");
        !internal && !FOREIGN.iter().any(|folder| self.file.contains(folder))
    }
}

/// `/app/x.py", line 12, in <module>`, as Python prints it itself.
fn traceback(rest: &str) -> Option<Frame<'_>> {
    let (file, rest) = rest.split_once("\", line ")?;
    let (line, function) = match rest.split_once(", in ") {
        Some((line, function)) => (line, Some(function.lines().next().unwrap_or_default())),
        None => (rest, None),
    };
    Some(Frame { function, file: normal(file)?, line: line.trim().parse().ok()?, column: 1 })
}

/// File, line and column of `file:line:column` or `file:line`; the file may hold `:` itself.
fn split_place(place: &str) -> Option<(&str, u32, u32)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (head, last) = place.trim_end_matches(':').rsplit_once(':').filter(|(_, last)| is_number(last))?;
    let last: u32 = last.parse().ok()?;
    match head.rsplit_once(':').filter(|(_, line)| is_number(line)) {
        Some((file, line)) => Some((file, line.parse::<u32>().ok()?.max(1), last.max(1))),
        None => Some((head, last.max(1), 1)),
    }
}

/// The path without a URL's scheme and with `/`.
fn normal(file: &str) -> Option<String> {
    let path = match file.strip_prefix("file://") {
        Some(path) => {
            let path = decode(path);
            match path.as_bytes() {
                [b'/', letter, b':', ..] if letter.is_ascii_alphabetic() => path[1..].to_owned(),
                _ => path,
            }
        }
        None => file.to_owned(),
    };
    let is_windows = matches!(path.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic());
    let path = if is_windows || path.starts_with('\\') { path.replace('\\', "/") } else { path };
    (!path.is_empty() && !path.starts_with('<') && path != "native" && !path.contains('\0')).then_some(path)
}

/// `%20` and its like; what is not one stays.
fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Function, file, line, column.
    type Read = (Option<&'static str>, &'static str, u32, u32);

    #[test]
    fn frames_of_every_known_shape_are_read() {
        let table: &[(&str, Option<Read>)] = &[
            (
                "new SecureLambda (/app/lib/secure-lambda.ts:34:21)",
                Some((Some("new SecureLambda"), "/app/lib/secure-lambda.ts", 34, 21)),
            ),
            (
                "<anonymous> (/home/dev/app/bin/shop.ts:53:2)",
                Some((Some("<anonymous>"), "/home/dev/app/bin/shop.ts", 53, 2)),
            ),
            (
                "Object.<anonymous> (/app/bin/app.ts:12:3)",
                Some((Some("Object.<anonymous>"), "/app/bin/app.ts", 12, 3)),
            ),
            (
                "    at Foo.bar [as baz] (/app/a b/x.ts:1:2)",
                Some((Some("Foo.bar [as baz]"), "/app/a b/x.ts", 1, 2)),
            ),
            ("new X (/app (copy)/x.ts:1:2)", Some((Some("new X"), "/app (copy)/x.ts", 1, 2))),
            ("/app/lib/x.ts:1:2", Some((None, "/app/lib/x.ts", 1, 2))),
            ("async /app/lib/x.ts:1:2", Some((None, "/app/lib/x.ts", 1, 2))),
            ("async main (/app/lib/x.ts:1:2)", Some((Some("async main"), "/app/lib/x.ts", 1, 2))),
            ("file:///app/my%20lib/x.ts:10:20", Some((None, "/app/my lib/x.ts", 10, 20))),
            ("main (file:///C:/app/lib/x.ts:1:2)", Some((Some("main"), "C:/app/lib/x.ts", 1, 2))),
            ("new X (C:\\app\\lib\\x.ts:1:2)", Some((Some("new X"), "C:/app/lib/x.ts", 1, 2))),
            ("/app/bin/app.ts:53: (/app/bin/app.ts:53:2)", Some((None, "/app/bin/app.ts", 53, 2))),
            ("/app/bin/app.ts:5 (:)", Some((None, "/app/bin/app.ts", 5, 1))),
            ("__init__ (/app/stacks/data.py:34)", Some((Some("__init__"), "/app/stacks/data.py", 34, 1))),
            ("<module> (/app/app.py:12:1)", Some((Some("<module>"), "/app/app.py", 12, 1))),
            (
                "com.acme.MyStack.<init> (MyStack.java:25)",
                Some((Some("com.acme.MyStack.<init>"), "MyStack.java", 25, 1)),
            ),
            ("File \"/app/app.py\", line 12, in <module>", Some((Some("<module>"), "/app/app.py", 12, 1))),
            ("/app/x.ts:0:0", Some((None, "/app/x.ts", 1, 1))),
            ("...aws-cdk-lib, node internals...", None),
            ("...new LogGroup2 in aws-cdk-lib...", None),
            (".../app/node_modules/aws-cdk-lib/aws-ec2/lib/vpc.js:1:295 in aws-cdk-lib...", None),
            ("(no user code in 10 frames, use --stack-trace-limit to capture more)", None),
            ("Array.forEach (:)", None),
            ("Array.forEach (<anonymous>)", None),
            ("async Promise.all (index 0)", None),
            ("eval at f (/app/x.ts:1:2), <anonymous>:1:1", None),
            ("stack traces disabled", None),
            ("<frozen importlib._bootstrap>:241:1", None),
            ("new X (/app/x.ts:99999999999999:1)", None),
            ("x (é:1:2", None),
            ("", None),
        ];
        for (line, expected) in table {
            let read = Frame::parse(line);
            let read =
                read.as_ref().map(|frame| (frame.function, frame.file.as_str(), frame.line, frame.column));
            assert_eq!(read, *expected, "{line}");
        }
    }

    #[test]
    fn libraries_and_runtimes_are_not_the_users() {
        let is_users = |line| Frame::parse(line).unwrap().is_users();
        assert!(is_users("new X (/app/lib/x.ts:1:2)"));
        for foreign in [
            "new X (/app/node_modules/aws-cdk-lib/core/lib/stack.js:1:2)",
            "new X (C:\\app\\node_modules\\aws-cdk-lib\\x.js:1:2)",
            "Module._compile (node:internal/modules/cjs/loader:1105:14)",
            "startup (internal/main.js:1:2)",
            "create (/tmp/jsii-kernel-QDnlts/node_modules/aws-cdk-lib/x.js:1:2)",
            "__call__ (/app/.venv/lib/python3.12/site-packages/jsii/_runtime.py:118)",
        ] {
            assert!(!is_users(foreign), "{foreign}");
        }
    }
}
