/* SPDX-License-Identifier: Apache-2.0 */
/* What a browser with script adds. Every page works without it. */
(function () {
  "use strict";
  document.documentElement.classList.add("tb-js");

  /* A page that came back with errors begins at their list, for keyboard and screen reader. */
  function showErrors() {
    var summary = document.querySelector(".govuk-error-summary");
    if (summary) {
      summary.setAttribute("tabindex", "-1");
      summary.focus();
    }
  }

  document.addEventListener("DOMContentLoaded", showErrors);
})();
