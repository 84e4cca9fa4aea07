/*
 * Small things.
 *   [data-problems]                          the summary of a refused form takes the focus
 *   button[data-reveal="field-id"][hidden]   shows a password while it is pressed in
 *   Ctrl+Enter (Cmd+Enter)                   in an editor's text sends its form
 *   textarea[data-room="320"]                is told below it how many characters it has, of how many there is room for
 *   input[data-select]                       is selected whole when the focus comes to it
 *   a[data-arrow="ArrowRight PageDown"]      is followed by these keys, but not while writing
 *   button[data-copy="element-id"][hidden]   copies a field's value or an element's text, and says so
 *   button[data-print][hidden]               prints the page
 *   [data-signed-in][hidden]                 of who was signed out: says as whom they came back, and the form goes with their token
 */

function reveal(press) {
  const field = document.getElementById(press.dataset.reveal);
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  press.setAttribute("aria-pressed", String(shown));
  field.focus();
}

async function copy(press, word) {
  const source = document.getElementById(press.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
    const label = press.lastChild;
    const before = label.textContent;
    label.textContent = word("copied");
    setTimeout(() => { label.textContent = before; }, 4000);
  } catch {
    source.select?.();
  }
}

function count(field, word) {
  const said = document.createElement("p");
  said.className = "left";
  const say = () => {
    said.textContent = word("room.used", { used: field.value.length, room: field.dataset.room });
    said.toggleAttribute("data-over", field.value.length > Number(field.dataset.room));
  };
  field.after(said);
  field.addEventListener("input", say);
  say();
}

/** Look whether somebody signed in in another tab. What they press then is sent at once: they have read who they are. */
async function signedIn(said) {
  if (!said.hidden || document.visibilityState !== "visible") return;
  try {
    const page = new DOMParser().parseFromString(await (await fetch("/accessibility")).text(), "text/html");
    if (!page.querySelector('meta[name="reader"]')) return;
    const token = page.querySelector('meta[name="csrf-token"]').content;
    for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
    said.querySelector("[data-signed-in-name]").textContent = page.querySelector(".menu.push .name").textContent;
    said.hidden = false;
  } catch { /* offline: the next press says what it needs */ }
}

export function start({ word }) {
  document.querySelector("[data-problems]")?.focus();
  for (const press of document.querySelectorAll("[data-reveal], [data-copy], [data-print]")) press.hidden = false;
  for (const field of document.querySelectorAll("textarea[data-room]")) count(field, word);
  const said = document.querySelector("[data-signed-in]");
  if (said) for (const back of ["focus", "visibilitychange"]) addEventListener(back, () => signedIn(said));
  for (const press of document.querySelectorAll("[data-reveal]")) {
    press.form?.addEventListener("submit", () => { document.getElementById(press.dataset.reveal).type = "password"; });
  }
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-select]")) event.target.select(); });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.target.matches?.("input, textarea, select")) return;
    const there = document.querySelector(`[data-arrow~="${CSS.escape(event.key)}"]`);
    if (!there) return;
    event.preventDefault();
    there.click();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.target.closest("[data-editor] textarea")?.form?.requestSubmit();
  });
  document.addEventListener("click", (event) => {
    const press = event.target.closest("[data-reveal], [data-copy], [data-print]");
    if (press && "print" in press.dataset) window.print();
    else if (press?.dataset.reveal) reveal(press);
    else if (press) copy(press, word);
  });
}
