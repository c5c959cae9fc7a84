// The bar on top: the playground's clock, the story, and light or dark.

import { act } from "./api.js";
import { icon } from "./dom.js";
import { store, zone } from "./store.js";
import { clockTime, now, shortDay, weekday } from "./time.js";

const THEME = "mentiondesk.theme";
const at = (id) => document.getElementById(id);
const dark = window.matchMedia("(prefers-color-scheme: dark)");

export function prepareBar() {
  at("skip").prepend(icon("skip"));
  at("skip").addEventListener("click", () => act("skip", { me: store.me, to: "tomorrow-0900" }));
  at("story").addEventListener("click", () =>
    act("story", { me: store.me, running: !store.state.story?.running }),
  );
  at("theme").addEventListener("click", () => setTheme(theme() === "dark" ? "light" : "dark"));
  dark.addEventListener("change", showTheme);
  for (const view of ["workspace", "timeline"])
    at(`view-${view}`).addEventListener("click", () => turnTo(view));
  showTheme();
}

/** On a narrow window one half is shown at a time. */
function turnTo(view) {
  document.body.dataset.view = view;
  showViews();
}

const theme = () => localStorage.getItem(THEME) || (dark.matches ? "dark" : "light");

function setTheme(name) {
  localStorage.setItem(THEME, name);
  showTheme();
}

function showTheme() {
  document.documentElement.dataset.theme = theme();
  const next = theme() === "dark" ? "light" : "dark";
  at("theme").replaceChildren(icon(theme() === "dark" ? "sun" : "moon"));
  at("theme").setAttribute("aria-label", `Switch to ${next} colours`);
  at("theme").title = `Switch to ${next} colours`;
}

let storyShown = "";

export function showBar() {
  showClock();
  showViews();
  const { story } = store.state;
  const mark = story ? String(story.running) : "";
  at("story").hidden = !story;
  if (mark === storyShown) return;
  storyShown = mark;
  at("story").replaceChildren(
    icon(story?.running ? "pause" : "play"),
    story?.running ? "Pause the story" : "Play the story",
  );
  at("story").setAttribute("aria-pressed", String(Boolean(story?.running)));
}

const showViews = () => {
  for (const view of ["workspace", "timeline"])
    at(`view-${view}`).setAttribute("aria-pressed", String(document.body.dataset.view === view));
};

export function showClock() {
  const moment = now();
  at("clock-time").textContent = clockTime(moment, zone());
  at("clock-day").textContent = `${weekday(moment, zone())} ${shortDay(moment, zone())}`;
}
