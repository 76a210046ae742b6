"use strict";
/* Which rows are shown: the words of the search, and the fields of the form. */
const Filters = (() => {
  const { byId, h, amount } = Dom;
  const form = () => byId("filters");
  const TEXTS = ["q", "provider", "kind", "state", "charge", "context", "input", "output", "weights"];
  const LISTS = ["takes", "require"];

  /** Fill the lists of the form, and restore what the address of the page states. */
  function start(changed) {
    const fields = form().elements;
    const sellers = Object.entries(Data.providers).sort(([, a], [, b]) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
    fields.provider.append(...sellers.map(([id, one]) => h("option", { value: id }, one.name === id ? id : `${one.name} (${id})`)));
    const kinds = new Map();
    for (const one of Data.list) kinds.set(one.kind, (kinds.get(one.kind) ?? 0) + 1);
    const byCount = [...kinds].sort((a, b) => b[1] - a[1]);
    fields.kind.append(...byCount.map(([kind, count]) => h("option", { value: kind }, `${kind} (${Dom.number(count)})`)));
    const read = new Map();
    for (const one of Data.list) for (const name of one.takes ?? []) read.set(name, (read.get(name) ?? 0) + 1);
    const byUse = [...read.keys()].sort((a, b) => read.get(b) - read.get(a) || (a < b ? -1 : 1)).filter((name) => name !== "text");
    byId("takes").append(...byUse.map((name) => check("takes", name, name === "image" ? "image (vision)" : name)));
    byId("capabilities").append(
      ...Data.capabilities.map((name) => check("require", name, name)),
    );
    const stated = new URLSearchParams(location.hash.slice(1));
    for (const name of [...TEXTS, "unknown"]) if (stated.get(name)) fields[name].value = stated.get(name);
    for (const name of LISTS) for (const box of boxes(name)) box.checked = stated.getAll(name).includes(box.value);
    form().addEventListener("input", changed);
    form().addEventListener("change", changed);
    form().addEventListener("reset", () => setTimeout(changed));
    form().addEventListener("submit", (event) => event.preventDefault());
  }

  const check = (name, value, words) => h("label", { class: "check" }, h("input", { type: "checkbox", name, value }), words);
  const boxes = (name) => [...form().querySelectorAll(`input[name=${name}]`)];

  /** What the form states, by name; without what is empty. */
  function stated() {
    const found = new URLSearchParams();
    const fields = form().elements;
    for (const name of TEXTS) if (fields[name].value.trim()) found.set(name, fields[name].value.trim());
    for (const name of LISTS) for (const box of boxes(name)) if (box.checked) found.append(name, box.value);
    if (found.has("require") && fields.unknown.value !== "no") found.set("unknown", fields.unknown.value);
    return found;
  }

  /** A test of rows, or null where every row fits. Fields whose text is not a number are marked, and do not count. */
  function test() {
    const asked = stated();
    const tests = [];
    const words = (asked.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) tests.push((one) => words.every((word) => one.text.includes(word)));
    for (const name of ["provider", "kind", "charge"]) {
      const wanted = asked.get(name);
      if (wanted) tests.push((one) => one[name] === wanted);
    }
    const state = asked.get("state");
    if (state) tests.push(state === "current" ? (one) => one.state !== "retired" : (one) => one.state === state);
    const weights = { open: true, closed: false, unknown: null }[asked.get("weights")];
    if (weights !== undefined) tests.push((one) => one.open_weights === weights);
    for (const name of ["context", "input", "output"]) {
      const field = form().elements[name];
      const limit = amount(field.value);
      field.setCustomValidity(limit === undefined ? "Not a number: write 200000, 200k, 1M or 0.5" : "");
      field.toggleAttribute("aria-invalid", limit === undefined);
      if (limit === null || limit === undefined) continue;
      // What is not known fits no condition: it is neither large nor small.
      tests.push(name === "context" ? (one) => one.context !== null && one.context >= limit : (one) => one[name] !== null && one[name] <= limit);
    }
    const takes = asked.getAll("takes");
    if (takes.length) tests.push((one) => takes.every((name) => one.takes?.includes(name)));
    const required = asked.getAll("require").map((name) => 1 << Data.capabilities.indexOf(name));
    if (required.length) tests.push(capable(required, asked.get("unknown") ?? "no"));
    return tests.length ? (one) => tests.every((fits) => fits(one)) : null;
  }

  /** As `conditions.flag_test`: a capability that is not stated counts as its default, or as `unknown` has it. */
  function capable(bits, unknown) {
    return (one) => {
      const open = ~(one.yes | one.no);
      let has = one.yes | (open & Data.defaults);
      if (unknown === "yes") has |= open;
      if (unknown === "likely") has |= open & one.likely;
      return bits.every((bit) => has & bit);
    };
  }

  return { start, test, stated };
})();
