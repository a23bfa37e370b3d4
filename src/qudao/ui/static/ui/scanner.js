// One field for a scanner that types: every code goes to the server as it came, one after the other; the
// answer is a verdict in words, a colour and a sound. Accepted codes are kept on the device until the work
// is saved, so that a reload, a lost connection or the back button lose nothing.
(function () {
  "use strict";

  var GS = "\u001d";
  var sound = null;

  function tone(frequency, at, length, shape) {
    var voice = sound.createOscillator();
    var volume = sound.createGain();
    voice.type = shape;
    voice.frequency.value = frequency;
    volume.gain.setValueAtTime(0.25, sound.currentTime + at);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + at + length);
    voice.connect(volume);
    volume.connect(sound.destination);
    voice.start(sound.currentTime + at);
    voice.stop(sound.currentTime + at + length);
  }

  // High and short is good, low and long is bad, two rising notes are the end of the list.
  function beep(kind) {
    var Context = window.AudioContext || window.webkitAudioContext;
    if (!Context) { return; }
    sound = sound || new Context();
    if (sound.state === "suspended") { sound.resume(); }
    if (kind === "bad") {
      tone(190, 0, 0.22, "square");
      tone(150, 0.26, 0.4, "square");
    } else if (kind === "done") {
      tone(880, 0, 0.12, "sine");
      tone(1320, 0.14, 0.22, "sine");
    } else if (kind === "warn") {
      tone(660, 0, 0.1, "triangle");
      tone(660, 0.16, 0.1, "triangle");
    } else {
      tone(1050, 0, 0.11, "sine");
    }
  }

  function Scanner(root) {
    this.root = root;
    this.field = root.querySelector("[data-scan-field]");
    this.state = root.querySelector("[data-scan-state]");
    this.kept = root.querySelector("[name=scans]");
    this.key = "scan:" + root.dataset.key;
    this.waiting = [];
    this.busy = false;
    var before = this.kept.value || this.stored();
    this.accepted = before ? before.split("\n").filter(Boolean) : [];
    this.listen();
    if (this.accepted.length) { this.ask(null); } else { this.keep(); }
    this.field.focus();
  }

  Scanner.prototype.stored = function () {
    try { return window.sessionStorage.getItem(this.key) || ""; } catch (error) { return ""; }
  };

  Scanner.prototype.keep = function () {
    this.kept.value = this.accepted.join("\n");
    try { window.sessionStorage.setItem(this.key, this.kept.value); } catch (error) { /* private mode */ }
    var undo = this.root.querySelector("[data-scan-undo]");
    if (undo) { undo.disabled = this.accepted.length === 0; }
  };

  Scanner.prototype.listen = function () {
    var self = this;
    this.field.addEventListener("keydown", function (event) {
      // A keyboard scanner sends the separator as Ctrl-], which a field would swallow.
      if (event.ctrlKey && (event.key === "]" || event.key === GS || event.code === "BracketRight")) {
        event.preventDefault();
        self.field.setRangeText(GS, self.field.selectionStart, self.field.selectionEnd, "end");
      } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey && self.field.value)) {
        event.preventDefault();
        self.take();
      }
    });
    this.root.addEventListener("click", function (event) {
      var hit = event.target.closest("[data-scan-undo], [data-scan-keys], [data-scan-take], [data-scan-hand]");
      if (!hit) { return; }
      if (hit.hasAttribute("data-scan-hand")) { self.byHand(hit.closest("[data-scan-fields]")); }
      if (hit.hasAttribute("data-scan-undo")) { self.undo(); }
      if (hit.hasAttribute("data-scan-take")) { self.take(); }
      if (hit.hasAttribute("data-scan-keys")) {
        var typed = self.field.inputMode === "none";
        self.field.inputMode = typed ? "text" : "none";
        hit.setAttribute("aria-pressed", String(typed));
      }
      self.field.focus();
    });
    // Enter, a scanner's too, takes what was typed by hand and never ends the work: only its button does.
    this.root.addEventListener("keydown", function (event) {
      if (event.key !== "Enter" || event.defaultPrevented || !event.target.matches("input, select")) { return; }
      event.preventDefault();
      if (event.target.matches("[data-hand]")) { self.byHand(event.target.closest("[data-scan-fields]")); }
      self.field.focus();
    });
    // What is typed outside any control belongs into the field.
    document.addEventListener("keydown", function (event) {
      var other = event.target.closest("input, textarea, select, button, a, summary, dialog");
      if (other || event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) { return; }
      self.field.focus();
    });
    document.addEventListener("click", function (event) {
      if (!event.target.closest("input, textarea, select, button, a, summary, label, dialog")) {
        self.field.focus();
      }
    });
    // Saving is for what was taken: a code still on its way is waited for, a label typed and not added comes first.
    this.root.addEventListener("submit", function (event) {
      var fields = self.typedByHand();
      if (fields) { self.byHand(fields); }
      if (self.busy || self.waiting.length) { event.preventDefault(); event.stopPropagation(); }
    }, true);
  };

  Scanner.prototype.take = function () {
    var code = this.field.value.replace(/[\r\n\t]+/g, "");
    this.field.value = "";
    if (!code) { return; }
    this.waiting.push(code);
    this.next();
  };

  // A label without a code becomes one of ours: the fields in their order.
  Scanner.prototype.byHand = function (fields) {
    var values = Array.prototype.map.call(fields.querySelectorAll("[data-hand]"), function (one) {
      return one.value.trim();
    });
    this.waiting.push("HAND|" + values.join("|"));
    this.next();
  };

  // The fields of a label that were filled in and not added; null when there are none.
  Scanner.prototype.typedByHand = function () {
    var fields = this.root.querySelector("[data-scan-fields]");
    var typed = fields && Array.prototype.some.call(fields.querySelectorAll("input[data-hand]"), function (one) {
      return one.value.trim() !== "";
    });
    return typed ? fields : null;
  };

  Scanner.prototype.undo = function () {
    if (this.busy || !this.accepted.length) { return; }
    this.accepted.pop();
    this.keep();
    this.ask(null);
  };

  Scanner.prototype.next = function () {
    if (!this.busy && this.waiting.length) { this.ask(this.waiting[0]); }
  };

  Scanner.prototype.ask = function (code) {
    var self = this;
    var body = new URLSearchParams(new FormData(this.root));
    body.set("scans", this.accepted.join("\n"));
    body.set("code", code === null ? "" : code);
    this.busy = true;
    this.root.setAttribute("aria-busy", "true");
    window.fetch(this.root.dataset.check, { method: "POST", body: body, headers: { "HX-Request": "true" } })
      .then(function (answer) {
        if (answer.redirected) { window.location.reload(); }
        if (!answer.ok) { throw new Error(String(answer.status)); }
        return answer.text();
      })
      .then(function (text) { self.show(text, code); })
      .catch(function () { self.failed(code); })
      .then(function () {
        self.busy = false;
        self.root.removeAttribute("aria-busy");
        self.next();
      });
  };

  Scanner.prototype.show = function (text, code) {
    this.state.innerHTML = text;
    var verdict = this.state.querySelector("[data-verdict]");
    var kind = verdict ? verdict.dataset.verdict : "bad";
    if (code !== null) {
      this.waiting.shift();
      if (kind !== "bad") {
        this.accepted.push(code);
        if (code.indexOf("HAND|") === 0) {
          this.root.querySelectorAll("input[data-hand]").forEach(function (one) { one.value = ""; });
        }
        // What was said of the work before this code holds no more.
        document.querySelectorAll("[data-scan-said]").forEach(function (said) { said.remove(); });
      }
      beep(kind);
      this.root.dataset.sounded = kind;
    }
    this.keep();
  };

  // The code stays first in the queue: it is asked again by the next scan or by Enter.
  Scanner.prototype.failed = function (code) {
    var lost = this.root.querySelector("[data-scan-lost]").content.firstElementChild.cloneNode(true);
    var before = this.state.querySelector("[data-verdict]");
    if (before) { before.replaceWith(lost); } else { this.state.prepend(lost); }
    if (code !== null) { this.field.value = this.waiting.shift(); this.waiting = []; }
    beep("bad");
    this.root.dataset.sounded = "bad";
  };

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-scanner]").forEach(function (root) { new Scanner(root); });
  });
})();
