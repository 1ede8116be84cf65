/* SPDX-License-Identifier: Apache-2.0 */
/* Measures @gorules/zen-engine on what `bench_dmn make FOLDER` wrote, in each of its modes, and writes zen.txt (lines
 * "column rules evaluations-a-second mode") and its outputs, one JSON value a line. Column a: JSON text in and out;
 * column b: objects that are there already, days as the numbers its date() gives.
 * Time is that of the processor, all threads of the process together, as on the other side.
 * Usage: node zen.js FOLDER */
"use strict";
const fs = require("fs");
const { ZenEngine, evaluateExpressionSync } = require("@gorules/zen-engine");

const folder = process.argv[2];
const ROWS = 1024;
const SECONDS = 0.7;
const EXPRESSION = "age >= 60 and income < 3000 ? 'A' : 'B'";
const engine = new ZenEngine();
const report = [];

function graph(node) {
  return {
    nodes: [{ id: "in", type: "inputNode", name: "in" }, { id: "node", name: "node", ...node }, { id: "out", type: "outputNode", name: "out" }],
    edges: [{ id: "e1", sourceId: "in", targetId: "node" }, { id: "e2", sourceId: "node", targetId: "out" }],
  };
}

function loop(isLoop) {
  return isLoop ? { executionMode: "loop", inputField: "rows", outputPath: "rows", passThrough: false } : { passThrough: false };
}

function expression(isLoop) {
  return engine.createDecision(graph({ type: "expressionNode",
    content: { expressions: [{ id: "1", key: "r", value: EXPRESSION }], ...loop(isLoop) } }));
}

function table(rules, isLoop, day) {
  const field = ["region", "age", "income", day];
  return engine.createDecision(graph({ type: "decisionTableNode",
    content: { hitPolicy: "first", rules, inputs: field.map((f, i) => ({ id: "i" + i, name: f, field: f })),
      outputs: [{ id: "o", name: "r", field: "r" }], ...loop(isLoop) } }));
}

const result = (r) => (r && r.r !== undefined ? r.r : null);

/* Runs `some` until the time is over; it evaluates and says how many. */
async function rate(column, size, mode, some) {
  await some(0);
  const begin = process.cpuUsage();
  let count = 0, elapsed = 0;
  while (elapsed < SECONDS) {
    count += await some(count);
    const used = process.cpuUsage(begin);
    elapsed = (used.user + used.system) / 1e6;
  }
  report.push(`${column} ${size} ${(count / elapsed).toFixed(1)} ${mode}`);
}

/* take(i): the input; give(value): what is done with the output. */
async function modes(column, size, one, many, take, give, count) {
  await rate(column, size, "await each", async (from) => {
    for (let i = 0; i < 64; i++) give((await one.evaluate(take((from + i) % count))).result);
    return 64;
  });
  await rate(column, size, "64 in flight", async (from) => {
    const all = [];
    for (let i = 0; i < 64; i++) all.push(one.evaluate(take((from + i) % count)));
    for (const each of await Promise.all(all)) give(each.result);
    return 64;
  });
  await rate(column, size, `loop of ${ROWS}`, async (from) => {
    const rows = [];
    for (let i = 0; i < ROWS; i++) rows.push(take((from + i) % count));
    for (const each of (await many.evaluate({ rows })).result.rows) give(each);
    return ROWS;
  });
}

async function outputs(size, many, objects) {
  const lines = [];
  for (let at = 0; at < objects.length; at += 500) {
    const rows = objects.slice(at, at + 500);
    for (const each of (await many.evaluate({ rows })).result.rows) lines.push(JSON.stringify(result(each)));
  }
  fs.writeFileSync(`${folder}/zen-${size}.txt`, lines.join("\n") + "\n");
}

async function measure(size) {
  const texts = fs.readFileSync(`${folder}/inputs-${size}.txt`, "utf8").trimEnd().split("\n");
  const rules = JSON.parse(fs.readFileSync(`${folder}/rules-${size}.json`, "utf8"));
  const objects = texts.map((text) => JSON.parse(text));
  for (const each of objects) if (each.day !== undefined) each.day = Date.parse(each.day) / 1000;
  const give = (value) => JSON.stringify(result(value));
  if (size === 0) {
    const sync = (take, put) => async (from) => {
      for (let i = 0; i < ROWS; i++) put(evaluateExpressionSync(EXPRESSION, take((from + i) % texts.length)));
      return ROWS;
    };
    await rate("a", size, "evaluateExpressionSync", sync((i) => JSON.parse(texts[i]), (v) => JSON.stringify(v)));
    await rate("b", size, "evaluateExpressionSync", sync((i) => objects[i], () => 0));
    await outputs(size, expression(true), objects);
    await modes("a", size, expression(false), expression(true), (i) => JSON.parse(texts[i]), give, texts.length);
    await modes("b", size, expression(false), expression(true), (i) => objects[i], () => 0, texts.length);
    return;
  }
  await outputs(size, table(rules, true, "day"), objects);
  await modes("a", size, table(rules, false, "date(day)"), table(rules, true, "date(day)"), (i) => JSON.parse(texts[i]), give, texts.length);
  await modes("b", size, table(rules, false, "day"), table(rules, true, "day"), (i) => objects[i], () => 0, texts.length);
}

(async () => {
  for (const size of [0, 10, 100, 1000]) await measure(size);
  fs.writeFileSync(`${folder}/zen.txt`, report.join("\n") + "\n");
})();
