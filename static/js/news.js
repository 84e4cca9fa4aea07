/*
 * <div data-news-url="/…/news" data-news-after="6" data-news-href="?page=1#p7"></div>
 * GET data-news-url?after=6  ->  {count}. Asked every minute while the page is seen. When there is something, a quiet bar says
 * "2 new replies"; it is a link to data-news-href, and nothing moves until it is pressed.
 */

const MINUTE = 60_000;
const GONE = [401, 403, 404, 410];

export function start({ count, element }) {
  const place = document.querySelector("[data-news-url]");
  if (!place) return;
  place.setAttribute("role", "status");
  place.classList.add("news");
  let shown = 0;
  let asked = Date.now();
  const beat = Number(place.dataset.newsEvery) || MINUTE;

  const ask = async () => {
    if (document.hidden || Date.now() - asked < beat / 2) return;
    asked = Date.now();
    const url = new URL(place.dataset.newsUrl, location.href);
    url.searchParams.set("after", place.dataset.newsAfter ?? "0");
    try {
      const answer = await fetch(url, { headers: { Accept: "application/json" } });
      if (GONE.includes(answer.status) || answer.redirected) clearInterval(timer);
      else if (answer.ok) show((await answer.json()).count);
    } catch { /* the next minute asks again */ }
  };

  const show = (number) => {
    if (!number || number === shown) return;
    shown = number;
    place.replaceChildren(element("a", { class: "btn", href: place.dataset.newsHref ?? location.href, "data-kind": "news" }, count("news", number)));
  };

  const timer = setInterval(ask, beat);
  document.addEventListener("visibilitychange", ask);
}
