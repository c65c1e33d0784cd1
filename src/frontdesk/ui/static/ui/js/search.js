// Answers below a search field while somebody types: a combobox. Arrows choose, Enter opens, Escape closes.
const PAUSE = 150;
const SHORTEST = 2;

export default function enhance(form) {
  const input = form.querySelector('input[type="search"]');
  const box = form.querySelector(".search-offers");
  const said = form.querySelector("[data-search-said]");
  let asking = null;
  let timer = 0;
  let chosen = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", box.id);
  input.setAttribute("aria-expanded", "false");
  box.setAttribute("role", "listbox");

  const options = () => [...box.querySelectorAll('[role="option"]')];

  function choose(option) {
    chosen?.setAttribute("aria-selected", "false");
    chosen = option ?? null;
    chosen?.setAttribute("aria-selected", "true");
    if (chosen) input.setAttribute("aria-activedescendant", chosen.id);
    else input.removeAttribute("aria-activedescendant");
    chosen?.scrollIntoView({ block: "nearest" });
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    choose(null);
    box.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function show(html) {
    box.innerHTML = html; // made and escaped by our own server
    const found = options();
    found.forEach((option, index) => {
      option.id = `${box.id}-${index}`;
      option.tabIndex = -1;
      option.setAttribute("aria-selected", "false");
    });
    said.textContent = box.querySelector("[data-search-count]")?.dataset.searchCount ?? "";
    choose(null);
    box.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
  }

  async function ask() {
    const q = input.value.trim();
    asking?.abort();
    if (q.length < SHORTEST) return close();
    asking = new AbortController();
    const { signal } = asking;
    try {
      const answer = await fetch(`${form.action}?${new URLSearchParams({ q })}`, { headers: { "X-Part": "options" }, signal });
      const html = answer.ok ? await answer.text() : "";
      if (!signal.aborted && document.activeElement === input) show(html);
    } catch (error) {
      if (error.name !== "AbortError") close(); // without a connection the field is a plain form
    }
  }

  function step(by) {
    const found = options();
    const at = found.indexOf(chosen) + by;
    // Before the first and after the last nothing is chosen: Enter then asks for what was typed.
    choose(at < -1 ? found.at(-1) : found[at]);
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown" && box.hidden) {
      event.preventDefault();
      return ask();
    }
    if (box.hidden) return;
    const deed = {
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      Escape: close,
      Enter: chosen && (() => chosen.click()),
    }[event.key];
    if (!deed) return;
    event.preventDefault();
    deed();
  });
  box.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
  form.addEventListener("focusout", (event) => form.contains(event.relatedTarget) || close());
  form.addEventListener("submit", close);
}
