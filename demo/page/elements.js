// Block Kit's interactive elements where a click counts at once: messages, Home and a modal's actions.

import { combobox } from "./combobox.js";
import { confirmed } from "./dialog.js";
import { h, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { link, textNodes } from "./mrkdwn.js";
import { person, store } from "./store.js";

/** An element's node. `act({action_id, block_id, option})` sends the click and resolves when it is answered. */
export function element(one, block, act) {
  const build = BUILDERS[one.type];
  if (!build) return h("span", { class: "unsupported" }, `${one.type} is not drawn here`);
  const press = async (node, option) => {
    if (node.getAttribute("aria-busy") === "true" || !(await confirmed(one.confirm))) return;
    node.setAttribute("aria-busy", "true");
    try {
      await act({ action_id: one.action_id, block_id: block.block_id, value: one.value, option });
    } finally {
      node.removeAttribute("aria-busy");
    }
  };
  return build(one, press, (typed) => act({ action_id: one.action_id, block_id: block.block_id, typed }));
}

const BUILDERS = {
  button,
  overflow: (one, press) => choice(one, press, menuItems(one.options), { iconOnly: true }),
  static_select: (one, press) => choice(one, press, optionItems(one)),
  external_select: lookUp,
  multi_external_select: lookUp,
  users_select: (one, press) => choice(one, press, peopleItems(one.initial_user)),
  conversations_select: (one, press) => choice(one, press, channelItems(one.initial_conversation)),
  channels_select: (one, press) => choice(one, press, channelItems(one.initial_channel)),
  datepicker: (one, press) => moment(one, press, "date", one.initial_date),
  timepicker: (one, press) => moment(one, press, "time", one.initial_time),
  image: (one) => h("img", { class: "accessory", src: one.image_url, alt: one.alt_text, loading: "lazy" }),
};

const hooks = (one) => ({ "data-action-id": one.action_id, "data-testid": one.type });

function button(one, press) {
  const kind = { primary: "button primary", danger: "button danger" }[one.style] || "button";
  if (one.url) return urlButton(one, kind, press);
  const node = h(
    "button",
    {
      type: "button",
      class: kind,
      "aria-label": one.accessibility_label,
      ...hooks(one),
      "data-value": one.value,
    },
    textNodes(one.text),
  );
  node.addEventListener("click", () => press(node));
  return node;
}

function urlButton(one, kind, press) {
  const node = link(one.url, "");
  node.className = kind;
  node.append(...textNodes(one.text));
  for (const [name, value] of Object.entries(hooks(one))) if (value) node.setAttribute(name, value);
  node.addEventListener("click", () => press(node));
  return node;
}

function lookUp(one, press, look) {
  const control = combobox(one, { ...hooks(one), "aria-label": one.placeholder?.text || "Search" }, look);
  const values = (chosen) => (Array.isArray(chosen) ? chosen.map(({ value }) => value) : chosen?.value);
  control.node.addEventListener("change", () => press(control.node, values(control.read())));
  return control.node;
}

function choice(one, press, items, { iconOnly = false } = {}) {
  const chosen = items.find((item) => item.selected);
  const label = iconOnly
    ? icon("more")
    : [chosen ? h("span", {}, chosen.label) : h("span", {}, textNodes(one.placeholder)), icon("down")];
  const name = iconOnly ? "More actions" : one.placeholder?.text || "Choose";
  const node = h(
    "button",
    {
      type: "button",
      class: iconOnly ? "button icon-only" : "button select",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": chosen ? `${name}: ${chosen.text}` : name,
      title: name,
      ...hooks(one),
    },
    label,
  );
  node.addEventListener("click", () =>
    openMenu(node, items, (item) => pickItem(item, node, press), { label: name }),
  );
  return node;
}

function pickItem(item, node, press) {
  if (item.url) window.open(item.url, "_blank", "noopener");
  press(node, item.value);
}

const menuItems = (options) => options.map((option) => item(option));

function item(option, selected) {
  return {
    label: textNodes(option.text),
    text: option.text.text,
    note: option.description ? textNodes(option.description) : null,
    value: option.value,
    url: option.url,
    selected,
  };
}

function optionItems(one) {
  const selected = (option) => option.value === one.initial_option?.value;
  if (!one.option_groups) return (one.options || []).map((option) => item(option, selected(option)));
  return one.option_groups.flatMap((group) => [
    { header: true, label: textNodes(group.label) },
    ...group.options.map((option) => item(option, selected(option))),
  ]);
}

const peopleItems = (initial) =>
  store.state.people.map(({ id }) => ({
    label: person(id).real_name,
    text: person(id).real_name,
    value: id,
    selected: id === initial,
  }));

const channelItems = (initial) =>
  store.state.channels.map(({ id, name }) => ({
    label: `#${name}`,
    text: name,
    value: id,
    selected: id === initial,
  }));

function moment(one, press, type, initial) {
  const node = h("input", {
    type,
    class: "field inline",
    value: initial || "",
    "aria-label": one.placeholder?.text || type,
    ...hooks(one),
  });
  node.addEventListener("change", () => node.value && press(node, node.value));
  return node;
}
