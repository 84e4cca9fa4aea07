/*
 * <button name="preview" value="1" data-preview-url="/…/preview"> in a form with a [data-editor] that holds a textarea, and a [data-preview] region
 * that holds [data-preview-text]. POST data-preview-url: source, csrf_token; the answer is the rendered HTML, cleaned by the
 * server as any post is, or (422) a sentence that says why there is none. Both carry MARK: any other page, such as the one to sign
 * in at the end of a redirect, is never put into this one. Without script the button submits the form, which comes back with the
 * preview in place.
 */

const MARK = "X-Baton-Preview";
const SIGNED_OUT = [400, 401];

/** A preview of what was changed since says so, where it stands: it doesn't go away under one's hands. */
function outdated(region, word, is = true) {
  const line = region?.querySelector(".meta");
  if (!line || region.hidden || region.hasAttribute("data-outdated") === is) return;
  region.toggleAttribute("data-outdated", is);
  if (is) region.dataset.fresh = line.textContent;
  line.textContent = is ? word("preview.outdated") : region.dataset.fresh;
}

export function start({ post, word }) {
  document.addEventListener("input", (event) => outdated(event.target.closest("[data-editor]")?.querySelector("[data-preview]"), word));
  document.addEventListener("click", async (event) => {
    const press = event.target.closest("[data-preview-url]");
    const region = press?.form?.querySelector("[data-preview]");
    const field = press?.form?.querySelector("[data-editor] textarea");
    if (!region || !field) return;
    event.preventDefault();
    const text = region.querySelector("[data-preview-text]");
    try {
      const answer = await post(press.dataset.previewUrl, { source: field.value });
      if (!answer.redirected && answer.headers.has(MARK)) text.innerHTML = await answer.text();
      else text.textContent = word(answer.redirected || SIGNED_OUT.includes(answer.status) ? "preview.signed_out" : "preview.failed");
    } catch {
      text.textContent = word("preview.failed");
    }
    outdated(region, word, false);
    region.hidden = false;
    region.focus({ preventScroll: true });
    region.scrollIntoView({ block: "nearest" });
  });
}
