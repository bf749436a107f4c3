//! The report for people: findings by stack, each with the line of the user's program, the template's own
//! lines, and the way to mend it; then problems of the input; then a summary.
//!
//! The most important thing of a finding comes first (the sentence, then the line to open), the most important
//! findings come last, where the eye is when the run ends. What is the same for all findings of a rule in one
//! stack is said once.
use super::group::{self, FOLD, Group};
use super::mend::fix;
use super::options::Options;
use super::page::Page;
use super::program::Programs;
use super::summary::summary;
use super::text::{self, brief, one_line};
use super::theme::Theme;
use crate::finding::{Accepted, Finding, Problem, Run, Severity, SourcePlace, Undecided};
use std::io;

/// Writes the report.
pub(super) fn render(run: &Run, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let mut report = Report { page: Page::new(Theme::new(options.style)), programs: Programs::default() };
    for group in group::groups(run, options) {
        report.group(&group);
        report.hand_over(out)?;
    }
    if options.show.accepted {
        report.accepted(&run.accepted);
    }
    report.problems(&run.problems);
    report.hand_over(out)?;
    out.write_all(summary(run, options, &report.page.theme).as_bytes())
}

struct Report {
    page: Page,
    programs: Programs,
}

impl Report {
    fn hand_over(&mut self, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(self.page.text.as_bytes())?;
        self.page.text.clear();
        Ok(())
    }

    fn group(&mut self, group: &Group<'_>) {
        let name = if group.stack.is_empty() { "App" } else { group.stack };
        self.page.heading(name, group.file);
        for list in &group.undecided {
            self.undecided(list, group.file);
        }
        for block in &group.blocks {
            let drawn = if block.len() > FOLD { 1 } else { block.len() };
            let mut told = None;
            for finding in &block[..drawn] {
                self.finding(finding, told.replace(*finding));
                self.page.text.push('\n');
            }
            if drawn < block.len() {
                self.page.text.pop();
                self.folded(&block[drawn..], group.file);
                self.page.text.push('\n');
            }
        }
    }

    /// One finding in full, without what the one told before it already said of the rule.
    fn finding(&mut self, finding: &Finding, told: Option<&Finding>) {
        let hanging = self.hanging(finding);
        let at = (!finding.concealed).then_some((&finding.location, finding.property.as_deref()));
        self.page.draw(finding.severity, &finding.message(), hanging, at);
        for related in finding.related() {
            let place = self.page.place(&related.location, "");
            self.page.field("also", &format!("{place}  {}", brief(&related.message)));
        }
        if let Some(fix) = fix(finding).filter(|way| told.and_then(fix) != Some(*way)) {
            self.page.field("help", &text::many_lines(fix));
        }
        let attest = finding.fix.attest.as_deref();
        if let Some(attest) = attest.filter(|_| told.is_none_or(|told| told.fix.attest.is_none())) {
            self.page.field("or", &text::many_lines(attest));
        }
        let rule = one_line(&finding.rule);
        if told.is_some() {
            return self.page.field("rule", &rule);
        }
        self.page.field("rule", &format!("{rule} ({})", brief(finding.title)));
        if let Some(see) = &finding.see {
            // Never wrapped: an address in two halves cannot be opened.
            let line = format!("  {} {}\n", self.page.theme.dim("docs:"), self.page.theme.page(see));
            self.page.text.push_str(&line);
        }
    }

    /// What hangs below the sentence: the line that made it, else its construct, and the scenario.
    fn hanging(&mut self, finding: &Finding) -> Vec<String> {
        let mut hanging = Vec::new();
        let source = finding.subject.source.as_ref();
        if finding.concealed {
            // The line of the template, and that of the program, may hold what must not be shown.
            hanging.push(self.page.place(&finding.location, ""));
            hanging.extend(source.map(|place| source_place(place)));
        } else {
            hanging.extend(source.map(|place| self.program_line(place)));
        }
        if let Some(path) = &finding.subject.construct_path
            && source.is_none_or(|place| place.inherited)
        {
            hanging.push(brief(path));
        }
        hanging.extend(finding.scenario().map(|scenario| format!("when {}", brief(scenario))));
        hanging
    }

    /// `lib/app.ts:34:21  const key = new kms.Key(this, 'Key', {`, cut to one line.
    fn program_line(&mut self, place: &SourcePlace) -> String {
        let theme = &self.page.theme;
        let at = source_place(place);
        let near = if place.inherited { "near " } else { "" };
        let code = self.programs.line(place);
        let code = code.or_else(|| Some(brief(place.function.as_deref()?)));
        let room = theme.width().saturating_sub(text::width(&at) + near.len() + 8);
        let code = code.map_or(String::new(), |code| format!("  {}", text::cut(&code, room)));
        format!("{near}{}{code}", theme.strong(&theme.file(place.path.as_deref(), &at)))
    }

    /// More findings of the rule just drawn, a line each.
    fn folded(&mut self, findings: &[&Finding], file: &str) {
        let more = text::count(findings.len(), "finding");
        self.page.field("more", &format!("{more} of the same rule"));
        let mut rows = Vec::with_capacity(findings.len());
        for finding in findings {
            let place = match &finding.subject.source {
                Some(place) if !place.inherited => source_place(place),
                _ => self.page.place(&finding.location, file),
            };
            let scenario = finding.scenario().map_or(String::new(), |when| format!(", when {when}"));
            rows.push((place, brief(&format!("{}{scenario}", finding.message()))));
        }
        self.page.rows(&rows, true);
    }

    /// Verdicts of one rule that could not be reached, a line each.
    fn undecided(&mut self, list: &[&Undecided], file: &str) {
        let head = self.page.theme.strong("undecided:");
        self.page.text.push_str(&format!("  {head} {}\n", one_line(&list[0].rule)));
        let mut rows = Vec::with_capacity(list.len());
        for undecided in list {
            let whose = undecided.subject.resource.as_deref().unwrap_or(&undecided.subject.kind);
            let row = format!("{whose}: {}", undecided.reason);
            rows.push((self.page.place(&undecided.location, file), brief(&row)));
        }
        self.page.rows(&rows, false);
        self.page.text.push('\n');
    }

    /// Findings that people accepted: what, where, and who says so.
    fn accepted(&mut self, list: &[Accepted]) {
        if list.is_empty() {
            return;
        }
        self.page.heading("Accepted", "");
        for accepted in list {
            let finding = &accepted.finding;
            let (message, rule) = (brief(&finding.message()), one_line(&finding.rule));
            self.page.field("accepted", &format!("{message} [{rule}]"));
            let place = self.page.place(&finding.location, "");
            self.page.field("at", &place);
            self.page.field("why", &brief(&accepted.why()));
            self.page.text.push('\n');
        }
    }

    /// Problems of the input: first what only deserves a look, last what was not linted.
    fn problems(&mut self, problems: &[Problem]) {
        if problems.is_empty() {
            return;
        }
        self.page.heading("Input", "");
        let (unlinted, remarks): (Vec<_>, Vec<_>) = problems.iter().partition(|problem| problem.unlinted);
        for problem in remarks.into_iter().chain(unlinted) {
            let severity = if problem.unlinted { Severity::Error } else { Severity::Warning };
            let at = problem.location.as_ref().map(|location| (location, None));
            let hanging = match at {
                Some(_) => Vec::new(),
                None => vec![self.page.theme.strong(&brief(&problem.file))],
            };
            self.page.draw(severity, &problem.message, hanging, at);
            if let Some(help) = &problem.help {
                self.page.field("help", &text::many_lines(help));
            }
            self.page.text.push('\n');
        }
    }
}

fn source_place(place: &SourcePlace) -> String {
    format!("{}:{}:{}", brief(&place.file), place.line, place.column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Show, Style, samples};

    const UNICODE: Style = Style { unicode: true, ..Style::PLAIN };

    fn of(run: &Run, style: Style, show: Show) -> String {
        let mut out = Vec::new();
        render(run, &Options { style, show: show.into(), ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finding_opens_with_the_sentence_and_the_line_to_open() {
        insta::assert_snapshot!(of(&samples::payments(), UNICODE, Show::All), @r#"
        PaymentsStack ─ cdk.out/PaymentsStack.template.json ────────────────────────────

          undecided: lambda-env-no-secrets
                31:18  Handler886CB40B: the parameter ApiKey has no value before the
                       deployment, and nothing bounds it

          note: PaymentsStack has no tags
           ╭─[cdk.out/manifest.json:4:3]
         3 │  "artifacts": {
         4 │   "PaymentsStack": {
           ·   ───────────────
         5 │    "type": "aws:cloudformation:stack",
           ╰────
          rule: stack-tags (Things are as they should be)

          warning: Handler886CB40B runs on nodejs16.x, which AWS no longer supports
          ╰─▶ lib/payments-stack.ts:41:21  new lambda.Function
            ╭─[cdk.out/PaymentsStack.template.json:34:16]
         34 │     "Runtime": "nodejs16.x"
            ·                ──────┬─────
            ·                      ╰── Runtime
            ╰────
          help: runtime: lambda.Runtime.NODEJS_22_X
          rule: lambda-runtime (Lambda runtimes are supported)

          error: HandlerServiceRoleFCDC14AE may do everything: it carries the managed
          │ policy AdministratorAccess
          ├─▶ near lib/payments-stack.ts:41:21  new lambda.Function
          ╰─▶ PaymentsStack/Handler/ServiceRole/Resource
            ╭─[cdk.out/PaymentsStack.template.json:16:9]
         16 │         ":iam::aws:policy/AdministratorAccess"
            ·         ───────────────────┬──────────────────
            ·                            ╰── ManagedPolicyArns.0
            ╰────
          help: role.addToPolicy(new iam.PolicyStatement({
                  actions: ['s3:GetObject'],
                }))
          rule: iam-no-administrator-access (Roles do not carry AdministratorAccess)
          docs: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html

          error: Key961B73FD never rotates its key material
          ├─▶ node_modules/own/key.js:7:21  new Key
          ╰─▶ when IsProd is false
            ╭─[cdk.out/PaymentsStack.template.json:49:33]
         48 │     "EnableKeyRotation": {
         49 │      "Fn::If": ["IsProd", true, false]
            ·                                 ──┬──
            ·                                   ╰── EnableKeyRotation
            ╰────
          also: cdk.out/PaymentsStack.template.json:40:3  the bucket it encrypts
          rule: kms-key-rotation (KMS keys rotate every year)

        Accepted ───────────────────────────────────────────────────────────────────────

          accepted: Thing is not as it should be [s3-versioning]
          at: cdk.out/PaymentsStack.template.json:40:3
          why: accepted by configuration until 2027-01-31: the ledger is written once |
               see #12

        Input ──────────────────────────────────────────────────────────────────────────

          warning: the synth was incomplete: 2 lookups are missing
          ╰─▶ cdk.out/manifest.json

          error: expected a value
           ╭─[cdk.out/Broken.template.json:3:8]
         2 │  "Resources": {
         3 │   "A": é
           ·        ─
           ╰────
          help: Run `cdk synth` again.

        Accepted: 1 finding (1 configuration).
        Looked at 1 app, 1 template, 4 resources, 2 rules; skipped 2 other files.
        2 errors, 1 warning, 1 note, 1 input not linted
        "#);
    }

    #[test]
    fn many_findings_of_one_rule_are_told_once_and_listed() {
        insta::assert_snapshot!(of(&samples::many(6), Style::PLAIN, Show::Findings), @r#"
        storage.yaml -------------------------------------------------------------------

          error: Bucket0 keeps no earlier versions of its objects
           ,-[storage.yaml:2:3]
         1 | Resources:
         2 |   Bucket0:
           :   ^^^|^^^
           :      `-- VersioningConfiguration.Status
         3 |     Type: AWS::S3::Bucket
           `----
          help: Set VersioningConfiguration.Status to Enabled.
          rule: s3-bucket-versioning (Things are as they should be)
          more: 5 findings of the same rule
                4:3   Bucket1 keeps no earlier versions of its objects
                6:3   Bucket2 keeps no earlier versions of its objects
                8:3   Bucket3 keeps no earlier versions of its objects
                10:3  Bucket4 keeps no earlier versions of its objects
                12:3  Bucket5 keeps no earlier versions of its objects

        Looked at 1 app, 1 template, 6 resources, 0 rules.
        6 errors
        "#);
        let three = of(&samples::many(3), Style::PLAIN, Show::Findings);
        assert_eq!((three.matches("help:").count(), three.matches("storage.yaml:").count()), (1, 3));
    }

    #[test]
    fn a_minified_template_shows_only_what_stands_around_the_place() {
        insta::assert_snapshot!(of(&samples::minified(2), UNICODE, Show::Findings), @r#"
        min.json ───────────────────────────────────────────────────────────────────────

          warning: Thing is not as it should be
           ╭─[min.json:1:15]
         1 │ {"Resources":{"Bucket0":{"Type":"AWS::S3::Bucket","Metadata":{"é":"日本...
           ·               ─────────
           ╰────
          rule: s3-bucket-versioning (Things are as they should be)

          warning: Thing is not as it should be
           ╭─[min.json:1:75]
         1 │ ..."é":"日本語"}},"Bucket1":{"Type":"AWS::S3::Bucket","Metadata":{"é":"...
           ·                   ─────────
           ╰────
          rule: s3-bucket-versioning

        Looked at 1 app, 1 template, 2 resources, 0 rules.
        2 warnings
        "#);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        for (width, unicode) in [(40, true), (56, false), (80, true), (120, true), (7, false), (5_000, true)]
        {
            let style = Style { width, unicode, ..Style::PLAIN };
            for run in [samples::payments(), samples::many(6), samples::minified(40)] {
                let text = of(&run, style, Show::All);
                let all_but_the_last = text.trim_end().lines().rev().skip(1);
                for line in all_but_the_last {
                    let address = line.contains("docs:") || line.contains(".ts:") || line.contains(".json");
                    assert!(address || text::width(line) <= width.clamp(40, 120), "{width}: {line}");
                }
            }
        }
    }

    #[test]
    fn a_terminal_gets_our_own_escapes_and_no_others() {
        let own = regex::Regex::new("\u{1b}\\[[0-9;]*m|\u{1b}]8;;[!-~]*\u{1b}\\\\").unwrap();
        for (color, links) in [(false, false), (true, true)] {
            let style = Style { color, links, ..UNICODE };
            let text = of(&samples::hostile(), style, Show::All);
            let text = own.replace_all(&text, "");
            let bad = text.lines().find(|line| line.contains(text::hostile));
            assert_eq!(bad, None);
        }
    }

    #[test]
    fn colours_and_links_change_nothing_that_is_read() {
        let own = regex::Regex::new("\u{1b}\\[[0-9;]*m|\u{1b}]8;;[!-~]*\u{1b}\\\\").unwrap();
        for run in [samples::payments(), samples::hostile(), samples::many(5)] {
            let plain = of(&run, UNICODE, Show::All);
            let rich = of(&run, Style { color: true, links: true, ..UNICODE }, Show::All);
            assert_eq!(own.replace_all(&rich, ""), plain);
        }
    }
}
