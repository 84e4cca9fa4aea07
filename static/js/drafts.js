/*
 * Drafts that save themselves.
 *
 *   <textarea name="body" data-draft-url="/…/draft" data-draft-version="3">…the stored draft, if there is one…</textarea>
 *   <span data-draft-status role="status"></span>          anywhere in the same form
 *   <input type="hidden" name="draft_version">             if there is one, it is kept equal to the version known here
 *
 *   POST data-draft-url  body, version, csrf_token, and what else the form holds in [data-draft-with] fields: a change of
 *                        any of them is saved
 *     200 {version, saved_at}      saved; saved_at is an ISO instant, or words that are shown as they are
 *     409 {version, body}          a newer draft exists: the person chooses, and the text not chosen can be brought back
 *     422 {error}                  the sentence says why it can't be saved
 *     other, or no answer          the text is kept on this device and sent again with the next change
 *
 * A text that never reached the server is offered again when its author next opens the page on this device; signing out
 * forgets it, and so does somebody else's signing in. A text whose form was
 * sent is forgotten when the server says that it arrived: <meta name="arrived"> holds the form's own key, its field "once".
 */

const KEY = "baton-draft:";
const REST = 1200;
const LONGEST = 8000;

/** Texts on this device belong to whoever wrote them: the next person at it is offered none. */
function mine() {
  return `${KEY}${document.querySelector('meta[name="reader"]')?.content ?? "nobody"}:`;
}

function forget(memory, condition) {
  for (const key of memory.keys()) if (key.startsWith(KEY) && condition(key)) memory.drop(key);
}

class Draft {
  constructor(field, tools) {
    Object.assign(this, { field, tools, url: field.dataset.draftUrl, version: field.dataset.draftVersion || "0" });
    this.status = field.form?.querySelector("[data-draft-status]");
    this.saved = this.state();
    this.offerKept();
    for (const one of [field, ...this.others]) one.addEventListener("input", () => this.changed());
    field.form?.addEventListener("submit", () => this.leaving());
    addEventListener("pagehide", () => this.hurry());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.hurry(); });
    addEventListener("online", () => this.changed());
  }

  get key() { return mine() + this.url; }

  get once() { return this.field.form?.elements.namedItem("once")?.value || "yes"; }

  /** The fields that are saved with the text: a title, the post that is answered. */
  get others() { return [...this.field.form?.querySelectorAll("[data-draft-with]") ?? []]; }

  state() {
    const meant = this.others.filter((one) => one.type !== "radio" || one.checked);
    return { ...Object.fromEntries(meant.map((one) => [one.name, one.value])), body: this.field.value };
  }

  isSaved() { return JSON.stringify(this.state()) === JSON.stringify(this.saved); }

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

  put(kept) {
    for (const one of this.others) {
      if (one.type === "radio") one.checked = one.value === kept[one.name];
      else if (one.type !== "hidden" && kept[one.name]) one.value = kept[one.name];
    }
    this.field.value = kept.body;
    this.changed();
  }

  keep(extra = {}) {
    if (Draft.signingOut) return;
    this.tools.memory.set(this.key, { ...this.state(), at: new Date().toISOString(), ...extra });
  }

  offerKept() {
    const { memory, word, clock } = this.tools;
    const kept = memory.get(this.key);
    if (!kept || kept.body.trim() === this.field.value.trim()) return memory.drop(this.key);
    this.say(word("draft.found", { time: clock(kept.at) }), [
      [word("draft.use"), () => this.put(kept)],
      [word("draft.drop"), () => { memory.drop(this.key); this.say(""); }],
    ]);
  }

  changed() {
    if (this.conflict || this.sent || this.isSaved()) return;
    clearTimeout(this.timer);
    this.first ??= Date.now();
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(REST, this.first + LONGEST - Date.now())));
  }

  hurry() {
    if (this.conflict || this.sent || this.isSaved()) return;
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

  async save(options = {}) {
    clearTimeout(this.timer);
    if (this.busy) {
      this.again = true;
      return;
    }
    this.busy = true;
    this.first = undefined;
    const sending = this.state();
    const { post, memory, word, clock } = this.tools;
    let why = word("draft.kept");
    try {
      const answer = await post(this.url, { ...sending, version: this.version }, options);
      if ([400, 401].includes(answer.status) || answer.redirected) why = word("draft.signed_out");
      if (answer.status === 409) this.choose(await answer.json());
      else if (answer.status === 422) why = (await answer.json()).error;
      if (answer.redirected || (!answer.ok && answer.status !== 409)) throw new Error(answer.statusText);
      if (answer.ok) {
        const { version, saved_at: savedAt } = await answer.json();
        this.know(version);
        this.saved = sending;
        if (!this.sent) memory.drop(this.key);
        this.say(word("draft.saved", { time: clock(savedAt) }));
      }
    } catch {
      this.keep(this.sent ? { sent: this.once } : {});
      this.say(why);
    } finally {
      this.busy = false;
      if (this.again || (!this.conflict && JSON.stringify(sending) !== JSON.stringify(this.state()))) {
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
      this.saved = this.state();
      return;
    }
    this.conflict = true;
    this.keep();
    this.say(word("draft.newer"), [
      [word("draft.theirs"), () => {
        const here = this.state();
        settle();
        this.field.value = body;
        this.saved = this.state();
        this.say("", [[word("draft.back"), () => this.put(here)]]);
      }],
      [word("draft.mine"), () => { settle(); this.saved = { body }; this.changed(); this.say(word("draft.saving")); }],
    ]);
  }
}

export function start(tools) {
  const { memory } = tools;
  // The page after a form says that its text arrived, by the form's own key.
  const arrived = document.querySelector('meta[name="arrived"]')?.content;
  if (arrived) forget(memory, (key) => memory.get(key)?.sent === arrived);
  if (document.querySelector('meta[name="reader"]')) forget(memory, (key) => !key.startsWith(mine()));
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => {
    Draft.signingOut = true;
    forget(memory, () => true);
  });
  for (const field of document.querySelectorAll("textarea[data-draft-url]")) new Draft(field, tools);
}
