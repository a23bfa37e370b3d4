// What is chosen in the catalogue lies where the desk keeps its lines: it outlives searching, paging and coming back.
(function () {
  "use strict";

  var form = document.getElementById("cart");
  var chosen = document.getElementById("chosen");
  var drawer = window.qudaoDrawer(form.dataset.person, form.dataset.party);
  var account = form.elements.account.value;
  var fields = Array.prototype.slice.call(form.querySelectorAll("[data-item]"));

  function asked(text) { return Boolean(text.trim()) && Number(text) !== 0; }

  // The same product in another unit is a line of its own, and not the one of this field.
  function isOf(field) {
    return function (line) {
      return line.item === field.dataset.item && (line.unit === "" || line.unit === field.dataset.unit);
    };
  }

  function write(field) {
    var lines = drawer.lines(account);
    var found = lines.find(isOf(field));
    if (!asked(field.value)) {
      lines = lines.filter(function (line) { return line !== found; });
    } else if (found) {
      found.quantity = field.value;
    } else {
      lines.push({ item: field.dataset.item, unit: field.dataset.unit, di: "", quantity: field.value, name: field.dataset.name });
    }
    drawer.put(account, lines);
  }

  function cell(row, text, figure) {
    var made = row.insertCell();
    made.textContent = text;
    if (figure) { made.className = "num"; }
    return made;
  }

  function list() {
    var lines = drawer.lines(account);
    var body = chosen.querySelector("tbody");
    body.replaceChildren();
    lines.forEach(function (line, at) {
      var row = body.insertRow();
      cell(row, line.name);
      cell(row, line.quantity + " " + line.unit, true);
      var remove = document.createElement("button");
      remove.type = "button";
      remove.textContent = "×";
      remove.dataset.at = at;
      remove.setAttribute("aria-label", chosen.dataset.remove.replace("{name}", line.name));
      cell(row, "").append(remove);
    });
    chosen.querySelector("summary").textContent = chosen.dataset.label.replace("{n}", lines.length);
    chosen.hidden = !lines.length;
    if (!lines.length) { chosen.open = false; }
  }

  function fill() {
    var lines = drawer.lines(account);
    fields.forEach(function (field) {
      var found = lines.find(isOf(field));
      field.value = found ? found.quantity : "";
    });
    list();
  }

  form.addEventListener("input", function (event) {
    if (fields.indexOf(event.target) < 0) { return; }
    write(event.target);
    list();
  });

  chosen.addEventListener("click", function (event) {
    var remove = event.target.closest("[data-at]");
    if (!remove && !event.target.closest("[data-empty]")) { return; }
    // The row goes, and a menu shuts when what was pressed is no part of it any more.
    event.stopPropagation();
    drawer.put(account, remove ? drawer.lines(account).filter(function (line, at) { return at !== Number(remove.dataset.at); }) : []);
    fill();
  });

  // The desk takes up itself what was chosen: an address that held the products would add them again at every visit.
  form.addEventListener("submit", function (event) {
    event.preventDefault();
    location.assign(form.action + "?" + new URLSearchParams({ account: account, chosen: "1" }));
  });

  // Also when the page comes back as it was left.
  window.addEventListener("pageshow", fill);
})();
