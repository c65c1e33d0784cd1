// Shows a password on demand, and says when caps lock is on.
export default function enhance(box) {
  const input = box.querySelector("input");
  const button = box.querySelector("[data-reveal]");
  const caps = box.parentElement.querySelector("[data-caps]");
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
  });
  // What was shown must not be kept by the browser as a plain text.
  input.form?.addEventListener("submit", () => (input.type = "password"));
  for (const name of ["keydown", "keyup"]) {
    input.addEventListener(name, (event) => (caps.hidden = !event.getModifierState?.("CapsLock")));
  }
  input.addEventListener("blur", () => (caps.hidden = true));
}
