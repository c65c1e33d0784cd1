// The command palette: Ctrl K or Cmd K, type, arrows, Enter.
export default function enhance(palette) {
  const input = palette.querySelector("input");
  const none = palette.querySelector(".palette-none");
  const options = [...palette.querySelectorAll('[role="option"]')];
  let shown = options;

  function choose(option) {
    for (const each of options) each.setAttribute("aria-selected", String(each === option));
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function filter() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    shown = options.filter((option) => words.every((word) => option.textContent.toLowerCase().includes(word)));
    for (const option of options) option.hidden = !shown.includes(option);
    none.hidden = shown.length > 0;
    choose(shown[0]);
  }

  function open() {
    input.value = "";
    filter();
    palette.showModal();
    input.focus();
  }

  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const at = shown.findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      choose(shown[(at + step + shown.length) % shown.length]);
    }
    if (event.key === "Enter") shown[at]?.click();
  });
  palette.addEventListener("click", (event) => event.target === palette && palette.close());
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });
  for (const opener of document.querySelectorAll(`[data-palette-open="${palette.id}"]`)) opener.addEventListener("click", open);
}
