// Going somewhere: a channel, direct messages, Home, a thread, another person.

import { act } from "./api.js";
import { store } from "./store.js";

const ME = "mentiondesk.me";
const redraw = () => document.dispatchEvent(new Event("redraw"));

export const rememberedMe = () => sessionStorage.getItem(ME);

export function goTo(kind, id) {
  store.place = { kind, id };
  store.thread = null;
  if (kind === "home") act("home/open", { me: store.me });
  redraw();
}

export function openThread(message) {
  store.thread = { channel: message.channel, ts: message.thread_ts || message.ts };
  redraw();
  document.querySelector("#thread textarea")?.focus();
}

export function closeThread() {
  store.thread = null;
  redraw();
}

/** Look through another person's eyes: their channels stay, their direct messages, Home and modal come. */
export function become(id) {
  store.me = id;
  sessionStorage.setItem(ME, id);
  store.thread = null;
  document.dispatchEvent(new Event("refresh"));
  if (store.place.kind === "home") act("home/open", { me: id });
}
