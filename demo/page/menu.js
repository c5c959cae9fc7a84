// Menus that drop from a button: arrows move, Enter chooses, Escape closes.

import { h } from "./dom.js";

let open = null;

/**
 * Show `items` ({label, note, value, danger, header, selected}) under `anchor`, call `choose(item)` once.
 */
export function openMenu(anchor, items, choose, { label = "Menu", columns = false } = {}) {
  if (open?.anchor === anchor) return closeMenu();
  closeMenu();
  const menu = h("div", {
    class: columns ? "menu grid" : "menu",
    role: "menu",
    "aria-label": label,
    "data-testid": "menu",
  });
  menu.append(...items.map((item) => entry(item, () => pick(item))));
  menu.addEventListener("keydown", (event) => steer(event, menu));
  document.body.append(menu);
  place(menu, anchor);
  anchor.setAttribute("aria-expanded", "true");
  open = { menu, anchor };
  (menu.querySelector("[aria-checked=true]") || menu.querySelector("[role^=menuitem]"))?.focus();

  function pick(item) {
    closeMenu();
    choose(item);
  }
}

export function closeMenu() {
  if (!open) return;
  const { menu, anchor } = open;
  open = null;
  const inside = menu.contains(document.activeElement);
  menu.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (inside && anchor.isConnected) anchor.focus({ preventScroll: true });
}

function entry(item, pick) {
  if (item.header) return h("div", { class: "menu-header", role: "presentation" }, item.label);
  const role = item.selected === undefined ? "menuitem" : "menuitemradio";
  return h(
    "button",
    {
      type: "button",
      role,
      tabindex: "-1",
      class: item.danger ? "menu-item danger" : "menu-item",
      "aria-checked": item.selected === undefined ? null : String(item.selected),
      "aria-label": item.name,
      "data-option": item.value,
      onclick: pick,
    },
    h("span", {}, item.label),
    item.note ? h("small", {}, item.note) : null,
  );
}

/** Put a menu (position: fixed) below its anchor, or above where there is no room. */
export function place(menu, anchor) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const below = box.bottom + 4 + height < window.innerHeight;
  const left = Math.min(Math.max(8, box.left), window.innerWidth - width - 8);
  menu.style.left = `${left}px`;
  menu.style.top = `${Math.max(8, below ? box.bottom + 4 : box.top - height - 4)}px`;
}

function steer(event, menu) {
  const entries = [...menu.querySelectorAll("[role^=menuitem]")];
  const at = entries.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[
    event.key
  ];
  if (to !== undefined) {
    event.preventDefault();
    entries.at(to % entries.length)?.focus();
  } else if (event.key === "Escape" || event.key === "Tab") {
    event.preventDefault();
    event.stopPropagation();
    closeMenu();
  } else if (event.key.length === 1 && event.key !== " ") {
    const rest = [...entries.slice(at + 1), ...entries.slice(0, at + 1)];
    rest.find((one) => one.textContent.toLowerCase().startsWith(event.key.toLowerCase()))?.focus();
  }
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.menu.contains(event.target) && !open.anchor.contains(event.target)) closeMenu();
});
window.addEventListener("resize", closeMenu);
document.addEventListener("scroll", follow, true);

/** The menu goes along when what it belongs to is scrolled. */
function follow(event) {
  if (open?.anchor.isConnected && event.target.contains(open.anchor)) place(open.menu, open.anchor);
}
