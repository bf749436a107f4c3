// Draws the graph, and answers what one asks of it: search, click, the legend. Everything that comes from a template is set
// as text.
const graph = JSON.parse(document.getElementById('graph').textContent);
const element = (id) => document.getElementById(id);
const SEVERITIES = ['error', 'warning', 'note'];
const worst = (findings) => SEVERITIES.find((severity) => findings.some((found) => found.severity === severity));
// Beyond so many edges, curves make moving the picture slow.
const MANY_EDGES = 1500;

/** An element with text or children. */
function make(name, content, attributes) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...[content].flat());
  return made;
}

function elements(places) {
  const drawn = graph.stacks.map((stack, index) => ({
    group: 'nodes',
    data: { id: `s${index}`, label: stack.name, parent: stack.parent === null ? undefined : `s${stack.parent}` },
    classes: ['stack', worst(stack.findings) ?? ''].join(' '),
    position: { ...places.stacks[index] },
    grabbable: false,
  }));
  graph.nodes.forEach((node, index) => {
    const { x, y, width, height } = places.nodes[index];
    drawn.push({
      group: 'nodes',
      data: { id: `n${index}`, parent: `s${node.stack}`, label: `${shortened(node.id)}\n${shortened(node.kind)}`, width, height },
      position: { x, y },
      classes: ['resource', worst(node.findings) ?? ''].join(' '),
    });
  });
  graph.edges.forEach(([from, to, relation, certain], index) => {
    drawn.push({
      group: 'edges',
      data: { id: `e${index}`, source: `n${from}`, target: `n${to}` },
      classes: `r${relation} ${certain ? '' : 'perhaps'}`,
    });
  });
  return drawn;
}

function style() {
  const curve = graph.edges.length > MANY_EDGES ? 'straight' : 'bezier';
  const severity = (name, fill, line) => ({ selector: `.${name}`, style: { 'background-color': fill, 'border-color': line } });
  return [
    { selector: '.resource', style: { shape: 'round-rectangle', width: 'data(width)', height: 'data(height)', 'background-color': '#fff', 'border-width': 1.5, 'border-color': '#64748b', label: 'data(label)', 'text-wrap': 'wrap', 'text-valign': 'center', 'font-size': 12, 'font-family': 'system-ui, sans-serif', color: '#1e293b', 'min-zoomed-font-size': 5 } },
    { selector: '.stack', style: { shape: 'round-rectangle', 'background-color': '#f1f5f9', 'background-opacity': 0.6, 'border-width': 1.5, 'border-color': '#94a3b8', label: 'data(label)', 'text-valign': 'top', 'text-margin-y': 22, 'font-size': 15, 'font-weight': 'bold', color: '#334155', padding: 22, 'compound-sizing-wrt-labels': 'exclude', 'min-width': 110, 'min-height': 40, 'min-zoomed-font-size': 4 } },
    { selector: '.stack:childless', style: { width: 150, height: 60 } },
    severity('error', '#fee2e2', '#dc2626'),
    severity('warning', '#fef3c7', '#d97706'),
    severity('note', '#e0f2fe', '#0284c7'),
    // A box in the colour of its own findings would drown those of the resources in it.
    { selector: '.stack.error, .stack.warning, .stack.note', style: { 'background-color': '#f1f5f9' } },
    { selector: 'edge', style: { width: 1.5, 'curve-style': curve, 'target-arrow-shape': 'triangle', 'arrow-scale': 0.8 } },
    ...graph.relations.map((relation, index) => ({
      selector: `.r${index}`,
      style: { 'line-color': relation.colour, 'target-arrow-color': relation.colour, 'line-style': relation.line },
    })),
    { selector: '.perhaps', style: { opacity: 0.6 } },
    { selector: '.hidden', style: { display: 'none' } },
    { selector: '.faint', style: { opacity: 0.25 } },
    { selector: '.hit', style: { 'border-width': 4 } },
    { selector: ':selected', style: { 'border-width': 4, 'border-color': '#1d4ed8' } },
  ];
}

function findingList(findings) {
  const item = (found) =>
    make('li', [make('span', found.severity, { className: `severity ${found.severity}` }), found.message, ' ', make('span', found.rule, { className: 'rule' })]);
  return make('ul', findings.map(item));
}

function facts(pairs) {
  const known = pairs.filter(([, value]) => value);
  return make('dl', known.flatMap(([name, value]) => [make('dt', name), make('dd', value)]));
}

/** The edges of a resource in one direction, each a way to the other end. */
function edgeList(index, outgoing, choose) {
  const [mine, other] = outgoing ? [0, 1] : [1, 0];
  const items = graph.edges.filter((edge) => edge[mine] === index).map((edge) => {
    const end = graph.nodes[edge[other]];
    const stack = end.stack === graph.nodes[index].stack ? '' : ` in ${graph.stacks[end.stack].name}`;
    const button = make('button', end.id, { type: 'button', onclick: () => choose(`n${edge[other]}`, true) });
    const how = `${graph.relations[edge[2]].name}${edge[4] > 1 ? `, ${edge[4]} times` : ''}${edge[3] ? '' : ', in some deployments'}`;
    return make('li', [button, ` ${end.kind}${stack} `, make('span', how, { className: 'rule' })]);
  });
  return items.length === 0 ? [] : [make('h3', outgoing ? `Speaks of (${items.length})` : `Spoken of by (${items.length})`), make('ul', items)];
}

function panelOf(id, choose) {
  const index = Number(id.slice(1));
  if (id[0] === 's') {
    const stack = graph.stacks[index];
    const count = graph.nodes.filter((node) => node.stack === index).length;
    const parent = stack.parent === null ? '' : graph.stacks[stack.parent].name;
    return [
      make('h2', stack.name),
      facts([['template', stack.file], ['environment', stack.environment], ['nested in', parent], ['resources', String(count)]]),
      ...(stack.findings.length ? [make('h3', 'Findings about the stack'), findingList(stack.findings)] : []),
    ];
  }
  const node = graph.nodes[index];
  return [
    make('h2', node.id),
    facts([['type', node.kind], ['stack', graph.stacks[node.stack].name], ['construct', node.path]]),
    ...(node.findings.length ? [make('h3', `Findings (${node.findings.length})`), findingList(node.findings)] : []),
    ...edgeList(index, true, choose),
    ...edgeList(index, false, choose),
  ];
}

/** Choosing a resource or a stack: its panel, its neighbourhood, and the address of the page. */
function chooser(view) {
  return (id, centre) => {
    view.elements().removeClass('faint').unselect();
    const chosen = id === null ? view.collection() : view.getElementById(id);
    if (chosen.empty()) {
      element('panel').replaceChildren(...overview());
      history.replaceState(null, '', '#');
      return;
    }
    chosen.select();
    if (chosen.hasClass('resource')) {
      const near = chosen.closedNeighborhood();
      view.elements().not(near).not('.stack').addClass('faint');
    }
    element('panel').replaceChildren(...panelOf(id, chooser(view)));
    history.replaceState(null, '', `#${id}`);
    if (centre) {
      view.animate({ center: { eles: chosen }, zoom: Math.max(view.zoom(), 0.8), duration: 200 });
    }
  };
}

/** What stands in the panel while nothing is chosen: findings that belong to no resource. */
function overview() {
  const apps = new Map();
  for (const found of graph.findings) {
    const same = `${found.severity} ${found.rule} ${found.message}`;
    apps.set(same, { ...found, times: (apps.get(same)?.times ?? 0) + 1 });
  }
  const told = [...apps.values()].map((found) => (found.times === 1 ? found : { ...found, message: `${found.message} (${found.times} apps)` }));
  const hint = make('p', 'Click a resource or a stack to see what is known of it.', { className: 'rule' });
  return told.length ? [hint, make('h2', 'Findings about the app'), findingList(told)] : [hint];
}

function search(view, choose) {
  const text = (node) => [node.id, node.kind, node.path ?? '', ...node.findings.map((found) => found.rule)].join('\n').toLowerCase();
  const texts = graph.nodes.map(text);
  let hits = [];
  let at = 0;
  element('search').addEventListener('input', (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    hits = wanted === '' ? [] : texts.flatMap((known, index) => (known.includes(wanted) ? [index] : []));
    at = 0;
    view.batch(() => {
      view.elements().removeClass('faint hit');
      if (wanted !== '') {
        view.elements().not('.stack').addClass('faint');
        hits.forEach((index) => view.getElementById(`n${index}`).removeClass('faint').addClass('hit'));
      }
    });
    element('hits').textContent = wanted === '' ? '' : `${hits.length} found${hits.length ? ', Enter shows the next' : ''}`;
  });
  element('search').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && hits.length > 0) {
      choose(`n${hits[at % hits.length]}`, true);
      at += 1;
    }
  });
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      element('search').value = '';
      element('search').dispatchEvent(new Event('input'));
      choose(null);
    } else if (event.key === '/' && event.target !== element('search')) {
      event.preventDefault();
      element('search').focus();
    }
  });
}

function legend(view) {
  const used = new Set(graph.edges.map((edge) => edge[2]));
  graph.relations.forEach((relation, index) => {
    if (!used.has(index)) {
      return;
    }
    const box = make('input', [], { type: 'checkbox', checked: true });
    box.addEventListener('change', () => view.$(`.r${index}`).toggleClass('hidden', !box.checked));
    const sample = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
    const dashes = { solid: '', dashed: '6 3', dotted: '2 3' }[relation.line];
    const attributes = { x1: 0, y1: 5, x2: 34, y2: 5, stroke: relation.colour, 'stroke-width': 2, 'stroke-dasharray': dashes };
    sample.setAttribute('width', 34);
    sample.setAttribute('height', 10);
    Object.entries(attributes).forEach(([name, value]) => line.setAttribute(name, value));
    sample.append(line);
    element('legend').append(make('label', [box, sample, relation.description]));
  });
  const all = [...graph.stacks, ...graph.nodes].map((one) => worst(one.findings));
  SEVERITIES.filter((severity) => all.includes(severity)).forEach((severity) => {
    element('legend').append(make('div', [make('span', [], { className: `swatch ${severity}` }), `the gravest finding is ${severity === 'error' ? 'an' : 'a'} ${severity}`]));
  });
}

async function main() {
  const count = (number, one, many) => `${number} ${number === 1 ? one : many}`;
  const found = [graph, ...graph.stacks, ...graph.nodes].reduce((sum, one) => sum + one.findings.length, 0);
  element('counts').textContent = [
    count(graph.stacks.length, 'stack', 'stacks'),
    count(graph.nodes.length, 'resource', 'resources'),
    count(graph.edges.length, 'edge', 'edges'),
    count(found, 'finding', 'findings'),
  ].join(', ');
  element('panel').replaceChildren(...overview());
  const { clientWidth, clientHeight } = element('canvas');
  const proportion = Math.max(0.5, clientWidth / Math.max(1, clientHeight));
  const places = await layout(graph, proportion, (done, all) => {
    element('waiting').textContent = `Laying out ${done} of ${all} resources`;
    return new Promise((resolve) => setTimeout(resolve));
  });
  const big = graph.nodes.length > 600;
  const view = cytoscape({
    container: element('canvas'),
    elements: elements(places),
    style: style(),
    layout: { name: 'preset', fit: true, padding: 30 },
    minZoom: 0.01,
    maxZoom: 3,
    hideEdgesOnViewport: big,
    textureOnViewport: big,
    pixelRatio: big ? 1 : 'auto',
    boxSelectionEnabled: false,
  });
  element('waiting').remove();
  legend(view);
  const choose = chooser(view);
  view.on('tap', (event) => choose(event.target === view ? null : event.target.isNode() ? event.target.id() : null));
  element('fit').addEventListener('click', () => view.animate({ fit: { padding: 30 }, duration: 200 }));
  search(view, choose);
  choose(/^#[sn]\d+$/.test(location.hash) ? location.hash.slice(1) : null, true);
  document.body.dataset.state = 'drawn';
}

main().catch((error) => {
  element('waiting')?.replaceChildren(`The graph could not be drawn: ${error.message}`);
  throw error;
});
