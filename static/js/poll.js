/*
 * Votes without reloading: the form's answer is the poll's own page, whose [data-poll] takes the place of the one here.
 *
 * A vote that came to nothing is answered the same way, and says why. When the network fails, the form goes its own way.
 */

async function send(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(form.action, {
    method: "POST",
    body,
    headers: { Accept: "text/html", "X-Requested-With": "fetch" },
    credentials: "same-origin",
  });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-poll]");
  if (!fresh) throw new Error(answer.statusText);
  return document.adoptNode(fresh);
}

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-poll-form]") || form.dataset.failed) return;
    event.preventDefault();
    const submitter = event.submitter;
    send(form, submitter).then((fresh) => {
      form.closest("[data-poll]").replaceWith(fresh);
      const same = submitter?.name === "option" ? fresh.querySelector(`button[value="${submitter.value}"]`) : null;
      (fresh.querySelector("[data-problems]") ?? same ?? fresh).focus();
    }).catch(() => {
      form.dataset.failed = "yes";
      form.requestSubmit(submitter);
    });
  });
}
