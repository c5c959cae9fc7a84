// What every dialog does: hold the focus, close on Escape, give the focus back.

import { h } from "./dom.js";
import { textNodes } from "./mrkdwn.js";

const FOCUSABLE = "button, [href], input, select, textarea, [tabindex]:not([tabindex='-1'])";

const reachable = (root) =>
  [...root.querySelectorAll(FOCUSABLE)].filter((one) => !one.disabled && one.getClientRects().length);

/** Keep Tab inside `box`, and call `leave` on Escape. */
export function holdFocus(box, leave) {
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leave();
    } else if (event.key === "Tab") {
      wrap(event, reachable(box));
    }
  });
}

function wrap(event, stops) {
  if (!stops.length) return event.preventDefault();
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge && stops.includes(document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}

/** Slack's confirmation ({title, text, confirm, deny, style}); true when confirmed, or when there is none. */
export function confirmed(question) {
  if (!question) return Promise.resolve(true);
  const before = document.activeElement;
  return new Promise((resolve) => {
    const layer = h("div", { class: "veil above" });
    const done = (answer) => {
      layer.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(answer);
    };
    const box = confirmBox(question, done);
    layer.append(box);
    holdFocus(box, () => done(false));
    document.querySelector(".stage").append(layer);
    box.querySelector("[data-testid=confirm-yes]").focus();
  });
}

function confirmBox(question, done) {
  const kind = question.style === "danger" ? "button danger solid" : "button primary";
  return h(
    "div",
    {
      class: "dialog small",
      role: "alertdialog",
      "aria-modal": "true",
      "aria-labelledby": "confirm-title",
      "aria-describedby": "confirm-text",
    },
    h("h2", { id: "confirm-title" }, textNodes(question.title)),
    h("div", { id: "confirm-text", class: "confirm-text" }, textNodes(question.text)),
    h(
      "div",
      { class: "dialog-foot" },
      h(
        "button",
        { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => done(false) },
        textNodes(question.deny),
      ),
      h(
        "button",
        { type: "button", class: kind, "data-testid": "confirm-yes", onclick: () => done(true) },
        textNodes(question.confirm),
      ),
    ),
  );
}
