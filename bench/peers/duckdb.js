/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the ten policies of bench/batch in DuckDB: one thread, money as DECIMAL(12,2), one aggregate of ten CASE. Writes
 * duckdb.txt: rows a second of processor time (the median of seven runs), then the number of persons of each policy.
 * Regions are an ENUM, which is faster here than VARCHAR. Usage: node duckdb.js FOLDER */
"use strict";
const fs = require("fs");
const { DuckDBInstance } = require("@duckdb/node-api");

const folder = process.argv[2];
const ROWS = 1000000;
const POLICIES = [
  "age >= 60 AND income < 3000",
  "income * 12 + assets < 50000 * members",
  "disabled AND income < 5000.50",
  "age BETWEEN 18 AND 35 AND joined >= DATE '2015-07-01'",
  "region IN ('hills', 'island') AND income < 4500",
  "members >= 4 AND income < 1200.25 * members",
  "(age < 18 OR age >= 65) AND assets < 100000",
  "joined < DATE '2010-01-01' AND NOT disabled AND assets - income * 6 > 150000",
  "(region IN ('north', 'east') AND age >= 18 AND age < 40 AND income < 3500) OR (region = 'south' AND income < 2800.75) OR (age >= 80 AND income < 6000)",
  "(members <= 2 AND assets < 60000) OR (members BETWEEN 3 AND 5 AND assets < 120000) OR (members > 5 AND assets < 200000.50 AND disabled)",
];

(async () => {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const db = await instance.connect();
  await db.run("CREATE TYPE region AS ENUM ('north', 'south', 'east', 'west', 'coast', 'hills', 'plains', 'island')");
  await db.run(`CREATE TABLE persons AS SELECT * FROM read_csv('${folder}/persons.csv', header = true, columns = {age: 'INTEGER',
    income: 'DECIMAL(12,2)', assets: 'DECIMAL(12,2)', members: 'INTEGER', joined: 'DATE', region: 'region', disabled: 'BOOLEAN'})`);
  const query = "SELECT " + POLICIES.map((p) => `sum(CASE WHEN ${p} THEN 1 ELSE 0 END)::BIGINT`).join(", ") + " FROM persons";
  const prepared = await db.prepare(query);
  const rates = [];
  let counts;
  for (let round = 0; round < 8; round++) {
    const begin = process.cpuUsage();
    const rows = (await prepared.runAndReadAll()).getRows();
    const used = process.cpuUsage(begin);
    counts = rows[0].map(String);
    if (round > 0) rates.push(ROWS / ((used.user + used.system) / 1e6));
  }
  rates.sort((a, b) => a - b);
  fs.writeFileSync(`${folder}/duckdb.txt`, `duckdb ${rates[3]}\n` + counts.join("\n") + "\n");
})();
