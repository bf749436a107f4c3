// Reads reports of one run with the code of those who read them: annotations with GitHub's own toolkit, Markdown with a parser of GitHub's
// dialect, the CDK's report with the CDK's own loader. `node read.mjs FOLDER`, with the reports of all formats in it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import * as core from "@actions/core";
import { marked } from "marked";
process.env.TESTING_CDK = "1"; // the loader holds the file against its schema, unknown fields too
const { Manifest } = (await import("@aws-cdk/cloud-assembly-schema")).default;

const folder = process.argv[2];
const read = (name) => fs.readFileSync(path.join(folder, name), "utf8");
const report = JSON.parse(read("json"));
const level = (name) => report.findings.filter((finding) => finding.level === name).length;
const problems = report.errors.length + report.remarks.length;

// As the runner takes a command apart; then GitHub's toolkit puts it together again, and both must be the same.
function taken(line) {
  const [, command, properties, message] = /^::(\w+) (.*?)::(.*)$/.exec(line);
  const undo = (text) => text.replace(/%0D/g, "\r").replace(/%0A/g, "\n").replace(/%25/g, "%");
  const pairs = properties.split(",").map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at), undo(pair.slice(at + 1).replace(/%3A/g, ":").replace(/%2C/g, ","))];
  });
  return { command, properties: Object.fromEntries(pairs), message: undo(message) };
}
function put({ command, properties, message }) {
  const { file, line, col, endLine, endColumn, title } = properties;
  let text = "";
  const write = process.stdout.write;
  process.stdout.write = (chunk) => ((text += chunk), true);
  core[command](message, { file, startLine: line, startColumn: col, endLine, endColumn, title });
  process.stdout.write = write;
  return text.trimEnd();
}
const sorted = (line) => {
  const { command, properties, message } = /^::(?<command>\w+) (?<properties>.*?)::(?<message>.*)$/.exec(line).groups;
  return [command, properties.split(",").sort(), message];
};
const lines = read("github").trimEnd().split("\n");
assert.equal(lines.length, report.findings.length + problems);
lines.forEach((line, index) => {
  assert.deepEqual(sorted(put(taken(line))), sorted(line));
  const finding = report.findings[index];
  if (finding) assert.ok(Number(taken(line).properties.line) > 0);
});

// Every row of every table is read as a row, nothing of the input is markup.
let rows = 0;
let html = "";
for (const token of marked.lexer(read("markdown"), { gfm: true })) {
  if (token.type === "table") rows += token.rows.length;
  marked.walkTokens([token], (inner) => {
    if (inner.type === "html") html += inner.raw;
    if (inner.type === "image") assert.fail(inner.raw);
    if (inner.type === "link") assert.match(inner.href, /^https:\/\/docs\.aws\.amazon\.com\//);
  });
}
const stacks = new Set(report.findings.map((finding) => finding.stack)).size;
const listed = level("error") + level("warning");
const text = read("markdown");
const leftOut = Number(/(\d+) more lines? left out/.exec(text)?.[1] ?? 0);
assert.equal(rows, listed - leftOut + (stacks ? Math.min(stacks, 101) + 1 : 0));
assert.ok([...text].length <= 65536);
const tags = [...html.replace(/<!-- -->/g, "").matchAll(/<[^>]*>/g)].map((tag) => tag[0]);
assert.deepEqual([...new Set(tags)].filter((tag) => !/^<\/?(details|summary|b)>$/.test(tag)), []);

const cdk = Manifest.loadValidationReport(path.join(folder, "cdk"));
assert.equal(cdk.pluginReports[0].violations.length, report.findings.length);
const gitlab = JSON.parse(read("gitlab"));
assert.equal(gitlab.length, report.findings.length + problems);
assert.equal(new Set(gitlab.map((issue) => issue.fingerprint)).size, gitlab.length);
for (const { description, check_name, fingerprint, severity, location } of gitlab) {
  assert.ok(description && check_name && fingerprint && !location.path.startsWith("./"));
  assert.ok(["info", "minor", "major", "critical", "blocker"].includes(severity));
  assert.ok(Number.isInteger(location.lines.begin) && location.lines.begin > 0);
}
const stream = read("ndjson").trimEnd().split("\n").map((line) => JSON.parse(line));
assert.equal(stream.filter((line) => line.kind === "finding").length, report.findings.length);
assert.equal(stream.at(-1).kind, "summary");
