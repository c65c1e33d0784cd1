// A small choice of signs, by mouse, touch and keyboard: arrows go through it, Escape leaves it.
const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

export default function emoji(form, choose) {
  const menu = form.querySelector("[data-emoji]");
  const opener = menu.querySelector("summary");
  const signs = [...menu.querySelectorAll("button")];
  signs.forEach((sign, place) => (sign.tabIndex = place ? -1 : 0));

  menu.addEventListener("toggle", () => menu.open && signs.find(({ tabIndex }) => tabIndex === 0).focus());
  menu.addEventListener("click", (event) => {
    const sign = event.target.closest("button");
    if (!sign) return;
    menu.open = false;
    choose(sign.value);
  });
  menu.addEventListener("focusout", (event) => menu.contains(event.relatedTarget) || (menu.open = false));
  menu.addEventListener("keydown", (event) => {
    if (!menu.open) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation(); // it leaves the choice, not the chat
      menu.open = false;
      return opener.focus();
    }
    const here = signs.indexOf(document.activeElement);
    if (here < 0) return;
    const row = signs.findIndex((sign) => sign.offsetTop > signs[0].offsetTop);
    const ways = { ...STEPS, ArrowDown: row, ArrowUp: -row, Home: -here, End: signs.length - 1 - here };
    if (!(event.key in ways)) return;
    event.preventDefault();
    const next = signs[Math.min(Math.max(here + ways[event.key], 0), signs.length - 1)];
    signs[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
}
