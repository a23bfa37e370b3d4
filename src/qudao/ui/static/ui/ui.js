// Behaviour of every page: the rail, the palette, the drawer, menus, list keys, copying, notices.
// Alpine components are registered here because the CSP allows no expressions in the markup.
(function () {
  "use strict";

  var byId = function (id) { return document.getElementById(id); };
  var typing = function (element) {
    return Boolean(element && element.closest("input, textarea, select, [contenteditable]"));
  };

  // The rail's entry of this page; a rail longer than the screen is scrolled to it.
  function lit() { return document.querySelector("#rail [aria-current]"); }

  document.addEventListener("DOMContentLoaded", function () {
    if (lit()) { lit().scrollIntoView({ block: "nearest" }); }
  });

  document.addEventListener("alpine:init", function () {
    var Alpine = window.Alpine;

    Alpine.data("rail", function () {
      return {
        state: "shut",
        get expanded() { return this.state === "open" ? "true" : "false"; },
        toggle: function () {
          this.state = this.state === "open" ? "shut" : "open";
          if (this.state === "open") {
            this.$nextTick(function () { (lit() || byId("rail").querySelector("a")).focus(); });
          }
        },
        shut: function () {
          if (this.state === "open") {
            this.state = "shut";
            byId("rail-button").focus();
          }
        }
      };
    });

    Alpine.data("theme", function () {
      return {
        chosen: window.qudaoTheme.choice(),
        choose: function (event) {
          this.chosen = event.currentTarget.dataset.choice;
          window.qudaoTheme.choose(this.chosen);
        },
        pressed: function () { return String(this.$el.dataset.choice === this.chosen); }
      };
    });

    Alpine.data("selection", function () {
      return {
        count: 0,
        boxes: function () { return this.$root.querySelectorAll("[data-pick]"); },
        get any() { return this.count > 0; },
        recount: function () {
          var boxes = Array.prototype.slice.call(this.boxes());
          this.count = boxes.filter(function (box) { return box.checked; }).length;
          boxes.forEach(function (box) { box.closest("tr").classList.toggle("on", box.checked); });
          var all = this.$root.querySelector("[data-pick-all]");
          if (all) {
            all.checked = this.count > 0 && this.count === boxes.length;
            all.indeterminate = this.count > 0 && this.count < boxes.length;
          }
        },
        all: function (event) {
          var checked = event.currentTarget.checked;
          this.boxes().forEach(function (box) { box.checked = checked; });
          this.recount();
        },
        init: function () {
          var all = this.$root.querySelector("[data-pick-all]");
          if (all) { all.hidden = !this.boxes().length; }
          this.recount();
        }
      };
    });
  });

  // The palette: Ctrl-K from anywhere, arrows and Enter inside. A scanner types and sends Enter.
  function openPalette() {
    var palette = byId("palette");
    if (palette && !palette.open) {
      palette.showModal();
      byId("palette-query").select();
    }
  }

  function movePalette(step) {
    var links = Array.prototype.slice.call(byId("palette-results").querySelectorAll("a"));
    if (!links.length) { return; }
    var now = links.findIndex(function (link) { return link.classList.contains("on"); });
    var next = links[(now + step + links.length) % links.length];
    links.forEach(function (link) { link.classList.toggle("on", link === next); });
    next.scrollIntoView({ block: "nearest" });
  }

  function paletteKeys(event) {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      movePalette(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter") {
      var chosen = byId("palette-results").querySelector("a.on");
      if (chosen) {
        event.preventDefault();
        chosen.click();
      }
    }
  }

  // A scanner types far faster than a person and ends with Enter: outside a field, such a burst is a code to
  // look for. ^] and the byte 1D are the separator a scanner sends between the parts of a GS1 code.
  var burst = { text: "", at: 0, start: 0 };
  var FASTEST_TYPIST = 50, LONGEST_GAP = 200, SHORTEST_CODE = 6;

  function fast(now) { return now - burst.start < burst.text.length * FASTEST_TYPIST; }

  function scanned(event) {
    var now = event.timeStamp;
    if (event.repeat) { return false; }
    if (event.key === "Enter") {
      var text = burst.text;
      var code = text.length >= SHORTEST_CODE && fast(now);
      burst.text = "";
      if (code) { location.assign(byId("palette").querySelector("form").action + "?q=" + encodeURIComponent(text)); }
      return code;
    }
    var separator = event.ctrlKey && event.key === "]";
    if (!separator && (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey)) { return false; }
    if (now - burst.at > LONGEST_GAP) { burst.text = ""; burst.start = now; }
    burst.at = now;
    burst.text += separator ? "\u001d" : event.key;
    // The first key may be a list's own (j, x, /); from the second on it is a code.
    return separator || (burst.text.length > 2 && fast(now));
  }

  // Tabs scroll where they are too many for the screen: the open one shall be seen.
  document.querySelectorAll(".q-tabs [aria-current]").forEach(function (tab) {
    var strip = tab.parentNode;
    strip.scrollLeft = tab.offsetLeft - strip.offsetLeft - (strip.clientWidth - tab.offsetWidth) / 2;
  });

  // Lists: j and k or the arrows walk the rows, x picks, Enter opens, / goes to the filter.
  function walkRows(step) {
    var rows = Array.prototype.slice.call(document.querySelectorAll("main [data-rows] > tr"));
    if (!rows.length) { return false; }
    var now = rows.indexOf(document.activeElement.closest("[data-rows] > tr"));
    var next = rows[Math.min(Math.max(now + step, 0), rows.length - 1)];
    unfold(next.parentNode);
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    return true;
  }

  // Arrows walk too, unless something that scrolls or opens by them has the keyboard.
  function step(key) {
    if (key === "j" || key === "k") { return key === "j" ? 1 : -1; }
    var at = document.activeElement;
    if (!at || at === document.body || at.id === "main" || at.closest("[data-rows]")) {
      return { ArrowDown: 1, ArrowUp: -1 }[key] || 0;
    }
    return 0;
  }

  function rowKeys(event) {
    if (step(event.key)) { return walkRows(step(event.key)); }
    if (event.key === "/") {
      var box = document.querySelector("main [data-filter]");
      if (box) { box.select(); }
      return Boolean(box);
    }
    var row = document.activeElement;
    if (!row.matches("[data-rows] > tr")) { return false; }
    var target = null;
    if (event.key === "Enter") { target = row.querySelector("a[data-row-link]"); }
    if (event.key === "x") { target = row.querySelector("[data-pick]"); }
    if (target) { target.click(); }
    return Boolean(target);
  }

  document.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      openPalette();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      var primary = document.querySelector("[data-primary]:not([disabled])");
      if (primary) {
        event.preventDefault();
        primary.click();
      }
      return;
    }
    if (event.key === "Escape") { shutMenus(null); }
    if (byId("palette") && !typing(event.target) && !document.querySelector("dialog[open]") && scanned(event)) {
      event.preventDefault();
      return;
    }
    if (event.target.id === "palette-query") { paletteKeys(event); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) { return; }
    if (walkMenu(event)) { event.preventDefault(); return; }
    if (!document.querySelector("dialog[open]") && rowKeys(event)) { event.preventDefault(); }
  });

  // On a menu's button the arrow down opens it; in the open menu the arrows walk what can be pressed.
  function walkMenu(event) {
    var menu = event.target.closest("details.q-menu");
    var step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!menu || !step || typing(event.target)) { return false; }
    menu.open = true;
    var entries = Array.prototype.slice.call(menu.querySelectorAll(".q-menu-list a, .q-menu-list button"));
    var next = entries[Math.min(Math.max(entries.indexOf(event.target) + step, 0), entries.length - 1)];
    if (next) { next.focus(); }
    return Boolean(next);
  }

  function shutMenus(except) {
    document.querySelectorAll("details.q-menu[open]").forEach(function (menu) {
      if (menu === except) { return; }
      var held = menu.contains(document.activeElement);
      menu.open = false;
      if (held && !except) { menu.querySelector("summary").focus(); }
    });
  }

  function copy(button) {
    navigator.clipboard.writeText(button.dataset.copy).then(function () {
      notice(button.dataset.copied, "ok");
    });
  }

  document.addEventListener("click", function (event) {
    shutMenus(event.target.closest("details.q-menu"));
    var hit = event.target.closest("[data-palette], [data-drawer], [data-shut], [data-copy], [data-print]");
    if (!hit || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    if (hit.hasAttribute("data-palette") && byId("palette")) {
      event.preventDefault();
      openPalette();
    } else if (hit.hasAttribute("data-drawer") && byId("drawer")) {
      event.preventDefault();
      window.htmx.ajax("GET", hit.href, { target: "#drawer-content", source: hit });
    } else if (hit.dataset.shut === "notice") {
      hit.closest(".q-notice").remove();
    } else if (hit.dataset.shut === "dialog") {
      hit.closest("dialog").close();
    } else if (hit.hasAttribute("data-copy")) {
      copy(hit);
    } else if (hit.hasAttribute("data-print")) {
      window.print();
    }
  });

  // A press anywhere on a row opens it, unless it meant something else there or marked text to copy.
  document.addEventListener("click", function (event) {
    var row = event.target.closest("[data-rows] > tr");
    if (!row || event.defaultPrevented || event.target.closest("a, button, input, label, select, summary, textarea")) { return; }
    var link = row.querySelector("a[data-row-link]");
    if (!link || String(window.getSelection())) { return; }
    if (event.ctrlKey || event.metaKey) {
      window.open(link.href);
    } else {
      link.click();
    }
  });

  // data-confirm on a submit button: the question, with {count} for the rows picked.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-confirm]");
    var dialog = byId("confirm");
    if (!button || !dialog || button.dataset.confirmed) { return; }
    event.preventDefault();
    var count = document.querySelectorAll("[data-pick]:checked").length;
    byId("confirm-text").textContent = button.dataset.confirm.replace("{count}", count);
    byId("confirm-yes").onclick = function () {
      button.dataset.confirmed = "yes";
      button.click();
      delete button.dataset.confirmed;
    };
    dialog.showModal();
  });

  // A press on the backdrop reaches the dialog itself.
  document.addEventListener("mousedown", function (event) {
    if (event.target.matches("dialog[open]")) { event.target.close(); }
  });

  function notice(text, tone) {
    var place = byId("toasts");
    var copy = byId("toast-template").content.firstElementChild.cloneNode(true);
    copy.classList.add("q-" + (tone || "info"));
    copy.querySelector("span").textContent = text;
    place.append(copy);
    if (tone !== "bad") { window.setTimeout(function () { copy.remove(); }, 6000); }
  }

  // HX-Trigger: {"notice": {"text": "…", "tone": "ok"}}
  document.addEventListener("notice", function (event) { notice(event.detail.text, event.detail.tone); });

  document.addEventListener("htmx:afterSwap", function (event) {
    var drawer = byId("drawer");
    if (event.detail.target.id === "drawer-content" && !drawer.open) { drawer.showModal(); }
  });

  // Followed redirects end in a whole page; it belongs in the window, not in a fragment.
  document.addEventListener("htmx:beforeSwap", function (event) {
    var detail = event.detail;
    if (detail.boosted || !/^\s*<!doctype/i.test(detail.xhr.responseText)) { return; }
    var landed = new URL(detail.xhr.responseURL);
    if (landed.pathname === new URL(detail.pathInfo.finalRequestPath, location.href).pathname) { return; }
    detail.shouldSwap = false;
    if (detail.xhr.responseText.indexOf('data-layout="bare"') > 0) {
      signedOut();
    } else {
      location.assign(landed.href);
    }
  });

  // The page stays as it is, so that nothing typed is lost; signing in elsewhere lets it go on.
  function signedOut() { notice(document.body.dataset.signedOut, "bad"); }

  function failed(event) {
    var status = event.detail && event.detail.xhr ? event.detail.xhr.status : 0;
    if (status === 401) { signedOut(); } else { notice(document.body.dataset.failed, "bad"); }
  }

  // Signing in anew in another tab changes the token; the cookie always holds the one that fits.
  function token() {
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    return found ? found[1] : "";
  }
  document.addEventListener("htmx:configRequest", function (event) {
    if (!token()) { return; }
    event.detail.headers["X-CSRFToken"] = token();
    // The field of a form goes before the header.
    if (event.detail.parameters.csrfmiddlewaretoken) { event.detail.parameters.csrfmiddlewaretoken = token(); }
  });
  document.addEventListener("submit", function (event) {
    var field = event.target.querySelector("[name=csrfmiddlewaretoken]");
    if (field && token()) { field.value = token(); }
  }, true);

  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);

  // A second press while the first is under way does nothing. data-repeat is for forms that answer with a file.
  document.addEventListener("submit", function (event) {
    var post = (event.target.getAttribute("method") || "get").toLowerCase() === "post";
    if (!post || event.target.matches("[data-repeat], [hx-post], [hx-put], [hx-patch], [hx-delete]")) { return; }
    if (event.target.dataset.sent) {
      event.preventDefault();
    } else if (!event.defaultPrevented) {
      event.target.dataset.sent = "yes";
      if (event.submitter) { event.submitter.setAttribute("aria-busy", "true"); }
    }
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      form.querySelectorAll("[aria-busy]").forEach(function (button) { button.removeAttribute("aria-busy"); });
    });
  });

  // On a phone a long table of cards shows its first and a button for the rest (components.css hides them, there and on
  // the screen only). What is to be filled in stays open, and so does a list that is turned page by page.
  var SHOWN = 10, WORTH_A_PRESS = 5;

  function fold(body) {
    var table = body.closest(".q-stack");
    var rest = body.rows.length - SHOWN;
    if (rest <= WORTH_A_PRESS || body.classList.contains("q-folded")) { return; }
    if (table.querySelector("tbody input:not([type=hidden]), tbody select, tbody textarea")) { return; }
    if (table.parentNode.parentNode.querySelector(":scope > .q-pages")) { return; }
    var button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.textContent = document.body.dataset.rest.replace("{count}", rest);
    button.addEventListener("click", function () {
      var first = body.rows[SHOWN];
      unfold(body);
      first.tabIndex = -1;
      first.focus({ preventScroll: true });
    });
    var foot = document.createElement("tbody");
    foot.className = "q-rest";
    var cell = foot.insertRow().insertCell();
    cell.colSpan = 99;
    cell.append(button);
    body.classList.add("q-folded");
    body.after(foot);
  }

  function unfold(body) {
    if (!body.classList.contains("q-folded")) { return; }
    body.classList.remove("q-folded");
    body.nextElementSibling.remove();
  }

  function foldAll(within) {
    within.querySelectorAll(".q-stack > tbody:not(.q-rest)").forEach(fold);
    var meant = location.hash && byId(decodeURIComponent(location.hash.slice(1)));
    var folded = meant && meant.closest(".q-folded");
    if (folded) {
      unfold(folded);
      meant.scrollIntoView();
    }
  }
  foldAll(document);
  document.addEventListener("htmx:afterSwap", function (event) { foldAll(event.detail.target.parentNode || document); });

  // A browser words its own field for files in its own language: ours lies above, in the page's.
  var nameFiles = function (input) {
    var names = Array.prototype.map.call(input.files, function (file) { return file.name; });
    input.parentElement.querySelector("[data-files]").textContent =
      names.join("  ") || document.body.dataset.none;
  };
  document.querySelectorAll("input[type=file].form-control").forEach(function (input) {
    var field = document.createElement("span");
    field.className = "q-file form-control";
    field.innerHTML = '<span class="q-file-choose" aria-hidden="true"></span><span class="q-file-names" data-files aria-hidden="true"></span>';
    field.firstChild.textContent = document.body.dataset.choose;
    input.replaceWith(field);
    input.className = "q-file-input";
    field.prepend(input);
    nameFiles(input);
    input.addEventListener("change", function () { nameFiles(input); });
  });
})();
