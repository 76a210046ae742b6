"use strict";
/* Elements and numbers. Text of the catalogue becomes text nodes and values only, so nothing in it can be markup. */
const Dom = (() => {
  const byId = (id) => document.getElementById(id);

  /** An element with properties (`class` and attributes with "-" or in `ATTRIBUTES` as such) and children. */
  function h(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "onclick" || name === "oninput") element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : String(value));
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
  }

  /** What stands for a value that is not known: a mark, and a word for those who hear the page. */
  const unknown = (word = "unknown") =>
    h("span", { class: "unknown", title: word }, h("span", { "aria-hidden": "true" }, "?"), h("span", { class: "sr" }, word));

  const numbers = new Intl.NumberFormat("en-US", { maximumFractionDigits: 9 });
  const number = (value) => numbers.format(value);
  const orUnknown = (value) => (value === null || value === undefined ? unknown() : number(value));

  /** A link, where the address is one of the web; its text otherwise. */
  function link(address, text = address) {
    let url;
    try {
      url = new URL(address);
    } catch {
      return text;
    }
    return url.protocol === "https:" ? h("a", { href: url.href, rel: "noopener noreferrer", target: "_blank" }, text) : text;
  }

  const LETTERS = { k: 1e3, thousand: 1e3, m: 1e6, million: 1e6 };
  /** The number that a text states, as `amounts.amount` reads it; null for none, undefined for a text that is not one. */
  function amount(text) {
    const trimmed = text.trim();
    if (!trimmed) return null;
    const found = /^\$?\s*(\d+(?:_\d+)*(?:\.\d+)?|\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|\.\d+)\s*(k|m|million|thousand)?$/i.exec(trimmed);
    if (!found) return undefined;
    const unit = LETTERS[(found[2] ?? "").toLowerCase()] ?? 1;
    return new Decimal(found[1].replace(/[_,' ]/g, "")).times(unit).toNumber();
  }

  return { byId, h, unknown, number, orUnknown, link, amount };
})();
