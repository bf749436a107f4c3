// Where everything stands. Each stack is laid out for itself: what hangs together in it by dagre, in layers from left to
// right; the parts, and the boxes of nested stacks, then stand in rows. Resources that speak of the same ones (alarms of one
// topic, policies of one role) stand together as one block, which else would be a column of any height. So the time grows with the largest part and not
// with the whole, and a stack keeps its place whatever speaks of it from outside.
'use strict';

const NODE = { height: 40, letter: 7.1, least: 110, most: 270, gap: 14, layers: 64 };
const BOX = { padding: 22, title: 26, gap: 34 };
// Beyond so many resources that hang together, exact ranks take too long.
const MANY = 350;
// So many resources with the same neighbours stand as one block.
const TWINS = 4;

/** The text of a resource, short enough for its box. */
function shortened(text) {
  const most = Math.floor((NODE.most - 20) / NODE.letter);
  return text.length > most ? text.slice(0, most - 9) + '…' + text.slice(-8) : text;
}

/** Where all of it stands: the centre and size of each resource, and the centre of each stack, by their indexes. The whole
 * gets about that proportion of width to height; `progress` is awaited between the parts. */
async function layout(graph, proportion, progress) {
  const nodes = graph.nodes.map((node) => {
    const letters = Math.max(shortened(node.id).length, shortened(node.kind).length);
    const width = Math.min(NODE.most, Math.max(NODE.least, 20 + letters * NODE.letter));
    return { x: 0, y: 0, width, height: NODE.height };
  });
  const stacks = graph.stacks.map(() => ({ x: 0, y: 0 }));
  const { own, nested, roots, speaksOf, spokenOf } = indexes(graph);
  let done = 0;
  const box = async (stack) => {
    const blocks = [];
    for (const part of parts(own[stack], speaksOf, spokenOf)) {
      blocks.push(layers(part, speaksOf, spokenOf, nodes));
      done += part.length;
      if (part.length > 20) {
        await progress(done, nodes.length);
      }
    }
    for (const inner of nested[stack]) {
      blocks.push(await box(inner));
    }
    const rows = packed(blocks, NODE.gap * 2, 1.4);
    const inset = BOX.padding + BOX.title;
    const [width, height] = [rows.width + 2 * BOX.padding, rows.height + BOX.padding + inset];
    return {
      width,
      height,
      move: (x, y) => {
        Object.assign(stacks[stack], { x: x + width / 2, y: y + height / 2 });
        rows.move(x + BOX.padding, y + inset);
      },
    };
  };
  const boxes = [];
  for (const stack of roots) {
    boxes.push(await box(stack));
  }
  packed(boxes, BOX.gap, proportion).move(0, 0);
  return { nodes, stacks };
}

/** What each stack holds, and for each resource the others of its stack that it speaks of and is spoken of by. */
function indexes(graph) {
  const own = graph.stacks.map(() => []);
  graph.nodes.forEach((node, index) => own[node.stack].push(index));
  const nested = graph.stacks.map(() => []);
  const roots = [];
  graph.stacks.forEach((stack, index) => (stack.parent === null ? roots : nested[stack.parent]).push(index));
  const speaksOf = graph.nodes.map(() => new Set());
  const spokenOf = graph.nodes.map(() => new Set());
  for (const [from, to] of graph.edges) {
    if (graph.nodes[from].stack === graph.nodes[to].stack) {
      speaksOf[from].add(to);
      spokenOf[to].add(from);
    }
  }
  return { own, nested, roots, speaksOf, spokenOf };
}

/** The parts of a stack: sets of resources that edges within it hold together, the largest first. */
function parts(members, speaksOf, spokenOf) {
  const seen = new Set();
  const found = [];
  for (const start of members) {
    if (seen.has(start)) {
      continue;
    }
    seen.add(start);
    const part = [start];
    for (let at = 0; at < part.length; at += 1) {
      for (const next of [...speaksOf[part[at]], ...spokenOf[part[at]]]) {
        if (!seen.has(next)) {
          seen.add(next);
          part.push(next);
        }
      }
    }
    found.push(part);
  }
  return found.sort((a, b) => b.length - a.length);
}

/** A resource as a block. */
function single(node) {
  return {
    width: node.width,
    height: node.height,
    move: (x, y) => Object.assign(node, { x: x + node.width / 2, y: y + node.height / 2 }),
  };
}

/** A part in layers: a block that can be moved. */
function layers(part, speaksOf, spokenOf, nodes) {
  if (part.length === 1) {
    return single(nodes[part[0]]);
  }
  const twins = new Map();
  for (const index of part) {
    const signature = [speaksOf[index], spokenOf[index]].map((others) => [...others].sort().join()).join(' ');
    twins.set(signature, [...(twins.get(signature) ?? []), index]);
  }
  const blocks = [];
  const holder = new Map();
  for (const group of twins.values()) {
    for (const members of group.length >= TWINS ? [group] : group.map((index) => [index])) {
      members.forEach((index) => holder.set(index, blocks.length));
      blocks.push(packed(members.map((index) => single(nodes[index])), NODE.gap, 0.7));
    }
  }
  const drawn = new dagre.Graph();
  const ranker = blocks.length > MANY ? 'tight-tree' : 'network-simplex';
  drawn.setGraph({ rankdir: 'LR', nodesep: NODE.gap, edgesep: 4, ranksep: NODE.layers, ranker });
  drawn.setDefaultEdgeLabel(() => ({}));
  blocks.forEach(({ width, height }, index) => drawn.setNode(String(index), { width, height }));
  part.forEach((index) => speaksOf[index].forEach((to) => drawn.setEdge(String(holder.get(index)), String(holder.get(to)))));
  dagre.layout(drawn);
  const { width, height } = drawn.graph();
  return {
    width,
    height,
    move: (left, top) => {
      blocks.forEach((block, index) => {
        const { x, y } = drawn.node(String(index));
        block.move(left + x - block.width / 2, top + y - block.height / 2);
      });
    },
  };
}

/** Blocks in rows of about that proportion, the tallest first: again a block. */
function packed(blocks, gap, proportion) {
  const area = blocks.reduce((sum, block) => sum + (block.width + gap) * (block.height + gap), 0);
  const widest = blocks.reduce((most, block) => Math.max(most, block.width), NODE.least);
  const limit = Math.max(widest, Math.sqrt(area * proportion));
  const order = blocks.slice().sort((a, b) => b.height - a.height);
  const places = [];
  let [x, y, row, width] = [0, 0, 0, 0];
  for (const block of order) {
    if (x > 0 && x + block.width > limit) {
      [x, y, row] = [0, y + row + gap, 0];
    }
    places.push([block, x, y]);
    x += block.width + gap;
    row = Math.max(row, block.height);
    width = Math.max(width, x - gap);
  }
  const height = places.length === 0 ? NODE.height : y + row;
  return {
    width: Math.max(width, NODE.least),
    height,
    move: (left, top) => places.forEach(([block, dx, dy]) => block.move(left + dx, top + dy)),
  };
}
