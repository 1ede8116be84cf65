// SPDX-License-Identifier: Apache-2.0
// Drives Debian's Chromium: a browser of its own for each run, and the checks that every page must pass.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const require = createRequire(import.meta.url);
const axeSource = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--force-color-profile=srgb"];
const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

export const WIDTHS = { desktop: 1440, phone: 375 };

export class Browser {
  constructor(shots) {
    this.shots = shots;
    this.faults = [];
    if (shots) fs.mkdirSync(shots, { recursive: true });
  }

  async open() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "tb-chromium-"));
    this.browser = await chromium.launch({ executablePath: process.env.TB_CHROMIUM || "/usr/bin/chromium",
      headless: true, args: FLAGS, env: { ...process.env, HOME: this.folder } });
  }

  async close() {
    await this.browser.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  // A person with a window of his own. script: false is a browser without JavaScript.
  async person({ script = true, width = WIDTHS.desktop, height = 900, lang = "zh-CN" } = {}) {
    const context = await this.browser.newContext({ javaScriptEnabled: script, viewport: { width, height }, locale: lang });
    const page = await context.newPage();
    page.setDefaultTimeout(60000);
    page.tongbanWithoutScript = !script;
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) this.fault(page, `console: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.fault(page, `script: ${error.message}`));
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (!["data:", "blob:"].includes(url.protocol) && url.hostname !== "127.0.0.1") this.fault(page, `asks another site: ${url.href}`);
    });
    return page;
  }

  fault(page, text) {
    this.faults.push(`${page.url()}: ${text}`);
  }

  // axe, sideways scrolling, inline script and style, and a picture.
  async check(page, name, { widths = [WIDTHS.desktop, WIDTHS.phone], shot = true } = {}) {
    const size = page.viewportSize();
    for (const width of widths) {
      await page.setViewportSize({ width, height: width < 600 ? 812 : 900 });
      await this.checkWidth(page, name, width, { axe: width >= 1024 || width === WIDTHS.phone || widths.length === 1 });
      if (shot && this.shots) await page.screenshot({ path: path.join(this.shots, `${name}-${width}.png`), fullPage: true });
    }
    await page.setViewportSize(size);
  }

  async checkWidth(page, name, width, { axe = true } = {}) {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (over > 0) this.faults.push(`${name} at ${width}: scrolls sideways by ${over} px`);
    const inline = await page.evaluate(() => document.querySelectorAll("[style]:not([style='']):not(.tb-live *, .tb-live), style, script:not([src])").length);
    if (inline > 0) this.faults.push(`${name}: ${inline} inline styles or scripts`);
    if (!axe) return;
    for (const violation of await this.axe(page)) {
      const where = violation.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.failureSummary.split("\n")[1] || ""}`);
      this.faults.push(`${name} at ${width}: axe ${violation.id}: ${violation.help}: ${where.join(" | ")}`);
    }
  }

  // Runs axe in a world of its own. What a browser without JavaScript shows is set into a twin that has it, because
  // axe itself is a script; the page's own script is withheld there too.
  async axe(page) {
    if (!page.tongbanWithoutScript) return this.axeIn(page);
    const twin = await (await this.browser.newContext({ viewport: page.viewportSize(), locale: "zh-CN" })).newPage();
    const html = await page.content(), url = page.url();
    await twin.route("**/*.js", (route) => route.abort());
    await twin.route(url, (route) => route.fulfill({ body: html, contentType: "text/html; charset=utf-8" }));
    await twin.goto(url);
    const found = await this.axeIn(twin);
    await twin.context().close();
    return found;
  }

  async axeIn(page) {
    const session = await page.context().newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id, worldName: "axe" });
    await session.send("Runtime.evaluate", { expression: axeSource, contextId: executionContextId });
    const { result, exceptionDetails } = await session.send("Runtime.evaluate", { contextId: executionContextId, awaitPromise: true,
      returnByValue: true, expression: `axe.run(document, ${JSON.stringify({ runOnly: { type: "tag", values: AXE_TAGS } })})
        .then((found) => JSON.stringify(found.violations))` });
    await session.detach();
    if (exceptionDetails) throw new Error(`axe: ${exceptionDetails.exception?.description || exceptionDetails.text}`);
    return JSON.parse(result.value);
  }

  report() {
    for (const fault of [...new Set(this.faults)]) console.log(`not ok - ${fault}`);
    return this.faults.length === 0;
  }
}
