/*
 * <div data-progress="/…/progress"><progress …></progress><p role="status">…</p></div>
 * GET data-progress  ->  {is_under_way, done, total}. Asked every two seconds; when it is over, the page is loaded again.
 */

const EVERY = 2_000;

export function start({ word }) {
  const place = document.querySelector("[data-progress]");
  if (!place) return;
  const bar = place.querySelector("progress");
  const said = place.querySelector("[role=status]");

  const ask = async () => {
    try {
      const answer = await fetch(place.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok || answer.redirected) return;
      const { is_under_way: goesOn, done, total } = await answer.json();
      if (!goesOn) {
        clearInterval(timer);
        location.reload();
      } else if (total) {
        bar.max = total;
        bar.value = done;
        said.textContent = word("progress", { done, total });
      }
    } catch { /* the next time asks again */ }
  };

  const timer = setInterval(ask, EVERY);
}
