// The modal of the person who looks: the top view of their stack, patched without losing what is typed.

import { act, touch } from "./api.js";
import { block } from "./blocks.js";
import { holdFocus } from "./dialog.js";
import { h, icon, reconcile } from "./dom.js";
import { inputBlock, setError } from "./inputs.js";
import { plain } from "./mrkdwn.js";
import { store } from "./store.js";

const TYPING = 250; // ms of rest before what was typed is told to the playground

let shown = null; // {me, view, dialog, body, errors, back}
const pending = new Map(); // block id -> {timer, send}

const layer = () => document.getElementById("modal-layer");
const behind = () => document.getElementById("pane");

/** Show what the snapshot says: nothing, another view, or the same view changed. */
export function showModal(modal) {
  if (!modal) return hide();
  const { view, depth } = modal;
  if (shown?.me !== store.me || shown.view.id !== view.id) open(view, depth);
  else if (shown.view.hash !== view.hash) patch(view);
  showErrors(view.errors || {});
}

function open(view, depth) {
  const back = shown?.back || document.activeElement;
  forgetPending();
  layer().replaceChildren();
  const body = h("div", { class: "dialog-body" });
  const dialog = h("form", {
    class: "dialog",
    role: "dialog",
    "aria-modal": "true",
    "aria-labelledby": "modal-title",
    novalidate: true,
    "data-testid": "modal",
    "data-callback-id": view.callback_id,
    "data-depth": String(depth),
  });
  shown = { me: store.me, view, dialog, body, errors: "{}", back };
  dialog.append(h("header", { class: "dialog-head" }), body, h("footer", { class: "dialog-foot" }));
  dialog.addEventListener("submit", submit);
  dialog.addEventListener("keydown", enterSubmits);
  holdFocus(dialog, () => leave());
  patch(view);
  layer().append(dialog);
  layer().hidden = false;
  behind().inert = true;
  firstStop(dialog).focus({ preventScroll: true });
}

const firstStop = (dialog) =>
  dialog.querySelector(".dialog-body :is(input, textarea, select)") ||
  dialog.querySelector(".dialog-foot .primary, .dialog-body button") ||
  dialog.querySelector("button");

function hide() {
  if (!shown) return;
  const { back } = shown;
  shown = null;
  forgetPending();
  layer().replaceChildren();
  layer().hidden = true;
  behind().inert = false;
  if (back?.isConnected) back.focus({ preventScroll: true });
}

function patch(view) {
  const inside = shown.dialog.contains(document.activeElement);
  shown.view = view;
  shown.errors = "{}";
  head(view);
  foot(view);
  const counts = {};
  const items = view.blocks.map((one) => ({ one, key: keyOf(one, counts) }));
  reconcile(shown.body, items, {
    key: (item) => item.key,
    signature: (item) => JSON.stringify(item.one),
    build: buildBlock,
  });
  if (inside && !shown.dialog.contains(document.activeElement))
    firstStop(shown.dialog).focus({ preventScroll: true });
}

// An input keeps its text as long as block_id and action_id stay, which is also Slack's rule for views.update.
function keyOf(one, counts) {
  if (one.type === "input") return `${one.block_id}|${one.element.action_id}`;
  counts[one.type] = (counts[one.type] || 0) + 1;
  return `${one.type}#${counts[one.type]}`;
}

function buildBlock({ one }, before) {
  const typed = before?.control ? before.control.read() : typedBefore(one);
  return block(one, click, (input) => inputBlock(input, { typed, changed: typing, dispatch, act: click }));
}

function typedBefore(one) {
  if (one.type !== "input") return undefined;
  const { choices, typed } = shown.view;
  return choices[one.block_id]?.[one.element.action_id] ?? typed[one.block_id];
}

function head(view) {
  const close = h(
    "button",
    {
      type: "button",
      class: "button ghost icon-only",
      "aria-label": "Close",
      "data-testid": "modal-x",
      onclick: () => leave({ everything: true }),
    },
    icon("close"),
  );
  shown.dialog
    .querySelector(".dialog-head")
    .replaceChildren(h("h2", { id: "modal-title" }, plain(view.title)), close);
}

function foot(view) {
  const close = view.close || (view.submit ? "Cancel" : "Close");
  shown.dialog.querySelector(".dialog-foot").replaceChildren(
    h("button", { type: "button", class: "button", "data-testid": "modal-close", onclick: () => leave() }, close),
    ...(view.submit
      ? [
          h(
            "button",
            {
              type: "submit",
              class: "button primary",
              "data-testid": "modal-submit",
              disabled: view.submit_disabled,
            },
            plain(view.submit),
          ),
        ]
      : []),
  );
}

const controls = () => [...(shown?.body.children || [])].filter((node) => node.control);

async function submit(event) {
  event.preventDefault();
  const button = shown.dialog.querySelector("[data-testid=modal-submit]");
  if (!button || button.getAttribute("aria-busy") === "true") return;
  const { me, dialog } = shown;
  button.setAttribute("aria-busy", "true");
  forgetPending(); // the submission says it all
  const values = Object.fromEntries(
    controls().map(({ control }) => [control.block.block_id, control.read()]),
  );
  const answer = await act("modal/submit", { me, values });
  button.removeAttribute("aria-busy");
  if (shown?.dialog !== dialog) return;
  shown.errors = "{}"; // the same error twice is said twice
  if (Object.keys(answer.errors).length) showErrors(answer.errors);
}

/** Back to the modal below, if there is one; `everything`: the × closes them all. */
async function leave({ everything = false } = {}) {
  if (shown) await act("modal/close", { me: shown.me, everything });
}

async function click(doing) {
  if (doing.typed === undefined) await flush();
  return shown ? touch("modal/click", { me: shown.me, ...doing }) : {};
}

async function dispatch({ block: { block_id, element } }) {
  if (!shown) return;
  await flush();
  // The input may have been drawn anew, or replaced under another action_id, since it was typed in.
  const same = ({ block }) => block.block_id === block_id && block.element.action_id === element.action_id;
  const control = controls().find((node) => same(node.control))?.control;
  if (control) await act("modal/dispatch", entry(control));
}

const entry = (control) => ({
  me: shown.me,
  block_id: control.block.block_id,
  action_id: control.block.element.action_id,
  value: control.read(),
});

function typing(control) {
  const { block_id } = control.block;
  clearTimeout(pending.get(block_id)?.timer);
  const send = () => {
    pending.delete(block_id);
    return act("modal/type", entry(control), { quiet: true });
  };
  pending.set(block_id, { send, timer: setTimeout(send, TYPING) });
}

async function flush() {
  const waiting = [...pending.values()];
  forgetPending();
  await Promise.all(waiting.map(({ send }) => send()));
}

function forgetPending() {
  for (const { timer } of pending.values()) clearTimeout(timer);
  pending.clear();
}

function enterSubmits(event) {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.target.matches("textarea") && (event.ctrlKey || event.metaKey)) shown.dialog.requestSubmit();
}

function showErrors(errors) {
  const mark = JSON.stringify(errors);
  if (!shown || mark === shown.errors) return;
  shown.errors = mark;
  for (const node of controls()) setError(node, errors[node.control.block.block_id]);
  const noAnswer =
    errors._timeout && "The bot did not answer in time. What you typed is still here: try again.";
  banner(noAnswer || errors._invalid_response);
  shown.body.querySelector(".wrong :is(input, textarea, select)")?.focus();
}

function banner(sentence) {
  shown.dialog.querySelector(".banner")?.remove();
  if (sentence) shown.body.before(h("p", { class: "banner", role: "alert" }, sentence));
}
