// The expressions of VS Code's and GitHub's problem matchers, run by the engine that VS Code runs them with, over what `concise` printed:
// `node matchers.mjs CONCISE JSON`. Each finding must come back as the report tells it.
import assert from "node:assert/strict";
import fs from "node:fs";

const [lines, report] = [fs.readFileSync(process.argv[2], "utf8").trimEnd().split("\n"), JSON.parse(fs.readFileSync(process.argv[3], "utf8"))];
const page = fs.readFileSync("docs/editors.md", "utf8");
const tasks = JSON.parse(/```json\n([^]*?)```/.exec(page)[1]).tasks;
const github = JSON.parse(fs.readFileSync("stackproof-matcher.json", "utf8")).problemMatcher;
assert.equal(lines.length, report.findings.length);

function taken(pattern, line) {
  const found = new RegExp(pattern.regexp).exec(line);
  return found && Object.fromEntries(["file", "line", "column", "severity", "message", "code"].map((name) => [name, found[pattern[name]]]));
}
for (const { problemMatcher } of tasks) {
  lines.forEach((line, index) => {
    const { rule, level, message, scenario } = report.findings[index];
    const { severity, code, message: told, file } = taken(problemMatcher.pattern, line);
    assert.deepEqual([severity, code, told], [level, rule, scenario ? `${message} (when ${scenario})` : message]);
    assert.ok(fs.existsSync(file), file);
  });
}
lines.forEach((line, index) => {
  const all = github.map(({ pattern: [pattern], severity }) => ({ found: taken(pattern, line), severity })).filter(({ found }) => found);
  assert.equal(all.length, 1, line);
  const level = all[0].found.severity ?? all[0].severity;
  assert.equal(level, { error: "error", warning: "warning", note: "notice" }[report.findings[index].level]);
  assert.equal(all[0].found.code, report.findings[index].rule);
});
