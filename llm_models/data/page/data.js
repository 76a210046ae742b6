"use strict";
/* The catalogue in this file, decoded: its table at once, its cards when the first one is opened. */
const Data = (() => {
  const about = JSON.parse(document.getElementById("about").textContent);

  /** The value in a block of the page: JSON, gzip, base64. */
  async function decode(id) {
    const block = document.getElementById(id);
    const bytes = Uint8Array.from(atob(block.textContent), (letter) => letter.charCodeAt(0));
    block.remove();
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  }

  let waiting;
  /** The data of the cards, decoded once. */
  function cards() {
    waiting ??= decode("cards").then((found) => {
      Calculator.start(about, found);
      return found;
    });
    return waiting;
  }

  const today = () => new Date().toISOString().slice(0, 10);

  /** The rows of the table: an object each, with what filters and sorting need. */
  async function rows() {
    const { columns, flags, rank, providers, capabilities } = await decode("table");
    const names = Object.keys(columns);
    const day = today();
    const found = columns.id.map((_, row) => {
      const one = { row };
      for (const name of names) one[name] = columns[name][row];
      one.yes = flags.yes[row];
      one.no = flags.no[row];
      one.likely = flags.likely[row];
      one.rank = rank[row];
      one.spec = `${one.provider}:${one.id}`;
      one.seller = providers[one.provider];
      one.state = stateOf(one, day);
      one.charge = chargeOf(one);
      one.text = [one.spec, one.name, one.family, one.kind, one.aliases, one.seller.name].join(" ").toLowerCase();
      return one;
    });
    Object.assign(Data, { list: found, providers, capabilities, defaults: flags.default });
    return found;
  }

  /** As `conditions.state_of`: the day on which the page is read decides. */
  function stateOf(one, day) {
    if (one.retires !== null && one.retires <= day) return "retired";
    return one.deprecated ? "deprecated" : one.preview ? "preview" : "ga";
  }

  /** How a request is charged: "priced", "free", "unknown", or by something else than use: "plan", "trial", "local". */
  function chargeOf(one) {
    if (one.seller.billing !== "usage") return one.seller.billing;
    const prices = one.kind === "embedding" && one.output === null ? [one.input] : [one.input, one.output];
    if (prices.some((price) => price > 0)) return "priced";
    return prices.includes(null) ? "unknown" : "free";
  }

  /** Whether a price is missing that a request of this kind needs. */
  const isUnpriced = (one) => one.input === null || (one.output === null && one.kind !== "embedding");

  /** The order at the start: retired models last, and before them those without a price; then as `candidates` has it. */
  function atStart(one, other) {
    const group = (row) => (row.state === "retired" ? 2 : Number(isUnpriced(row)));
    const newer = [one, other].map((row) => row.released ?? "");
    return group(one) - group(other) || (one.rank ?? Infinity) - (other.rank ?? Infinity) || (newer[0] < newer[1]) - (newer[0] > newer[1]) || one.row - other.row;
  }

  return { about, cards, rows, today, atStart };
})();
