// Talking to the playground: snapshots, ticks and what people do.

import { toast } from "./toast.js";

/** POST a doing; the answer is {ok, errors}. A late bot or a refusal is said aloud, unless `quiet`. */
export async function act(name, body, { quiet = false } = {}) {
  let answer;
  try {
    const response = await fetch(`/demo/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    answer = await response.json();
  } catch {
    answer = { ok: false, errors: {}, error: "The playground does not answer. Is it still running?" };
  }
  const sentence = complaint(answer);
  if (sentence && !quiet) toast(sentence);
  return answer;
}

/** A click (`name` says where), or with `typed` the question for the options of a menu. */
export const touch = (name, body) =>
  body.typed === undefined ? act(name, body) : act("suggest", body, { quiet: true });

function complaint({ error, errors }) {
  if (error) return error;
  if (errors._timeout) return "The bot did not answer within 3 seconds.";
  return errors._invalid_response && `Slack would not accept the bot's answer: ${errors._invalid_response}`;
}

/** The snapshot as `me` sees it, or null when the playground does not answer. */
export async function look(me, depth) {
  try {
    const response = await fetch(`/demo/state?me=${encodeURIComponent(me || "")}&depth=${depth}`);
    if (response.status === 404 && me) return await look(null, depth); // the playground was furnished anew
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}

/** Call `changed` after every tick; `connected` hears whether the stream is up. */
export function watch(changed, connected) {
  const stream = new EventSource("/demo/events");
  stream.addEventListener("changed", changed);
  stream.addEventListener("open", () => connected(true));
  stream.addEventListener("error", () => connected(false));
}
