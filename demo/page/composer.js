// A box one writes messages in: Enter sends, Shift+Enter breaks the line, drafts are kept.

import { h, icon } from "./dom.js";
import { store } from "./store.js";

/** `send(text)` may answer a promise; `draft()` names what is being written to, so that drafts don't mix. */
export function composer({ testid, send, draft }) {
  const box = h("textarea", { rows: "1", "data-testid": testid, "aria-label": "Message" });
  const hint = h("p", { class: "composer-hint", hidden: true });
  const button = h(
    "button",
    { type: "submit", class: "button primary icon-only", "aria-label": "Send", title: "Send" },
    icon("send"),
  );
  const node = h("form", { class: "composer" }, h("div", { class: "composer-box" }, box, button), hint);
  const grow = () => {
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight, 160)}px`;
    button.disabled = !box.value.trim();
    hint.hidden = !box.value.startsWith("/");
  };
  box.addEventListener("input", () => {
    store.drafts.set(draft(), box.value);
    grow();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    node.requestSubmit();
  });
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = box.value.trim();
    if (!text) return;
    show("");
    store.drafts.delete(draft());
    send(text);
  });
  const show = (text) => {
    if (box.value !== text) box.value = text;
    grow();
  };
  return {
    node,
    /** Point the box at another place. */
    turnTo(placeholder, note = "") {
      box.placeholder = placeholder;
      box.setAttribute("aria-label", placeholder);
      hint.textContent = note;
      show(store.drafts.get(draft()) || "");
    },
  };
}
