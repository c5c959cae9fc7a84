// The box in which one posts on the pretend X: as a customer, or as the brand by hand.

import { act } from "./api.js";
import { h } from "./dom.js";
import { accounts, store } from "./store.js";

const at = (id) => document.getElementById(id);

const IDEAS = [
  "Sono senza internet da stamattina e nessuno risponde al telefono. È normale?",
  "Charged twice for the same month. Can somebody explain my invoice, please?",
  "Od wczoraj nie mam zasięgu w Krakowie, kiedy to naprawicie?",
  "My new router never arrived, the tracking has said “tomorrow” for a week.",
  "Volevo solo dire grazie: il tecnico di oggi è stato gentilissimo!",
  "Is there an outage in Turin? Nothing loads since lunch.",
];

let idea = 0;
let answering = null; // the post that is being answered

export function prepareBox() {
  at("x-form").addEventListener("submit", send);
  at("x-cancel").addEventListener("click", () => answerTo(null));
  at("x-idea").addEventListener("click", suggest);
  at("x-text").addEventListener("input", showButton);
  at("x-text").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) at("x-form").requestSubmit();
  });
}

/** Fill the two choices once they are known; a choice made is kept. */
export function showBox() {
  const { customers } = store.state.x;
  const mark = JSON.stringify([customers, accounts()].map((list) => list.map((one) => one.handle)));
  if (at("x-author").dataset.mark === mark) return;
  const kept = at("x-author").value;
  at("x-author").dataset.mark = mark;
  const group = (label, list) =>
    h(
      "optgroup",
      { label },
      list.map((one) => h("option", { value: one.handle }, `${one.name} (@${one.handle})`)),
    );
  at("x-author").replaceChildren(group("Customers", customers), group("The brand, by hand", accounts()));
  at("x-author").value = kept || customers[0]?.handle || "";
  at("x-mention").replaceChildren(...accounts().map(mentionOption), mentionOption(null));
  showButton();
}

function mentionOption(account, index) {
  const value = account?.handle || "";
  const input = h("input", { type: "radio", name: "x-mention", value, "data-mention": value || "none" });
  input.checked = index === 0;
  return h("label", { class: "chip" }, input, h("span", {}, account ? `@${account.handle}` : "nobody"));
}

/** Answer a post (null: write a new one). */
export function answerTo(post, { as, text } = {}) {
  answering = post || null;
  at("x-answering").hidden = !answering;
  at("x-mention-row").hidden = Boolean(answering);
  at("x-answering-name").textContent = answering ? `${answering.name} (@${answering.author})` : "";
  if (as) at("x-author").value = as;
  else if (answering && !answering.brand) at("x-author").value = answering.author;
  if (text !== undefined) at("x-text").value = text;
  showButton();
  if (post) at("x-text").focus();
}

function showButton() {
  at("x-post").disabled = !at("x-text").value.trim();
}

function suggest() {
  at("x-text").value = IDEAS[idea++ % IDEAS.length];
  showButton();
  at("x-text").focus();
}

async function send(event) {
  event.preventDefault();
  const text = at("x-text").value.trim();
  const handle = at("x-author").value;
  if (!text || !handle) return;
  at("x-post").disabled = true;
  const answer = await act("x/post", {
    me: store.me,
    handle,
    text: addressed(text),
    reply_to: answering?.id,
  });
  if (answer.ok) {
    at("x-text").value = "";
    answerTo(null);
  }
  showButton();
}

function addressed(text) {
  const handle = document.querySelector("[name=x-mention]:checked")?.value;
  const already = handle && text.toLowerCase().includes(`@${handle.toLowerCase()}`);
  return answering || !handle || already ? text : `@${handle} ${text}`;
}
