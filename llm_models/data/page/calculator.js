"use strict";
/* What a usage costs, by the rules of `cost()`. The prices come resolved; the kinds of tokens are a table in the data. */
const Calculator = (() => {
  // As the contexts of Python's decimal: 60 digits, and 28 for a price by the minute.
  const Exact = Decimal.clone({ precision: 60, rounding: Decimal.ROUND_HALF_EVEN, maxE: 9e15, minE: -9e15 });
  const ByMinute = Exact.clone({ precision: 28 });
  const MOST = 1e15;
  let rules, shared, below, split, parts, alsoIn, order;

  /** A usage that is impossible, or a mode that the list does not have. `field` is the name of what is wrong. */
  class Refused extends Error {
    constructor(field, problem) {
      super(problem);
      this.field = field;
    }
  }

  /** `about` has the table of classes, `cards` the prices of all models. */
  function start(about, cards) {
    rules = about.rules;
    shared = cards;
    below = {};
    for (const one of [...rules.classes].reverse()) {
      const direct = rules.classes.filter((part) => part.part_of.includes(one.name));
      below[one.name] = new Set(direct.flatMap((part) => [part.name, ...below[part.name]]));
    }
    const outer = (name) => name === "input" || name === "output";
    split = rules.classes.filter((one) => !one.part_of.every(outer));
    parts = {};
    alsoIn = {};
    for (const one of rules.classes) {
      if (one.part_of.length) (parts[one.part_of[0]] ??= []).push(one.name);
      for (const whole of one.part_of.slice(1)) alsoIn[one.name] = whole;
    }
    order = new Map(rules.order.map((name, at) => [name, at]));
  }

  const listAt = (number, at) => shared.times[number].findLast(([since]) => since === null || since <= at);

  /** The texts that name a mode with prices at a moment; "standard" is the list itself. */
  const modesAt = (number, at) => [...new Set(shared.lists[listAt(number, at)[1]].map(([mode]) => mode))];

  /** The prices of a request: class -> {rate, per, tier, why, own}; whether they are certain; the size of input below. */
  function pricesAt(number, at, mode, size) {
    const [, list, certain] = listAt(number, at);
    const ofMode = shared.lists[list].filter(([name]) => name === mode);
    if (!ofMode.length) throw new Refused("mode", `the price list has no mode '${mode}'`);
    const moment = new Date(at);
    const minute = moment.getUTCHours() * 60 + moment.getUTCMinutes();
    const day = 1 << ((moment.getUTCDay() + 6) % 7); // Monday is 1
    const ofHours = ofMode.filter(([, start, end, days]) => start <= minute && minute < end && days & day);
    const [, , , , over, , rates] = ofHours.find((row) => row[4] < size && (row[5] === null || size <= row[5]));
    const found = {};
    for (const [name, rate, tier, why, own] of shared.rates[rates]) found[name] = { rate, per: perOf(name), tier, why, own };
    return { rates: found, certain, over, first: Math.min(...ofHours.map((row) => row[5] ?? Infinity)) };
  }

  function perOf(name) {
    if (name.startsWith("fees.")) return rules.fee_per;
    return [...rules.classes, ...rules.counted].find((one) => one.name === name).per;
  }

  /** Refuse what no usage can be. */
  function check(usage) {
    const count = (name, value, isWhole) => {
      if (value === null || value === undefined) return;
      const number = isWhole ? value : Number(value);
      if (!(number >= 0 && number <= MOST) || (isWhole && !Number.isInteger(number))) {
        throw new Refused(name, "not a count: state a whole number of at least 0");
      }
    };
    const names = [...rules.classes.map((one) => one.name), "requests", "images", "tier_input", "unmeasured_requests"];
    for (const name of names) count(name, usage[name], true);
    count("audio_seconds", usage.audio_seconds, false);
    for (const [name, number] of Object.entries(usage.fees ?? {})) count(`fees.${name}`, number, true);
    for (const [whole, inside] of Object.entries(parts)) {
      let total = 0;
      for (const part of inside) {
        total += usage[part] || 0;
        if ((usage[part] || 0) > (usage[whole] || 0)) throw tooLarge(part, whole, usage);
      }
      if (whole === "input" && total > (usage.input || 0)) total -= twice(usage);
      if (total > (usage[whole] || 0)) throw new Refused(whole, "its parts add up to more");
    }
    for (const [part, whole] of Object.entries(alsoIn)) {
      if ((usage[part] || 0) > (usage[whole] || 0)) throw tooLarge(part, whole, usage);
    }
    if ((usage.tier_input || 0) > (usage.input || 0)) throw tooLarge("tier_input", "input", usage);
  }

  function tooLarge(part, whole, usage) {
    const isStated = usage[whole] !== null && usage[whole] !== undefined;
    return new Refused(part, isStated ? `larger than "${Words.whole(whole)}", of which it is a part` : `a part of "${Words.whole(whole)}": state that, too`);
  }

  /** How many tokens of input its parts may count twice: cached ones that are audio or images. */
  function twice(usage) {
    const both = Object.entries(alsoIn);
    const stated = both.reduce((sum, [part]) => sum + (usage[part] || 0), 0);
    const open = both.filter(([part]) => usage[part] === null || usage[part] === undefined);
    const unstated = open.reduce((sum, [, whole]) => sum + (usage[whole] || 0), 0);
    return stated + Math.min(unstated, Math.max(0, (usage.cache_read || 0) - stated));
  }

  /** Class -> tokens that belong to no class inside it, so that each token is in one class. */
  function quantities(usage) {
    const alone = {};
    for (const { name } of [...rules.classes].reverse()) {
      if (!usage[name]) continue;
      let number = usage[name];
      for (const [part, inside] of Object.entries(alone)) if (below[name].has(part)) number -= inside;
      if (number < 0) throw new Refused(name, "its parts add up to more: state how many cached tokens are audio or images");
      if (number) alone[name] = number;
    }
    return alone;
  }

  function place(one, other) {
    const [a, b] = [one, other].map((name) => order.get(name) ?? order.size);
    return a - b || (one < other ? -1 : Number(one > other));
  }

  function amountOf(rate, per, quantity) {
    const product = new Exact(rate).times(quantity);
    if (per === 60) return new Exact(new ByMinute(product).div(60));
    return product.times({ 1000000: "1e-6", 1000: "1e-3", 1: "1" }[per]);
  }

  const plain = (number) => number.toFixed();

  // An amount has at most 60 digits and a count 16, so no digit of a product is lost.
  const Product = Exact.clone({ precision: 80 });
  /** An amount, as a text with all digits, for so many requests. */
  const times = (amount, requests) => plain(new Product(amount).times(requests));

  /**
   * What a usage costs, with the prices `number`, at a moment (milliseconds since 1970), in a mode ("standard": the list itself).
   * Amounts are texts with all digits; a total that is not known is null. Throws `Refused`.
   */
  function bill(number, usage, at, mode) {
    check(usage);
    const requests = usage.requests ?? 1;
    const found = pricesAt(number, at, mode, usage.tier_input ?? usage.input ?? 0);
    if (found.over >= 0 && requests > 1) {
      throw new Refused("requests", `a request of more than ${found.first} tokens of input has other prices: price each request`);
    }
    const counted = quantities(usage);
    if (usage.images && !usage.output_image) counted.image = usage.images;
    if (Number(usage.audio_seconds ?? 0)) counted.audio = usage.audio_seconds;
    for (const [name, uses] of Object.entries({ request: requests, ...usage.fees })) {
      if (uses && (name !== "request" || "fees.request" in found.rates)) counted[`fees.${name}`] = uses;
    }
    if (usage.unmeasured_requests) counted.unmeasured_requests = usage.unmeasured_requests;
    if (!Object.keys(counted).length && !statesANumber(usage)) throw new Refused("", "nothing is counted: state a number, also if it is 0");
    const unsplit = split.filter((one) => isUnsplit(one, usage, found.rates[one.name]));
    const assumed = unsplit.map((one) => one.name);
    const lines = [];
    const unpriced = [];
    let known = new Exact(0);
    for (const name of Object.keys(counted).sort(place)) {
      const price = found.rates[name];
      if (!price) {
        unpriced.push([name, String(counted[name])]);
        continue;
      }
      let why = price.why;
      if (why) assumed.push(name);
      else if (unsplit.some((one) => one.part_of.includes(name))) why = "not_split";
      const amount = amountOf(price.rate, price.per, counted[name]);
      known = known.plus(amount);
      lines.push({
        cls: name, quantity: String(counted[name]), rate: price.rate, per: price.per,
        amount: plain(amount), tier: price.tier, why,
      });
    }
    return {
      total: unpriced.length ? null : plain(known), known: plain(known), lines, unpriced,
      assumed: assumed.sort(place), exact: found.certain && !unpriced.length && !assumed.length,
      certain: found.certain,
    };
  }

  const isStated = (value) => value !== null && value !== undefined;

  function statesANumber(usage) {
    const names = [...rules.classes.map((one) => one.name), "images", "audio_seconds", "unmeasured_requests"];
    return names.some((name) => isStated(usage[name])) || Object.keys(usage.fees ?? {}).length > 0;
  }

  /** Whether a usage may have tokens of a class with a price of its own, and does not state them. */
  const isUnsplit = (one, usage, price) =>
    Boolean(price) && price.own && !isStated(usage[one.name]) && one.part_of.every((whole) => usage[whole]);

  return { start, bill, times, modesAt, pricesAt, Refused, MOST };
})();
