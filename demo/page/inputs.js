// Input blocks of a modal: a label, a control that remembers, a hint, a count, an error.

import { combobox } from "./combobox.js";
import { h } from "./dom.js";
import { plain, textNodes } from "./mrkdwn.js";
import { person, store } from "./store.js";

const PAUSE = 500; // ms of rest after which Slack tells the app what was typed so far

/**
 * An input block's node. `node.control` is {block, read(), write(value)}. A `typed` value (what the person
 * had entered before) wins over the block's initial one. `changed(control)` hears every edit, `dispatch`
 * the ones the app asked for; `act({action_id, block_id, typed})` asks the app for options.
 */
export function inputBlock(one, { typed, changed, dispatch, act }) {
  const field = control(one.element, one, act);
  const node = h(
    "div",
    { class: "block input", "data-testid": "input-block", "data-block-id": one.block_id },
    h(
      "label",
      { class: "label", for: field.single ? idOf(one) : null, id: `${idOf(one)}-label` },
      textNodes(one.label),
      one.optional ? h("span", { class: "optional" }, " (optional)") : null,
    ),
    field.node,
    h(
      "div",
      { class: "under" },
      h("p", { class: "field-error", id: `${idOf(one)}-error`, hidden: true }),
      field.count || null,
    ),
    one.hint ? h("p", { class: "hint", id: `${idOf(one)}-hint` }, textNodes(one.hint)) : null,
  );
  node.control = { block: one, read: field.read, write: field.write };
  if (typed !== undefined && typed !== null) field.write(typed);
  field.node.addEventListener("input", () => changed(node.control));
  if (one.dispatch_action) dispatching(one, field, () => dispatch(node.control));
  return node;
}

const idOf = (one) => `in-${one.block_id}-${one.element.action_id}`;

/** Show or clear what is wrong with the field. */
export function setError(node, sentence) {
  const error = node.querySelector(".field-error");
  error.textContent = sentence || "";
  error.hidden = !sentence;
  node.classList.toggle("wrong", Boolean(sentence));
  for (const one of node.querySelectorAll("input, textarea, select"))
    one.setAttribute("aria-invalid", String(Boolean(sentence)));
}

function dispatching(one, field, dispatch) {
  const when = one.element.dispatch_action_config?.trigger_actions_on || ["on_enter_pressed"];
  if (!one.element.type.endsWith("_input")) return field.node.addEventListener("change", dispatch);
  let timer;
  if (when.includes("on_character_entered"))
    field.node.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(dispatch, PAUSE);
    });
  if (when.includes("on_enter_pressed"))
    field.node.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      event.stopPropagation();
      clearTimeout(timer);
      dispatch();
    });
}

function control(one, block, act) {
  const build = CONTROLS[one.type] || unsupported;
  const hooks = {
    id: idOf(block),
    "data-block-id": block.block_id,
    "data-action-id": one.action_id,
    "aria-describedby": `${idOf(block)}-error ${idOf(block)}-hint`,
    "aria-required": String(!block.optional),
  };
  return build(one, block, hooks, (typed) =>
    act({ action_id: one.action_id, block_id: block.block_id, typed }),
  );
}

const lookUp = (one, block, hooks, look) => combobox(one, hooks, look);

const CONTROLS = {
  plain_text_input: (one, block, hooks) => textField(one, hooks, one.multiline ? "textarea" : "input"),
  url_text_input: (one, block, hooks) => textField(one, { ...hooks, type: "url", inputmode: "url" }, "input"),
  email_text_input: (one, block, hooks) => textField(one, { ...hooks, type: "email" }, "input"),
  number_input: (one, block, hooks) => textField(one, { ...hooks, inputmode: "decimal" }, "input"),
  static_select: (one, block, hooks) => pick(one, hooks, optionsOf(one), one.initial_option?.value),
  external_select: lookUp,
  multi_external_select: lookUp,
  users_select: (one, block, hooks) => pick(one, hooks, peopleOptions(), one.initial_user),
  conversations_select: (one, block, hooks) => pick(one, hooks, channelOptions(), one.initial_conversation),
  channels_select: (one, block, hooks) => pick(one, hooks, channelOptions(), one.initial_channel),
  multi_static_select: (one, block, hooks) =>
    many(one, block, hooks, optionsOf(one), values(one.initial_options)),
  multi_users_select: (one, block, hooks) =>
    many(one, block, hooks, peopleOptions(), one.initial_users || []),
  checkboxes: (one, block, hooks) => many(one, block, hooks, optionsOf(one), values(one.initial_options)),
  radio_buttons: (one, block, hooks) => radios(one, block, hooks),
  datepicker: (one, block, hooks) => dated(hooks, "date", one.initial_date),
  timepicker: (one, block, hooks) => dated(hooks, "time", one.initial_time),
  datetimepicker: (one, block, hooks) => moment(hooks, one.initial_date_time),
};

function textField(one, hooks, tag) {
  const rows = tag === "textarea" ? { rows: "5" } : { type: "text" };
  const node = h(tag, {
    class: "field",
    ...rows,
    placeholder: one.placeholder?.text,
    autocomplete: "off",
    ...hooks,
    value: one.initial_value || "",
  });
  if (one.max_length) node.maxLength = one.max_length;
  const count = one.max_length
    ? h("output", { class: "count", for: hooks.id, "data-testid": "count" })
    : null;
  const show = () => {
    if (!count) return;
    count.textContent = `${node.value.length} / ${one.max_length}`;
    count.classList.toggle("near", node.value.length > one.max_length * 0.9);
  };
  node.addEventListener("input", show);
  const write = (value) => {
    node.value = value;
    show();
  };
  show();
  return { node, count, single: true, read: () => node.value, write };
}

const values = (options) => (options || []).map((option) => option.value);

const optionOf = (option) => ({
  value: option.value,
  text: option.text.text,
  label: textNodes(option.text),
  note: option.description && textNodes(option.description),
});

function optionsOf(one) {
  if (!one.option_groups) return (one.options || []).map(optionOf);
  return one.option_groups.flatMap((group) =>
    group.options.map((option) => ({ ...optionOf(option), group: group.label.text })),
  );
}

const peopleOptions = () =>
  store.state.people.map(({ id }) => ({
    value: id,
    text: person(id).real_name,
    label: person(id).real_name,
  }));
const channelOptions = () =>
  store.state.channels.map(({ id, name }) => ({ value: id, text: `#${name}`, label: `#${name}` }));

function pick(one, hooks, options, initial) {
  const node = h(
    "select",
    { class: "field", ...hooks },
    h("option", { value: "" }, one.placeholder?.text || "Choose…"),
  );
  const groups = new Map();
  for (const option of options) {
    if (option.group && !groups.has(option.group)) {
      groups.set(option.group, h("optgroup", { label: option.group }));
      node.append(groups.get(option.group));
    }
    (groups.get(option.group) || node).append(
      h(
        "option",
        { value: option.value },
        plain(option.text).map((part) => part.textContent ?? part),
      ),
    );
  }
  node.value = initial || "";
  return { node, single: true, read: () => node.value || null, write: (value) => (node.value = value) };
}

function many(one, block, hooks, options, initial) {
  const boxes = options.map((option) => tick("checkbox", hooks, option, initial.includes(option.value)));
  return ticks(boxes, block, "group", {
    read: () => boxes.filter((box) => box.input.checked).map((box) => box.input.value),
    write: (chosen) => boxes.forEach((box) => (box.input.checked = chosen.includes(box.input.value))),
  });
}

function radios(one, block, hooks) {
  const boxes = optionsOf(one).map((option) =>
    tick("radio", hooks, option, option.value === one.initial_option?.value),
  );
  return ticks(boxes, block, "radiogroup", {
    read: () => boxes.find((box) => box.input.checked)?.input.value ?? null,
    write: (chosen) => boxes.forEach((box) => (box.input.checked = box.input.value === chosen)),
  });
}

function tick(type, hooks, option, checked) {
  const input = h("input", {
    type,
    name: hooks.id,
    value: option.value,
    "data-block-id": hooks["data-block-id"],
    "data-action-id": hooks["data-action-id"],
    "data-option": option.value,
  });
  input.checked = checked;
  const node = h(
    "label",
    { class: "tick" },
    input,
    h("span", {}, option.label, option.note ? h("small", {}, option.note) : null),
  );
  return { input, node };
}

const ticks = (boxes, block, role, access) => ({
  node: h(
    "div",
    { class: "ticks", role, "aria-labelledby": `${idOf(block)}-label` },
    boxes.map((box) => box.node),
  ),
  ...access,
});

function dated(hooks, type, initial) {
  const node = h("input", { class: "field inline", type, ...hooks, value: initial || "" });
  return { node, single: true, read: () => node.value || null, write: (value) => (node.value = value) };
}

function moment(hooks, initial) {
  const local = (seconds) =>
    new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000).toISOString().slice(0, 16);
  const node = h("input", {
    class: "field inline",
    type: "datetime-local",
    ...hooks,
    value: initial ? local(initial) : "",
  });
  return {
    node,
    single: true,
    read: () => (node.value ? Math.floor(new Date(node.value).getTime() / 1000) : null),
    write: (value) => (node.value = local(Number(value))),
  };
}

const unsupported = (one) => ({
  node: h("p", { class: "unsupported" }, `${one.type} is not drawn here.`),
  read: () => null,
  write: () => {},
});
