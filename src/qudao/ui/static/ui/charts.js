// Draws every [data-chart] from its JSON option, in the colours of tokens.css, again when the theme changes.
// A data item with `url` leads to the rows behind it; one with `tone` has the colour of that token.
(function () {
  "use strict";

  function token(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  }

  function palette() {
    return ["accent", "info", "warn", "ok", "bad", "hold"].map(function (name) { return token("--q-" + name); });
  }

  function axis(given) {
    if (!given) { return given; }
    return (Array.isArray(given) ? given : [given]).map(function (one) {
      return Object.assign({
        axisLine: { lineStyle: { color: token("--q-line-strong") } },
        splitLine: { lineStyle: { color: token("--q-line") } }
      }, one, {
        // What a page says of its labels comes beside their colour, not instead of it.
        axisLabel: Object.assign({ color: token("--q-ink-2"), hideOverlap: true }, one.axisLabel),
        nameTextStyle: Object.assign({ color: token("--q-ink-2") }, one.nameTextStyle)
      });
    });
  }

  // The words of a flow stand beside its ends, some on bands that run by: in ink, with a rim of the card's colour.
  function series(given) {
    return given && given.map(function (one) {
      // A line's mark in the legend is filled: an empty one is white, which glares in the dark.
      if (one.type === "line") { return Object.assign({ symbol: "circle" }, one); }
      if (one.type !== "sankey") { return one; }
      return Object.assign({}, one, {
        label: Object.assign({ color: token("--q-ink"), textBorderColor: token("--q-card"), textBorderWidth: 3 }, one.label),
        data: one.data.map(function (end) {
          return Object.assign({ itemStyle: { color: token("--q-" + (end.tone || "accent")), borderWidth: 0 } }, end);
        })
      });
    });
  }

  // Room above the drawing: for a legend, or to set the name of an axis that goes up, which lies within its bounds,
  // off from what stands above the chart.
  function above(option) {
    if (option.legend && option.legend.show !== false) { return 28; }
    return [].concat(option.yAxis || []).some(function (one) { return one.name && one.nameLocation !== "middle"; }) ? 12 : 4;
  }

  function draw(box) {
    // What is not shown has no size to draw to; it is drawn once it has.
    if (!box.clientWidth) { return; }
    var option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    var chart = window.echarts.getInstanceByDom(box) || window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption(Object.assign({
      color: palette(),
      textStyle: { fontFamily: token("--q-font"), color: token("--q-ink") },
      grid: { left: 8, right: 16, top: above(option), bottom: 8, outerBoundsMode: "same" },
      animation: false
    }, option, {
      series: series(option.series),
      legend: option.legend && Object.assign({ textStyle: { color: token("--q-ink-2") } }, option.legend),
      xAxis: axis(option.xAxis),
      yAxis: axis(option.yAxis),
      tooltip: Object.assign({
        trigger: "axis", backgroundColor: token("--q-card"), borderColor: token("--q-line"),
        textStyle: { color: token("--q-ink") }
      }, option.tooltip, { renderMode: "richText" })
    }), true);
    chart.off("click");
    chart.on("click", function (event) {
      if (event.data && event.data.url) { location.assign(event.data.url); }
    });
  }

  function drawAll() { document.querySelectorAll("[data-chart]").forEach(draw); }

  document.addEventListener("DOMContentLoaded", drawAll);
  document.addEventListener("qudao:theme", drawAll);
  document.addEventListener("htmx:afterSwap", function (event) {
    event.detail.target.querySelectorAll("[data-chart]").forEach(draw);
  });
  window.addEventListener("resize", function () {
    document.querySelectorAll("[data-chart]").forEach(function (box) {
      var chart = window.echarts.getInstanceByDom(box);
      if (chart) { chart.resize(); } else { draw(box); }
    });
  });
})();
