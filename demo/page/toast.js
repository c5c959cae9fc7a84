// Short sentences that appear at the foot of the page, and go.

import { h } from "./dom.js";

const SECONDS = 7;
const MOST = 3;

export function toast(sentence) {
  const shelf = document.getElementById("toasts");
  const node = h("p", { class: "toast", "data-testid": "toast" }, sentence);
  shelf.append(node);
  while (shelf.children.length > MOST) shelf.firstElementChild.remove();
  setTimeout(() => node.remove(), SECONDS * 1000);
}

/** Said by screen readers only. */
export function announce(sentence) {
  document.getElementById("live").textContent = sentence;
}
