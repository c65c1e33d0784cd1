// Keys of the desk: an element with data-key="s" is pressed (or, when it is typed into, focused) by that key, "g i" by two
// in a row. j and k go through the list, ? shows the overview. Never while somebody types or a dialog is open.
const SECOND_WITHIN = 1200;
const typing = (element) => element?.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
let first = "";
let timer;

function rows() {
  return [...document.querySelectorAll("[data-row]")];
}

function move(step) {
  const all = rows();
  const at = all.findIndex((row) => row === document.activeElement);
  const current = at >= 0 ? at : all.findIndex((row) => row.getAttribute("aria-current"));
  const next = all[Math.min(all.length - 1, Math.max(0, current + step))];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function press(element) {
  if (typing(element)) {
    element.closest("details")?.setAttribute("open", "");
    element.focus();
    element.select?.();
    return;
  }
  const menu = element.closest("summary");
  element.click();
  if (menu?.parentElement.open) menu.parentElement.querySelector(".menu-panel :is(a, button)")?.focus();
}

const own = {
  j: () => move(1),
  k: () => move(-1),
  o: () => (document.activeElement?.matches("[data-row]") ? document.activeElement : rows()[0])?.click(),
  x: () => document.activeElement?.closest("li")?.querySelector("input[type=checkbox]")?.click(),
  n: () => {
    const note = document.querySelector('[data-composer] [name="kind"][value="note"]');
    note?.click();
    document.querySelector("[data-composer] textarea")?.focus();
  },
  "?": () => document.getElementById("keys")?.showModal(),
};

export default function enhance() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape" && typing(document.activeElement)) return document.activeElement.blur();
    if (typing(event.target) || document.querySelector("dialog[open]")) return;
    const wanted = first ? `${first} ${event.key}` : event.key;
    first = "";
    clearTimeout(timer);
    if (event.key === "g" && wanted === "g") {
      first = "g";
      timer = setTimeout(() => (first = ""), SECOND_WITHIN);
      return event.preventDefault();
    }
    const named = [...document.querySelectorAll(`[data-key="${CSS.escape(wanted)}"]`)].find((each) => each.checkVisibility());
    const deed = named ? () => press(named) : own[wanted];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
}
