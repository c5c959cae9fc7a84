// A field whose list comes from the app as one types: arrows move, Enter chooses, Escape closes.

import { h } from "./dom.js";
import { place } from "./menu.js";
import { textNodes } from "./mrkdwn.js";

const PAUSE = 300; // ms of rest before the app is asked
const LEAST_TYPED = 3; // characters, unless the element says otherwise

let made = 0;

/**
 * The control of an external select. `hooks` go to its text field; `look(typed)` resolves to {options,
 * option_groups}. read() and write() deal in option objects; a choice is told by `input` and `change` events
 * of its node.
 */
export function combobox(one, hooks, look) {
  const box = new Combobox(one, { id: `look-up-${++made}`, ...hooks }, look);
  return { node: box.node, single: true, read: () => box.read(), write: (value) => box.write(value) };
}

const listed = (value) => (Array.isArray(value) ? value : value ? [value] : []);
const wordsOf = (option) => textNodes(option.text).map((part) => part.textContent ?? part).join("");

class Combobox {
  constructor(one, hooks, look) {
    Object.assign(this, { one, look, many: one.type.startsWith("multi_"), turn: 0, at: -1, timer: 0 });
    this.least = one.min_query_length ?? LEAST_TYPED;
    this.note = h("p", { class: "menu-header", role: "status" });
    this.list = h("div", { id: `${hooks.id}-list`, role: "listbox", "aria-label": "Results" });
    this.popup = h("div", { class: "menu suggestions", hidden: true, "data-testid": "suggestions" });
    this.popup.append(this.note, this.list);
    this.tokens = h("span", { class: "tokens" });
    this.input = h("input", {
      class: "field",
      type: "text",
      role: "combobox",
      autocomplete: "off",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      placeholder: one.placeholder?.text || "Type to search…",
      ...hooks,
    });
    this.node = h("div", { class: "combobox" }, this.tokens, this.input, this.popup);
    this.listen();
    this.write(one.initial_option || one.initial_options);
  }

  listen() {
    // The field's own events are about what is looked for; the node's own tell of what was chosen.
    for (const name of ["input", "change"])
      this.input.addEventListener(name, (event) => event.stopPropagation());
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.steer(event));
    this.input.addEventListener("blur", () => this.leave());
    this.input.addEventListener("click", () => this.least === 0 && this.popup.hidden && this.ask(""));
    // The field keeps the focus while something is clicked in its list.
    for (const name of ["pointerdown", "mousedown"])
      this.popup.addEventListener(name, (event) => event.preventDefault());
  }

  // what is chosen

  read() {
    return this.many ? this.chosen : (this.chosen[0] ?? null);
  }

  write(value) {
    this.chosen = listed(value);
    this.show();
  }

  show() {
    this.tokens.hidden = !this.many || !this.chosen.length;
    if (this.many) this.tokens.replaceChildren(...this.chosen.map((option) => this.token(option)));
    this.restore();
  }

  restore() {
    this.input.value = this.many || !this.chosen.length ? "" : wordsOf(this.chosen[0]);
  }

  token(option) {
    const remove = () => {
      this.choose(this.chosen.filter((other) => other.value !== option.value));
      this.input.focus();
    };
    const words = wordsOf(option);
    const props = { type: "button", class: "token", "aria-label": `Remove ${words}`, onclick: remove };
    return h("button", props, words, " ×");
  }

  choose(options) {
    this.write(options);
    this.close();
    for (const name of ["input", "change"]) this.node.dispatchEvent(new Event(name, { bubbles: true }));
  }

  pick(option) {
    const others = this.many ? this.chosen.filter((other) => other.value !== option.value) : [];
    if (this.many && others.length < this.chosen.length) return this.choose(others); // it was chosen: no more
    if (others.length >= (this.one.max_selected_items ?? Infinity))
      return this.say(`At most ${this.one.max_selected_items} can be chosen.`);
    this.choose([...others, option]);
  }

  // what is looked for

  typed() {
    clearTimeout(this.timer);
    const { value } = this.input;
    if (!value && !this.many && this.chosen.length) return this.choose([]);
    this.turn += 1; // an answer to what stood there before comes too late
    this.timer = setTimeout(() => this.ask(value), PAUSE);
  }

  async ask(typed) {
    const turn = (this.turn += 1);
    if (typed.length < this.least) return this.open([], `Type at least ${this.least} characters`);
    this.open([], "Looking…");
    const { options, option_groups: groups } = await this.look(typed);
    if (turn !== this.turn || this.popup.hidden) return;
    const found = groups?.length ? groups : [{ options: options || [] }];
    this.open(found, found.some((group) => group.options.length) ? "" : "No results");
  }

  open(groups, note) {
    let count = 0;
    this.entries = [];
    this.list.replaceChildren(
      ...groups.flatMap(({ label, options }) => [
        ...(label ? [h("div", { class: "menu-header", role: "presentation" }, textNodes(label))] : []),
        ...options.map((option) => this.entry(option, count++)),
      ]),
    );
    this.popup.hidden = false;
    this.input.setAttribute("aria-expanded", String(this.entries.length > 0));
    this.say(note);
    this.move(0);
    if (open && open !== this) open.leave();
    open = this;
  }

  entry(option, number) {
    const chosen = this.chosen.some((other) => other.value === option.value);
    const node = h(
      "div",
      {
        id: `${this.list.id}-${number}`,
        class: "menu-item",
        role: "option",
        "aria-selected": String(chosen),
        "data-option": option.value,
        onclick: () => this.pick(option),
      },
      h("span", {}, textNodes(option.text)),
      option.description ? h("small", {}, textNodes(option.description)) : null,
    );
    this.entries.push({ node, option });
    return node;
  }

  say(note) {
    this.note.textContent = note;
    this.note.hidden = !note;
    place(this.popup, this.input);
  }

  move(at) {
    this.entries[this.at]?.node.classList.remove("active");
    this.at = this.entries.length ? (at + this.entries.length) % this.entries.length : -1;
    const active = this.entries[this.at]?.node;
    active?.classList.add("active");
    active?.scrollIntoView({ block: "nearest" });
    if (active) this.input.setAttribute("aria-activedescendant", active.id);
    else this.input.removeAttribute("aria-activedescendant");
  }

  close() {
    clearTimeout(this.timer);
    this.turn += 1;
    this.popup.hidden = true;
    this.entries = [];
    this.move(0);
    this.input.setAttribute("aria-expanded", "false");
    if (open === this) open = null;
  }

  /** What was looked for and not chosen goes; what was chosen before stays. */
  leave() {
    this.close();
    this.restore();
  }

  steer(event) {
    if (event.isComposing) return;
    const isOpen = !this.popup.hidden;
    const doing = {
      ArrowDown: () => (isOpen ? this.move(this.at + 1) : this.ask(this.query())),
      ArrowUp: () => isOpen && this.move(this.at - 1),
      Enter: () => isOpen && this.at >= 0 && this.pick(this.entries[this.at].option),
      Escape: isOpen && (() => this.leave()),
      Backspace: this.many && !this.input.value && (() => this.choose(this.chosen.slice(0, -1))),
    }[event.key];
    if (!doing) return;
    event.preventDefault();
    event.stopPropagation();
    doing();
  }

  /** What is looked for now: a choice that merely stands in the field is not. */
  query() {
    const standing = !this.many && this.chosen.length && this.input.value === wordsOf(this.chosen[0]);
    return standing ? "" : this.input.value;
  }
}

let open = null; // the one whose list is shown

document.addEventListener("scroll", follow, true);
window.addEventListener("resize", () => open?.leave());

/** The list goes along when its field is scrolled. */
function follow(event) {
  if (open && !open.popup.contains(event.target)) place(open.popup, open.input);
}
