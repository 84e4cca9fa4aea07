/*
 * <textarea data-mentions-url="/…/people">: after "@" and a letter, people are offered of whose name a part begins so; up to two
 * more words narrow it ("@Bea M"). When nobody fits, the list says so; not behind a space, where any sentence may go on.
 * GET data-mentions-url?q=pri  ->  [{handle, name, department, away?}], best first, only people the reader may mention.
 *
 * A list box under the caret; the focus stays in the text (aria-activedescendant). Up and Down move, Enter or Tab choose,
 * Escape closes, a press chooses. What is offered is said by a status line.
 */

const BEFORE = /(?:^|[\s([{"“‘/])@([\p{L}\p{N}][\p{L}\p{M}\p{N}'’._-]{0,30}(?: [\p{L}\p{N}][\p{L}\p{M}\p{N}'’.-]{0,30}){0,2})$/u;
const REST = 150;
const COPIED = ["fontFamily", "fontSize", "fontWeight", "lineHeight", "letterSpacing", "padding", "border", "boxSizing", "overflowWrap"];
let made = 0;

/** Where the caret stands inside the field, in pixels from its corner: measured in a copy of the text before it. */
function caretOf(field) {
  const style = getComputedStyle(field);
  const copy = document.createElement("div");
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", width: `${field.offsetWidth}px` });
  copy.textContent = field.value.slice(0, field.selectionStart);
  const end = copy.appendChild(document.createElement("span"));
  end.textContent = "\u200b";
  field.parentElement.append(copy);
  const place = { top: end.offsetTop + end.offsetHeight - field.scrollTop, left: end.offsetLeft };
  copy.remove();
  return place;
}

class Mentions {
  constructor(field, { element, word }) {
    Object.assign(this, { field, element, word, people: [], chosen: 0 });
    this.id = `mentions-${++made}`;
    this.list = element("ul", { class: "options", role: "listbox", id: this.id, "aria-label": word("mentions.list"), hidden: "" });
    this.status = element("span", { class: "vh", role: "status" });
    field.after(this.list, this.status);
    field.setAttribute("autocomplete", "off");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-haspopup", "listbox");
    field.addEventListener("input", () => this.look());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("[role=option]");
      if (option) this.take([...this.list.children].indexOf(option));
    });
  }

  get begun() { return BEFORE.exec(this.field.value.slice(0, this.field.selectionStart))?.[1]; }

  look() {
    clearTimeout(this.timer);
    this.request?.abort();
    if (!this.begun || this.begun.startsWith(`${this.taken} `)) return this.close();
    this.timer = setTimeout(() => this.ask(this.begun), REST);
  }

  async ask(begun) {
    if (!begun) return;
    this.request = new AbortController();
    const url = new URL(this.field.dataset.mentionsUrl, location.href);
    url.searchParams.set("q", begun);
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.offer((await answer.json()).slice(0, 6));
    } catch { /* the next letter asks again */ }
  }

  offer(people) {
    this.people = people;
    if (!people.length) {
      this.close();
      if (!this.begun || this.begun.includes(" ")) return;
      this.show([this.element("li", { role: "option", "aria-disabled": "true" }, this.word("mentions.none"))]);
      this.status.textContent = this.word("mentions.none");
      return;
    }
    this.show(people.map(({ name, handle, department, away }, at) => {
      const option = this.element("li", { role: "option", id: `${this.id}-${at}` });
      option.append(this.element("b", {}, name), this.element("span", {}, [`@${handle}`, department, away].filter(Boolean).join(", ")));
      return option;
    }));
    this.field.setAttribute("aria-controls", this.id);
    this.point(0);
    this.status.textContent = this.word("mentions.some", { count: people.length });
  }

  /** Put rows into the list, and the list under the caret. */
  show(rows) {
    this.list.replaceChildren(...rows);
    this.list.hidden = false;
    const { top, left } = caretOf(this.field);
    this.list.style.top = `${Math.min(top, this.field.offsetHeight) + 4}px`;
    this.list.style.left = `${Math.max(0, Math.min(left, this.field.offsetWidth - this.list.offsetWidth))}px`;
  }

  point(at) {
    this.chosen = (at + this.people.length) % this.people.length;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.chosen)));
    this.field.setAttribute("aria-activedescendant", `${this.id}-${this.chosen}`);
  }

  key(event) {
    if (this.list.hidden || event.isComposing) return;
    const acts = {
      ArrowDown: () => this.point(this.chosen + 1),
      ArrowUp: () => this.point(this.chosen - 1),
      Enter: () => this.take(this.chosen),
      Tab: () => this.take(this.chosen),
      Escape: () => this.close(),
    };
    if (!acts[event.key] || event.shiftKey || (!this.people.length && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  take(at) {
    const begun = this.begun;
    const { handle } = this.people[at] ?? {};
    this.close();
    if (!begun || !handle) return;
    this.taken = handle;
    const end = this.field.selectionStart;
    this.field.setRangeText(`${handle} `, end - begun.length, end, "end");
    this.field.dispatchEvent(new Event("input", { bubbles: true }));
    this.field.focus();
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.status.textContent = "";
    this.field.removeAttribute("aria-activedescendant");
    this.field.removeAttribute("aria-controls");
  }
}

export function start(tools) {
  for (const field of document.querySelectorAll("textarea[data-mentions-url]")) new Mentions(field, tools);
}
