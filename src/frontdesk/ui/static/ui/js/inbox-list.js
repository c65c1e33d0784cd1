// The list of conversations: what is open is marked, many are chosen at once, and it stays fresh while nobody uses it:
// when the desk is woken, and now and then, since deadlines come nearer and the agent stays online by it.
const FRESH_AFTER = 45_000;
const USED = 3000; // so soon again at the earliest, and while somebody uses it
const A_PAGE = 30; // with more, somebody has gone on to further pages

export default function enhance(list) {
  list.addEventListener("change", count);
  list.addEventListener("htmx:load", count);
  document.addEventListener("htmx:afterSettle", mark);
  list.addEventListener("live", refresh);
  let timer = setTimeout(refresh, FRESH_AFTER);
  let asking = false;
  let again = false;
  let asked = 0;
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
    clearTimeout(timer);
    if (!list.isConnected) return;
    if (asking) return (again = true);
    if (Date.now() - asked < USED) return (timer = setTimeout(refresh, USED));
    const busy = inUse() || !window.htmx;
    if (!busy) {
      asking = true;
      again = false;
      asked = Date.now();
      await ask().catch(() => {});
      asking = false;
    }
    timer = setTimeout(refresh, again || busy ? USED : FRESH_AFTER);
  }

  async function ask() {
    const focused = document.activeElement?.dataset?.row;
    const top = list.scrollTop;
    await window.htmx.ajax("GET", list.dataset.inboxList, { target: list, swap: "innerHTML", headers: { "X-Part": "list" } });
    list.scrollTop = top;
    if (focused) list.querySelector(`[data-row="${focused}"]`)?.focus({ preventScroll: true });
    mark();
  }
}
