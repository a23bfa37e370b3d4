// The order desk: Enter adds, arrows walk the quantities, a click on a price explains it. All else is the server's.
(function () {
  "use strict";

  var form = document.getElementById("desk");

  function quote() { window.htmx.trigger(form, "change"); }

  form.addEventListener("keydown", function (event) {
    if (event.isComposing) { return; }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      if (event.target.id === "desk-add" || event.target.matches("input")) {
        event.preventDefault();
        quote();
      }
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.matches("[data-line]")) {
      var fields = Array.prototype.slice.call(form.querySelectorAll("[data-line]"));
      var next = fields[fields.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); next.select(); }
    }
  });

  form.addEventListener("click", function (event) {
    var button = event.target.closest("[data-focus-line]");
    if (button) {
      document.getElementById("desk-focus").value = button.dataset.focusLine;
      quote();
    }
    var take = event.target.closest("[data-take-line]");
    if (take) {
      var field = form.querySelector('[data-line="' + take.dataset.takeLine + '"]');
      field.value = take.dataset.take;
      field.focus();
      quote();
    }
  });

  // The place being typed in is kept across a swap.
  var kept = null;
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target.id !== "desk-body") { return; }
    var active = document.activeElement;
    kept = active && (active.id ? "#" + active.id : active.dataset.line ? '[data-line="' + active.dataset.line + '"]' : null);
  });
  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "desk-body") { return; }
    var field = document.querySelector(kept || "#desk-add");
    if (field) { field.focus(); if (field.select) { field.select(); } }
  });

  // One order a click: a second submit of the same form carries the same key and is answered by the first.
  form.addEventListener("submit", function (event) {
    if (form.dataset.sent && !event.submitter.hasAttribute("formaction")) { event.preventDefault(); return; }
    if (!event.submitter || !event.submitter.hasAttribute("formaction")) { form.dataset.sent = "1"; }
  });
})();
