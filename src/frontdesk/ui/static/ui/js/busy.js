// A form is sent once at a time; a button with data-busy says that work is under way.
const LASTS = 8000;

export default function enhance(form) {
  if (form.method !== "post" || "composerChat" in form.dataset) return;
  let undo = () => {};
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter;
    const words = button?.querySelector("span") ?? button;
    const before = words?.textContent;
    if (button?.dataset.busy) {
      button.classList.add("is-busy");
      words.textContent = button.dataset.busy;
    }
    undo = () => {
      delete form.dataset.sent;
      if (!button?.dataset.busy) return;
      button.classList.remove("is-busy");
      words.textContent = before;
    };
    // Where the answer is a file, the page stays; it may be asked for again.
    setTimeout(() => undo(), LASTS);
  });
  form.addEventListener("unsent", () => undo());
  // Back in the history brings the page as it was left.
  addEventListener("pageshow", (event) => event.persisted && undo());
}
