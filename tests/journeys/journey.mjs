// SPDX-License-Identifier: Apache-2.0
// The whole main job in a browser, for each service: an applicant finds it, answers, files once; the window accepts, the
// first time after telling once what is missing; two surveyors, reviewer and approver do their parts; the certificate is
// checked by somebody else; the applicant rates; the supervisor sees it. The ordinary way and the pledge of one pack, and
// another pack. With JavaScript at a desktop, without it on a phone. Every page passes axe, once.
// Usage: node journey.mjs PROGRAM [script|plain [health|pledge|road]]; TB_SHOTS=FOLDER keeps pictures of every page.
import fs from "node:fs";
import path from "node:path";
import { Browser, WIDTHS } from "./browser.mjs";
import { Tongban, citizenId, creditCode, paper } from "./tongban.mjs";

const OWNER_ID = citizenId("51160219850101301");
const HAIR = { "venue kind": "hair", "purpose": "new", "business licence": "yes", "central air": "no", "agent": "self" };
const HEALTH = { name: "health", find: "公共场所卫生许可", answers: { ...HAIR, way: "ordinary" } };
const PLEDGE = { name: "pledge", atOnce: true, find: "公共场所卫生许可", answers: { ...HAIR, way: "pledge" } };
const ROAD = { name: "road", find: "道路普通货物运输", answers: { "goods": "general", "purpose": "new", "vehicle weight": "heavy",
  "business licence": "with-freight", "vehicle state": "owned", "safety rules": "own", "agent": "self" } };
const VALUES = { name: "广安区大山商贸有限公司", credit_code: creditCode("91511602MA620001"),
  address: "四川省广安市广安区建安北路88号", person_name: "何大山", person_id: OWNER_ID, id_number: OWNER_ID, phone: "13900007701",
  area: "60", staff_count: "3", manager: "何大山", business: "hair", scope: "general", vehicle_count: "1", driver_count: "1",
  safety_person: "何大山", plate: "川X12345", total_mass: "18000", vehicle_type: "重型仓栅式货车", licence_class: "A2",
  work_permit: "511602198003054010", report_number: "" };

function valueOf(key) {
  const last = key.split(".").pop();
  if (key.startsWith("drivers.") && last === "name") return "高小川";
  if (key.startsWith("drivers.") && last === "id_number") return citizenId("51160219800305401");
  return VALUES[key] ?? VALUES[last];
}

function wrongLast(code) {
  return code.slice(0, -1) + (code.endsWith("0") ? "1" : "0");
}

class Journey {
  constructor(tongban, browser, mode) {
    Object.assign(this, { tongban, browser, mode, people: {}, step: 0, seen: new Set() });
    this.script = mode === "script";
    this.width = this.script ? WIDTHS.desktop : WIDTHS.phone;
  }

  async as(role, index = 0) {
    const name = role + index;
    if (this.people[name]) return this.people[name];
    const page = await this.browser.person({ script: this.script, width: this.width });
    this.people[name] = page;
    if (role !== "anybody") {
      const account = this.tongban.account(role, index);
      await page.goto(`${this.tongban.origin}/sign-in`);
      await this.signIn(page, account);
    }
    return page;
  }

  async signIn(page, account) {
    await page.fill("#f-user", account.user);
    await page.fill("#f-password", account.password);
    await this.press(page, "main form button[type=submit]");
  }

  // Clicks and waits for the page that comes.
  async press(page, selector) {
    await Promise.all([page.waitForNavigation(), page.click(selector)]);
  }

  // Each distinct page once, at the width of its reader.
  async look(page, name) {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    this.step++;
    console.log(`# ${this.mode} ${this.step} ${name}: ${new URL(page.url()).pathname}`);
    await this.browser.check(page, `${this.mode}-${String(this.step).padStart(2, "0")}-${name}`,
      { widths: [page.viewportSize().width] });
  }

  need(good, text) {
    if (!good) throw new Error(text);
  }

  async text(page, selector = "main") {
    return page.textContent(selector);
  }

  // ---- the applicant

  async find(page, service) {
    await page.goto(this.tongban.origin);
    await this.look(page, "home");
    await page.fill("#f-q", service.find);
    await this.press(page, ".tb-search button");
    await this.look(page, "search");
    await this.press(page, ".tb-results a");
    await this.look(page, "item");
    await this.press(page, "main a.govuk-button");
  }

  async answer(page, service) {
    for (let asked = 0; asked < 30; asked++) {
      const question = await page.$('input[name="asked"]');
      if (!question) return;
      const input = await question.getAttribute("value");
      if (asked === 0) {
        await this.press(page, "main form button.govuk-button");
        this.need((await this.text(page, ".govuk-error-summary")).length > 0, "going on without an answer is not noticed");
        await this.look(page, "question-fault");
      }
      const wanted = await page.$(`input[name="a.${input}"][value="${service.answers[input]}"]`);
      this.need(wanted, `no answer ${service.answers[input]} for ${input}`);
      this.need(!(await page.$(`input[name="a.${input}"]:checked`)), `an answer of ${input} is preselected`);
      await wanted.check();
      if (asked === 1) await this.look(page, "question");
      await this.press(page, "main form button.govuk-button");
    }
    throw new Error("the guide does not come to an end");
  }

  async checklist(page) {
    const outcome = page.url();
    await this.press(page, 'form[action$="/checklist"] button');
    await this.look(page, "checklist");
    const token = new URL(page.url()).pathname.split("/")[2];
    const pdf = await page.request.get(`${this.tongban.origin}/g/${token}/checklist.pdf`);
    this.need((await pdf.body()).subarray(0, 5).toString() === "%PDF-", "the checklist is no PDF");
    await page.goto(`${this.tongban.origin}/g/${token}`);
    this.need(await page.$('form[action="/apply"]'), "the QR of the checklist does not resume the answers");
    await page.goto(outcome);
  }

  // Fills in every field of the section shown; with wrong: one value that cannot be.
  async fill(page, wrong) {
    const fields = await page.$$("main form [name^='f.']");
    const seen = new Set();
    for (const field of fields) {
      const name = await field.getAttribute("name"), type = await field.getAttribute("type");
      const key = name.slice(2);
      const tag = await field.evaluate((element) => element.tagName);
      if (type === "checkbox") {
        if (!seen.has(key) && !(await field.isChecked())) await field.check();
      } else if (type === "radio") {
        const value = valueOf(key);
        const is = (await field.getAttribute("value")) === value || (value === undefined && !seen.has(key));
        if (is) await field.check();
      } else if (tag === "SELECT") {
        const value = valueOf(key);
        await field.selectOption(value !== undefined ? { value } : { index: 1 });
      } else if (/\.[ymd]$/.test(key)) {
        await field.fill({ y: "2026", m: "12", d: "1" }[key.slice(-1)]);
      } else {
        await field.fill(wrong && key in wrong ? wrong[key] : valueOf(key) ?? "按实际情况填写");
      }
      seen.add(key);
    }
  }

  async fillDraft(page, service, isFirst) {
    const draft = new URL(page.url()).pathname;
    await this.look(page, `${service.name}-apply`);
    const done = new Set();
    /* What is filled in brings new sections: one for each vehicle and driver. */
    for (let index = 0; ; index++) {
      const sections = await page.$$eval(`a[href^='${draft}/fill/']`, (links) => links.map((link) => link.getAttribute("href")));
      const section = sections.find((one) => !done.has(one));
      if (!section) break;
      done.add(section);
      await page.goto(this.tongban.origin + section);
      if (isFirst && index === 0) {
        await this.fill(page, { credit_code: wrongLast(VALUES.credit_code), phone: "12" });
        await this.press(page, "main form button.govuk-button");
        const said = await this.text(page, ".govuk-error-summary");
        this.need(said.length > 0, "a wrong check digit is not noticed");
        this.need((await page.inputValue('[name="f.phone"]')) === "12", "what was typed is lost");
        await this.look(page, "section-faults");
      }
      await this.fill(page);
      await this.look(page, `${service.name}-section-${section.split("/").pop()}`);
      await this.press(page, "main form button.govuk-button");
      if (new URL(page.url()).pathname !== draft)
        throw new Error(`${section}: ${await page.textContent(".govuk-error-summary").catch(() => page.url())}`);
    }
    await this.papers(page, draft, service, isFirst);
    await page.goto(`${this.tongban.origin}${draft}/delivery`);
    if (isFirst) {
      await this.press(page, "main form button.govuk-button");
      this.need((await this.text(page, ".govuk-error-summary")).length > 0, "delivery without a choice is not noticed");
    }
    await this.look(page, "delivery");
    await page.check("#w1");
    await this.press(page, "main form button.govuk-button");
    return draft;
  }

  async papers(page, draft, service, isFirst) {
    await page.goto(`${this.tongban.origin}${draft}/papers`);
    await this.look(page, `${service.name}-papers`);
    const wanted = await page.$$eval("main form.tb-upload", (forms) => forms.filter((form) => !form.closest("details"))
      .map((form) => form.elements.material.value));
    for (const [index, material] of wanted.entries()) {
      const form = `main form.tb-upload:has(input[value="${material}"])`;
      if (isFirst && index === 0) {
        for (const [name, buffer] of [["空.pdf", Buffer.alloc(0)], ["假.pdf", Buffer.from("MZ this is a program")]]) {
          await page.setInputFiles(`${form} input[type=file]`, { name, mimeType: "application/pdf", buffer });
          await this.press(page, `${form} button`);
          this.need((await this.text(page, ".govuk-error-summary")).length > 0, `${name} is taken`);
        }
        await this.look(page, "papers-fault");
      }
      await page.setInputFiles(`${form} input[type=file]`, { name: `${material}.pdf`, mimeType: "application/pdf",
        buffer: paper(`${material} ${this.mode}`) });
      await this.press(page, `${form} button`);
    }
  }

  async submit(page, draft, service, isFirst) {
    await page.goto(`${this.tongban.origin}${draft}/review`);
    await this.look(page, `${service.name}-review`);
    if (isFirst) {
      this.need(!(await page.isChecked("#f-signed")), "the declaration is ticked beforehand");
      await this.press(page, "main form button.govuk-button");
      this.need((await this.text(page, ".govuk-error-summary")).length > 0, "submitting without the declaration is not noticed");
    }
    await page.check("#f-signed");
    if (await page.$("#f-pledge")) {
      this.need(!(await page.isChecked("#f-pledge")), "the pledge is ticked beforehand");
      await this.press(page, "main form button.govuk-button");
      this.need(await page.$("#f-pledge-error"), "a pledge that is not signed is filed");
      this.need(await page.isChecked("#f-signed"), "what was ticked is lost");
      await this.look(page, "pledge-unsigned");
      await page.check("#f-pledge");
    }
    await this.press(page, "main form button.govuk-button");
    const path = new URL(page.url()).pathname;
    if (!path.startsWith("/cases/")) throw new Error(`not filed: ${await this.text(page)}`);
    await this.look(page, "received");
    return path.split("/")[2];
  }

  // ---- those who work here

  async correct(no, applicant) {
    const clerk = await this.as("clerk");
    await clerk.goto(`${this.tongban.origin}/desk`);
    await this.look(clerk, "desk");
    await clerk.goto(`${this.tongban.origin}/desk/${no}`);
    const first = "drawings"; // an applicant's own paper: what the system makes cannot be handed in again
    for (const tick of await clerk.$$("input[type=radio][name^='m.'][value=ok]")) await tick.check();
    await clerk.check(`input[name="m.${first}"][value=fix]`);
    await clerk.fill(`input[name="n.${first}"]`, "没有标出清洗消毒的位置，请补画");
    await this.look(clerk, "desk-case");
    await this.press(clerk, 'button[name="do"][value="notice"]');
    await this.look(clerk, "desk-told");
    await applicant.goto(`${this.tongban.origin}/cases/${no}`);
    await this.look(applicant, "case-correcting");
    await this.press(applicant, `a.govuk-button[href$="/supplement"]`);
    await this.look(applicant, "supplement");
    for (const input of await applicant.$$("main input[type=file]"))
      await input.setInputFiles({ name: "again.pdf", mimeType: "application/pdf", buffer: paper(`again ${this.mode}`) });
    await this.press(applicant, "main form button.govuk-button");
    this.need(new URL(applicant.url()).pathname === `/cases/${no}`, "the papers were not taken");
  }

  async accept(no, service) {
    const clerk = await this.as("clerk");
    await clerk.goto(`${this.tongban.origin}/desk/${no}`);
    await this.look(clerk, `${service.name}-desk`);
    for (const tick of await clerk.$$("input[type=radio][name^='m.'][value=ok]")) await tick.check();
    await this.press(clerk, 'button[name="do"][value="accept"]');
    await this.look(clerk, "desk-accepted");
  }

  // The first person of these roles who has an open task of the case opens it.
  async task(no, roles) {
    for (const [role, index] of roles) {
      const page = await this.as(role, index);
      await page.goto(`${this.tongban.origin}/tasks`);
      const link = await page.$(`a[href^="/tasks/${no}-"]`);
      if (!link) continue;
      await Promise.all([page.waitForNavigation(), link.click()]);
      return page;
    }
    return null;
  }

  async survey(no) {
    const first = await this.task(no, [["surveyor", 0]]);
    if (!first) return false;
    this.need(!(await first.textContent("main")).match(/[:：>\s]hair\s/), "an option's code is shown in place of its words");
    await first.setViewportSize({ width: WIDTHS.phone, height: 812 });
    await this.look(first, "survey");
    const names = [this.tongban.account("surveyor", 0).name, this.tongban.account("surveyor", 1).name];
    await first.fill("#f-officer1_name", names[0]);
    await first.fill("#f-officer1_number", "川Z001");
    for (const pass of await first.$$("input[type=radio][name^='r.'][value=pass]")) await pass.check();
    await first.check("#ow1");
    await first.check('input[name="outcome"][value="pass"]');
    await this.press(first, 'form[aria-labelledby="dh"] button.govuk-button');
    this.need(await first.$(".govuk-error-summary"), "a survey by one officer is taken");
    await this.look(first, "survey-fault");
    await first.fill("#f-officer2_name", names[1]);
    await first.fill("#f-officer2_number", "川Z002");
    for (const pass of await first.$$("input[type=radio][name^='r.'][value=pass]")) await pass.check();
    await this.press(first, 'form[aria-labelledby="dh"] button.govuk-button');
    const second = await this.task(no, [["surveyor", 1]]);
    await this.look(second, "survey-second");
    await this.press(second, 'form[aria-labelledby="dh"] button.govuk-button');
    return true;
  }

  async decide(no, service) {
    for (let turn = 0; turn < 8; turn++) {
      if (await this.survey(no)) continue;
      const page = await this.task(no, [["reviewer", 0], ["approver", 0], ["head", 0], ["issuer", 0]]);
      if (!page) return;
      await this.look(page, `${service.name}-task-${turn}`);
      this.need(!(await page.$('input[name="outcome"]:checked')), "a decision is preselected");
      const wished = ["grant", "survey", "pass", "done"];
      for (const value of wished) {
        const radio = await page.$(`input[name="outcome"][value="${value}"]`);
        if (!radio) continue;
        await radio.check();
        break;
      }
      await page.fill("#f-comment", "材料齐全，符合条件");
      await this.press(page, 'form[aria-labelledby="dh"] button.govuk-button');
    }
  }

  // ---- everybody

  async finish(no, applicant, service, isFirst) {
    await applicant.goto(`${this.tongban.origin}/cases/${no}`);
    await this.look(applicant, `${service.name}-granted`);
    const pdf = await applicant.getAttribute('a.govuk-button[href^="/certificates/"]', "href");
    const code = (await this.text(applicant, ".tb-aside")).match(/[A-Z0-9]{6}(?![0-9A-Z])/g);
    const body = await (await applicant.request.get(this.tongban.origin + pdf)).body();
    this.need(body.subarray(0, 5).toString() === "%PDF-", "the certificate is no PDF");
    const mark = decodeURIComponent(pdf.split("/")[2].split(".pdf")[0]);
    await this.checkCertificate(mark, body, service);
    if (isFirst) await this.progress(no, code && code[code.length - 1]);
    await this.rate(no, applicant, isFirst);
  }

  async rate(no, applicant, isFirst) {
    await this.press(applicant, `main a.govuk-button[href^="/cases/${no}/rate"]`);
    this.need(!(await applicant.$("input[name=satisfaction]:checked")), "a rating is preselected");
    if (isFirst) await this.press(applicant, "main form button.govuk-button");
    await this.look(applicant, "rate");
    await applicant.check("#g1");
    await applicant.fill("#f-comment", "一次办成");
    await this.press(applicant, "main form button.govuk-button");
    await this.look(applicant, "rated");
    await applicant.goto(`${this.tongban.origin}/cases/${no}/rate`);
    this.need(!(await applicant.$("input[name=satisfaction]")), "a matter can be rated twice");
  }

  async checkCertificate(mark, body, service) {
    const anybody = await this.as("anybody");
    await anybody.goto(`${this.tongban.origin}/check`);
    await this.look(anybody, "check");
    const upload = async (buffer) => {
      await anybody.goto(`${this.tongban.origin}/check`);
      await anybody.setInputFiles("#f-file", { name: "证照.pdf", mimeType: "application/pdf", buffer });
      await this.press(anybody, 'form[enctype] button');
      return anybody.getAttribute(".tb-result", "class");
    };
    this.need((await upload(body)).includes("tb--ok"), "the certificate is not found genuine");
    await this.look(anybody, `${service.name}-genuine`);
    this.need((await upload(Buffer.concat([body, Buffer.from("\n% more\n")]))).includes("tb--bad"), "an appended certificate passes");
    await this.look(anybody, "check-altered");
    await anybody.goto(`${this.tongban.origin}/check`);
    await anybody.fill("#f-mark", mark);
    await this.press(anybody, 'form[action="/check"]:has(#f-mark) button');
    this.need((await anybody.getAttribute(".tb-result", "class")).includes("tb--ok"), "the mark is not found");
    await anybody.goto(`${this.tongban.origin}/grants`);
    await this.look(anybody, "grants");
  }

  async progress(no, code) {
    const anybody = await this.as("anybody");
    await anybody.goto(`${this.tongban.origin}/progress`);
    await this.look(anybody, "progress");
    await anybody.fill("#f-no", no);
    await anybody.fill("#f-code", "AAAAAA");
    await this.press(anybody, "main form button");
    this.need(await anybody.$(".govuk-error-summary"), "a wrong code opens a case");
    if (!code) return;
    await anybody.fill("#f-code", code);
    await this.press(anybody, "main form button");
    await this.look(anybody, "case-by-code");
  }

  async supervise() {
    const supervisor = await this.as("supervisor");
    await supervisor.goto(`${this.tongban.origin}/board`);
    await this.look(supervisor, "board");
    await supervisor.goto(`${this.tongban.origin}/cards`);
    await this.look(supervisor, "cards");
  }

  // An account made in the browser, and the first thing its owner does.
  async administer() {
    const admin = await this.as("admin"), fresh = await this.browser.person({ script: this.script, width: this.width });
    await admin.goto(`${this.tongban.origin}/accounts`);
    await admin.fill("#f-user", `xin-${this.mode}`);
    await admin.fill("#f-name", "辛欣");
    await admin.selectOption("#f-role", "reviewer");
    await admin.fill("#f-division", "511602000000");
    await this.press(admin, 'form[action="/accounts"] button');
    await this.look(admin, "accounts");
    const password = await this.text(admin, ".tb-callout .tb-mono");
    await fresh.goto(`${this.tongban.origin}/sign-in`);
    await this.signIn(fresh, { user: `xin-${this.mode}`, password });
    await this.look(fresh, "password");
    await fresh.fill("#f-old", password);
    await fresh.fill("#f-new", "一句只有我自己知道的话");
    await fresh.fill("#f-again", "一句只有我自己知道的话");
    await this.press(fresh, "main form button");
    this.need(new URL(fresh.url()).pathname === "/tasks", "a new password does not open the work list");
    await this.look(fresh, "tasks");
    const editor = await this.as("editor");
    this.need(new URL(editor.url()).pathname === "/packs", "the editor does not begin with the packs");
    this.need((await this.text(editor)).includes("公共场所卫生"), "an installed pack is not shown");
    await this.look(editor, "packs");
  }

  // A session that is over keeps what was typed.
  async expire(page) {
    await page.goto(`${this.tongban.origin}/search?q=${encodeURIComponent(ROAD.find)}`);
    await this.press(page, ".tb-results a");
    await this.press(page, "main a.govuk-button");
    await this.answer(page, ROAD);
    await this.press(page, 'form[action="/apply"] button');
    const draft = new URL(page.url()).pathname;
    const section = await page.getAttribute(`a[href^='${draft}/fill/']`, "href");
    await page.goto(this.tongban.origin + section);
    await this.fill(page);
    const cookies = await page.context().cookies();
    await page.context().clearCookies();
    await page.context().addCookies(cookies.filter((cookie) => !cookie.name.includes("session")));
    await this.press(page, "main form button.govuk-button");
    await this.look(page, "expired");
    await this.signIn(page, this.tongban.account("applicant"));
    this.need(new URL(page.url()).pathname.startsWith(draft), "signing in again does not lead back");
    await page.goto(this.tongban.origin + section);
    this.need((await page.inputValue('[name="f.phone"]')) === VALUES.phone, "what was typed before the session ended is lost");
  }

  // Finds, answers, files; signs in when asked to.
  async file(service, applicant, isFirst) {
    await this.find(applicant, service);
    await this.answer(applicant, service);
    await this.look(applicant, `${service.name}-outcome`);
    if (isFirst) await this.checklist(applicant);
    await this.press(applicant, 'form[action="/apply"] button');
    if (await applicant.$("#f-password")) {
      await this.look(applicant, "sign-in");
      await this.signIn(applicant, this.tongban.account("applicant"));
    }
    const draft = await this.fillDraft(applicant, service, isFirst);
    return this.submit(applicant, draft, service, isFirst);
  }

  async whole(service, applicant, isFirst) {
    const no = await this.file(service, applicant, isFirst);
    await applicant.goto(`${this.tongban.origin}/my`);
    await this.look(applicant, "my");
    if (service === HEALTH) await this.correct(no, applicant);
    if (service.atOnce) {
      await this.finish(no, applicant, service, isFirst);
      this.need(await this.survey(no), "a pledge is not checked afterwards");
      return;
    }
    await this.accept(no, service);
    await applicant.goto(`${this.tongban.origin}/cases/${no}`);
    await this.look(applicant, `${service.name}-open`);
    await this.decide(no, service);
    await this.finish(no, applicant, service, isFirst);
  }

  async run() {
    const applicant = await this.as("anybody", 9);
    const services = [HEALTH, PLEDGE, ROAD].filter((service) => !wanted || service.name === wanted);
    for (const [index, service] of services.entries()) await this.whole(service, applicant, index === 0);
    await this.supervise();
    await this.administer();
    await this.expire(applicant);
  }
}

const [program, only, wanted] = process.argv.slice(2);
const shots = process.env.TB_SHOTS;

async function go(mode) {
  const tongban = new Tongban(program || "build/tongban");
  const browser = new Browser(shots);
  const journey = new Journey(tongban, browser, mode);
  try {
    await tongban.start();
    await browser.open();
    await journey.run();
  } catch (error) {
    const where = error.stack.split("\n").filter((line) => line.includes("journey.mjs")).slice(0, 4).join(" ");
    browser.faults.push(`${mode} after step ${journey.step}: ${error.message.split("\n")[0]} ${where}`);
    for (const [name, page] of Object.entries(shots ? journey.people : {}))
      await page.screenshot({ path: path.join(shots, `failed-${mode}-${name}.png`), fullPage: true }).catch(() => {});
    if (shots && fs.existsSync(tongban.logPath)) fs.copyFileSync(tongban.logPath, path.join(shots, `failed-${mode}.log`));
  }
  await browser.close().catch(() => {});
  await tongban.stop();
  const good = browser.report();
  console.log(`${mode}: ${journey.step} pages looked at, ${browser.faults.length} faults`);
  return good;
}

const results = await Promise.all((only ? [only] : ["script", "plain"]).map(go));
process.exit(results.every((good) => good) ? 0 : 1);
