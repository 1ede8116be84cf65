/* SPDX-License-Identifier: Apache-2.0 */
/* Live charts on the supervision board. htmx fetches the board anew every half minute; each table of bars is then drawn
 * again by ECharts, which moves from the old figures to the new ones. The table stays for screen readers, and without
 * script it is the chart itself. */
(function () {
  "use strict";
  var last = {};

  function rowsOf(table) {
    return Array.prototype.map.call(table.tBodies[0].rows, function (row) {
      return { label: row.cells[0].textContent, value: Number(row.cells[2].textContent.replace(/\D/g, "")),
        colour: getComputedStyle(row.cells[1]).color };
    });
  }

  function optionOf(rows, look) {
    var text = { color: look.color, fontSize: 15, fontFamily: look.fontFamily };
    return {
      animationDurationUpdate: 600,
      grid: { left: 8, right: 60, top: 8, bottom: 8, containLabel: true },
      tooltip: { trigger: "item", renderMode: "richText" },
      xAxis: { type: "value", show: false, min: 0 },
      yAxis: { type: "category", inverse: true, axisTick: { show: false }, axisLabel: text,
        data: rows.map(function (row) { return row.label; }) },
      series: [{ type: "bar", barMaxWidth: 22, 
        label: Object.assign({ show: true, position: "right", fontWeight: 600,
          formatter: function (item) { return Number(item.value).toLocaleString("en"); } }, text),
        data: rows.map(function (row) { return { value: row.value, itemStyle: { color: row.colour, borderRadius: 2 } }; }) }]
    };
  }

  function draw(table, index) {
    var rows = rowsOf(table), look = getComputedStyle(table), box = document.createElement("div");
    box.className = "tb-live";
    box.setAttribute("aria-hidden", "true");
    table.after(box);
    table.classList.add("govuk-visually-hidden");
    var chart = echarts.init(box, null, { renderer: "canvas" });
    var calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (last[index]) chart.setOption(Object.assign(optionOf(last[index], look), { animation: false }));
    chart.setOption(Object.assign(optionOf(rows, look), { animation: !calm && Boolean(last[index]) }));
    last[index] = rows;
    new ResizeObserver(function () { chart.resize(); }).observe(box);
  }

  function drawAll() {
    document.querySelectorAll("table[data-chart=bars]:not(.govuk-visually-hidden)").forEach(draw);
  }

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("htmx:afterSettle", drawAll);
})();
