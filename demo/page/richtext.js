// The rich_text block: what Slack makes of text typed by people.

import { h } from "./dom.js";
import { link, mrkdwn, plain } from "./mrkdwn.js";

export const rich = (block) => block.elements.map(part);

function part(one) {
  if (one.type === "rich_text_list")
    return h(
      one.style === "ordered" ? "ol" : "ul",
      {},
      one.elements.map((item) => h("li", {}, leaves(item))),
    );
  const tag = { rich_text_quote: "blockquote", rich_text_preformatted: "pre" }[one.type] || "div";
  return h(tag, {}, leaves(one));
}

const leaves = (one) => one.elements.map(leaf);

const LEAVES = {
  text: (one) => styled(plain(one.text), one.style),
  link: (one) => link(one.url, one.text || one.url),
  emoji: (one) => plain(`:${one.name}:`),
  user: (one) => mrkdwn(`<@${one.user_id}>`),
  usergroup: (one) => mrkdwn(`<!subteam^${one.usergroup_id}>`),
  channel: (one) => mrkdwn(`<#${one.channel_id}>`),
  broadcast: (one) => mrkdwn(`<!${one.range}>`),
  date: (one) => mrkdwn(`<!date^${one.timestamp}^${one.format}|${one.fallback || ""}>`),
};

const leaf = (one) => LEAVES[one.type]?.(one) || [];

const TAGS = { bold: "strong", italic: "em", strike: "s", code: "code" };

const styled = (nodes, style = {}) =>
  Object.keys(TAGS).reduce((inside, name) => (style[name] ? [h(TAGS[name], {}, inside)] : inside), nodes);
