// Good and plain news floats and leaves by itself, but not while it is read; warnings stay in the page.
const LASTS = 7000;

function tray() {
  let element = document.querySelector(".toasts");
  if (!element) {
    element = document.createElement("div");
    element.className = "toasts";
    element.setAttribute("role", "status");
    document.body.append(element);
  }
  return element;
}

function leave(toast) {
  toast.classList.add("is-leaving");
  setTimeout(() => toast.remove(), 200);
}

export default function enhance(message) {
  const floats = ["good", "info"].includes(message.dataset.message);
  message.querySelector("[data-dismiss]").addEventListener("click", () => (floats ? leave(message) : message.remove()));
  if (!floats) return;
  message.className = "toast";
  tray().append(message);
  let timer = setTimeout(() => leave(message), LASTS);
  for (const name of ["pointerenter", "focusin"]) message.addEventListener(name, () => clearTimeout(timer));
  for (const name of ["pointerleave", "focusout"]) {
    message.addEventListener(name, () => {
      clearTimeout(timer);
      timer = setTimeout(() => leave(message), LASTS);
    });
  }
}
