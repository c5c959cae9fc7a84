// The page: fetch the snapshot, show it, and do so again after every tick.

import { look, watch } from "./api.js";
import { showModal } from "./modal.js";
import { goTo, rememberedMe } from "./places.js";
import { prepareWorkspace, showPane } from "./slack.js";
import { showSidebar } from "./sidebar.js";
import { store } from "./store.js";
import { setNow } from "./time.js";
import { followIntent, showAges, showPost, showTimeline } from "./timeline.js";
import { prepareBar, showBar, showClock } from "./topbar.js";
import { prepareBox, showBox } from "./xbox.js";

let looking = null; // the look under way
let again = false; // something changed meanwhile

/** One look at a time; whoever asks while one is under way gets the one after it. */
function refresh() {
  if (looking) again = true;
  else looking = lookAgain().finally(() => (looking = null));
  return looking;
}

async function lookAgain() {
  do {
    again = false;
    const me = store.me;
    const state = await look(me, store.depth);
    if (!state || me !== store.me) {
      again = Boolean(state);
      continue;
    }
    take(state);
  } while (again);
}

function take(state) {
  store.state = state;
  store.me = state.me;
  if (!store.place?.id) store.place = { kind: "channel", id: state.channels[0]?.id };
  if (store.place.kind === "dm" && state.dm) store.place.id = state.dm.id;
  setNow(state.now);
  draw();
}

function draw() {
  if (!store.state) return;
  showBar();
  showPane();
  showSidebar();
  showModal(store.state.modal);
  showBox();
  showTimeline();
  document.body.dataset.ready = "true";
}

function followLinks(event) {
  const link = event.target.closest?.("[data-x-post], [data-x-intent], [data-goto]");
  if (!link || event.defaultPrevented) return;
  if (link.dataset.goto) goTo("channel", link.dataset.goto);
  else if (link.dataset.xIntent) followIntent(JSON.parse(link.dataset.xIntent));
  else if (!showPost(link.dataset.xPost)) return;
  event.preventDefault();
}

function connected(up) {
  document.getElementById("offline").hidden = up;
  if (up) refresh();
}

store.me = rememberedMe();
prepareBar();
prepareBox();
prepareWorkspace();
document.addEventListener("redraw", draw);
document.addEventListener("refresh", refresh);
document.addEventListener("click", followLinks);
setInterval(() => {
  if (!store.state) return;
  showClock();
  showAges();
}, 5000);
watch(refresh, connected);
