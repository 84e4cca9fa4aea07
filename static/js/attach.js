/*
 * Files in an editor: chosen, dropped on it, or pasted into its text. Without script the press "Attach" sends the form.
 *
 *   [data-attach] inside [data-editor]: a file field, the press (its formaction says where to, and it is not needed here), a list
 *   POST formaction  files, csrf_token (X-Requested-With: fetch)
 *     200 {files: [{name, html, markdown, is_picture}], problems}    html: its row in the list; markdown: shows a picture
 *     422 {files: [], problems}                                      sentences for the person
 *     503 with Retry-After                                           busy: tried again, a few times
 *
 * One file goes at a time, so that each has its own progress and the server is never asked for more than it can look at.
 * What is said of a picture is saved when the field is left, and Enter goes back to the text; "Take it out" also takes the picture out of the text.
 */

const MOST = 20;
const TRIES = 4;

/** POST a form with its progress, which fetch does not tell. */
function send(url, body, token, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", url);
    request.responseType = "json";
    for (const [name, value] of [["Accept", "application/json"], ["X-CSRFToken", token], ["X-Requested-With", "fetch"]]) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) onProgress(event.loaded / event.total); });
    request.addEventListener("load", () => resolve(request));
    for (const name of ["error", "abort", "timeout"]) request.addEventListener(name, reject);
    request.send(body);
  });
}

class Attach {
  constructor(place, { element, word }) {
    Object.assign(this, { place, element, word, queue: Promise.resolve(), waiting: 0 });
    this.editor = place.closest("[data-editor]");
    this.text = this.editor.querySelector("textarea");
    this.field = place.querySelector("input[type=file]");
    this.status = element("p", { class: "progress", role: "status" });
    this.list = place.querySelector("ul");
    this.list.before(this.status);
    const press = place.querySelector("[formaction]");
    this.url = press.formAction;
    press.hidden = true;
    this.field.addEventListener("change", () => {
      const files = [...this.field.files];
      this.field.value = "";
      this.take(files);
    });
    this.text.addEventListener("paste", (event) => {
      // Office programmes put a picture beside the text they copy: the text is meant then.
      const files = [...event.clipboardData.files];
      if (!files.length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      this.take(files);
    });
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) this.editor.addEventListener(name, (event) => this.drag(event));
    this.list.addEventListener("change", (event) => this.told(event.target));
    this.list.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !event.target.matches(".input")) return;
      event.preventDefault();
      this.text.focus();
    });
    place.closest("form").addEventListener("submit", (event) => {
      if (!this.waiting) return;
      event.preventDefault();
      this.place.scrollIntoView({ block: "nearest" });
    }, { capture: true });
  }

  get token() { return this.text.form.elements.namedItem("csrf_token").value; }

  drag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    if (event.type === "dragleave" && this.editor.contains(event.relatedTarget)) return;
    event.preventDefault();
    this.editor.toggleAttribute("data-over", event.type === "dragenter" || event.type === "dragover");
    if (event.type === "drop") this.take([...event.dataTransfer.files]);
  }

  take(files) {
    if (files.length > MOST) return this.say(this.word("attach.many", { most: MOST }), true);
    for (const file of files) {
      this.waiting += 1;
      this.queue = this.queue.then(() => this.bring(file)).finally(() => { this.waiting -= 1; });
    }
  }

  async bring(file) {
    const label = this.element("label", {}, this.word("attach.going", { name: file.name }));
    const bar = this.element("progress", { max: "1", value: "0" });
    label.append(bar);
    this.status.classList.remove("wrong");
    this.status.replaceChildren(label);
    try {
      const { files = [], problems = [] } = await this.ask(file, (share) => {
        if (share < 1) bar.value = share;
        else bar.removeAttribute("value");
      });
      for (const one of files) this.add(one);
      if (problems.length) this.say(problems.join(" "), true);
      else if (!files.length) this.say(this.word("attach.done", { name: file.name }));
    } catch (problem) {
      this.say(problem.message || this.word("attach.failed", { name: file.name }), true);
    }
  }

  async ask(file, onProgress) {
    for (let left = TRIES; ; left -= 1) {
      const body = new FormData();
      body.append("csrf_token", this.token);
      body.append("files", file, file.name || "picture.png");
      const answer = await send(this.url, body, this.token, onProgress);
      if (answer.status === 503 && left > 1) await new Promise((wait) => { setTimeout(wait, 1000 * Number(answer.getResponseHeader("Retry-After") ?? 3)); });
      else if (!answer.response?.problems) throw new Error([400, 401].includes(answer.status) ? this.word("draft.signed_out") : "");
      else return answer.response;
    }
  }

  add({ name, html, markdown, is_picture: isPicture }) {
    const held = document.createElement("template");
    held.innerHTML = html;
    const row = held.content.firstElementChild;
    row.dataset.markdown = markdown;
    this.list.append(row);
    this.say(this.word("attach.done", { name }));
    if (!isPicture) return;
    this.put(markdown);
    if (!this.list.contains(document.activeElement)) row.querySelector("input").focus();
  }

  /** Put a picture where the caret stands, in a paragraph of its own. */
  put(markdown) {
    const { value, selectionStart: start, selectionEnd: end } = this.text;
    const before = value.slice(0, start).trimEnd();
    const after = value.slice(end).trimStart();
    const head = `${before}${before ? "\n\n" : ""}${markdown}\n\n`;
    this.text.value = head + after;
    this.text.setSelectionRange(head.length, head.length);
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  async told(field) {
    const row = field.closest("[data-attached]");
    if (!row) return;
    const [alt, decorative] = [row.querySelector("[name^=alt-]"), row.querySelector("[name^=decorative-]")];
    if (field === decorative && field.checked) alt.value = "";
    if (field === alt && alt.value.trim()) decorative.checked = false;
    if (field.name === "drop") return this.drop(row, field.checked);
    if (field === alt || field === decorative) row.querySelector(".field").removeAttribute("data-wrong");
    const body = new FormData();
    body.append("csrf_token", this.token);
    body.append(alt.name, alt.value);
    if (decorative.checked) body.append(decorative.name, "1");
    try { await send(this.url, body, this.token, () => {}); } catch { /* it goes with the post */ }
  }

  drop(row, isOut) {
    const url = row.querySelector("a").getAttribute("href");
    const shown = new RegExp(`!\\[[^\\]\\n]*\\]\\(${url.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\)\\n*`, "g");
    if (isOut) {
      this.text.value = this.text.value.replace(shown, "");
      this.text.dispatchEvent(new Event("input", { bubbles: true }));
    } else if (row.querySelector("img") && !this.text.value.includes(url)) this.put(`![](${url})`);
  }

  say(text, isWrong = false) {
    this.status.classList.toggle("wrong", isWrong);
    this.status.replaceChildren(this.element("span", {}, text));
  }
}

export function start(tools) {
  for (const place of document.querySelectorAll("[data-editor] [data-attach]")) new Attach(place, tools);
}
