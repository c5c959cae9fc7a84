// Block Kit's layout blocks as DOM nodes.

import { h } from "./dom.js";
import { element } from "./elements.js";
import { mrkdwn, plain, textNodes } from "./mrkdwn.js";
import { rich } from "./richtext.js";

/** Nodes for a list of blocks; `act` receives clicks, `input` draws input blocks (modals only). */
export const blocks = (list, act, input) => list.map((one) => block(one, act, input));

export function block(one, act, input) {
  if (one.type === "input" && input) return input(one);
  const build = BUILDERS[one.type];
  return build ? build(one, act) : h("p", { class: "unsupported" }, `A ${one.type} block is not drawn here.`);
}

const BUILDERS = {
  section,
  context: (one) => h("div", { class: "block context" }, one.elements.map(contextPart)),
  actions: (one, act) =>
    h(
      "div",
      { class: "block actions" },
      one.elements.map((part) => element(part, one, act)),
    ),
  divider: () => h("hr", { class: "block" }),
  header: (one) => h("h3", { class: "block header" }, textNodes(one.text)),
  image: (one) => picture(one),
  markdown: (one) => h("div", { class: "block section" }, h("div", { class: "text" }, mrkdwn(one.text))),
  rich_text: (one) => h("div", { class: "block section" }, h("div", { class: "text" }, rich(one))),
  alert: (one) => h("div", { class: `block alert ${one.level || ""}`, role: "note" }, textNodes(one.text)),
};

function section(one, act) {
  return h(
    "div",
    { class: "block section", "data-block-id": one.block_id },
    h(
      "div",
      { class: "section-body" },
      one.text ? h("div", { class: "text" }, textNodes(one.text)) : null,
      one.fields
        ? h(
            "div",
            { class: "fields" },
            one.fields.map((field) => h("div", { class: "text" }, textNodes(field))),
          )
        : null,
    ),
    one.accessory ? h("div", { class: "section-accessory" }, element(one.accessory, one, act)) : null,
  );
}

function contextPart(part) {
  if (part.type === "image")
    return h("img", { src: part.image_url, alt: part.alt_text, class: "context-image" });
  return h("span", { class: "text" }, textNodes(part));
}

function picture(one) {
  return h(
    "figure",
    { class: "block picture" },
    one.title ? h("figcaption", {}, plain(one.title.text)) : null,
    h("img", { src: one.image_url || one.slack_file?.url, alt: one.alt_text, loading: "lazy" }),
  );
}
