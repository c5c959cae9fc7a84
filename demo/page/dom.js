// Building and patching DOM nodes. Text from outside only ever becomes text nodes.

const SVG = "http://www.w3.org/2000/svg";

/** h("button", {class: "quiet", onclick: f, "aria-label": "Close"}, "×"): an element with its children. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(
    ...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false),
  );
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "class") node.className = value;
  else if (name === "value") node.value = value;
  else if (name === "style") Object.assign(node.style, value);
  else node.setAttribute(name, value === true ? "" : value);
}

const PATHS = {
  close: "M5 5l10 10M15 5L5 15",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
  down: "M6 8l4 4 4-4",
  reply: "M8 5L3.5 9.5 8 14M4 9.5h7a5 5 0 0 1 5 5V16",
  smile: "M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM7 11.5c1.5 2.6 4.5 2.6 6 0M7.6 8h.01M12.4 8h.01",
  eye: "M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  play: "M6.5 4.5v11l9-5.5z",
  pause: "M7 4.5v11M13 4.5v11",
  skip: "M4 5v10l7-5zM12.5 5v10M16 5v10",
  sun:
    "M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6" +
    "M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M15.3 4.7l-1.1 1.1M5.8 14.2l-1.1 1.1",
  moon: "M16.5 11.8A7 7 0 0 1 8.2 3.5a7 7 0 1 0 8.3 8.3z",
  send: "M3 10L17 3.5 13.5 17l-3.8-5.2zM9.7 11.8L17 3.5",
  repost: "M5.5 13V8.5a2 2 0 0 1 2-2H14M11.5 4L14 6.5 11.5 9M14.5 7v4.5a2 2 0 0 1-2 2H6M8.5 16L6 13.5 8.5 11",
  home: "M3.5 9.5L10 4l6.5 5.5M5.5 8.5V16h9V8.5",
};

/** One of the line drawings above; it is decoration, the button beside it carries the name. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.dataset.name = name;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function face(url, name, size = 36) {
  const src = url || `/page/avatar/${encodeURIComponent(name || "?")}.svg`;
  return h("img", { class: "face", src, alt: "", width: size, height: size, loading: "lazy" });
}

const patched = new WeakMap();

/**
 * Make `parent`'s children show `items`, touching only what changed: nodes with the same key and signature
 * stay (with their focus, typed text and scroll), others are built anew.
 */
export function reconcile(parent, items, { key, signature, build }) {
  const active = document.activeElement;
  const before = patched.get(parent) || new Map();
  const after = new Map();
  const keys = new Set(items.map(key));
  for (const [id, { node }] of before) if (!keys.has(id)) node.remove();
  let cursor = parent.firstElementChild;
  for (const item of items) {
    const id = key(item);
    const mark = signature(item);
    const known = before.get(id);
    const same = known && known.mark === mark;
    const node = same ? known.node : build(item, known?.node);
    if (known && !same) cursor = swap(known.node, node, cursor);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(node, cursor);
    after.set(id, { node, mark });
  }
  patched.set(parent, after);
  // A node that was moved has lost the focus on its way.
  if (active?.isConnected && document.activeElement === document.body) active.focus({ preventScroll: true });
}

function swap(old, fresh, cursor) {
  const focus = focusMark(old);
  old.replaceWith(fresh);
  restoreFocus(fresh, focus);
  return cursor === old ? fresh : cursor;
}

const HOOKS = ["data-action-id", "data-block-id", "data-hook"];

function focusMark(root) {
  const active = document.activeElement;
  if (!active || !root.contains(active)) return null;
  for (const hook of HOOKS) {
    if (!active.hasAttribute(hook)) continue;
    const selector = `[${hook}="${CSS.escape(active.getAttribute(hook))}"]`;
    const { selectionStart: from, selectionEnd: to } = active;
    return { selector, index: [...root.querySelectorAll(selector)].indexOf(active), from, to };
  }
  return { selector: null };
}

function restoreFocus(root, mark) {
  if (!mark) return;
  const target = mark.selector && root.querySelectorAll(mark.selector)[mark.index];
  if (!target) return focusOn(root);
  target.focus({ preventScroll: true });
  if (Number.isInteger(mark.from)) target.setSelectionRange(mark.from, mark.to); // whoever types goes on typing
}

/** Move the focus to something that is not a control by itself. */
export function focusOn(node) {
  if (!node.hasAttribute("tabindex")) node.setAttribute("tabindex", "-1");
  node.focus({ preventScroll: true });
}
