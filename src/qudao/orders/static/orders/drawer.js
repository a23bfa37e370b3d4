// What lies on a partner's desk, kept in this browser for a person and a channel account, for a day: the catalogue puts
// products in, the desk takes them up and keeps what is typed there, placing the order empties it.
(function () {
  "use strict";

  var DAY = 86400000;
  var LINE = ["item", "unit", "di", "quantity"];

  function isLine(field) { return LINE.indexOf(field[0]) >= 0; }

  window.qudaoDrawer = function (person, party) {
    var prefix = "qudao.desk:" + person + ":" + party + ":";

    function look(key) {
      var found = JSON.parse(localStorage.getItem(key) || "null");
      return found && Date.now() - found.at < DAY ? found : null;
    }

    function read(account) { return look(prefix + account); }

    // `fields` are those of the desk's form, name and value; `names` says what its products are called.
    function write(account, fields, names) {
      localStorage.setItem(prefix + account, JSON.stringify({ at: Date.now(), fields: fields, names: names }));
    }

    function forget(account) { localStorage.removeItem(prefix + account); }

    // What was kept last, whatever the account.
    function latest() {
      var keys = Object.keys(localStorage).filter(function (key) { return key.indexOf(prefix) === 0; });
      return keys.map(look).filter(Boolean).sort(function (a, b) { return b.at - a.at; })[0] || null;
    }

    function lines(account) {
      var found = read(account) || { fields: [] };
      var columns = {};
      LINE.forEach(function (name) {
        columns[name] = found.fields.filter(function (field) { return field[0] === name; });
      });
      return columns.item.map(function (field, at) {
        var line = { name: (found.names || {})[field[1]] || "" };
        LINE.forEach(function (name) { line[name] = columns[name][at][1]; });
        return line;
      });
    }

    // The lines anew; whatever else is kept of the order stays.
    function put(account, wanted) {
      if (!wanted.length) { forget(account); return; }
      var found = read(account) || { fields: [["account", account]] };
      var fields = found.fields.filter(function (field) { return !isLine(field); });
      var names = {};
      wanted.forEach(function (line) {
        names[line.item] = line.name;
        LINE.forEach(function (name) { fields.push([name, line[name]]); });
      });
      write(account, fields, names);
    }

    return { read: read, write: write, forget: forget, latest: latest, lines: lines, put: put };
  };
})();
