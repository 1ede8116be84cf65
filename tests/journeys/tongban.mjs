// SPDX-License-Identifier: Apache-2.0
// An installation of its own in a temporary folder, and the people of the demonstration.
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

async function freePort() {
  const probe = net.createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

export class Tongban {
  constructor(program) {
    this.program = path.resolve(program);
    this.data = fs.mkdtempSync(path.join(os.tmpdir(), "tb-journey-"));
  }

  async start() {
    execFileSync(this.program, ["init", "--data", this.data, "--demo"], { stdio: "pipe" });
    const port = await freePort();
    this.origin = `http://127.0.0.1:${port}`;
    this.logPath = path.join(this.data, "serve.log");
    this.log = fs.openSync(this.logPath, "w");
    this.child = spawn(this.program, ["serve", "--data", this.data, "--listen", `127.0.0.1:${port}`], { stdio: ["ignore", this.log, this.log] });
    for (let tries = 0; tries < 200; tries++) {
      const answer = await fetch(`${this.origin}/healthz`).catch(() => null);
      if (answer && answer.ok) return;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`the server does not answer: ${fs.readFileSync(this.logPath, "utf8")}`);
  }

  async stop() {
    if (this.child) {
      const over = new Promise((done) => this.child.once("exit", done));
      this.child.kill("SIGTERM");
      await over;
    }
    fs.rmSync(this.data, { recursive: true, force: true });
  }

  account(role, index = 0) {
    const list = JSON.parse(fs.readFileSync(path.join(this.data, "demo-accounts.json"), "utf8"));
    return list.filter((account) => account.role === role)[index];
  }
}

// Check digits, so that persons and firms of a journey are made up and yet well formed.
export function citizenId(first17) {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(first17[i]), 0);
  return first17 + "10X98765432"[sum % 11];
}

// GB 32100, with the embedded organisation code of GB 11714 made right first.
export function creditCode(first16) {
  const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  const organisation = [3, 7, 9, 10, 5, 8, 4, 2].reduce((total, weight, i) => total + weight * parseInt(first16[8 + i], 36), 0);
  const inner = (11 - (organisation % 11)) % 11;
  const first17 = first16 + (inner === 10 ? "X" : String(inner));
  const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
  const sum = weights.reduce((total, weight, i) => total + weight * alphabet.indexOf(first17[i]), 0);
  return first17 + alphabet[(31 - (sum % 31)) % 31];
}

// A one-page PDF with a line of text, as a paper to hand in.
export function paper(text) {
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>"];
  const stream = `% ${text}\n`;
  objects.push(`<< /Length ${stream.length} >>\nstream\n${stream}endstream`);
  let out = "%PDF-1.4\n";
  const at = objects.map((object, i) => {
    const offset = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = out.length;
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${at.map((o) => `${String(o).padStart(10, "0")} 00000 n \n`).join("")}`;
  out += `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}
