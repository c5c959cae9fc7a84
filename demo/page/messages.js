// One Slack message: face, name, text or card, reactions, thread.

import { act, touch } from "./api.js";
import { blocks } from "./blocks.js";
import { face, h, icon } from "./dom.js";
import { REACTIONS, emoji } from "./emoji.js";
import { openMenu } from "./menu.js";
import { mrkdwn } from "./mrkdwn.js";
import { openThread } from "./places.js";
import { person, store, zone } from "./store.js";
import { clockTime, dayHeading, dayInSentence, fromTs, longMoment, today } from "./time.js";

/** How `reconcile` shows messages; `inThread` ones carry no thread line of their own. */
export const messageItems = (inThread) => ({
  key: (one) => (one.day ? `day ${one.day}` : one.ts + (one.ephemeral ? "!" : "")),
  signature: (one) => (one.day ? one.day : [JSON.stringify(one), store.me, today(zone()), inThread].join()),
  build: (one) => (one.day ? dayLine(one.day) : message(one, inThread)),
});

/** The messages with a heading before each day's first. */
export function withDays(messages) {
  let last = null;
  return messages.flatMap((one) => {
    const day = dayHeading(fromTs(one.ts), zone());
    const items = day === last ? [one] : [{ day }, one];
    last = day;
    return items;
  });
}

const dayLine = (day) => h("div", { class: "day", role: "separator" }, h("span", {}, day));

function message(one, inThread) {
  const author = person(one.user) || { real_name: one.user };
  const date = fromTs(one.ts);
  return h(
    "article",
    {
      class: one.ephemeral ? "message ephemeral" : "message",
      "data-testid": one.ephemeral ? "ephemeral" : "message",
      "data-ts": one.ts,
      "data-user": one.user,
      "aria-label": `${author.real_name}, ${clockTime(date, zone())}`,
    },
    face(author.avatar, author.real_name, 38),
    h(
      "div",
      { class: "message-main" },
      one.ephemeral ? onlyYou(one) : null,
      h(
        "div",
        { class: "message-head" },
        h("strong", {}, author.real_name),
        author.bot ? h("span", { class: "tag" }, "App") : null,
        h("time", { title: longMoment(date, zone()) }, clockTime(date, zone())),
      ),
      body(one),
      reactions(one),
      inThread ? null : threadLine(one),
    ),
    one.ephemeral ? null : toolbar(one, inThread),
  );
}

function body(one) {
  const send = (click) =>
    touch("click", {
      me: store.me,
      channel: one.channel,
      ts: one.ts,
      ephemeral: one.ephemeral ? one.ts : undefined,
      ...click,
    });
  const parts = [];
  if (one.blocks.length) parts.push(...blocks(one.blocks, send));
  else if (one.text) parts.push(h("div", { class: "text block" }, mrkdwn(one.text)));
  for (const part of one.attachments) parts.push(attachment(part, send));
  if (one.edited) parts.push(h("span", { class: "edited" }, "(edited)"));
  return h("div", { class: "message-body" }, parts);
}

function attachment(part, send) {
  const inside = part.blocks?.length
    ? blocks(part.blocks, send)
    : h("div", { class: "text block" }, mrkdwn(part.text || part.fallback || ""));
  const colour = { good: "#2f9e6e", warning: "#d99a1c", danger: "#cf3f4f" }[part.color] || part.color;
  const node = h("div", { class: "attachment" }, inside);
  if (colour) node.style.setProperty("--bar", /^[0-9a-f]{3,8}$/i.test(colour) ? `#${colour}` : colour);
  return node;
}

function onlyYou(one) {
  const dismiss = () => {
    store.hidden.add(one.ts);
    document.dispatchEvent(new Event("redraw"));
  };
  return h(
    "p",
    { class: "only-you" },
    icon("eye"),
    "Only visible to you",
    h("button", { type: "button", class: "link", onclick: dismiss }, "Dismiss"),
  );
}

function reactions(one) {
  const names = Object.entries(one.reactions).filter(([, users]) => users.length);
  if (!names.length) return null;
  return h(
    "div",
    { class: "reactions" },
    names.map(([name, users]) => reaction(one, name, users)),
  );
}

function reaction(one, name, users) {
  const mine = users.includes(store.me);
  const who = users.map((id) => person(id)?.real_name || id).join(", ");
  return h(
    "button",
    {
      type: "button",
      class: mine ? "reaction mine" : "reaction",
      "aria-pressed": String(mine),
      "aria-label": `${name.replaceAll("_", " ")}, ${users.length}: ${who}`,
      title: `${who} reacted with :${name}:`,
      "data-testid": "reaction",
      "data-hook": name,
      "data-reaction": name,
      onclick: () => react(one, name, !mine),
    },
    h("span", { class: "emoji" }, emoji(name) || `:${name}:`),
    h("span", {}, String(users.length)),
  );
}

const react = (one, name, on) => act("react", { me: store.me, channel: one.channel, ts: one.ts, name, on });

function threadLine(one) {
  if (!one.replies.length) return null;
  const faces = [...new Set(one.replies.map((reply) => reply.user))].slice(0, 4);
  const last = fromTs(one.replies.at(-1).ts);
  return h(
    "button",
    {
      type: "button",
      class: "thread-line",
      "data-testid": "open-thread",
      "data-hook": "thread",
      onclick: () => openThread(one),
    },
    faces.map((id) => face(person(id)?.avatar, person(id)?.real_name || id, 22)),
    h("strong", {}, one.replies.length === 1 ? "1 reply" : `${one.replies.length} replies`),
    h("span", {}, `Last ${dayInSentence(last, zone())} at ${clockTime(last, zone())}`),
  );
}

function toolbar(one, inThread) {
  const tool = (name, label, testid, onclick, popup) =>
    h(
      "button",
      {
        type: "button",
        class: "tool",
        "aria-label": label,
        title: label,
        "aria-haspopup": popup,
        "data-testid": testid,
        "data-hook": testid,
        onclick,
      },
      icon(name),
    );
  return h(
    "div",
    { class: "toolbar", role: "toolbar", "aria-label": "Message actions" },
    tool(
      "smile",
      "Add a reaction",
      "add-reaction",
      (event) => pickReaction(event.currentTarget, one),
      "menu",
    ),
    inThread ? null : tool("reply", "Reply in thread", "reply-in-thread", () => openThread(one)),
    one.user === store.me
      ? tool("more", "More", "message-more", (event) => ownMenu(event.currentTarget, one), "menu")
      : null,
  );
}

function pickReaction(anchor, one) {
  const items = REACTIONS.map((name) => ({
    label: emoji(name),
    name: name.replaceAll("_", " "),
    value: name,
  }));
  openMenu(anchor, items, (item) => react(one, item.value, !one.reactions[item.value]?.includes(store.me)), {
    label: "Reactions",
    columns: true,
  });
}

function ownMenu(anchor, one) {
  const items = [{ label: "Delete message", value: "delete", danger: true }];
  openMenu(anchor, items, () => act("erase", { me: store.me, channel: one.channel, ts: one.ts }));
}
