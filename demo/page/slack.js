// The workspace's main pane: a channel or direct messages, the thread beside it, or the app's Home.

import { act, touch } from "./api.js";
import { block } from "./blocks.js";
import { composer } from "./composer.js";
import { h, reconcile } from "./dom.js";
import { mrkdwn } from "./mrkdwn.js";
import { messageItems, withDays } from "./messages.js";
import { closeThread } from "./places.js";
import { conversation, markRead, person, store, zone } from "./store.js";
import { today } from "./time.js";
import { announce } from "./toast.js";

const at = (id) => document.getElementById(id);
const SEND_NOTE = "A command: what it answers is shown to you only.";
const channelBox = composer({
  testid: "composer",
  send: write,
  draft: () => `${store.me} ${store.place.id}`,
});
const threadBox = composer({
  testid: "thread-composer",
  send: answer,
  draft: () => `${store.me} ${store.thread?.ts}`,
});

export function prepareWorkspace() {
  at("composer").replaceWith(Object.assign(channelBox.node, { id: "composer" }));
  at("thread-composer").replaceWith(Object.assign(threadBox.node, { id: "thread-composer" }));
  at("thread-close").addEventListener("click", closeThread);
  at("thread").addEventListener("keydown", (event) => event.key === "Escape" && closeThread());
  at("earlier").addEventListener("click", () => {
    store.depth *= 2;
    document.dispatchEvent(new Event("refresh"));
  });
  for (const id of ["messages", "replies"]) keepAtFoot(at(id));
}

export function showPane() {
  const home = store.place.kind === "home";
  at("home").hidden = !home;
  at("conversation").hidden = home;
  if (home) return showHome();
  const place = conversation(store.place.id);
  if (place) showConversation(place);
  showThread();
}

let placeShown = "";

function showConversation(place) {
  const isChannel = store.place.kind === "channel";
  const name = isChannel ? `#${place.name}` : person(store.state.bot).real_name;
  at("place-name").textContent = name;
  at("place-note").textContent = isChannel
    ? place.topic || `${place.members} members`
    : "Direct messages from the app";
  const ephemerals = store.state.ephemerals.filter(
    (one) => one.channel === place.id && !one.thread_ts && !store.hidden.has(one.ts),
  );
  const all = [...place.messages, ...ephemerals.map((one) => ({ ...one, ephemeral: true }))].sort(
    (a, b) => a.ts - b.ts,
  );
  at("earlier").hidden = place.messages.length >= place.total;
  at("empty").hidden = all.length > 0;
  at("empty").textContent = isChannel
    ? "No messages yet. They appear when somebody mentions the brand."
    : "No messages yet.";
  const key = `${store.me} ${place.id}`;
  const turned = key !== placeShown;
  const news = turned ? [] : fresh(place);
  placeShown = key;
  reconcile(at("messages").firstElementChild, withDays(all), messageItems(false));
  if (turned) turnTo(place, name);
  markRead(place);
  if (news.length) announce(`New message in ${name} from ${news.map(spoken).join(". ")}`);
}

const spoken = (one) => `${person(one.user)?.real_name}: ${h("p", {}, mrkdwn(one.text)).textContent}`;

function fresh(place) {
  const seen = Number(store.read[`${store.me}/${place.id}`] || 0);
  return place.messages.filter((one) => Number(one.ts) > seen && one.user !== store.me);
}

function turnTo(place, name) {
  channelBox.turnTo(
    store.place.kind === "channel" ? `Message ${name}, or /desk for a command` : `Message ${name}`,
    SEND_NOTE,
  );
  const list = at("messages");
  list.dataset.pinned = "true";
  list.scrollTop = list.scrollHeight;
}

function write(text) {
  const channel = store.place.id;
  if (/^\/\w/.test(text)) return act("command", { me: store.me, channel, text });
  at("messages").dataset.pinned = "true";
  return act("write", { me: store.me, channel, text });
}

let threadShown = "";

function showThread() {
  const root =
    store.thread && conversation(store.thread.channel)?.messages.find((one) => one.ts === store.thread.ts);
  const panel = at("thread");
  panel.hidden = !root;
  at("conversation").classList.toggle("with-thread", Boolean(root));
  if (!root) threadShown = "";
  if (!root) return reconcile(at("replies").firstElementChild, [], messageItems(true));
  const hidden = store.state.ephemerals.filter(
    (one) => one.thread_ts === root.ts && !store.hidden.has(one.ts),
  );
  const replies = [...root.replies, ...hidden.map((one) => ({ ...one, ephemeral: true }))].sort(
    (a, b) => a.ts - b.ts,
  );
  const turned = threadShown !== root.ts;
  threadShown = root.ts;
  reconcile(
    at("replies").firstElementChild,
    [root, ...replies].map((one) => ({ ...one, replies: [] })),
    messageItems(true),
  );
  if (turned) threadBox.turnTo("Reply in the thread: only colleagues see it");
}

function answer(text) {
  at("replies").dataset.pinned = "true";
  return act("write", { me: store.me, channel: store.thread.channel, text, thread_ts: store.thread.ts });
}

function showHome() {
  placeShown = "";
  const { home } = store.state;
  at("home-empty").hidden = Boolean(home);
  const counts = {};
  const items = (home?.blocks || []).map((one) => ({
    one,
    key: `${one.type} ${(counts[one.type] = (counts[one.type] || 0) + 1)}`,
  }));
  const send = (click) => touch("home/click", { me: store.me, home: true, ...click });
  reconcile(at("home-blocks"), items, {
    key: ({ key }) => key,
    signature: ({ one }) => [JSON.stringify(one), store.me, today(zone())].join(),
    build: ({ one }) => h("div", {}, block(one, send)),
  });
}

/** A list that was at its foot stays there when it grows; one that was scrolled up stays where it is. */
function keepAtFoot(list) {
  list.dataset.pinned = "true";
  let last = 0;
  list.addEventListener("scroll", () => {
    // It may have grown since it was scrolled to its foot: only who scrolls up leaves it.
    if (list.scrollHeight - list.scrollTop - list.clientHeight < 48) list.dataset.pinned = "true";
    else if (list.scrollTop < last) list.dataset.pinned = "false";
    last = list.scrollTop;
  });
  new ResizeObserver(() => {
    if (list.dataset.pinned === "true") list.scrollTop = list.scrollHeight;
  }).observe(list.firstElementChild);
}
