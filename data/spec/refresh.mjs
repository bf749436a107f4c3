// Writes resources.txt from the specification in @aws-cdk/aws-service-spec.
// README.md describes the format; src/rule/spec.rs reads it and relies on every check made here.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

const require = createRequire(import.meta.url);
const SOURCE = '@aws-cdk/aws-service-spec';
const SCALARS = { boolean: 'b', 'date-time': 't', integer: 'i', json: 'j', number: 'n', string: 's' };
// Types whose properties the specification cannot know: every further name is free form.
const OPEN = ['AWS::CDK::Metadata', 'AWS::CloudFormation::CustomResource'];

const db = loadAwsServiceSpecSync();
const byteOrder = (a, b) => (a < b ? -1 : a > b ? 1 : 0); // every key is ASCII
const lines = new Map([['tag', 'Key! Value!']]);

function check(condition, message) {
  if (!condition) throw new Error(message);
}

/** Writes the line of one resource type and of every property type that can be reached from it. */
function addResource(resource) {
  const type = resource.cloudFormationType;
  const waiting = new Map(); // property type name -> the definitions merged under that name

  /** The objects one place allows, under one name: usually one, in a union several, merged. */
  function reference(definitions) {
    const known = definitions.filter((definition) => Object.keys(definition.properties).length > 0);
    const members = known.length < definitions.length ? ['j'] : []; // an object about which nothing is said
    if (known.length === 0) return members;
    const byName = new Map(known.map((definition) => [definition.name, definition]));
    const name = [...byName.keys()].sort(byteOrder).join('+');
    check(/^[A-Z][A-Za-z0-9+]+$/.test(name), `${type}: odd type name ${name}`);
    if (!waiting.has(name)) waiting.set(name, [...byName.values()]);
    return [...members, name];
  }

  /** One shape for everything that `types` allow: `s`, `Name`, `[s]`, `{Name}`, `j|s`, `s|Name|[Name]`. */
  function shape(types) {
    const flat = types.flatMap(function flatten(t) {
      return t.type === 'union' ? t.types.flatMap(flatten) : [t];
    });
    const letters = new Set();
    const [definitions, lists, maps] = [[], [], []];
    let tag = false;
    for (const t of flat) {
      if (t.type === 'ref') definitions.push(db.get('typeDefinition', t.reference.$ref));
      else if (t.type === 'array') lists.push(t.element);
      else if (t.type === 'map') maps.push(t.element);
      else if (t.type === 'tag') tag = true;
      else if (SCALARS[t.type]) letters.add(SCALARS[t.type]);
      else throw new Error(`${type}: unknown kind ${t.type}`);
    }
    // The reader splits a shape at its first bracket and looks for one object before it.
    check(!(lists.length && maps.length), `${type}: a union of a list and a map`);
    check(!(tag && definitions.length), `${type}: a union of a tag and another object`);
    const objects = reference(definitions);
    if (objects[0] === 'j') letters.add(objects.shift());
    const members = [...[...letters].sort(), ...objects];
    if (tag) members.push('tag');
    if (lists.length) members.push(`[${shape(lists)}]`);
    if (maps.length) members.push(`{${shape(maps)}}`);
    return members.join('|');
  }

  /** `Name`, `Name!`, `Name=shape`, `Name~default`: the property as every owner that has it gives it. */
  function property(name, owners) {
    check(/^[A-Za-z0-9]+$/.test(name), `${type}: odd property name ${name}`);
    const given = owners.map((owner) => owner[name]).filter((p) => p !== undefined);
    const required = given.length === owners.length && given.every((p) => p.required);
    const written = shape(given.map((p) => p.type));
    const defaults = new Set(given.map((p) => p.defaultValue));
    const [value] = defaults.size === 1 ? defaults : [undefined];
    if (value !== undefined) JSON.parse(value); // the specification gives defaults as JSON text
    const tail = value === undefined ? '' : `~${value.replaceAll(' ', '\\u0020')}`;
    return `${name}${required ? '!' : ''}${written === 's' ? '' : `=${written}`}${tail}`;
  }

  function addLine(key, owners, extra) {
    const names = [...new Set(owners.flatMap((owner) => Object.keys(owner)))].sort(byteOrder);
    const value = [...names.map((name) => property(name, owners)), ...extra].join(' ');
    check(/^[\x21-\x7e]+ [\x20-\x7e]*$/.test(`${key} ${value}`), `${key}: not printable ASCII`);
    check(!lines.has(key), `${key}: twice`);
    lines.set(key, value);
  }

  const attributes = Object.keys(resource.attributes).sort(byteOrder).map((name) => `@${name}`);
  addLine(type, [resource.properties], [...(OPEN.includes(type) ? ['*=j'] : []), ...attributes]);
  for (const [name, definitions] of waiting) {
    addLine(`${type}.${name}`, definitions.map((definition) => definition.properties), []);
  }
}

for (const resource of db.all('resource')) addResource(resource);
for (const type of OPEN) if (!lines.has(type)) lines.set(type, '*=j');

const { version } = require(`${SOURCE}/package.json`);
const rows = [...lines].sort(([a], [b]) => byteOrder(a, b)).map(([key, value]) => `${key} ${value}`.trimEnd());
const text = [`# source=${SOURCE} version=${version}`, ...rows].join('\n') + '\n';
writeFileSync(new URL('resources.txt', import.meta.url), text);

// README.md names the version and the day it was taken; the day changes only with the version.
const readme = new URL('README.md', import.meta.url);
const before = readFileSync(readme, 'utf8');
const stated = `- Version: ${version}, taken on `;
if (!before.includes(stated)) {
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync(readme, before.replace(/^- Version: .*$/m, `${stated}${today}`));
}
console.log(`resources.txt: ${rows.length} lines, ${text.length} bytes, ${SOURCE} ${version}`);
