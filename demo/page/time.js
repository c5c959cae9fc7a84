// The playground's clock, and times in the words of the person who looks.

let skew = 0;

/** The snapshot told the playground's time; what the browser's clock says does not count. */
export function setNow(iso) {
  skew = Date.parse(iso) - Date.now();
}

export const now = () => new Date(Date.now() + skew);

const formats = new Map();

function format(date, zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key).format(date);
}

export const clockTime = (date, zone) => format(date, zone, { hour: "2-digit", minute: "2-digit" });
export const weekday = (date, zone) => format(date, zone, { weekday: "long" });
export const shortDay = (date, zone) => format(date, zone, { day: "numeric", month: "short" });
export const longMoment = (date, zone) =>
  format(date, zone, {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });

const dayKey = (date, zone) => format(date, zone, { year: "numeric", month: "2-digit", day: "2-digit" });
const shifted = (days) => new Date(now().getTime() + days * 86400e3);

/** "today", "yesterday", "tomorrow" or null. */
function nearDay(date, zone) {
  const key = dayKey(date, zone);
  if (key === dayKey(now(), zone)) return "today";
  if (key === dayKey(shifted(-1), zone)) return "yesterday";
  return key === dayKey(shifted(1), zone) ? "tomorrow" : null;
}

/** A heading above the messages of one day. */
export function dayHeading(date, zone) {
  const near = nearDay(date, zone);
  return near
    ? near[0].toUpperCase() + near.slice(1)
    : format(date, zone, { weekday: "long", day: "numeric", month: "long" });
}

/** The same in the middle of a sentence. */
export const dayInSentence = (date, zone) => nearDay(date, zone) || `on ${dayHeading(date, zone)}`;

/** What the date tokens of today read like: a message with such a token is drawn again when this changes. */
export const today = (zone) => dayKey(now(), zone);

const SPANS = [
  [60, 1, "s"],
  [3600, 60, "min"],
  [86400, 3600, "h"],
  [604800, 86400, "d"],
];

/** Short time since `date`: "now", "5 min", "3 h", "2 d", then the day. */
export function ago(date, zone) {
  const seconds = (now() - date) / 1000;
  if (seconds < 20) return "now";
  for (const [limit, unit, word] of SPANS)
    if (seconds < limit) return `${Math.floor(seconds / unit)} ${word}`;
  return shortDay(date, zone);
}

function agoInWords(date) {
  const seconds = Math.round((date - now()) / 1000);
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [limit, unit, name] of [
    [60, 1, "second"],
    [3600, 60, "minute"],
    [86400, 3600, "hour"],
  ])
    if (Math.abs(seconds) < limit) return words.format(Math.trunc(seconds / unit), name);
  return words.format(Math.trunc(seconds / 86400), "day");
}

const TOKENS = {
  date_num: (date, zone) => dayKey(date, zone).split("/").reverse().join("-"),
  date: (date, zone) => format(date, zone, { day: "numeric", month: "long" }),
  date_slash: (date, zone) => dayKey(date, zone),
  date_short: (date, zone) => format(date, zone, { day: "numeric", month: "short", year: "numeric" }),
  date_long: (date, zone) =>
    format(date, zone, { weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  date_pretty: (date, zone) => nearDay(date, zone) || TOKENS.date(date, zone),
  date_short_pretty: (date, zone) => nearDay(date, zone) || TOKENS.date_short(date, zone),
  date_long_pretty: (date, zone) => nearDay(date, zone) || TOKENS.date_long(date, zone),
  day_divider_pretty: (date, zone) => nearDay(date, zone) || TOKENS.date_long(date, zone),
  time: clockTime,
  time_secs: (date, zone) => format(date, zone, { hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  ago: agoInWords,
};

/** Slack's date token: `pattern` holds {date_short}, {time} …; an unknown one makes the fallback right. */
export function slackDate(seconds, pattern, fallback, zone) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    if (TOKENS[token]) return TOKENS[token](date, zone);
    known = false;
    return "";
  });
  return known ? capital(text) : fallback;
}

const capital = (text) =>
  text.replace(/^(today|yesterday|tomorrow)/, (word) => word[0].toUpperCase() + word.slice(1));

export const fromTs = (ts) => new Date(Number(ts) * 1000);
