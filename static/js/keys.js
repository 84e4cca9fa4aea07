/*
 * Single keys. Anything with data-key="n" or data-key="g t" is pressed (a link, a button) or focused (a field) by that key
 * or pair; its text, or data-key-label, is its line in the list under "?". Links inside [data-keys="g"] that have no key of
 * their own get "g" and the first free letter of their text. j and k go through .post[id].
 *
 * Never while writing, never with Ctrl, Alt or Cmd. Switched off for good on this device by the box in the list
 * ([data-shortcuts-on]). [data-shortcuts] opens the list.
 */

const OFF = "baton-keys-off";
const PAUSE = 1500;
const WRITING = 'input:not([type="checkbox"], [type="radio"], [type="submit"], [type="button"]), textarea, select, [contenteditable]';

function giveLetters() {
  for (const list of document.querySelectorAll("[data-keys]")) {
    const links = [...list.querySelectorAll("a")];
    const taken = new Set(links.map((link) => link.dataset.key?.split(" ")[1]));
    for (const link of links.filter((one) => !one.dataset.key)) {
      const letter = [...link.firstChild.textContent.trim().toLowerCase()].find((each) => /[a-z]/.test(each) && !taken.has(each));
      if (!letter) continue;
      taken.add(letter);
      link.dataset.key = `${list.dataset.keys} ${letter}`;
    }
  }
}

function step(forward) {
  const posts = [...document.querySelectorAll(".post[id]")];
  const current = document.activeElement.closest(".post[id]");
  let next;
  if (current) next = posts[posts.indexOf(current) + (forward ? 1 : -1)];
  else if (forward) next = posts.find((post) => post.getBoundingClientRect().bottom > 40);
  else next = posts.findLast((post) => post.getBoundingClientRect().top < 0);
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "start" });
}

function use(target) {
  if (target.matches(WRITING)) {
    target.focus();
    target.scrollIntoView({ block: "center" });
  } else target.click();
}

function fill(dialog, element) {
  const list = dialog.querySelector("[data-shortcuts-keys]");
  for (const old of list.querySelectorAll("[data-found]")) old.remove();
  for (const row of list.querySelectorAll("[data-when]")) row.hidden = !document.querySelector(row.dataset.when);
  for (const target of document.querySelectorAll("[data-key]")) {
    const row = element("div", { "data-found": "" });
    const label = target.dataset.keyLabel ?? target.labels?.[0]?.textContent ?? target.firstChild?.textContent ?? "";
    const keys = element("dd");
    for (const key of target.dataset.key.split(" ")) keys.append(element("kbd", {}, key), " ");
    row.append(element("dt", {}, label.trim() || target.textContent.trim()), keys);
    list.append(row);
  }
}

export function start({ memory, element }) {
  const dialog = document.querySelector("[data-shortcuts-list]");
  if (!dialog) return;
  const box = dialog.querySelector("[data-shortcuts-on]");
  let waiting = "";
  let timer = 0;

  giveLetters();
  box.checked = !memory.get(OFF);
  box.addEventListener("change", () => memory.set(OFF, !box.checked));

  const show = () => {
    fill(dialog, element);
    dialog.showModal();
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-shortcuts]")) return;
    event.preventDefault();
    show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    if (!box.checked || dialog.open || event.key.length !== 1 || event.target.closest?.(WRITING)) return;
    if (event.key === "?") show();
    else if (event.key === "j" || event.key === "k") step(event.key === "j");
    else {
      const typed = waiting ? `${waiting} ${event.key}` : event.key;
      const targets = [...document.querySelectorAll("[data-key]")];
      const target = targets.find((one) => one.dataset.key === typed);
      waiting = targets.some((one) => one.dataset.key.startsWith(`${typed} `)) ? typed : "";
      clearTimeout(timer);
      timer = setTimeout(() => { waiting = ""; }, PAUSE);
      if (!target) return;
      use(target);
    }
    event.preventDefault();
  });
}
