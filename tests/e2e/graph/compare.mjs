// Holds what Graphviz and Mermaid understood against the graph in the page: node compare.mjs STEM.
import assert from 'node:assert/strict';
import fs from 'node:fs';

const stem = process.argv[2];
const read = (kind) => fs.readFileSync(`${stem}.${kind}`, 'utf8');
const page = JSON.parse(/id="graph">(.*?)<\/script>/s.exec(read('html'))[1]);
const wanted = page.nodes.map((node) => [node.id, node.kind]);

// Graphviz keeps labels as they were written; what a backslash and an entity stand for is applied here.
const label = (text) => text.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c)).replaceAll('&amp;', '&');
const graphviz = JSON.parse(read('graphviz'));
const clusters = graphviz.objects.filter((object) => object.name.startsWith('cluster_'));
const nodes = graphviz.objects.filter((object) => /^n\d+$/.test(object.name));
nodes.sort((a, b) => Number(a.name.slice(1)) - Number(b.name.slice(1)));
assert.deepEqual(nodes.map((node) => label(node.label).split('\n')), wanted);
assert.deepEqual(clusters.map((cluster) => label(cluster.label)).sort(), page.stacks.map((stack) => stack.name).sort());
const byId = new Map(graphviz.objects.map((object) => [object._gvid, object.name]));
const ends = (edges) => edges.map(([from, to]) => `n${from} n${to}`).sort();
assert.deepEqual((graphviz.edges ?? []).map((edge) => `${byId.get(edge.tail)} ${byId.get(edge.head)}`).sort(), ends(page.edges));
page.stacks.forEach((stack, index) => {
  if (stack.parent !== null) {
    const outer = clusters.find((cluster) => cluster.name === `cluster_${stack.parent}`);
    const inner = graphviz.objects.find((object) => object.name === `cluster_${index}`);
    assert(outer.subgraphs.includes(inner._gvid), `${stack.name} is not inside its parent`);
  }
});

const mermaid = JSON.parse(read('understood'));
assert.deepEqual(mermaid.labels.map((text) => text.split('<br>')), wanted);
assert.equal(mermaid.edges, page.edges.length);
assert.equal(mermaid.stacks, page.stacks.length);
