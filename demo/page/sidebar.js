// The workspace's left edge: who looks, and where they can go.

import { face, h, icon, reconcile } from "./dom.js";
import { become, goTo } from "./places.js";
import { person, store, unread, viewer, waiting } from "./store.js";

export function showSidebar() {
  const { state } = store;
  document.getElementById("me-name").textContent = viewer().real_name;
  document.getElementById("me-role").textContent =
    state.people.find((one) => one.id === store.me)?.role || "";
  reconcile(document.getElementById("people"), state.people, {
    key: (one) => one.id,
    signature: (one) => JSON.stringify([one, one.id === store.me, one.id !== store.me && waiting(one)]),
    build: personButton,
  });
  reconcile(document.getElementById("places"), places(state), {
    key: (one) => `${one.kind} ${one.id}`,
    signature: (one) => JSON.stringify([one.label, one.count, here(one)]),
    build: placeLink,
  });
}

function personButton(one) {
  const chosen = one.id === store.me;
  const news = !chosen && waiting(one);
  const label = `${one.real_name}, ${one.role}${news ? ", has a new direct message" : ""}`;
  return h(
    "button",
    {
      type: "button",
      class: "person",
      "aria-pressed": String(chosen),
      "aria-label": label,
      title: `${one.real_name} · ${one.role}`,
      "data-testid": "person",
      "data-person": one.id,
      "data-hook": one.id,
      onclick: () => become(one.id),
    },
    face(one.avatar, one.real_name, 36),
    news ? h("span", { class: "dot" }) : null,
    h("span", { class: "person-name" }, one.name),
  );
}

function places(state) {
  const channels = state.channels.map((one) => ({
    kind: "channel",
    id: one.id,
    label: one.name,
    count: unread(one),
  }));
  const dm = state.dm
    ? [{ kind: "dm", id: state.dm.id, label: person(state.bot).real_name, count: unread(state.dm) }]
    : [];
  return [
    { kind: "title", id: "channels", label: "Channels" },
    ...channels,
    { kind: "title", id: "dms", label: "Direct messages" },
    ...dm,
    { kind: "title", id: "apps", label: "Apps" },
    { kind: "home", id: "home", label: `${person(state.bot).real_name} Home` },
  ];
}

const here = (one) => store.place?.kind === one.kind && store.place.id === one.id;

function placeLink(one) {
  if (one.kind === "title") return h("h2", { class: "sidebar-title" }, one.label);
  const sign = {
    channel: () => h("span", { class: "sign", "aria-hidden": "true" }, "#"),
    dm: () => face(person(store.state.bot).avatar, one.label, 20),
    home: () => icon("home"),
  }[one.kind]();
  return h(
    "button",
    {
      type: "button",
      class: one.count ? "place news" : "place",
      "aria-current": here(one) ? "page" : null,
      "data-testid": one.kind === "channel" ? "channel-link" : `${one.kind}-link`,
      "data-channel": one.id,
      "data-hook": one.id,
      onclick: () => goTo(one.kind, one.id),
    },
    sign,
    h("span", { class: "place-name" }, one.label),
    one.count
      ? h(
          "span",
          { class: "badge", "data-testid": "unread", "aria-label": `${one.count} unread` },
          one.count > 99 ? "99+" : String(one.count),
        )
      : null,
  );
}
