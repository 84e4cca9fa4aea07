/*
 * Menus are <details data-menu>: they open and close without script. Here they also close on Escape (the focus goes back to
 * the summary), on a press outside, when the focus leaves, and when another one opens.
 */

export function start() {
  const open = () => document.querySelectorAll("details[data-menu][open]");

  const closeAllBut = (kept) => {
    for (const menu of open()) if (menu !== kept) menu.open = false;
  };

  document.addEventListener("click", (event) => closeAllBut(event.target.closest("details[data-menu]")));
  document.addEventListener("focusin", (event) => closeAllBut(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      const hadFocus = menu.contains(document.activeElement);
      menu.open = false;
      if (hadFocus) menu.querySelector("summary").focus();
    }
  });
}
