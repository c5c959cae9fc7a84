// Slack's mrkdwn as DOM nodes. Nothing here ever parses HTML.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";
import { accounts, channel, person, store, zone } from "./store.js";
import { longMoment, slackDate } from "./time.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
export const unescapeText = (text) => text.replace(/&(amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** Nodes for a text object ({type, text}) or for a message's own text. */
export function textNodes(object) {
  if (!object) return [];
  return object.type === "plain_text" ? plain(object.text, object.emoji !== false) : mrkdwn(object.text);
}

/** Plain text: line breaks, Slack's three entities and, unless it is told not to, emoji shortcodes. */
export const plain = (text, withEmoji = true) =>
  lines(unescapeText(text), (line) => (withEmoji ? shortcodes(line) : [line]));

export function mrkdwn(text) {
  return text
    .split(/```\n?([\s\S]*?)\n?```/)
    .flatMap((part, index) =>
      index % 2 ? [h("pre", {}, unescapeText(part))] : paragraphs(index ? part.replace(/^\n/, "") : part),
    );
}

function paragraphs(text) {
  const out = [];
  let quote = null;
  let run = [];
  const flush = () => {
    if (run.length) out.push(...(quote ? [h("blockquote", {}, joined(run, inline))] : joined(run, inline)));
    run = [];
  };
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>) ?(.*)$/s.exec(line);
    if (Boolean(quoted) !== Boolean(quote)) {
      flush();
      quote = Boolean(quoted);
    }
    run.push(quoted ? quoted[1] : line);
  }
  flush();
  return out;
}

const lines = (text, render) => joined(text.split("\n"), render);

const joined = (list, render) =>
  list.flatMap((line, index) => [...(index ? [h("br")] : []), ...render(line)]);

// In order: <…>, `code`, then *bold*, _italic_ and ~struck~ (not inside words, and not where a
// zero-width space is just inside), then a bare address, then :emoji:.
const INLINE = new RegExp(
  [
    "<([^<>\\s][^<>]*)>",
    "`(?!\\u200b)([^`\\n]+)`",
    "(?<![\\p{L}\\p{N}*])\\*(?=[^\\s\\u200b])([^*\\n]*[^*\\s])\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?=[^\\s\\u200b])([^_\\n]*[^_\\s])_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?=[^\\s\\u200b])([^~\\n]*[^~\\s])~(?![\\p{L}\\p{N}~])",
    "(https?://[^\\s<>|]+[^\\s<>|.,;:!?)\\]'\"])",
    ":([a-z0-9_+-]+(?:::skin-tone-\\d)?):",
  ].join("|"),
  "gu",
);

function inline(text) {
  const out = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) out.push(unescapeText(text.slice(end, found.index)));
    out.push(piece(found));
    end = found.index + found[0].length;
  }
  if (end < text.length) out.push(unescapeText(text.slice(end)));
  return out;
}

function piece([whole, angle, code, bold, italic, struck, address, shortcode]) {
  if (angle !== undefined) return reference(angle);
  if (code !== undefined) return h("code", {}, unescapeText(code));
  if (bold !== undefined) return h("strong", {}, inline(bold));
  if (italic !== undefined) return h("em", {}, inline(italic));
  if (struck !== undefined) return h("s", {}, inline(struck));
  if (address !== undefined) return link(address, unescapeText(address));
  return emojiNode(shortcode) || whole;
}

function reference(angle) {
  const [target, ...rest] = angle.split("|");
  const label = rest.join("|");
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  return link(target, label || target);
}

function userMention(id, label) {
  const name = person(id)?.real_name || label || id;
  return h("span", { class: id === store.me ? "at me" : "at" }, `@${name}`);
}

function channelMention(id, label) {
  const name = channel(id)?.name || label || id;
  return h("a", { class: "at", href: `#${id}`, "data-goto": id }, `#${name}`);
}

function special(command, label) {
  const [name, ...rest] = command.split("^");
  if (name === "date") return dateNode(rest, label);
  if (name === "subteam")
    return h(
      "span",
      { class: "at" },
      `@${(store.state?.groups[rest[0]] || label || rest[0]).replace(/^@/, "")}`,
    );
  return h("span", { class: "at" }, `@${name}`);
}

function dateNode([seconds, pattern, address], fallback) {
  const text = slackDate(seconds, unescapeText(pattern || "{date} {time}"), unescapeText(fallback), zone());
  const date = new Date(Number(seconds) * 1000);
  const node = Number.isNaN(date.getTime()) ? text : h("time", { title: longMoment(date, zone()) }, text);
  return address ? link(address, node) : node;
}

const SAFE = /^(https?:|mailto:|tel:)/i;

/** A link that opens elsewhere; a link to a post of the pretend X is followed on this page. */
export function link(target, label) {
  const href = unescapeText(target);
  const inside = typeof label === "string" ? inlineLabel(label) : [label];
  if (!SAFE.test(href)) return h("span", {}, inside);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...xTarget(href) }, inside);
}

const inlineLabel = (label) => (SAFE.test(label) ? [unescapeText(label)] : inline(label));

/** What a link to X means here: a post to show, or an answer to prepare. */
export function xTarget(href) {
  let url;
  try {
    url = new URL(href);
  } catch {
    return {};
  }
  if (!/(^|\.)(x|twitter)\.com$/.test(url.hostname)) return {};
  const post = /\/status(?:es)?\/(\d+)/.exec(url.pathname);
  if (post) return { "data-x-post": post[1] };
  if (!url.pathname.startsWith("/intent/")) return {};
  const text = url.searchParams.get("text") || "";
  const reply = url.searchParams.get("in_reply_to");
  return accounts().length ? { "data-x-intent": JSON.stringify({ text, reply }) } : {};
}

const shortcodes = (line) =>
  line.split(/(:[a-z0-9_+-]+:)/).map((part) => (/^:.+:$/.test(part) && emojiNode(part.slice(1, -1))) || part);

function emojiNode(name) {
  const sign = emoji(name);
  return sign
    ? h("span", { class: "emoji", role: "img", "aria-label": name.replaceAll("_", " ") }, sign)
    : null;
}
