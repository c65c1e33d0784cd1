// Light or dark by choice; a choice that equals the system's is forgotten again.
export default function enhance(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;
  button.addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
    const next = dark ? "light" : "dark";
    const same = (next === "dark") === system.matches;
    if (same) delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (same) localStorage.removeItem("theme");
      else localStorage.setItem("theme", next);
    } catch {
      // Not remembered then; it still holds on this page.
    }
  });
}
