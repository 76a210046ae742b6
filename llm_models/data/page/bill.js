"use strict";
/* The form in a card that asks for a usage, and the bill that it makes. */
const Bill = (() => {
  const { h, number } = Dom;
  const USUAL = ["input", "output", "cache_read", "cache_write", "reasoning"];
  const FIRST = { input: "10,000", output: "1,000" };
  const UNITS = { 1000000: "million", 1000: "1,000", 60: "minute", 1: "one" };
  let serial = 0;
  const whyOf = (line) => (line.why ? Data.about.rules.why[line.why] : null);

  /** A field of a count, with its price below; `isFee` marks uses that have a price. */
  function field(name, priced, words, meaning, isFee) {
    const input = h("input", { name, inputmode: "decimal", size: 9, autocomplete: "off", value: FIRST[name], "data-fee": isFee || null, "data-priced": priced });
    return h("label", { title: meaning }, words, input, h("small", {}));
  }

  /** The form for the prices `times` of a model that takes at most `most` tokens in a request. */
  function form(times, most) {
    const rules = Data.about.rules;
    const id = `bill-${(serial += 1)}`;
    const at = h("input", { type: "datetime-local", step: 60, "aria-describedby": `${id}-zone` });
    const mode = h("select", { "aria-describedby": `${id}-mode` });
    const fields = h("div", { class: "fields" });
    const more = h("div", { class: "fields" });
    const meant = h("small", { id: `${id}-mode` });
    const month = h("input", { name: "requests-a-month", inputmode: "decimal", size: 9, autocomplete: "off", placeholder: "30,000" });
    const totals = h("div", { class: "totals", role: "status" });
    const out = h("div", {});
    const inputs = () => [...fields.querySelectorAll("input"), ...more.querySelectorAll("input")];
    const moment = () => (at.value ? Date.parse(`${at.value}Z`) : Date.now());

    /** The modes and fees are those of the price list that holds at the moment. */
    function choices() {
      const chosen = mode.value;
      const names = Calculator.modesAt(times, moment());
      mode.replaceChildren(...names.map((name) => h("option", { value: name }, name)));
      mode.value = names.includes(chosen) ? chosen : "standard";
      meant.textContent = Words.mode(mode.value);
      const { rates } = Calculator.pricesAt(times, moment(), mode.value, 0);
      const wanted = [
        ...rules.classes.map((one) => [one.name, one.name, Words.whole(one.name), one.meaning]),
        ...rules.counted.filter((one) => one.name in rates).map((one) => [one.counts, one.name, one.label, one.meaning]),
        ...Object.keys(rates).filter((name) => name.startsWith("fees.") && name !== "fees.request").map((name) => [name.slice(5), name, Words.label(name), "number of uses", true]),
      ];
      const had = new Map(inputs().map((input) => [input.name, input]));
      const isFirst = ([, name, , , isFee]) => USUAL.includes(name) || isFee || Boolean(rates[name]?.own);
      const made = wanted.map((one) => [isFirst(one), had.get(one[0])?.parentElement ?? field(...one)]);
      fields.replaceChildren(...made.filter(([first]) => first).map(([, label]) => label));
      more.replaceChildren(...made.filter(([first]) => !first).map(([, label]) => label));
    }

    function refuse(input, problem) {
      throw new Calculator.Refused(input.parentElement.firstChild.textContent, problem);
    }

    /** The number in a field, null where it is empty. */
    function read(input) {
      const value = Dom.amount(input.value);
      input.toggleAttribute("aria-invalid", value === undefined);
      if (value === undefined) refuse(input, "not a number: write 10000, 10k or 1.5M");
      return value;
    }

    /** The usage that the fields state. An empty field is not stated, which is not 0. */
    function usage() {
      const found = { fees: {} };
      for (const input of inputs()) {
        const value = read(input);
        if (value === null) continue;
        if (input.hasAttribute("data-fee")) found.fees[input.name] = value;
        else found[input.name] = input.name === "audio_seconds" ? String(value) : value;
      }
      return found;
    }

    /** How many such requests a month has, null where it is not stated. */
    function requests() {
      const value = read(month);
      if (value !== null && !(Number.isInteger(value) && value <= Calculator.MOST)) refuse(month, "not a whole number");
      return value;
    }

    /** Below each field, what a token of its kind costs in a request of this size. */
    function hints(size) {
      const { rates } = Calculator.pricesAt(times, moment(), mode.value, size);
      for (const input of inputs()) {
        const price = rates[input.dataset.priced];
        input.nextElementSibling.textContent = price ? `$${price.rate} / ${UNITS[price.per]}${price.why ? ", assumed" : ""}` : "no price known";
      }
    }

    function update() {
      try {
        const asked = usage();
        hints(asked.input ?? 0);
        const bill = Calculator.bill(times, asked, moment(), mode.value);
        const tooLarge = (asked.input ?? 0) > most;
        totals.replaceChildren(...summed(bill, requests()), tooLarge ? h("p", { class: "wrong" }, `This model takes at most ${number(most)} tokens in one request. State the tokens of one request, and how many requests a month has.`) : "");
        out.replaceChildren(...shown(bill));
      } catch (error) {
        if (!(error instanceof Calculator.Refused)) throw error;
        totals.replaceChildren(h("p", { class: "wrong" }, error.field ? `${Words.whole(error.field)}: ${error.message}` : error.message));
        out.replaceChildren();
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
      h("p", { class: "note" }, "The tokens of one request. Leave empty what you do not know."),
      fields,
      h("details", {}, h("summary", {}, "More kinds of tokens"), more),
      h("div", { class: "fields" }, h("label", {}, "requests a month", month), h("label", {}, "mode", mode, meant), h("label", {}, h("span", { id: `${id}-zone` }, "time, UTC (now if empty)"), at)),
      h("div", { class: "bill" }, totals, out),
      Words.element());
    element.addEventListener("input", update);
    element.addEventListener("submit", (event) => event.preventDefault());
    return h("section", {}, h("h3", {}, "What a request costs"), element);
  }

  /** The total of a request and of a month, large. */
  function summed(bill, requests) {
    const line = (name, amount, words) => h("p", {}, h("span", { class: name }, grouped(amount)), ` ${words}`);
    const least = (text) => h("p", { class: "note" }, text);
    const of = requests === null ? null : requests === 1 ? "for 1 request a month" : `for ${number(requests)} requests a month`;
    if (bill.total === null) {
      const more = requests === null ? "" : `; ${grouped(Calculator.times(bill.known, requests))} USD ${of}`;
      return [line("total", "unknown", "USD a request"), least(`At least ${grouped(bill.known)} USD a request${more}. A price is not known.`)];
    }
    return [line("total", bill.total, "USD a request"), of === null ? "" : line("month", Calculator.times(bill.total, requests), `USD ${of}`)];
  }

  /** A bill as elements: a line for each class, and what is not certain. */
  function shown(bill) {
    const rows = bill.lines.map((line) => h("tr", {},
      h("th", { scope: "row" }, Words.label(line.cls), line.why ? h("sup", {}, "*") : null, h("small", {}, `${grouped(line.quantity)} × ${line.rate} / ${UNITS[line.per]}`)),
      h("td", {}, grouped(line.amount))));
    const notes = bill.lines.filter((line) => line.why).map((line) => `* ${Words.label(line.cls)}: ${whyOf(line)}.`);
    const unsplit = bill.assumed.filter((name) => !bill.lines.some((line) => line.cls === name));
    if (unsplit.length) notes.push(`* ${unsplit.map(Words.label).join(", ")}: has a price of its own, and is taken as 0 because it is not stated.`);
    const tier = bill.lines.find((line) => line.tier !== null)?.tier;
    if (tier !== undefined) notes.push(`Prices for inputs of more than ${number(tier)} tokens.`);
    if (bill.unpriced.length) notes.push(`No price is known of ${bill.unpriced.map(([name, quantity]) => `${Words.label(name)} (${grouped(quantity)})`).join(", ")}. Unknown is not 0.`);
    if (!bill.certain) notes.push("It is not certain which price held then: see the days in the history below.");
    const table = h("table", {}, h("caption", { class: "sr" }, "The bill of a request"),
      h("thead", {}, h("tr", {}, ["quantity × price", "USD"].map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, rows));
    return [rows.length ? table : "", ...notes.map((note) => h("p", { class: "note" }, note))];
  }

  /** Digits in groups of three before the point. */
  const grouped = (text) => text.replace(/^\d+/, (digits) => digits.replace(/\B(?=(\d{3})+$)/g, ","));

  return { form };
})();
