// Turns sections under data-tabs into tabs; without the script they simply stand below each other.
export default function enhance(box) {
  const panels = [...box.querySelectorAll(":scope > section")];
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  const tabs = panels.map((panel, index) => {
    const tab = document.createElement("button");
    panel.id ||= `${box.dataset.tabs || "tab"}-${index + 1}`;
    tab.type = "button";
    tab.textContent = panel.dataset.label;
    tab.id = `${panel.id}-tab`;
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
    tab.addEventListener("click", () => choose(index));
    return tab;
  });

  function choose(chosen, focus = false) {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
    if (focus) tabs[chosen].focus();
  }

  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.indexOf(document.activeElement);
    if (!step || at < 0) return;
    const forward = document.documentElement.dir === "rtl" ? -step : step;
    choose((at + forward + tabs.length) % tabs.length, true);
  });
  list.append(...tabs);
  box.prepend(list);
  choose(Math.max(0, panels.findIndex((panel) => `#${panel.id}` === location.hash)));
}
