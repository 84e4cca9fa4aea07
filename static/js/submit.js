/*
 * A double press sends once. The pressed button is marked aria-disabled after the form has gone, never disabled before, so its
 * name and value are sent; the mark is taken back when the page returns from the back/forward cache, or after 15 seconds.
 * Forms that may be sent again at once carry data-again.
 */

const PATIENCE = 15_000;

function release(form) {
  delete form.dataset.sent;
  for (const press of form.querySelectorAll('[aria-disabled="true"][data-pressed]')) {
    press.removeAttribute("aria-disabled");
    delete press.dataset.pressed;
  }
}

export function start() {
  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || "again" in form.dataset || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter) {
      event.submitter.dataset.pressed = "yes";
      event.submitter.setAttribute("aria-disabled", "true");
    }
    setTimeout(release, PATIENCE, form);
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) release(form);
  });
}
