/*
 * While a question is written, what was asked before is shown beside it.
 *   [data-alike="/…/alike"]  is filled with the server's answer to the form's title and text, a moment after the last key
 *   data-from="saw fixed"    names the fields that are the text, where it isn't "body"
 * Without script the same stands under the preview.
 */

const MARK = "X-Baton-Alike";
const PAUSE = 600;
const SHORTEST = 8;

export function start({ post }) {
  const place = document.querySelector("[data-alike]");
  const form = place?.closest("form") ?? document.querySelector("form[data-asks]");
  if (!place || !form) return;
  const texts = (place.dataset.from ?? "body").split(" ");
  let timer = 0;
  let asked = "";
  let latest = 0;

  async function look() {
    const fields = { title: form.elements.title.value, body: texts.map((name) => form.elements[name].value).join(" ").slice(0, 2000) };
    const text = `${fields.title} ${fields.body}`.trim();
    if (text === asked) return;
    asked = text;
    const mine = ++latest;
    if (text.length < SHORTEST) { place.replaceChildren(); return; }
    try {
      const answer = await post(place.dataset.alike, fields);
      if (mine !== latest || answer.redirected || !answer.headers.has(MARK)) return;
      place.innerHTML = await answer.text();
    } catch { /* no connection: nothing is suggested */ }
  }

  form.addEventListener("input", (event) => {
    if (![...texts, "title"].includes(event.target.name)) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
}
