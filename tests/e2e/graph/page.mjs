// Opens the page of a resource graph in a real browser and uses it as a person would: CHROMIUM=... node page.mjs PAGE [SCREENSHOT].
// It fails where the page asks for anything beside itself, complains, obeys a name, or does not answer.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import puppeteer from 'puppeteer-core';

const [file, screenshot] = process.argv.slice(2);
const graph = JSON.parse(/id="graph">(.*?)<\/script>/s.exec(fs.readFileSync(file, 'utf8'))[1]);
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM,
  headless: true,
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
  defaultViewport: { width: 1360, height: 820 },
});
try {
  const page = await browser.newPage();
  const asked = [];
  const complaints = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  const address = pathToFileURL(path.resolve(file)).href;
  const started = Date.now();
  await page.goto(address);
  await page.waitForSelector('body[data-state="drawn"]', { timeout: 60000 });
  const seconds = (Date.now() - started) / 1000;
  const drawn = await page.$eval('#canvas', ({ _cyreg: { cy } }) => ({
    nodes: cy.nodes('.resource').length,
    edges: cy.edges().length,
    stacks: cy.nodes('.stack').length,
    labels: cy.nodes('.resource').map((node) => node.data('label').split('\n').length),
    apart: (() => {
      const boxes = cy.nodes('.resource').map((node) => node.boundingBox({ includeLabels: false, includeOverlays: false }));
      boxes.sort((a, b) => a.x1 - b.x1);
      return boxes.every((a, at) => {
        for (let next = at + 1; next < boxes.length && boxes[next].x1 < a.x2; next += 1) {
          if (boxes[next].y1 < a.y2 && a.y1 < boxes[next].y2) {
            return false;
          }
        }
        return true;
      });
    })(),
  }));
  assert.equal(drawn.nodes, graph.nodes.length);
  assert.equal(drawn.edges, graph.edges.length);
  assert.equal(drawn.stacks, graph.stacks.length);
  assert(drawn.labels.every((lines) => lines === 2), 'a name breaks its label');
  assert(drawn.apart, 'two resources overlap');

  // A click shows what is known of the resource.
  const wanted = graph.nodes.findIndex((node) => node.findings.length > 0);
  if (wanted >= 0) {
    const place = await page.$eval('#canvas', (canvas, id) => {
      const { cy } = canvas._cyreg;
      cy.zoom(1);
      cy.center(cy.getElementById(id));
      const { x, y } = cy.getElementById(id).renderedPosition();
      const { left, top } = canvas.getBoundingClientRect();
      return { x: left + x, y: top + y };
    }, `n${wanted}`);
    await page.mouse.click(place.x, place.y);
    await page.waitForFunction((id) => document.querySelector('#panel h2')?.textContent === id, { timeout: 5000 }, graph.nodes[wanted].id);
    const panel = await page.$eval('#panel', (element) => element.textContent);
    const { kind, findings } = graph.nodes[wanted];
    [kind, ...findings.map((found) => found.message)].forEach((text) => assert(panel.includes(text), `the panel lacks ${text}`));
    const edges = graph.edges.filter(([from, to]) => from === wanted || to === wanted).length;
    assert.equal((await page.$$('#panel li button')).length, edges);
    if (screenshot) {
      await page.$eval('#canvas', ({ _cyreg: { cy } }) => cy.fit(undefined, 30));
      await page.screenshot({ path: screenshot });
    }
  }

  // Search finds by logical id, and Enter goes there.
  const last = graph.nodes[graph.nodes.length - 1];
  await page.type('#search', last.id);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('#hits').textContent.includes('found'), { timeout: 5000 });
  assert(await page.$eval('#panel h2', (title, id) => title.textContent.includes(id) || id.includes(title.textContent), last.id));

  // The legend hides a kind of edge.
  if (graph.edges.length > 0) {
    await page.click('#legend input');
    const hidden = await page.$eval('#canvas', ({ _cyreg: { cy } }) => cy.edges('.hidden').length);
    assert(hidden > 0, 'the legend hides nothing');
  }
  assert.equal(await page.title(), 'Resource graph');
  assert.equal(await page.$$eval('script', (scripts) => scripts.length), 4);
  assert.deepEqual(asked, [address]);
  assert.deepEqual(complaints, []);
  console.log(`${path.basename(file)}: ${drawn.nodes} resources, ${drawn.edges} edges, drawn after ${seconds.toFixed(1)} s`);
} finally {
  await browser.close();
}
