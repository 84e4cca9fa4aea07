/*
 * Presses without reloading, such as votes and ticks: the answer to a [data-swap-form] is a page, whose [data-swap] of the same name takes
 * the place of the one here. What else changes with it, such as how far one is, is a [data-swap-too] on both pages.
 *
 * What came to nothing is answered the same way, and says why. When the network fails, the form goes its own way.
 */

async function send(form, submitter, name) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "text/html", "X-Requested-With": "fetch" },
    credentials: "same-origin",
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector(`[data-swap="${name}"]`);
  if (!fresh) throw new Error(answer.statusText);
  for (const other of document.querySelectorAll("[data-swap-too]")) {
    const too = page.querySelector(`[data-swap-too="${other.dataset.swapToo}"]`);
    if (too) other.replaceWith(document.adoptNode(too));
  }
  return document.adoptNode(fresh);
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-swap-form]") || form.dataset.failed) return;
    event.preventDefault();
    const submitter = event.submitter;
    const here = form.closest("[data-swap]");
    send(form, submitter, here.dataset.swap).then((fresh) => {
      here.replaceWith(fresh);
      const same = submitter?.name ? fresh.querySelector(`button[name="${submitter.name}"][value="${submitter.value}"]`) : null;
      const beside = submitter?.dataset.key ? fresh.querySelector(`button[data-key="${submitter.dataset.key}"]`) : null;
      (document.querySelector("[data-swap-too] [data-problems]") ?? fresh.querySelector("[data-problems]") ?? same ?? beside ?? fresh).focus();
    }).catch(() => {
      form.dataset.failed = "yes";
      form.requestSubmit(submitter);
    });
  });
}
