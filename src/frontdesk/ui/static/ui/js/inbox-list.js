// The list of conversations: what is open is marked, many are chosen at once, and it stays fresh while nobody uses it.
const FRESH_AFTER = 30_000;
const A_PAGE = 30; // with more, somebody has gone on to further pages

export default function enhance(list) {
  list.addEventListener("change", count);
  list.addEventListener("htmx:load", count);
  document.addEventListener("htmx:afterSettle", mark);
  setInterval(refresh, FRESH_AFTER);
  count();

  function boxes() {
    return [...list.querySelectorAll('input[name="id"]')];
  }

  function count(event) {
    const all = list.querySelector("[data-bulk-all]");
    if (event?.target === all) for (const box of boxes()) box.checked = all.checked;
    const chosen = boxes().filter((box) => box.checked).length;
    const shown = list.querySelector("[data-bulk-count]");
    if (shown) {
      shown.hidden = !chosen;
      shown.textContent = chosen;
    }
    if (all) all.checked = chosen > 0 && chosen === boxes().length;
  }

  function mark() {
    const open = document.getElementById("talk")?.dataset.talk;
    for (const row of list.querySelectorAll("[data-row]")) {
      if (row.dataset.row === open) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  function inUse() {
    const focused = document.activeElement;
    if (document.hidden || list.querySelector("details[open]") || boxes().length > A_PAGE) return true;
    return boxes().some((box) => box.checked) || (list.contains(focused) && focused.matches("input, select"));
  }

  async function refresh() {
    if (inUse() || !window.htmx) return;
    const focused = document.activeElement?.dataset?.row;
    const top = list.scrollTop;
    await window.htmx.ajax("GET", list.dataset.inboxList, { target: list, swap: "innerHTML", headers: { "X-Part": "list" } });
    list.scrollTop = top;
    if (focused) list.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
    mark();
  }
}
