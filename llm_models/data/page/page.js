"use strict";
/* The page: it reads the catalogue, and connects the filters with the table, the plot and the cards. */
(async () => {
  const { byId, h, number } = Dom;
  const { about } = Data;
  byId("subtitle").textContent = `${number(about.models)} models of ${number(about.providers)} providers, as of ${about.date ?? "an unknown day"}. Prices in USD per million tokens.`;
  byId("source").textContent = `llm-models ${about.version}; catalogue ${about.digest.slice(0, 12)}; sources: ${about.sources.join(", ")}. This file is complete: it loads nothing and sends nothing.`;

  byId("words").append(Words.element());
  await Data.rows();
  let open = null;
  let isPlot = false;

  /** The address of the page names the filters and the open card, so that it can be kept or sent. */
  function address() {
    clearTimeout(writing);
    writing = setTimeout(write, 300); // a browser takes some milliseconds for it, and limits how often it is changed
  }

  let writing = 0;
  function write() {
    const found = Filters.stated();
    if (isPlot) found.set("view", "plot");
    if (open !== null) found.set("model", Data.list[open].spec);
    const text = String(found);
    history.replaceState(null, "", text ? `#${text}` : location.pathname + location.search);
  }

  const show = (row) => Card.show(row, (now) => {
    open = now;
    address();
  });

  function counted(fit) {
    byId("status").textContent = fit === about.models ? `${number(fit)} models` : `${number(fit)} of ${number(about.models)} models`;
  }

  let drawing = 0;
  function plot() {
    clearTimeout(drawing);
    if (isPlot) drawing = setTimeout(() => Plot.draw(Table.fitting(), show), 60);
  }

  let waiting = null;
  /** What is typed is seen at once; the table follows with the next frame, once for all keys until then. */
  function changed() {
    waiting ??= requestAnimationFrame(apply);
  }

  function apply() {
    waiting = null;
    Table.show(Filters.test());
    const asked = [...Filters.stated().keys()].filter((name) => name !== "q" && name !== "unknown").length;
    byId("count").textContent = asked ? ` (${asked})` : "";
    const required = Filters.stated().getAll("require");
    byId("required").textContent = required.length ? `: ${required.join(", ")}` : "";
    address();
    plot();
  }

  function view(wanted) {
    isPlot = wanted === "plot";
    byId("table-view").hidden = isPlot;
    byId("order").hidden = isPlot;
    byId("plot-view").hidden = !isPlot;
    byId("show-table").setAttribute("aria-pressed", String(!isPlot));
    byId("show-plot").setAttribute("aria-pressed", String(isPlot));
    if (!isPlot) Table.redraw();
    address();
    plot();
  }

  const asked = new URLSearchParams(location.hash.slice(1));
  byId("more").open = matchMedia("(min-width: 60rem) and (min-height: 40rem)").matches;
  Filters.start(changed);
  await Table.start(show, counted);
  apply();
  byId("show-table").addEventListener("click", () => view("table"));
  byId("show-plot").addEventListener("click", () => view("plot"));
  byId("plot-price").addEventListener("change", plot);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", plot);
  for (const one of document.querySelectorAll("main details")) one.addEventListener("toggle", () => Table.redraw());
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input, select, textarea") || document.querySelector("dialog[open]");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      byId("q").focus();
    }
  });

  const licences = byId("licences");
  byId("show-licences").addEventListener("click", () => {
    licences.replaceChildren(
      h("div", { class: "head" }, h("h2", { id: "licences-title" }, "Licences"), h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => licences.close() }, "×")),
      h("div", { class: "body" }, about.licences.map(([name, text]) => h("section", {}, h("h3", {}, name), h("pre", {}, text)))),
    );
    licences.showModal();
  });
  licences.addEventListener("click", (event) => event.target === licences && licences.close());

  if (asked.get("view") === "plot") view("plot");
  const named = Data.list.findIndex((one) => one.spec === asked.get("model"));
  if (named >= 0) show(named);
  else (window.requestIdleCallback ?? setTimeout)(() => Data.cards());
  if (named < 0 && asked.get("model")) byId("status").textContent += ". The link leads to a model that this page does not have.";
  document.documentElement.dataset.ready = "yes";
})().catch((error) => {
  Dom.byId("status").textContent = `This browser cannot show the page: ${error.message}. A browser of 2023 or later can.`;
  throw error;
});
