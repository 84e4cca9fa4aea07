/*
 * <button name="preview" value="1" data-preview-url="/…/preview"> in a form with one textarea and a [data-preview] region
 * that holds [data-preview-text]. POST data-preview-url: source, csrf_token; the answer is the rendered HTML, cleaned by the
 * server as any post is. Without script the button submits the form, which comes back with the preview in place.
 */

export function start({ post, word }) {
  document.addEventListener("click", async (event) => {
    const press = event.target.closest("[data-preview-url]");
    const region = press?.form?.querySelector("[data-preview]");
    const field = press?.form?.querySelector("textarea");
    if (!region || !field) return;
    event.preventDefault();
    const text = region.querySelector("[data-preview-text]");
    try {
      const answer = await post(press.dataset.previewUrl, { source: field.value });
      if (!answer.ok) throw new Error(answer.statusText);
      text.innerHTML = await answer.text();
    } catch {
      text.textContent = word("preview.failed");
    }
    region.hidden = false;
    region.focus({ preventScroll: true });
    region.scrollIntoView({ block: "nearest" });
  });
}
