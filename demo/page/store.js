// What the page knows: the last snapshot, who is looking, and at what.

const READ = "mentiondesk.read";

export const store = {
  state: null, // the last answer of /demo/state
  me: null, // user id
  place: null, // {kind: "channel" | "dm" | "home", id}
  thread: null, // {channel, ts} of the open thread's root
  depth: 60, // messages shown of each channel
  drafts: new Map(), // place key -> text not sent yet
  hidden: new Set(), // ts of "only visible to you" messages the person dismissed
  read: JSON.parse(sessionStorage.getItem(READ) || "{}"), // "user/channel" -> newest ts seen
};

export const person = (id) => store.state?.users[id];
export const viewer = () => person(store.me);
export const zone = () => viewer()?.tz || "Europe/Rome";
export const channel = (id) => store.state?.channels.find((one) => one.id === id);
export const accounts = () => store.state?.x.accounts || [];

/** The conversation (channel or direct messages) with this id. */
export function conversation(id) {
  return store.state?.dm?.id === id ? store.state.dm : channel(id);
}

export function unread(place) {
  const seen = store.read[`${store.me}/${place.id}`] || "0";
  return place.messages.filter((one) => one.user !== store.me && newer(one.ts, seen)).length;
}

export function markRead(place) {
  const newest = place.messages.at(-1)?.ts;
  if (!newest) return;
  const key = `${store.me}/${place.id}`;
  if (store.read[key] && !newer(newest, store.read[key])) return;
  store.read[key] = newest;
  sessionStorage.setItem(READ, JSON.stringify(store.read));
}

/** Does a colleague have direct messages they have not looked at? */
export function waiting(one) {
  return Boolean(one.dm_ts && newer(one.dm_ts, store.read[`${one.id}/${one.dm}`] || "0"));
}

const newer = (ts, than) => Number(ts) > Number(than);
