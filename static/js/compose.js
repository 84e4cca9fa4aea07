/*
 * Reply and quote beside a post, with the editor ([data-editor]) on the same page. Both are links that work without script.
 *
 *   <a href="?reply_to=2#reply">   in a post's footer: fills the editor's hidden field and says whom one answers
 *   <a href="?quote=2#reply">      in a post's footer; both elsewhere with the post's number: data-reply-to="2", data-quote="2"
 *        puts "> " lines into the text: what is selected inside post 2, else what was typed as post 2, which the server gives
 *        (GET posts/2/quote); the first line is [post 2], from which the renderer makes "Sunil Rao in post 2"
 *   [data-replying] inside the editor: a hidden input, [data-replying-post] (a link) with [data-replying-name] and
 *        [data-replying-number], and [data-replying-off], which without script sends the form to forget the post
 */

let picked = null;

function selectedIn(post) {
  const selection = getSelection();
  const inside = selection.rangeCount && !selection.isCollapsed && post.contains(selection.getRangeAt(0).commonAncestorContainer);
  return inside ? selection.toString().trim() : "";
}

/** The post that a link speaks of: the one it names, or the one it stands in. */
function numberOf(link, name) {
  return link.dataset[name] || link.closest(".post").id.slice(1);
}

/** What "Quote" puts into the text: what is selected inside the post, or its source as the server quotes it. */
async function quoted(link, selected) {
  const number = numberOf(link, "quote");
  if (selected) {
    const lines = [`[post ${number}]`, "", ...selected.replace(/\n{3,}/g, "\n\n").split("\n")];
    return lines.map((line) => `> ${line}`.trimEnd()).join("\n");
  }
  const answer = await fetch(new URL(`posts/${number}/quote`, link.href), { headers: { Accept: "text/plain" } });
  if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
  return (await answer.text()).trimEnd();
}

function insert(field, text) {
  const before = field.value.slice(0, field.selectionEnd).trimEnd();
  const after = field.value.slice(field.selectionEnd).trimStart();
  field.value = `${before ? `${before}\n\n` : ""}${text}\n\n`;
  const at = field.value.length;
  field.value += after;
  field.setSelectionRange(at, at);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

const REPLY = '[data-reply-to], .post > footer > a[href*="reply_to="]';
const QUOTE = '[data-quote], .post > footer > a[href*="quote="]';

function replyTo(editor, number) {
  const line = editor.querySelector("[data-replying]");
  if (!line) return;
  const post = number ? document.getElementById(`p${number}`) : null;
  line.querySelector("[data-replying-post]").href = post ? `#p${number}` : `posts/${number}`;
  line.querySelector("[data-replying-name]").textContent = post?.querySelector("header :is(h2, h3) > :first-child")?.textContent.trim() ?? "";
  line.querySelector("input").value = number;
  line.querySelector("input").dispatchEvent(new Event("input", { bubbles: true }));
  line.querySelector("[data-replying-number]").textContent = number;
  line.hidden = !number;
}

export function start() {
  const editor = document.querySelector("[data-editor]");
  const field = editor?.querySelector("textarea");
  if (!field) return;

  const write = () => {
    field.focus({ preventScroll: true });
    editor.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("pointerdown", (event) => {
    const press = event.target.closest(QUOTE);
    const post = press && document.getElementById(`p${numberOf(press, "quote")}`);
    picked = post ? { post, text: selectedIn(post) } : null;
  });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const reply = event.target.closest(REPLY);
    const quote = event.target.closest(QUOTE);
    if (event.target.closest("[data-replying-off]")) {
      event.preventDefault();
      replyTo(editor, "");
      write();
    } else if (reply) {
      event.preventDefault();
      replyTo(editor, numberOf(reply, "replyTo"));
      write();
    } else if (quote) {
      event.preventDefault();
      const post = document.getElementById(`p${numberOf(quote, "quote")}`);
      const selected = post && ((picked?.post === post && picked.text) || selectedIn(post));
      quoted(quote, selected).then((text) => { insert(field, text); write(); }, () => { location.href = quote.href; });
    }
  });
}
