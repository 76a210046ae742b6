"use strict";
/* The words of the page in plain language. All texts come with the data: those of classes from the table of classes. */
const Words = (() => {
  const { h } = Dom;
  const { words, rules } = Data.about;
  const classes = [...rules.classes, ...rules.counted];

  /** The name of a class or a fee for people. */
  const label = (name) => classes.find((one) => one.name === name)?.label ?? name.replace(/^fees\./, "").replaceAll("_", " ");
  /** The name of a field that counts a class: one that has parts counts them, too. */
  const whole = (name) => (name === "input" || name === "output" ? `all ${name}` : label(name));

  /** What a mode is; two at once are joined by "+". */
  const mode = (name) => name.split("+").map((one) => words.modes[one] ?? "a mode of this provider").join("; ");

  const partOf = (one) => (one.part_of.length ? ` Part of ${one.part_of.map((name) => `"${whole(name)}"`).join(" and of ")}.` : "");
  const list = (title, entries) => [h("h4", {}, title), h("dl", {}, entries.map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text))))];

  /** "What the words mean", closed. */
  const element = () => h("details", { class: "words" }, h("summary", {}, "What the words mean"),
    ...list("Words", Object.entries(words.terms)),
    ...list("Marks", Object.entries(words.marks)),
    ...list("What is counted", classes.map((one) => [one.label, `${one.meaning} (${one.counts || one.name}).${partOf(one)}`])),
    ...list("Modes", Object.entries(words.modes)));

  return { label, whole, mode, element, marks: words.marks };
})();
