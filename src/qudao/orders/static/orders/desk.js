// The order desk: Enter adds, arrows walk the quantities, a click on a price explains it. All else is the server's.
(function () {
  "use strict";

  var form = document.getElementById("desk");
  // What was added and is not answered yet, a row each: scanning goes on while the desk is being priced.
  var added = document.getElementById("desk-added");
  var asked = "";

  function quote() { window.htmx.trigger(form, "change"); }

  function add(field) {
    var text = field.value;
    field.value = "";
    if (text.trim()) { added.value = added.value ? added.value + "\n" + text : text; }
    quote();
  }

  form.addEventListener("keydown", function (event) {
    if (event.isComposing) { return; }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      if (event.target.id === "desk-add") {
        event.preventDefault();
        add(event.target);
      } else if (event.target.matches("input")) {
        event.preventDefault();
        quote();
      }
    }
    var walks = event.target.id === "desk-add" ? !event.target.value : event.target.matches("[data-line]");
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && walks) {
      var fields = Array.prototype.slice.call(form.querySelectorAll("#desk-add, [data-line]"));
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

  // Leaving the one field is no reason to ask the server; nor is a field that is taken away under the cursor.
  var swapping = false;
  document.addEventListener("change", function (event) {
    if (swapping || event.target.id === "desk-add") { event.stopPropagation(); }
  }, true);

  // The place and what is being typed there are kept across a swap.
  var kept = null;
  var sent = {};
  document.body.addEventListener("htmx:beforeRequest", function (event) {
    if (event.detail.target.id !== "desk-body") { return; }
    asked = added.value;
    form.querySelectorAll("[data-line]").forEach(function (field) { sent[field.dataset.line] = field.value; });
  });
  document.body.addEventListener("htmx:beforeSwap", function (event) {
    if (event.detail.target.id !== "desk-body") { return; }
    if (event.detail.xhr.responseText.indexOf('data-layout="bare"') > 0) { keep(); }
    var active = document.activeElement;
    var line = active && active.dataset.line;
    kept = { place: active && active.id ? "#" + active.id : line ? '[data-line="' + line + '"]' : "#desk-add" };
    kept.typing = document.getElementById("desk-add").value;
    kept.quantity = line && active.value !== sent[line] ? active.value : null;
    swapping = true;
  });
  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "desk-body") { return; }
    swapping = false;
    added.value = added.value.slice(asked.length).replace(/^\n/, "");
    asked = "";
    document.getElementById("desk-add").value = kept.typing;
    var field = document.querySelector(kept.place) || document.getElementById("desk-add");
    field.focus();
    if (kept.quantity !== null) {
      field.value = kept.quantity;
      quote();
    } else if (field.select && !kept.typing) {
      field.select();
    }
  });

  // Who has to sign in again finds the desk as it was left.
  var DRAWER = "qudao.desk";

  function keep() {
    var state = { person: form.dataset.person, party: form.elements.party.value, fields: [] };
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken") { state.fields.push([name, value]); }
    });
    sessionStorage.setItem(DRAWER, JSON.stringify(state));
  }

  function restore() {
    var state = JSON.parse(sessionStorage.getItem(DRAWER) || "null");
    sessionStorage.removeItem(DRAWER);
    var signedIn = document.referrer && new URL(document.referrer).pathname.indexOf("/sign-in/") === 0;
    if (!state || !signedIn || state.person !== form.dataset.person || state.party !== form.elements.party.value) {
      return;
    }
    var values = new FormData();
    state.fields.forEach(function (field) { values.append(field[0], field[1]); });
    window.htmx.ajax("POST", form.getAttribute("hx-post"), { target: "#desk-body", values: values });
  }

  // Not by `autofocus`: it would take the cursor at every answer.
  document.addEventListener("DOMContentLoaded", function () {
    document.getElementById("desk-add").focus();
    restore();
  });

  // One order a click: a second submit of the same form carries the same key and is answered by the first.
  form.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.hasAttribute("formaction")) { return; }
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (added.value) {
      // What was added last is not on the desk yet: nobody places what they have not seen.
      event.preventDefault();
      quote();
      return;
    }
    form.dataset.sent = "1";
    keep();
  });
})();
