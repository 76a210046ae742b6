"use strict";
/* The plot of price against context, on logarithmic axes: the models that the table shows, as points. */
const Plot = (() => {
  const { byId, number } = Dom;
  let chart = null;
  const GROUPS = [
    { label: "open weights", is: true, color: "--open", pointStyle: "circle" },
    { label: "closed weights", is: false, color: "--closed", pointStyle: "triangle" },
    { label: "weights not stated", is: null, color: "--muted", pointStyle: "rect" },
  ];
  const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;

  /** Draw the rows; a click on a point opens its card. */
  function draw(rows, open) {
    const field = byId("plot-price").value;
    const words = byId("plot-price").selectedOptions[0].text;
    // The library takes data that it need not parse as sorted.
    const shown = rows.filter((one) => one.context > 0 && one[field] > 0).sort((one, other) => one.context - other.context);
    const free = rows.filter((one) => one.context > 0 && one[field] === 0).length;
    const rest = rows.length - shown.length - free;
    const datasets = GROUPS.map((group) => ({
      label: group.label,
      data: shown.filter((one) => one.open_weights === group.is).map((one) => ({ x: one.context, y: one[field], one })),
      pointStyle: group.pointStyle,
      backgroundColor: `${color(group.color)}99`,
      borderColor: color(group.color),
    })).filter((set) => set.data.length);
    const axis = (text, ticks) => ({
      type: "logarithmic",
      title: { display: true, text, color: color("--text") },
      grid: { color: color("--line") },
      border: { color: color("--line") },
      ticks: { color: color("--muted"), maxRotation: 0, autoSkipPadding: 12, callback: ticks },
    });
    const short = (value) => (value >= 1e6 ? `${value / 1e6}M` : value >= 1e3 ? `${value / 1e3}k` : String(value));
    const isRound = (value) => [1, 2, 5].includes(Math.round(value / 10 ** Math.floor(Math.log10(value) + 1e-9)));
    const options = {
      animation: false,
      parsing: false,
      responsive: true,
      maintainAspectRatio: false,
      interaction: { mode: "nearest", intersect: true },
      elements: { point: { radius: 4, hoverRadius: 7, borderWidth: 0.5, hitRadius: 6 } },
      scales: {
        x: axis("context, tokens", (value) => (isRound(value) ? short(value) : "")),
        y: axis(`price of ${words}, USD per million tokens`, (value) => (isRound(value) ? `$${number(value)}` : "")),
      },
      plugins: {
        legend: { labels: { color: color("--text"), usePointStyle: true, boxWidth: 8, boxHeight: 8 } },
        tooltip: {
          callbacks: {
            label: ({ raw }) => `${raw.one.spec}: $${number(raw.y)}, ${number(raw.x)} tokens`,
            title: () => "",
          },
        },
      },
      onClick: (_event, points) => points.length && open(datasets[points[0].datasetIndex].data[points[0].index].one.row),
      onHover: (event, points) => (event.native.target.style.cursor = points.length ? "pointer" : ""),
    };
    chart?.destroy();
    chart = new Chart(byId("plot"), { type: "scatter", data: { datasets }, options });
    const left = [free ? `${number(free)} have a price of 0` : "", rest ? `of ${number(rest)} the price or the context is unknown` : ""];
    const why = left.filter(Boolean).join(", and ");
    const note = `${number(shown.length)} models are points.${why ? ` Not in the plot: ${why}.` : ""}`;
    byId("plot-note").textContent = `${note} The table has the same models, with all numbers.`;
    byId("plot").setAttribute("aria-label", `Scatter plot of the price of ${words} against context. ${note}`);
  }

  return { draw };
})();
