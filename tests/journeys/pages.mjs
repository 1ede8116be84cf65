// SPDX-License-Identifier: Apache-2.0
// Every page with every fixture of tests/web/fixtures, at four widths, in both languages: axe, no sideways scrolling,
// a visible ring on every stop of the Tab key. Usage: node pages.mjs BUILD [NAME…]; TB_SHOTS=FOLDER keeps pictures.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { Browser } from "./browser.mjs";

const build = path.resolve(process.argv[2] || "build");
const wanted = process.argv.slice(3);
const source = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "tb-pages-"));
execFileSync(path.join(build, "tests/web_view_test"), { env: { ...process.env, TB_SOURCE: source, TB_RENDER: folder }, stdio: "pipe" });

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'";
const server = http.createServer((request, response) => {
  const name = path.basename(new URL(request.url, "http://x").pathname);
  const asset = path.join(build, "src/web", `web_asset_${name.replace(".", "_")}.plain`);
  const file = request.url.startsWith("/assets/") ? asset : path.join(folder, name);
  if (!fs.existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": TYPES[path.extname(name)] || "text/plain", "Content-Security-Policy": POLICY });
  response.end(fs.readFileSync(file));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));

// Walks the page with Tab and looks for a ring of at least two pixels at each stop.
async function walk(browser, page, name) {
  for (let stop = 0; stop < 80; stop++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const here = document.activeElement;
      if (!here || here === document.body) return null;
      const ring = (element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
      };
      const label = here.labels && here.labels[0];
      const before = label && getComputedStyle(label, "::before");
      const good = ring(here) || (label && ring(label)) || (before && before.outlineStyle !== "none" && parseFloat(before.outlineWidth) >= 2);
      return { good, what: here.outerHTML.slice(0, 90) };
    });
    if (!at) return;
    if (!at.good) browser.faults.push(`${name}: no ring on ${at.what}`);
  }
}

const browser = new Browser(process.env.TB_SHOTS);
await browser.open();
const files = fs.readdirSync(folder).filter((file) => file.endsWith(".html") && (!wanted.length || wanted.some((w) => file.startsWith(w)))).sort();
async function look(file) {
  const name = file.replace(".html", "");
  const page = await browser.person({ script: !name.endsWith(".en") });
  await page.goto(`http://127.0.0.1:${server.address().port}/${file}`);
  await browser.check(page, name, { widths: name.endsWith(".zh") ? [1440, 720, 375, 320] : [320] });
  if (name.endsWith(".zh")) await walk(browser, page, name);
  await page.context().close();
}
const waiting = [...files];
await Promise.all([1, 2, 3].map(async () => {
  while (waiting.length) await look(waiting.shift());
}));
await browser.close();
server.close();
fs.rmSync(folder, { recursive: true });
const good = browser.report();
console.log(`${files.length} pages, ${new Set(browser.faults).size} faults`);
process.exit(good ? 0 : 1);
