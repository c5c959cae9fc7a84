// What the public sees: conversations of the pretend X, the latest stirred on top.

import { act } from "./api.js";
import { face, h, icon, reconcile } from "./dom.js";
import { openMenu } from "./menu.js";
import { answerTo } from "./xbox.js";
import { accounts, store, zone } from "./store.js";
import { ago, longMoment } from "./time.js";

export function showTimeline() {
  const { posts } = store.state.x;
  const byId = new Map(posts.map((post) => [post.id, post]));
  document.getElementById("x-empty").hidden = posts.length > 0;
  reconcile(document.getElementById("posts"), threads(posts), {
    key: (thread) => thread[0].conversation_id,
    signature: (thread) =>
      JSON.stringify(thread.map((post) => [post, byId.get(post.quote_of || post.repost_of)])),
    build: (thread) => conversation(thread, byId),
  });
  showAges();
}

function threads(posts) {
  const found = new Map();
  for (const post of posts) {
    if (!found.has(post.conversation_id)) found.set(post.conversation_id, []);
    found.get(post.conversation_id).push(post);
  }
  return [...found.values()].sort((a, b) => Date.parse(b.at(-1).at) - Date.parse(a.at(-1).at));
}

const conversation = (thread, byId) =>
  h(
    "div",
    { class: "conversation-x", "data-testid": "x-conversation" },
    thread.map((post) => article(post, byId)),
  );

function article(post, byId) {
  const other = byId.get(post.quote_of || post.repost_of);
  const isRepost = Boolean(post.repost_of);
  return h(
    "article",
    {
      class: `post${post.brand ? " brand" : ""}${post.reply_to ? " answer" : ""}`,
      "data-testid": "x-post",
      "data-post-id": post.id,
      "data-reply-to": post.reply_to,
      "aria-label": `${post.name}, @${post.author}`,
      tabindex: "-1",
    },
    face(post.avatar, post.name, 40),
    h(
      "div",
      { class: "post-main" },
      h(
        "div",
        { class: "post-head" },
        h("strong", {}, post.name),
        post.brand
          ? h("span", { class: "tag brand", "data-testid": "brand-badge" }, `@${post.author}`)
          : h("span", { class: "handle" }, `@${post.author}`),
        age(post),
        post.edited ? h("span", { class: "handle" }, "· edited") : null,
      ),
      isRepost
        ? h("p", { class: "reposted" }, icon("repost"), "Reposted")
        : h("p", { class: "post-text", lang: post.lang === "und" ? null : post.lang }, tagged(post.text)),
      pictures(post),
      other ? embedded(other) : null,
      h(
        "div",
        { class: "post-foot" },
        replyButton(post),
        post.brand ? h("span", { class: "by" }, post.by_api ? "Sent from the desk" : "Written on X") : null,
      ),
    ),
    postMenu(post),
  );
}

const age = (post) =>
  h("time", {
    class: "handle",
    datetime: post.at,
    "data-age": post.at,
    title: longMoment(new Date(post.at), zone()),
  });

const tagged = (text) =>
  text
    .split(/(@\w{1,15}|#\p{L}[\p{L}\p{N}_]*|https?:\/\/\S+)/u)
    .map((part) => (/^(@\w|#\p{L}|https?:)/u.test(part) ? h("span", { class: "x-tag" }, part) : part));

const pictures = (post) =>
  post.media.length
    ? h(
        "div",
        { class: "post-media" },
        post.media.map((url) => h("img", { src: url, alt: "Picture attached to the post", loading: "lazy" })),
      )
    : null;

const embedded = (post) =>
  h(
    "div",
    { class: "embedded" },
    h(
      "div",
      { class: "post-head" },
      face(post.avatar, post.name, 20),
      h("strong", {}, post.name),
      h("span", { class: "handle" }, `@${post.author}`),
    ),
    h("p", { class: "post-text" }, tagged(post.text)),
  );

function replyButton(post) {
  return h(
    "button",
    {
      type: "button",
      class: "link quiet",
      "data-testid": "x-reply",
      "data-hook": `reply ${post.id}`,
      onclick: () => answerTo(post),
    },
    icon("reply"),
    "Reply",
  );
}

function postMenu(post) {
  const label = `More about the post of ${post.name}`;
  const remove = { label: "Delete this post", note: `as @${post.author}`, value: "delete", danger: true };
  return h(
    "button",
    {
      type: "button",
      class: "tool post-more",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-label": label,
      "data-testid": "x-more",
      "data-hook": `more ${post.id}`,
      onclick: (event) =>
        openMenu(event.currentTarget, [remove], () => act("x/delete", { me: store.me, id: post.id }), {
          label,
        }),
    },
    icon("more"),
  );
}

/** Ages grow without drawing anything anew. */
export function showAges() {
  for (const node of document.querySelectorAll("[data-age]")) {
    const text = ago(new Date(node.dataset.age), zone());
    if (node.textContent !== text) node.textContent = text;
  }
}

/** Bring a post into view and light it up for a moment; false when it is not on the timeline. */
export function showPost(id) {
  const node = document.querySelector(`[data-post-id="${CSS.escape(id)}"]`);
  if (!node) return false;
  document.body.dataset.view = "timeline";
  node.scrollIntoView({ block: "center" });
  node.focus({ preventScroll: true });
  node.classList.remove("lit");
  requestAnimationFrame(() => node.classList.add("lit"));
  return true;
}

/** A link to X's own "write a post" page: the box below takes its text, in the name of the brand. */
export function followIntent({ text, reply }) {
  document.body.dataset.view = "timeline";
  const post = store.state.x.posts.find((one) => one.id === reply);
  const brand =
    accounts().find((one) => post?.text.toLowerCase().includes(`@${one.handle.toLowerCase()}`)) ||
    accounts().at(-1);
  answerTo(post, { as: brand?.handle, text });
}
