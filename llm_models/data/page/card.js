"use strict";
/* The card of one model: what is known of it, its prices, what a usage costs, who else serves it, and its history. */
const Card = (() => {
  const { byId, h, unknown, number, orUnknown, link } = Dom;
  const billing = (seller) => (seller.billing === "usage" ? "by use" : `${seller.billing}, ${Words.marks[seller.billing]}`);
  const OTHERS = { image: "USD per image", audio: "USD per minute of audio", cache_storage: "USD per million tokens and hour", training: "USD per million tokens of training" };

  const section = (title, ...children) => h("section", {}, h("h3", {}, title), ...children);
  const listed = (items) => (items?.length ? items.join(", ") : null);

  /** Names and values, without those that are not stated; `always` are shown as unknown instead. */
  function facts(pairs, always = []) {
    const rows = Object.entries(pairs).filter(([name, value]) => always.includes(name) || (value !== null && value !== undefined && value !== ""));
    return h("dl", {}, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value ?? unknown()))));
  }

  function grid(columns, rows, caption, right = []) {
    const side = (at) => (right.includes(columns[at]) ? "right" : null);
    return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
      // On a phone the rows are lists of names and values, so the roles of a table are stated.
      h("table", { class: "stack", role: "table" }, h("caption", { class: "sr" }, caption),
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, columns.map((name, at) => h("th", { scope: "col", role: "columnheader", class: side(at) }, name)))),
        h("tbody", { role: "rowgroup" }, rows.map((cells) => h("tr", { role: "row" }, cells.map((cell, at) =>
          at === 0 ? h("th", { scope: "row", role: "rowheader", "data-name": typeof cell === "string" && columns[0] ? columns[0] : null }, cell) : h("td", { role: "cell", class: side(at), "data-name": columns[at] }, cell ?? "")))))));
  }

  /** Each list of prices with when it holds, as `llm-models show` lists them. */
  function priceLists(prices, label = "") {
    const within = (text) => (label ? `${label}, ${text}` : text);
    const found = Object.keys(prices).some((name) => isClass(name)) ? [[label || "standard", prices]] : [];
    for (const tier of prices.tiers ?? []) found.push(...priceLists(tier, within(`over ${number(tier.context_over)} input`)));
    for (const hours of prices.hours ?? []) found.push(...priceLists(hours, within(`${hours.utc.join("-")} UTC ${(hours.days ?? []).join(",")}`.trim())));
    for (const [name, mode] of Object.entries(prices.modes ?? {})) found.push(...priceLists(mode, within(name)));
    for (const dated of prices.dated ?? []) found.push(...priceLists(dated, `from ${dated.valid_from}`));
    return found;
  }
  const isClass = (name) => Data.about.rules.classes.some((one) => one.name === name);

  function prices(cost) {
    const lists = priceLists(cost);
    const classes = Data.about.rules.classes.map((one) => one.name).filter((name) => lists.some(([, list]) => name in list));
    const names = classes.map(Words.label);
    const rows = lists.map(([label, list]) => [label, ...classes.map((name) => (name in list ? number(list[name]) : ""))]);
    const others = {};
    for (const [name, unit] of Object.entries(OTHERS)) if (name in cost) others[name] = `${number(cost[name])} ${unit}`;
    for (const [name, fee] of Object.entries(cost.fees ?? {})) others[Words.label(`fees.${name}`)] = `${number(fee)} USD per 1,000 uses`;
    if (cost.valid_from) others.since = cost.valid_from;
    if (cost.source) others.source = link(cost.source);
    return section("Prices, USD per million tokens",
      rows.length ? grid(["", ...names], rows, "Prices in USD per million tokens", names) : h("p", {}, "No price of tokens is known. Unknown is not free."),
      Object.keys(others).length ? facts(others) : null);
  }

  function capabilities(one) {
    const groups = { yes: [], no: [], likely: [], "not stated": [] };
    Data.capabilities.forEach((name, at) => {
      const bit = 1 << at;
      const group = one.yes & bit ? "yes" : one.no & bit ? "no" : one.likely & bit ? "likely" : "not stated";
      groups[group].push(group === "not stated" ? `${name} (counts as ${Data.defaults & bit ? "yes" : "no"})` : name);
    });
    return section("Capabilities", facts(Object.fromEntries(Object.entries(groups).map(([group, names]) => [group, listed(names)]))));
  }

  function offers(one, card, cards, open) {
    const found = card.canonical === null ? [] : cards.offers[card.canonical].filter(([row]) => row !== one.row && Data.list[row].state !== "retired");
    if (card.canonical === null) return section("Other offers", h("p", {}, "No name is known that this model has at every provider, so it is not compared with others."));
    if (!found.length) return section("Other offers", h("p", {}, "No other provider of this catalogue is known to serve it."));
    const rows = found.map(([row, variant, derived]) => {
      const other = Data.list[row];
      const name = h("button", { type: "button", class: "plain", onclick: () => open(row) }, other.spec);
      const notes = [variant, other.charge === "free" ? "free" : null, other.seller.billing === "usage" ? null : other.seller.billing, derived ? "by its name only" : null, other.state === "ga" ? null : other.state];
      return [name, orUnknown(other.input), orUnknown(other.output), orUnknown(other.cache_read), orUnknown(other.context), notes.filter(Boolean).join("; ")];
    });
    const columns = ["model", "input", "output", "cached", "context", "notes"];
    return section(`Other offers (${number(rows.length)}), the cheapest first`, grid(columns, rows, "Other offers of this model, USD per million tokens", columns.slice(1, 5)));
  }

  /** A part of a price list that has no column, in words. */
  function beside(name, value) {
    const classes = (list) => Object.entries(list).filter(([one]) => isClass(one)).map(([one, price]) => `${Words.label(one)} ${number(price)}`).join(", ");
    if (typeof value === "number") return `${Words.label(name)} ${number(value)}`;
    if (name === "tiers") return value.map((tier) => `over ${number(tier.context_over)} input: ${classes(tier)}`).join("; ");
    if (name === "modes") return Object.entries(value).map(([mode, list]) => `${mode}: ${classes(list) || "no price"}`).join("; ");
    return name;
  }

  function history(found) {
    if (!found) return section("History", h("p", {}, "No source listed this model on a day that is known."));
    const times = found.listed.map(([first, last, before, gone]) => {
      const known = [before ? `not listed on ${before}` : "the first day of the history", gone && gone !== last ? `gone by ${gone}` : null];
      return h("p", {}, `Listed from ${first} ${last ? `to ${last}` : "until now"} (${known.filter(Boolean).join(", ")}).`);
    });
    const shown = ["input", "output", "cache_read"];
    const rows = found.prices.map(([price, from, until, between]) => {
      const others = Object.entries(price ?? {}).filter(([name]) => !shown.includes(name));
      return [from, until ?? "now", ...shown.map((name) => (price && name in price ? number(price[name]) : unknown())),
        others.map(([name, value]) => beside(name, value)).join("; "),
        between ? `after ${between[0]}` : ""];
    });
    const columns = ["first seen", "last seen", "input", "output", "cached", "other", "changed"];
    return section("History, as its source listed it", ...times, grid(columns, rows.reverse(), "Prices over time", columns.slice(2, 5)));
  }

  function what(one, card) {
    const weights = { true: "open", false: "closed", null: null }[one.open_weights];
    const limits = [one.context === null ? null : `context ${number(one.context)}`, card.input_limit ? `input ${number(card.input_limit)}` : null,
      one.max_output === null ? null : `output ${number(one.max_output)}`, card.dimensions ? `${number(card.dimensions)} dimensions` : null];
    const [least, most] = card.budget ?? [null, null];
    const budget = [least === null ? null : `from ${number(least)}`, most === null ? null : `to ${number(most)}`].filter(Boolean).join(" ");
    const state = [one.state === "ga" ? "available" : one.state, one.retires ? `${one.state === "retired" ? "since" : "retires on"} ${one.retires}` : null, card.successor ? `its successor is ${card.successor}` : null];
    return facts({
      provider: h("span", {}, `${one.seller.name}; billing: ${billing(one.seller)}`, one.seller.doc ? [" (", link(one.seller.doc, "documentation"), ")"] : null),
      state: state.filter(Boolean).join(", "),
      kind: [one.kind, one.family ? `family ${one.family}` : null, weights ? `${weights} weights` : null, card.status].filter(Boolean).join("; "),
      limits: limits.filter(Boolean).join(", ") || null,
      takes: listed(one.takes), returns: listed(one.gives),
      released: one.released, "knowledge until": card.knowledge, updated: card.last_updated === one.released ? null : card.last_updated,
      reasoning: [listed(card.efforts) ? `efforts ${listed(card.efforts)}` : null, budget ? `budget ${budget} tokens` : null].filter(Boolean).join("; "),
      APIs: listed(card.apis), "key in": listed(one.seller.env), "sent as": card.sent_as, "means today": card.resolves_to,
      "other names": listed([...(card.aliases ?? []), ...(card.served_as ?? [])]), tags: listed(card.tags),
      unusual: listed(Object.entries(card.unusual ?? {}).map(([field, text]) => `${field} (${text})`)),
    }, ["limits", "released", "takes", "returns"]);
  }

  /** Show the card of the model in a row. `moved` gets the row, or null when the card is closed. */
  async function show(row, moved) {
    const dialog = byId("card");
    const one = Data.list[row];
    const cards = await Data.cards();
    const card = cards.models[row];
    const close = h("button", { type: "button", class: "close", "aria-label": "Close", onclick: () => dialog.close() }, "×");
    dialog.replaceChildren(
      h("div", { class: "head" }, h("div", {}, h("h2", { id: "card-title", tabindex: -1 }, one.name ?? one.id), h("code", {}, one.spec)), close),
      h("div", { class: "body" }, what(one, card), prices(card.cost), Bill.form(card.times, Math.min(one.context || Infinity, card.input_limit || Infinity)), capabilities(one), offers(one, card, cards, (other) => show(other, moved)), history(card.history)),
    );
    dialog.onclose = () => moved(null);
    dialog.onclick = (event) => event.target === dialog && dialog.close();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    byId("card-title").focus();
    moved(row);
  }

  return { show };
})();
