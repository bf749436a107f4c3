// Asks the real YAML language server what it proposes and what it finds wrong: complete.mjs FOLDER. The files there name
// their schemas in their first line, as people write it.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const rpc = require('vscode-jsonrpc/node');
const folder = process.argv[2];
const server = spawn(process.execPath, [require.resolve('yaml-language-server/bin/yaml-language-server'), '--stdio'], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const connection = rpc.createMessageConnection(
  new rpc.StreamMessageReader(server.stdout), new rpc.StreamMessageWriter(server.stdin));
const settings = { yaml: { validate: true, completion: true, schemaStore: { enable: false }, schemas: {} } };
connection.onRequest('workspace/configuration', ({ items }) =>
  items.map((item) => (item.section === 'yaml' ? settings.yaml : null)));
connection.onRequest('client/registerCapability', () => null);
const diagnosed = new Map();
connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => diagnosed.get(uri)?.(diagnostics));
connection.listen();
await connection.sendRequest('initialize', {
  processId: process.pid, rootUri: pathToFileURL(folder).href, workspaceFolders: null,
  capabilities: { workspace: { configuration: true },
    textDocument: { completion: { completionItem: { documentationFormat: ['plaintext'], snippetSupport: true } } } },
});
connection.sendNotification('initialized', {});
connection.sendNotification('workspace/didChangeConfiguration', { settings });

let failed = 0;
const fail = (message) => { failed += 1; console.error(message); };

// Opens a text; `|` is where the cursor stands.
let version = 0;
async function open(name, schema, text) {
  const uri = pathToFileURL(join(folder, `${version++}-${name}`)).href;
  const whole = `# yaml-language-server: $schema=${schema}\n${text}`;
  const at = whole.indexOf('|CURSOR|');
  const content = whole.replace('|CURSOR|', '');
  const before = at < 0 ? '' : whole.slice(0, at);
  const position = { line: before.split('\n').length - 1, character: before.split('\n').at(-1).length };
  const told = new Promise((resolve) => diagnosed.set(uri, resolve));
  connection.sendNotification('textDocument/didOpen',
    { textDocument: { uri, languageId: 'yaml', version: 1, text: content } });
  return { uri, position, told };
}

async function proposes(what, schema, text, wanted, unwanted = []) {
  const { uri, position } = await open('stackproof.yaml', schema, text);
  const { items } = await connection.sendRequest('textDocument/completion', { textDocument: { uri }, position });
  const labels = items.map((item) => item.label);
  for (const label of wanted) {
    const item = items.find((item) => item.label === label);
    if (!item) fail(`${what}: \`${label}\` is not proposed, but ${labels.slice(0, 20).join(', ')}`);
    else if (!(item.documentation?.value ?? item.documentation)) fail(`${what}: \`${label}\` is not explained`);
  }
  for (const label of unwanted) if (labels.includes(label)) fail(`${what}: \`${label}\` is proposed`);
  console.log(`${what}: ${labels.length} proposals`);
}

async function finds(what, schema, text, part) {
  const { told } = await open('stackproof.yaml', schema, text);
  const messages = (await told).map((one) => one.message);
  const fits = part ? messages.some((message) => message.includes(part)) : messages.length === 0;
  if (!fits) fail(`${what}: ${messages.join('; ') || 'nothing is found wrong'}`);
  console.log(`${what}: ${messages.length} remarks`);
}

const [config, rule] = ['config.schema.json', 'rule.schema.json'];
await proposes('top keys', config, '|CURSOR|\n', ['profiles', 'rules', 'attestations', 'undecided']);
await proposes('keys of an entry', config, 'profiles:\n  - profile: dev\n    |CURSOR|\n', ['stack', 'path', 'account']);
await proposes('rules', config, 'rules:\n  |CURSOR|\n', ['lambda-tracing', 'log-retention']);
await proposes('levels', config, 'rules:\n  lambda-tracing: |CURSOR|\n', ['error', 'warning', 'note', '"off"'], ['false']);
await proposes('parameters', config, 'rules:\n  log-retention:\n    params:\n      |CURSOR|\n', ['min-days']);
await proposes('lines', config, 'attestations:\n  - line: |CURSOR|\n', ['backup/procedures']);
await proposes('keys of a rule', rule, 'id: x\n|CURSOR|\n', ['checklist', 'severity', 'match', 'require', 'examples']);
await proposes('lines of a rule', rule, 'checklist: |CURSOR|\n', ['security/least-privilege']);
await proposes('conditions', rule, 'when:\n  |CURSOR|\n', ['all', 'exists', 'referenced-by', 'tags()', 'cdk-owned()']);
await proposes('operators', rule, 'require:\n  KmsKeyArn:\n    |CURSOR|\n', ['present', 'matches', 'refers-to', 'same-as']);
await finds('a right file', config, 'rules:\n  lambda-tracing: off\n  log-retention: {params: {min-days: 30}}\n');
await finds('a wrong key', config, 'rule: {}\n', 'rule');
await finds('a wrong level', config, 'rules:\n  lambda-tracing: loud\n', 'alue');
await finds('a wrong parameter', config, 'rules:\n  log-retention:\n    params: {days: 30}\n', 'days');
const text = readFileSync(process.argv[3], 'utf8');
await finds('a built-in rule', rule, text);
await finds('a rule with a stray key', rule, `${text}\nseverty: error\n`, 'severty');

connection.dispose();
server.kill();
process.exit(failed ? 1 : 0);
