// The order desk: Enter adds, arrows walk the quantities, a click on a price explains it. All else is the server's.
(function () {
  "use strict";

  var form = document.getElementById("desk");
  // What was added and is not answered yet, a row each: scanning goes on while the desk is being priced.
  var added = document.getElementById("desk-added");
  var asked = "";

  // Many rows are seen before they are added.
  var ROWS = 8;

  function fit(field) {
    var rows = field.value.replace(/\s+$/, "").split("\n").length;
    var put = document.getElementById("desk-put");
    field.rows = Math.min(rows, ROWS);
    put.hidden = rows === 1;
    put.textContent = put.dataset.label.replace("{n}", rows);
  }

  function quote() { window.htmx.trigger(form, "change"); }

  function add(field) {
    var text = field.value;
    field.value = "";
    fit(field);
    if (text.trim()) { added.value = added.value ? added.value + "\n" + text : text; }
    quote();
  }

  // Placing first takes in what was pasted or typed and not added yet: an order is not placed without it. A text the
  // server gave back to be typed on is not new.
  function pending() {
    var field = document.getElementById("desk-add");
    return field.value.trim() && field.value !== field.defaultValue ? field : null;
  }

  document.addEventListener("submit", function (event) {
    var primary = event.submitter && event.submitter.matches("[data-primary]");
    if (event.target !== form || !primary || !pending()) { return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    add(pending());
  }, true);

  form.addEventListener("keydown", function (event) {
    if (event.isComposing) { return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && pending()) {
      event.preventDefault();
      event.stopPropagation();
      add(pending());
      return;
    }
    if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      if (event.target.id === "desk-add") {
        event.preventDefault();
        add(event.target);
      } else if (event.target.id === "template_name") {
        event.preventDefault();
        form.querySelector("[name=save_template]").click();
      } else if (event.target.matches("input")) {
        event.preventDefault();
        quote();
      }
    }
    var offered = form.querySelector("[name=choose]");
    var walks = event.target.id === "desk-add" ? offered || !event.target.value : event.target.matches("[data-line], [name=choose]");
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && walks) {
      var fields = Array.prototype.slice.call(form.querySelectorAll("#desk-add, [name=choose], [data-line]"));
      var next = fields[fields.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { event.preventDefault(); next.focus(); if (next.select) { next.select(); } }
    }
  });

  form.addEventListener("input", function (event) {
    if (event.target.id !== "desk-add") { return; }
    fit(event.target);
    // What was not found and is wiped away speaks against placing no more.
    if (!event.target.value && event.target.defaultValue) { quote(); }
  });

  form.addEventListener("click", function (event) {
    if (event.target.id === "desk-put") { add(document.getElementById("desk-add")); }
    var button = event.target.closest("[data-focus-line]");
    if (button) {
      document.getElementById("desk-focus").value = button.dataset.focusLine;
      quote();
    }
    var use = event.target.closest("[data-use]");
    if (use) {
      form.elements.rebate_use.value = use.dataset.use.replace(/,/g, "");
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

  // Alt with a letter, by the key's place: what Option types on a Mac is no matter.
  document.addEventListener("keydown", function (event) {
    if (!event.altKey || event.ctrlKey || event.metaKey) { return; }
    var wanted = { KeyL: "desk-last", KeyT: "desk-template", KeyS: "desk-save-template" }[event.code];
    var found = wanted && document.getElementById(wanted);
    if (!found) { return; }
    event.preventDefault();
    found.click();
    if (event.code === "KeyT") { found.parentNode.querySelector("[name=template]").focus(); }
    if (event.code === "KeyS") { document.getElementById("template_name").focus(); }
  });

  // Leaving the one field is no reason to ask the server; nor is a field that is taken away under the cursor.
  var swapping = false;
  document.addEventListener("change", function (event) {
    if (swapping || event.target.id === "desk-add" || event.target.id === "desk-left" || event.target.id === "template_name") {
      event.stopPropagation();
    }
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
    // A text the server gave back to be typed on is not being typed.
    var field = document.getElementById("desk-add");
    kept.typing = field.value === field.defaultValue ? "" : field.value;
    kept.quantity = line && active.value !== sent[line] ? active.value : null;
    swapping = true;
  });
  document.body.addEventListener("htmx:afterSwap", function (event) {
    if (event.detail.target.id !== "desk-body") { return; }
    swapping = false;
    added.value = added.value.slice(asked.length).replace(/^\n/, "");
    asked = "";
    autosave();
    var entry = document.getElementById("desk-add");
    if (kept.typing) { entry.value = kept.typing; }
    fit(entry);
    var field = document.querySelector(kept.place) || entry;
    field.focus();
    // What was in a menu that is shut now cannot have the cursor.
    if (document.activeElement !== field) { field = entry; field.focus(); }
    if (kept.quantity !== null) {
      field.value = kept.quantity;
      quote();
    } else if (field.select && !kept.typing) {
      field.select();
    }
  });

  // An answer that was not swapped in (signed out, out of order) leaves the desk able to ask again.
  document.body.addEventListener("htmx:afterRequest", function () { swapping = false; });

  // What is typed outlives a closed tab, a crash and a session that ran out: see drawer.js.
  var drawer = window.qudaoDrawer(form.dataset.person, form.elements.party.value);
  var holder = "";

  function account() { return form.elements.account.value; }

  function keep() {
    var fields = [], names = {};
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken") { fields.push([name, value]); }
    });
    form.querySelectorAll("[data-name]").forEach(function (item) { names[item.value] = item.dataset.name; });
    // Another account was chosen: the lines go with it.
    if (holder && holder !== account()) { drawer.forget(holder); }
    holder = account();
    drawer.write(holder, fields, names);
  }

  function clock(at) { return new Date(at).toTimeString().slice(0, 8); }

  function autosave() {
    var saved = document.getElementById("desk-saved");
    if (!form.querySelector("[data-line]")) {
      // The last line was taken off.
      if (holder) { drawer.forget(holder); }
      return;
    }
    keep();
    document.getElementById("desk-found").hidden = true;
    saved.textContent = saved.dataset.label + " " + clock(Date.now());
  }

  function takeUp(found) {
    var values = new FormData();
    found.fields.forEach(function (field) { values.append(field[0], field[1]); });
    if (!values.has("party")) { values.append("party", form.elements.party.value); }
    window.htmx.ajax("POST", form.getAttribute("hx-post"), { target: "#desk-body", values: values });
  }

  function restore() {
    var asked = form.hasAttribute("data-chosen");
    var found = asked ? drawer.read(account()) : drawer.latest();
    var lines = found && found.fields.some(function (field) { return field[0] === "item" || field[0] === "add" && field[1]; });
    if (!lines || form.querySelector("[data-line]")) { return; }
    // Who comes from the catalogue, or had to sign in again, finds the desk as it was left; otherwise it is offered.
    if (asked || document.referrer && new URL(document.referrer).pathname.indexOf("/sign-in/") === 0) {
      takeUp(found);
      return;
    }
    document.getElementById("desk-found-at").textContent = clock(found.at);
    document.getElementById("desk-found").hidden = false;
    document.getElementById("desk-take-up").addEventListener("click", function () { takeUp(found); });
    document.getElementById("desk-forget").addEventListener("click", function () {
      drawer.forget(new Map(found.fields).get("account"));
      document.getElementById("desk-found").hidden = true;
    });
  }

  // Not by `autofocus`: it would take the cursor at every answer.
  document.addEventListener("DOMContentLoaded", function () {
    document.getElementById("desk-add").focus();
    restore();
    // What was refused is not placed, and what a placed order takes along is gone already.
    if (form.hasAttribute("data-refused")) { keep(); }
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
    drawer.forget(account());
  });
})();
