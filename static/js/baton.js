/*
 * Baton's script. Every page works without it; it makes writing quicker and safer.
 *
 * The page names the parts as <link rel="modulepreload">, each with its own version in the address, and this file starts
 * them: a part exports start(tools). Words come from <template data-words> in the page, so that they are translated.
 */

const words = document.querySelector("template[data-words]");

/** The sentence the page gives for `name`, with {places} filled in; "" when the page has none. */
function word(name, values = {}) {
  const found = words?.content.querySelector(`[data-word="${name}"]`);
  return (found?.textContent ?? "").replace(/\{(\w+)\}/g, (_all, key) => values[key] ?? "");
}

/** The words for a number of things, by the language's own plural forms: news.one, news.few, news.other. */
function count(name, number) {
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(number);
  return word(`${name}.${form}`, { count: number }) || word(`${name}.other`, { count: number });
}

/** Post fields to an address of ours with the page's token. Rejects when the network is down. */
function post(url, fields, options = {}) {
  const token = document.querySelector('meta[name="csrf-token"]')?.content
    ?? document.querySelector('input[name="csrf_token"]')?.value ?? "";
  return fetch(url, {
    method: "POST",
    body: new URLSearchParams({ csrf_token: token, ...fields }),
    headers: { Accept: "application/json, text/html", "X-CSRFToken": token, "X-Requested-With": "fetch" },
    credentials: "same-origin",
    ...options,
  });
}

/** What this device remembers. A browser that forbids it simply forgets. */
const memory = {
  get(key) {
    try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
  },
  set(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ }
  },
  drop(key) {
    try { localStorage.removeItem(key); } catch { /* forbidden */ }
  },
  keys() {
    try { return Object.keys(localStorage); } catch { return []; }
  },
};

/** A press, as the page's own: element("button", { class: "btn", type: "button" }, "Use it"). */
function element(name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

/** "09:31" of an instant, as this device's clock shows it; what isn't an instant is returned as it came. */
function clock(instant) {
  const moment = new Date(instant);
  if (Number.isNaN(moment.getTime())) return String(instant ?? "");
  return moment.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
}

const tools = { word, count, post, memory, element, clock };

const parts = [...document.querySelectorAll('link[rel="modulepreload"]')].map((link) =>
  import(link.href).then((part) => part.start(tools)));

// The page says when all of it runs, which is a little after it has loaded.
Promise.allSettled(parts).then(() => document.documentElement.setAttribute("data-script", "runs"));
