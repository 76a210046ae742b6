"use strict";
/* The table: Tabulator draws only the rows that are seen, and this adds what keyboards and screen readers need. */
const Table = (() => {
  const { byId, h, unknown, number, orUnknown } = Dom;
  let table;
  let marking = null;
  let active = null; // the row that the arrow keys have reached
  const STATES = { ga: "", preview: "preview", deprecated: "deprecated", retired: "retired" };
  const SHOWN = { tools: "tools", reasoning: "reasoning", json_schema: "JSON" };
  const CHARGES = { free: "free", plan: "plan", trial: "trial", local: "local" };

  function nameCell(cell) {
    const one = cell.getData();
    return h("span", { class: "name" }, h("b", {}, one.name ?? one.id), h("small", {}, one.spec));
  }

  function priceCell(cell) {
    const one = cell.getData();
    const value = cell.getValue();
    if (value === null) return unknown();
    // A price of 0 is free only where requests are charged by use.
    const charge = value === 0 ? CHARGES[one.charge] : one.seller.billing === "usage" ? null : CHARGES[one.charge];
    return h("span", {}, value === 0 && charge ? "" : number(value), charge ? h("span", { class: `tag ${charge}`, title: Words.marks[charge] }, charge) : null);
  }

  function abilities(cell) {
    const one = cell.getData();
    const found = [];
    for (const [name, word] of Object.entries(SHOWN)) {
      const bit = 1 << Data.capabilities.indexOf(name);
      if (one.yes & bit) found.push(h("span", { class: "tag" }, word));
      else if (!(one.no & bit)) found.push(h("span", { class: "tag open", title: `${word}: not stated` }, word, unknown("not stated")));
    }
    if (one.takes?.includes("image")) found.push(h("span", { class: "tag", title: Words.marks.vision }, "vision"));
    return h("span", { class: "tags" }, found);
  }

  const numeric = (cell) => orUnknown(cell.getValue());

  /** A number of tokens, shortened where there is no room; its title has all digits. */
  function context(cell) {
    const value = cell.getValue();
    if (value === null || !isNarrow()) return orUnknown(value);
    const [by, letter] = value >= 1e6 ? [1e6, "M"] : value >= 1e3 ? [1e3, "k"] : [1, ""];
    return h("span", { title: number(value) }, `${Math.round((value / by) * 100) / 100}${letter}`);
  }

  const isNarrow = () => matchMedia("(max-width: 40rem)").matches;
  const text = (cell) => (cell.getValue() === null ? unknown() : h("span", {}, cell.getValue()));

  function stateCell(cell) {
    const one = cell.getData();
    const date = one.retires === null ? "" : one.state === "retired" ? one.retires : `retires ${one.retires}`;
    const shown = [STATES[one.state], date].filter(Boolean).join(", ");
    return h("span", { class: `state ${one.state}` }, shown || h("span", { class: "sr" }, "available"));
  }

  const head = (words) => () => h("button", { type: "button", class: "sort" }, words);
  /** Compare what is known; what is unknown comes last, in both directions. */
  function sorter(one, other, _row, _other, _column, direction) {
    if (one === other) return 0;
    if (one === null) return direction === "asc" ? 1 : -1;
    if (other === null) return direction === "asc" ? -1 : 1;
    return one < other ? -1 : 1;
  }
  const byName = (one, other, row, otherRow) => {
    const [a, b] = [row.getData().text, otherRow.getData().text];
    return a < b ? -1 : Number(a > b);
  };

  const COLUMNS = [
    { title: "Model", field: "spec", formatter: nameCell, sorter: byName, widthGrow: 4, minWidth: 128, responsive: 0 },
    { title: "Kind", field: "kind", formatter: text, width: 100, responsive: 7 },
    { title: "Input $", field: "input", formatter: priceCell, hozAlign: "right", width: 92, narrow: { title: "In $", width: 62 }, responsive: 0 },
    { title: "Output $", field: "output", formatter: priceCell, hozAlign: "right", width: 96, narrow: { title: "Out $", width: 68 }, responsive: 0 },
    { title: "Cached $", field: "cache_read", formatter: priceCell, hozAlign: "right", width: 98, responsive: 6 },
    { title: "Context", field: "context", formatter: context, hozAlign: "right", width: 98, narrow: { width: 70 }, responsive: 1 },
    { title: "Max output", field: "max_output", formatter: numeric, hozAlign: "right", width: 118, responsive: 8 },
    { title: "Released", field: "released", formatter: text, width: 104, responsive: 3 },
    { title: "State", field: "state", formatter: stateCell, width: 124, responsive: 5 },
    { title: "Can", field: "yes", formatter: abilities, headerSort: false, width: 250, responsive: 4 },
  ];

  /** Say in which order the rows stand. A third click on a heading brings back that of the start. */
  function told(sorters) {
    const [by] = sorters;
    const way = by?.dir === "asc" ? "from low to high" : "from high to low";
    byId("order").textContent = by ? `Order: ${by.column.getDefinition().title}, ${way}` : "Order: the newest of their makers first";
  }

  /** Build the table of all rows; `open` shows a card, `counted` gets the rows that fit. */
  function start(open, counted) {
    table = new Tabulator("#grid", {
      data: [...Data.list].sort(Data.atStart),
      index: "row",
      height: "100%",
      layout: "fitColumns",
      responsiveLayout: "hide",
      rowHeight: 46,
      renderVerticalBuffer: 230,
      keybindings: false,
      columnDefaults: { headerSortTristate: true, resizable: false, sorter },
      columns: COLUMNS.map(({ narrow, ...wide }) => ({ ...wide, ...(isNarrow() ? narrow : {}) })).map((column) => ({
        ...column,
        headerSortStartingDir: ["released", "context", "max_output"].includes(column.field) ? "desc" : "asc",
        titleFormatter: column.headerSort === false ? () => h("b", { class: "sort" }, column.title) : head(column.title),
      })),
      placeholder: "No model fits. Clear a filter, or search for fewer words.",
      rowFormatter: (row) => described(row.getElement(), row.getData()),
    });
    table.on("rowClick", (_event, row) => {
      move(row);
      open(row.getData().row);
    });
    table.on("dataSorted", told);
    table.on("dataFiltered", (_filters, rows) => counted(rows.length));
    table.on("renderComplete", mark);
    table.on("scrollVertical", () => {
      marking ??= requestAnimationFrame(mark);
    });
    const grid = byId("grid");
    grid.tabIndex = 0;
    grid.setAttribute("aria-label", "Models");
    grid.setAttribute("aria-describedby", "keys");
    grid.addEventListener("keydown", (event) => onKey(event, open));
    return new Promise((done) => {
      table.on("tableBuilt", () => {
        grid.querySelector(".tabulator-tableholder").tabIndex = -1; // the keys are those of #grid
        done();
      });
    });
  }

  function described(element, one) {
    element.id = `model-${one.row}`;
    element.classList.toggle("active", active === one.row);
    element.classList.toggle("gone", one.state === "retired");
  }

  /** Tell where the rows that are drawn stand among those that fit. */
  function mark() {
    marking = null;
    const grid = byId("grid");
    grid.setAttribute("aria-rowcount", table.getDataCount("active") + 1);
    for (const row of table.getRows("visible")) row.getElement().setAttribute("aria-rowindex", row.getPosition() + 1);
  }

  function move(row) {
    const before = active === null ? null : byId(`model-${active}`);
    before?.classList.remove("active");
    before?.removeAttribute("aria-selected");
    active = row.getData().row;
    const element = row.getElement();
    element.classList.add("active");
    element.setAttribute("aria-selected", "true");
    byId("grid").setAttribute("aria-activedescendant", element.id);
  }

  const STEPS = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
  function onKey(event, open) {
    if (event.target.id !== "grid" || event.ctrlKey || event.altKey || event.metaKey) return;
    if ((event.key === "Enter" || event.key === " ") && active !== null) {
      event.preventDefault();
      open(active);
    } else if (event.key in STEPS) {
      event.preventDefault();
      const rows = table.getRows("active");
      if (!rows.length) return;
      const at = rows.findIndex((row) => row.getData().row === active);
      const next = Math.min(Math.max((at < 0 && STEPS[event.key] > 0 ? -1 : at) + STEPS[event.key], 0), rows.length - 1);
      table.scrollToRow(rows[next], "nearest", false).then(() => move(rows[next]), () => move(rows[next]));
    }
  }

  /** Show the rows that fit a test; all without one. */
  function show(test) {
    if (test) table.setFilter(test);
    else table.clearFilter();
  }

  const fitting = () => table.getData("active");

  return { start, show, fitting, redraw: () => table.redraw() };
})();
