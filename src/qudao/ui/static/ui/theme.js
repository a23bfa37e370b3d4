// Runs before the first paint, so that a dark page never flashes white.
(function () {
  "use strict";
  var KEY = "qudao.theme";
  var dark = window.matchMedia("(prefers-color-scheme: dark)");

  function choice() {
    try {
      return localStorage.getItem(KEY) || "auto";
    } catch (blocked) {
      return "auto";
    }
  }

  function apply() {
    var wanted = choice();
    var theme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("qudao:theme", { detail: theme }));
  }

  function choose(wanted) {
    try {
      localStorage.setItem(KEY, wanted);
    } catch (blocked) {
      // Without storage the choice lasts as long as the page: nothing to repair.
    }
    apply();
  }

  dark.addEventListener("change", apply);
  window.qudaoTheme = { choice: choice, choose: choose };
  apply();
})();
