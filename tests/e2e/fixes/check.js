// Type-checks the TypeScript under `fix.cdk` of rule files: node check.js FILE-OR-FOLDER...
// Every snippet becomes a method of a Stack behind prelude.ts; all of them are one program, because reading aws-cdk-lib is
// what takes the time. What does not compile is told as `rule-id: line N: message`, N counted in the snippet.
'use strict';
const fs = require('fs');
const path = require('path');
const ts = require('typescript');
const yaml = require('yaml');

/** The rule files among the arguments and below the folders among them. */
function ruleFiles(names) {
  const files = [];
  for (const name of names) {
    if (!fs.statSync(name).isDirectory()) {
      files.push(name);
      continue;
    }
    const entries = fs.readdirSync(name, { recursive: true }).filter((entry) => entry.endsWith('.yaml')).sort();
    files.push(...entries.map((entry) => path.join(name, entry)));
  }
  return files.filter((file) => path.basename(file) !== 'checklist.yaml');
}

/** The snippets of a rule file: the rule's own, and those of the clauses of its `require`. */
function snippets(file) {
  const rule = yaml.parse(fs.readFileSync(file, 'utf8'), { maxAliasCount: -1 });
  const clauses = Array.isArray(rule.require) ? rule.require : [];
  return [rule, ...clauses]
    .map((part) => part && part.fix && part.fix.cdk)
    .filter((cdk) => cdk !== undefined && cdk !== null)
    .map((cdk) => ({ rule: String(rule.id), file, text: String(cdk).trimEnd() }));
}

/** One source text, and for every snippet the line at which it begins. */
function assemble(prelude, all) {
  const lines = prelude.trimEnd().split('\n');
  lines.push('', 'class Fixes extends Stack {');
  all.forEach((snippet, index) => {
    lines.push(`  fix${index}() {`);
    snippet.first = lines.length;
    lines.push(...snippet.text.split('\n'));
    snippet.end = lines.length;
    lines.push('  }');
  });
  lines.push('}', 'new Fixes();', '');
  return lines.join('\n');
}

/** Errors of the compiler, and uses of what aws-cdk-lib has deprecated: a fix must not lead there. */
function diagnostics(folder, name, text) {
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    lib: ['lib.es2022.d.ts'],
    types: [],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  };
  const host = {
    getCompilationSettings: () => options,
    getScriptFileNames: () => [name],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const content = file === name ? text : ts.sys.readFile(file);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: (file) => file === name || ts.sys.fileExists(file),
    readFile: (file) => (file === name ? text : ts.sys.readFile(file)),
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath,
  };
  const service = ts.createLanguageService(host);
  const deprecated = service.getSuggestionDiagnostics(name).filter((found) => found.reportsDeprecated);
  return [
    ...service.getSyntacticDiagnostics(name),
    ...service.getSemanticDiagnostics(name),
    ...deprecated,
    ...wrongProps(service.getProgram(), name),
  ];
}

/** What the compiler does not tell of the props in object literals: deprecated ones, and those beside `...props`, which
 * is `any` and makes the whole literal so: they must exist and have a value of the right type. */
function wrongProps(program, name) {
  const checker = program.getTypeChecker();
  const found = [];
  const visit = (node) => {
    const literal = node.parent;
    if (ts.isObjectLiteralElementLike(node) && node.name && ts.isObjectLiteralExpression(literal)) {
      const loose = literal.properties.some(ts.isSpreadAssignment);
      const contextual = checker.getContextualType(literal);
      const wanted = contextual && checker.getNonNullableType(contextual);
      const message = wanted && wrongProp(checker, wanted, node, loose);
      if (message) {
        found.push({ start: node.name.getStart(), messageText: message });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(program.getSourceFile(name));
  return found;
}

function wrongProp(checker, wanted, node, loose) {
  const key = node.name.getText();
  const prop = wanted.getProperty(key);
  const tag = prop?.getJsDocTags(checker).find((each) => each.name === 'deprecated');
  if (tag) {
    return `'${key}' is deprecated: ${ts.displayPartsToString(tag.text).split('\n')[0]}`;
  }
  if (!loose || (wanted.flags & ts.TypeFlags.Any) !== 0 || wanted.isUnion() || wanted.getStringIndexType()) {
    return undefined;
  }
  if (!prop) {
    return `'${key}' does not exist in type '${checker.typeToString(wanted)}'.`;
  }
  const value = checker.getTypeAtLocation(ts.isPropertyAssignment(node) ? node.initializer : node.name);
  const type = checker.getTypeOfSymbolAtLocation(prop, node);
  return checker.isTypeAssignableTo(value, type)
    ? undefined
    : `Type '${checker.typeToString(value)}' is not assignable to type '${checker.typeToString(type)}' of '${key}'.`;
}

function main(names) {
  const all = ruleFiles(names).flatMap(snippets);
  if (all.length === 0) {
    console.error('no fix.cdk found');
    return 2;
  }
  const name = path.join(__dirname, 'snippets.ts');
  const text = assemble(fs.readFileSync(path.join(__dirname, 'prelude.ts'), 'utf8'), all);
  const source = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
  let errors = 0;
  for (const found of diagnostics(__dirname, name, text).sort((a, b) => a.start - b.start)) {
    const { line } = source.getLineAndCharacterOfPosition(found.start);
    const snippet = all.find(({ first, end }) => first <= line && line <= end);
    const place = snippet ? `${snippet.rule}: line ${line - snippet.first + 1}` : `prelude.ts: line ${line + 1}`;
    console.log(`${place}: ${ts.flattenDiagnosticMessageText(found.messageText, '\n    ')}`);
    console.log(`    ${text.split('\n')[line].trim()}`);
    errors += 1;
  }
  console.log(`${all.length} snippets of fix.cdk, ${errors} errors`);
  return errors === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
