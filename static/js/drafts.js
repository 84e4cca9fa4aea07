/*
 * Drafts that save themselves.
 *
 *   <textarea name="body" data-draft-url="/…/draft" data-draft-version="3">…the stored draft, if there is one…</textarea>
 *   <span data-draft-status role="status"></span>          anywhere in the same form
 *   <input type="hidden" name="draft_version">             if there is one, it is kept equal to the version known here
 *
 *   POST data-draft-url  body, version, csrf_token (and what else the form holds in [data-draft-with] fields)
 *     200 {version, saved_at}      saved; saved_at is an ISO instant, or words that are shown as they are
 *     409 {version, body}          a newer draft exists: the person chooses, and the text not chosen can be brought back
 *     other, or no answer          the text is kept on this device and sent again with the next change
 *
 * A text that never reached the server is offered again when the page is next opened on this device. A text whose form was
 * sent is forgotten when the server says that it arrived: <meta name="arrived"> holds the form's own key, its field "once".
 */

const KEY = "baton-draft:";
const REST = 1200;
const LONGEST = 8000;

class Draft {
  constructor(field, tools) {
    Object.assign(this, { field, tools, url: field.dataset.draftUrl, version: field.dataset.draftVersion || "0" });
    this.status = field.form?.querySelector("[data-draft-status]");
    this.saved = field.value;
    this.offerKept();
    field.addEventListener("input", () => this.changed());
    field.form?.addEventListener("submit", () => this.leaving());
    addEventListener("pagehide", () => this.hurry());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.hurry(); });
    addEventListener("online", () => this.changed());
  }

  get key() { return KEY + this.url; }

  get once() { return this.field.form?.elements.namedItem("once")?.value || "yes"; }

  /** What is sent says which draft it came from, so that the server empties that one and no other. */
  know(version) {
    this.version = String(version);
    const told = this.field.form?.elements.namedItem("draft_version");
    if (told) told.value = this.version;
  }

  say(text, presses = []) {
    if (!this.status) return;
    const { element } = this.tools;
    const buttons = presses.map(([label, act]) => {
      const press = element("button", { type: "button", class: "btn", "data-kind": "bare", "data-size": "s" }, label);
      press.addEventListener("click", () => { act(); this.field.focus(); });
      return press;
    });
    this.status.replaceChildren(element("span", {}, text), ...buttons);
  }

  put(text) {
    this.field.value = text;
    this.changed();
  }

  keep(extra = {}) {
    this.tools.memory.set(this.key, { body: this.field.value, at: new Date().toISOString(), ...extra });
  }

  offerKept() {
    const { memory, word, clock } = this.tools;
    const kept = memory.get(this.key);
    if (!kept || kept.body.trim() === this.field.value.trim()) return memory.drop(this.key);
    this.say(word("draft.found", { time: clock(kept.at) }), [
      [word("draft.use"), () => this.put(kept.body)],
      [word("draft.drop"), () => { memory.drop(this.key); this.say(""); }],
    ]);
  }

  changed() {
    if (this.conflict || this.sent || this.field.value === this.saved) return;
    clearTimeout(this.timer);
    this.first ??= Date.now();
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(REST, this.first + LONGEST - Date.now())));
  }

  hurry() {
    if (this.conflict || this.sent || this.field.value === this.saved) return;
    this.keep();
    this.save({ keepalive: true });
  }

  leaving() {
    queueMicrotask(() => {
      clearTimeout(this.timer);
      this.sent = true;
      if (this.field.value.trim()) this.keep({ sent: this.once });
      addEventListener("pageshow", (event) => { if (event.persisted) this.sent = false; }, { once: true });
    });
  }

  with() {
    const also = this.field.form?.querySelectorAll("[data-draft-with]") ?? [];
    return Object.fromEntries([...also].map((one) => [one.name, one.value]));
  }

  async save(options = {}) {
    clearTimeout(this.timer);
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    this.first = undefined;
    const body = this.field.value;
    const { post, memory, word, clock } = this.tools;
    let signedOut = false;
    try {
      const answer = await post(this.url, { ...this.with(), body, version: this.version }, options);
      signedOut = [400, 401].includes(answer.status) || answer.redirected;
      if (answer.status === 409) this.choose(await answer.json());
      else if (!answer.ok) throw new Error(answer.statusText);
      else {
        const { version, saved_at: savedAt } = await answer.json();
        this.know(version);
        this.saved = body;
        if (!this.sent) memory.drop(this.key);
        this.say(word("draft.saved", { time: clock(savedAt) }));
      }
    } catch {
      this.keep(this.sent ? { sent: this.once } : {});
      this.say(word(signedOut ? "draft.signed_out" : "draft.kept"));
    } finally {
      this.busy = false;
      if (this.again || (!this.conflict && this.field.value !== body)) {
        this.again = false;
        this.changed();
      }
    }
  }

  choose({ version, body }) {
    const { word } = this.tools;
    const mine = this.field.value;
    const settle = () => { this.conflict = false; this.know(version); };
    if (body === mine) {
      settle();
      this.saved = mine;
      return;
    }
    this.conflict = true;
    this.keep();
    this.say(word("draft.newer"), [
      [word("draft.theirs"), () => {
        const here = this.field.value;
        settle();
        this.field.value = this.saved = body;
        this.say("", [[word("draft.back"), () => this.put(here)]]);
      }],
      [word("draft.mine"), () => { settle(); this.saved = body; this.changed(); this.say(word("draft.saving")); }],
    ]);
  }
}

/** Forget the text whose form arrived: the page after it says so, by the form's own key. */
function forgetSent(memory) {
  const arrived = document.querySelector('meta[name="arrived"]')?.content;
  if (!arrived) return;
  for (const key of memory.keys()) if (key.startsWith(KEY) && memory.get(key)?.sent === arrived) memory.drop(key);
}

export function start(tools) {
  forgetSent(tools.memory);
  for (const field of document.querySelectorAll("textarea[data-draft-url]")) new Draft(field, tools);
}
