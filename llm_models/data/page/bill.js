"use strict";
/* The form in a card that asks for a usage, and the bill that it makes. */
const Bill = (() => {
  const { h, number } = Dom;
  const USUAL = ["input", "output", "cache_read", "cache_write", "reasoning"];
  const FIRST = { input: "10,000", output: "1,000" };
  const COUNTED = { image: "images", audio: "audio_seconds" };
  const UNITS = { 1000000: "million", 1000: "1,000", 60: "minute", 1: "one" };
  let serial = 0;
  const whyOf = (line) => (line.why ? Data.about.rules.why[line.why] : null);

  /** A field of a count; `fee` marks uses that have a price. */
  const field = (name, meaning, isFee) => h("label", { title: meaning },
    name, h("input", { name, inputmode: "decimal", size: 9, autocomplete: "off", value: FIRST[name], "data-fee": isFee || null }));

  function form(times) {
    const rules = Data.about.rules;
    const id = `bill-${(serial += 1)}`;
    const at = h("input", { type: "datetime-local", step: 60, "aria-describedby": `${id}-zone` });
    const mode = h("select", { "aria-label": "Mode" });
    const fields = h("div", { class: "fields" });
    const more = h("div", { class: "fields" });
    const out = h("div", { class: "bill", role: "status" });
    const moment = () => (at.value ? Date.parse(`${at.value}Z`) : Date.now());

    /** The modes and fees are those of the price list that holds at the moment. */
    function choices() {
      const chosen = mode.value;
      const names = Calculator.modesAt(times, moment());
      mode.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
      mode.value = names.includes(chosen) ? chosen : "standard";
      const { rates } = Calculator.pricesAt(times, moment(), mode.value, 0);
      const wanted = [
        ...rules.classes.map((one) => [one.name, one.meaning]),
        ...Object.keys(COUNTED).filter((name) => name in rates).map((name) => [COUNTED[name], rules.counted.find((one) => one.name === name).meaning]),
        ["requests", "how many requests these numbers are of; 1 if empty"],
        ...Object.keys(rates).filter((name) => name.startsWith("fees.") && name !== "fees.request").map((name) => [name.slice(5), "uses", true]),
      ];
      const had = new Map([...fields.querySelectorAll("input"), ...more.querySelectorAll("input")].map((input) => [input.name, input]));
      const isFirst = (name, isFee) => USUAL.includes(name) || isFee || Boolean(rates[name]?.own) || Object.values(COUNTED).includes(name);
      const made = wanted.map(([name, meaning, isFee]) => [isFirst(name, isFee), had.get(name)?.parentElement ?? field(name, meaning, isFee)]);
      fields.replaceChildren(...made.filter(([first]) => first).map(([, label]) => label));
      more.replaceChildren(...made.filter(([first]) => !first).map(([, label]) => label));
    }

    /** The usage that the fields state. An empty field is not stated, which is not 0. */
    function usage() {
      const found = { fees: {} };
      for (const input of [...fields.querySelectorAll("input"), ...more.querySelectorAll("input")]) {
        const value = Dom.amount(input.value);
        input.toggleAttribute("aria-invalid", value === undefined);
        if (value === undefined) throw new Calculator.Refused(input.name, "not a number: write 10000, 10k or 1.5M");
        if (value === null) continue;
        if (input.hasAttribute("data-fee")) found.fees[input.name] = value;
        else found[input.name] = input.name === "audio_seconds" ? String(value) : value;
      }
      return found;
    }

    function update() {
      try {
        out.replaceChildren(...shown(Calculator.bill(times, usage(), moment(), mode.value)));
      } catch (error) {
        if (!(error instanceof Calculator.Refused)) throw error;
        out.replaceChildren(h("p", { class: "wrong" }, error.field ? `${error.field}: ${error.message}` : error.message));
      }
    }

    choices();
    update();
    const refresh = () => {
      choices();
      update();
    };
    at.addEventListener("change", refresh);
    mode.addEventListener("change", refresh);
    const element = h("form", { class: "calculator", autocomplete: "off" },
      fields,
      h("details", {}, h("summary", {}, "More kinds of tokens"), more),
      h("div", { class: "fields" }, h("label", {}, "mode", mode), h("label", {}, h("span", { id: `${id}-zone` }, "time, UTC (now if empty)"), at)),
      out);
    element.addEventListener("input", update);
    element.addEventListener("submit", (event) => event.preventDefault());
    return h("section", {}, h("h3", {}, "What a request costs"), element);
  }

  /** A bill as elements: a line for each class, the total, and what is not certain. */
  function shown(bill) {
    const rows = bill.lines.map((line) => h("tr", { title: whyOf(line) },
      h("th", { scope: "row" }, line.cls, line.why ? h("sup", {}, "*") : null), h("td", {}, grouped(line.quantity)),
      h("td", {}, `${line.rate} / ${UNITS[line.per]}`), h("td", {}, line.amount)));
    const total = bill.total === null ? `unknown, at least ${bill.known}` : bill.total;
    const notes = bill.lines.filter((line) => line.why).map((line) => `* ${line.cls}: ${whyOf(line)}.`);
    const unsplit = bill.assumed.filter((name) => !bill.lines.some((line) => line.cls === name));
    if (unsplit.length) notes.push(`* ${unsplit.join(", ")}: has a price of its own, and is taken as 0 because it is not stated.`);
    const tier = bill.lines.find((line) => line.tier !== null)?.tier;
    if (tier !== undefined) notes.push(`Prices for inputs of more than ${number(tier)} tokens.`);
    if (bill.unpriced.length) notes.push(`No price is known of ${bill.unpriced.map(([name, quantity]) => `${name} (${grouped(quantity)})`).join(", ")}. Unknown is not 0.`);
    if (!bill.certain) notes.push("It is not certain which price held then: see the days in the history below.");
    return [
      h("div", { class: "scroll" }, h("table", {}, h("caption", { class: "sr" }, "The bill"),
        h("thead", {}, h("tr", {}, ["class", "quantity", "USD per", "USD"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, rows),
        h("tfoot", {}, h("tr", {}, h("th", { scope: "row", colspan: 3 }, "total, USD"), h("td", { class: "total" }, total))))),
      ...notes.map((note) => h("p", { class: "note" }, note)),
    ];
  }

  const grouped = (text) => text.replace(/\B(?=(\d{3})+(?!\d)(?![^.]*$))|\B(?=(\d{3})+$)/g, ",");

  return { form };
})();
