// Reads a flowchart with the real Mermaid and says what it understood: node mermaid.mjs FILE.
import fs from 'node:fs';
import { JSDOM } from 'jsdom';

const { window } = new JSDOM('<!doctype html>');
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import('mermaid');
mermaid.initialize({ maxEdges: 100000, maxTextSize: 10000000 });

const { db } = await mermaid.mermaidAPI.getDiagramFromText(fs.readFileSync(process.argv[2], 'utf8'));
// Entities are kept in a form of Mermaid's own until they are drawn.
const shown = (text) => text.replace(/ﬂ°°(\d+)¶ß/g, (_, code) => String.fromCodePoint(Number(code)));
const labels = [...db.getVertices().values()].map((vertex) => shown(vertex.text));
console.log(JSON.stringify({ nodes: labels.length, edges: db.getEdges().length, stacks: db.getSubGraphs().length, labels }));
