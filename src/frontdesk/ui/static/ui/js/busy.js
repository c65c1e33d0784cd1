// A form is sent once; a button with data-busy says that work is under way.
export default function enhance(form) {
  if (form.method !== "post") return;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button?.dataset.busy) return;
    button.classList.add("is-busy");
    (button.querySelector("span") ?? button).textContent = button.dataset.busy;
  });
  // Back in the history brings the page as it was left: it may be sent again.
  addEventListener("pageshow", (event) => event.persisted && delete form.dataset.sent);
}
