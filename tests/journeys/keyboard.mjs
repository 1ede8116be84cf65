// SPDX-License-Identifier: Apache-2.0
// Filing and accepting with the keyboard alone: the mouse is never used, every element is reached with Tab, and the
// clerk's keys are those that the page shows. Usage: node keyboard.mjs PROGRAM
import { Browser } from "./browser.mjs";
import { Tongban, citizenId, creditCode, paper } from "./tongban.mjs";

const ANSWERS = { "venue kind": "hair", "purpose": "new", "business licence": "yes", "way": "ordinary", "central air": "no", "agent": "self" };
const ID = citizenId("51160219850101301");
const VALUES = { name: "广安区大山商贸有限公司", credit_code: creditCode("91511602MA620001"), address: "四川省广安市广安区建安北路88号",
  person_name: "何大山", person_id: ID, id_number: ID, phone: "13900007701", area: "60", staff_count: "3", manager: "何大山", report_number: "" };

const matches = (page, selector) => page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);

async function tabTo(page, selector) {
  for (let stops = 0; stops < 150; stops++) {
    if (await matches(page, selector)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${selector} on ${page.url()}`);
}

async function enter(page, selector, key = "Enter") {
  await tabTo(page, selector);
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

async function type(page, selector, text) {
  await tabTo(page, selector);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

// Tab goes to the group, the arrows choose in it.
async function choose(page, name, value) {
  await tabTo(page, `input[type=radio][name="${name}"]`);
  await page.keyboard.press("Space");
  for (let moves = 0; moves < 40; moves++) {
    if (value === undefined || (await matches(page, `[value="${value}"]`))) return;
    await page.keyboard.press("ArrowDown");
  }
  throw new Error(`the arrows do not reach ${value} of ${name}`);
}

// Alt with a letter, as the keyboard sends it: the driver's own press leaves out the letter without Alt, which the
// browser compares with accesskey.
async function alt(page, letter) {
  const session = await page.context().newCDPSession(page);
  const key = { modifiers: 1, key: letter, code: `Key${letter.toUpperCase()}`, windowsVirtualKeyCode: letter.toUpperCase().charCodeAt(0),
    unmodifiedText: letter };
  await session.send("Input.dispatchKeyEvent", { type: "keyDown", ...key });
  await session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key }).catch(() => {});
}

async function signIn(page, account) {
  await type(page, "#f-user", account.user);
  await type(page, "#f-password", account.password);
  await enter(page, "main form button[type=submit]");
}

async function fillSection(page) {
  const fields = await page.$$eval("main form [name^='f.']", (all) => all.map((field) => ({ name: field.name, type: field.type, tag: field.tagName })));
  const seen = new Set();
  for (const field of fields) {
    if (seen.has(field.name)) continue;
    seen.add(field.name);
    const selector = `[name="${field.name}"]`, value = VALUES[field.name.slice(2)];
    if (field.type === "radio") await choose(page, field.name, value);
    else if (field.type === "checkbox") {
      await tabTo(page, selector);
      if (!(await page.evaluate(() => document.activeElement.checked))) await page.keyboard.press("Space");
    } else if (field.tag === "SELECT") {
      await tabTo(page, selector);
      await page.keyboard.press("ArrowDown");
    } else await type(page, selector, value ?? "按实际情况填写");
  }
  await enter(page, "main form button.govuk-button");
}

async function hand(page, material) {
  const form = `form.tb-upload:has(input[value="${material}"])`;
  await tabTo(page, `${form} input[type=file]`);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Space")]);
  await chooser.setFiles({ name: `${material}.pdf`, mimeType: "application/pdf", buffer: paper(material) });
  await enter(page, `${form} button`);
}

async function file(tongban, browser) {
  const page = await browser.person();
  page.on("filechooser", () => {}); // Kept, so that the driver catches choosers from the first on.
  await page.goto(tongban.origin);
  await type(page, "#f-q", "公共场所卫生许可");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await enter(page, ".tb-results a");
  await enter(page, "main a.govuk-button");
  for (let question = await page.$('input[name="asked"]'); question; question = await page.$('input[name="asked"]')) {
    const input = await question.getAttribute("value");
    await choose(page, `a.${input}`, ANSWERS[input]);
    await enter(page, "main form button.govuk-button");
  }
  await enter(page, 'form[action="/apply"] button');
  await signIn(page, tongban.account("applicant"));
  const draft = new URL(page.url()).pathname;
  const sections = await page.$$eval(`a[href^='${draft}/fill/']`, (links) => links.map((link) => link.getAttribute("href")));
  for (const section of sections) {
    await enter(page, `a[href="${section}"]`);
    await fillSection(page);
    if (new URL(page.url()).pathname !== draft) throw new Error(`${section} is not taken: ${await page.textContent("main")}`);
  }
  await enter(page, `a[href="${draft}/papers"]`);
  const wanted = await page.$$eval("form.tb-upload", (forms) => forms.filter((form) => !form.closest("details")).map((form) => form.elements.material.value));
  for (const material of wanted) await hand(page, material);
  await enter(page, "main a.govuk-button");
  await enter(page, `a[href="${draft}/delivery"]`);
  await choose(page, "way", "electronic");
  await enter(page, "main form button.govuk-button");
  await enter(page, `a.govuk-button[href="${draft}/review"]`);
  await tabTo(page, "#f-signed");
  await page.keyboard.press("Space");
  await enter(page, "main form button.govuk-button");
  return new URL(page.url()).pathname.split("/")[2];
}

async function accept(tongban, browser, no) {
  const page = await browser.person();
  await page.goto(`${tongban.origin}/sign-in`);
  await signIn(page, tongban.account("clerk"));
  if (!(await page.$(`form[action="/desk/${no}"]`))) await enter(page, `a[href="/desk/${no}"]`);
  const names = await page.$$eval("input[type=radio][name^='m.'][value=ok]", (ticks) => ticks.map((tick) => tick.name));
  for (const name of names) {
    await tabTo(page, `input[name="${name}"]`);
    if (!(await matches(page, ":checked"))) await page.keyboard.press("Space");
    for (let moves = 0; moves < 4 && !(await matches(page, '[value="ok"]')); moves++) await page.keyboard.press("ArrowLeft");
  }
  const key = await page.getAttribute('button[name="do"][value="accept"]', "accesskey");
  if (!key || !(await page.textContent('button[name="do"][value="accept"] kbd')).includes(key.toUpperCase()))
    throw new Error("the key for accepting is not shown on its button");
  await Promise.all([page.waitForNavigation(), alt(page, key)]);
  await page.goto(`${tongban.origin}/cases/${no}`);
  if (!(await page.textContent("main")).includes("受理")) throw new Error("the case is not accepted");
}

const tongban = new Tongban(process.argv[2] || "build/tongban");
const browser = new Browser();
try {
  await tongban.start();
  await browser.open();
  const no = await file(tongban, browser);
  console.log(`# filed with the keyboard alone: ${no}`);
  await accept(tongban, browser, no);
  console.log("# checked and accepted with the keyboard alone");
} catch (error) {
  browser.faults.push(error.stack.split("\n").filter((line, i) => i === 0 || line.includes("keyboard.mjs")).slice(0, 4).join(" "));
}
await browser.close().catch(() => {});
await tongban.stop();
process.exit(browser.report() ? 0 : 1);
