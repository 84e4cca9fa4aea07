/*
 * Reactions without reloading, and "More" over the page instead of another page.
 *
 *   <button class="react" form="react" name="give" value="thanks 7" aria-pressed="false">Thanks <b>2</b></button>
 *        is sent by script; the answer says how many said what, and the press turns round ("take")
 *   <a href="posts/7/more">         shows that page's [data-piece] in a dialog; its forms and links work as on the page
 *
 * When something goes wrong the form or the link goes its own way.
 */

const THINGS = "form[id=react]";

function turn(press, said) {
  const kind = press.value.replace(/ \d+$/, "");
  const { people = 0, mine = false } = said[kind] ?? {};
  press.name = mine ? "take" : "give";
  press.setAttribute("aria-pressed", String(mine));
  let figure = press.querySelector("b");
  if (!people) {
    figure?.remove();
    return;
  }
  if (!figure) {
    figure = document.createElement("b");
    press.firstChild.after(figure);
    figure.before(" ");
  }
  figure.textContent = people;
}

async function send(press, post) {
  const number = press.value.split(" ").pop();
  const answer = await post(press.form.action, { [press.name]: press.value });
  if (!answer.ok || !answer.headers.get("Content-Type")?.includes("json")) throw new Error(answer.statusText);
  const said = await answer.json();
  for (const one of document.querySelectorAll("button.react")) {
    if (one.value.split(" ").pop() === number) turn(one, said);
  }
}

async function show(link, dialog, element) {
  const answer = await fetch(link.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const piece = page.querySelector("[data-piece]");
  if (!answer.ok || !piece) throw new Error(answer.statusText);
  const close = document.createElement("form");
  close.method = "dialog";
  close.append(element("h2", {}, piece.dataset.title), element("button", { class: "btn", "data-size": "s", "data-kind": "bare" }, dialog.dataset.close));
  for (const form of piece.querySelectorAll(THINGS)) form.remove();
  dialog.replaceChildren(close, document.adoptNode(piece));
  dialog.showModal();
}

export function start({ post, element }) {
  const dialog = document.querySelector("dialog[data-post-more]");

  document.addEventListener("submit", (event) => {
    const press = event.submitter;
    if (!event.target.matches(THINGS) || !press?.matches(".react") || press.dataset.failed) return;
    event.preventDefault();
    send(press, post).catch(() => {
      press.dataset.failed = "yes";
      press.form.requestSubmit(press);
    });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest('.post > footer > a[href$="/more"]');
    if (dialog?.contains(event.target) && event.target.closest("[data-quote]")) dialog.close();
    if (!link || !dialog || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link, dialog, element).catch(() => { location.href = link.href; });
  });
}
