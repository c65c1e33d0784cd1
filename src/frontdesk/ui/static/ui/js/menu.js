// Menus are <details>: a click elsewhere, Escape or leaving with Tab closes them.
function closeOthers(keep) {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (menu !== keep) menu.open = false;
}

document.addEventListener("click", (event) => closeOthers(event.target.closest?.("details[data-menu]")));
document.addEventListener("focusin", (event) => closeOthers(event.target.closest?.("details[data-menu]")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details[data-menu][open]");
  closeOthers(null);
  menu?.querySelector("summary").focus();
});
