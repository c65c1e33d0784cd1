// A place for the chat (data-chat): a page, the panel in the corner, or a frame on another site. It shows one piece at a
// time (the question, the code, the talk), and each form in it brings the next without leaving the place.
import { call } from "./chat-call.js";
import { isOurs } from "./chat-deliver.js";
import { pause } from "./chat-outbox.js";
import { forgetAll, sweep } from "./chat-draft.js";
import { arrived, focus } from "./chat-focus.js";
import stranded from "./chat-stranded.js";

export default function enhance(place) {
  // Stands there from the start: what comes together with its words is often not read aloud.
  const told = document.createElement("p");
  told.className = "sr-only";
  told.setAttribute("role", "status");
  place.after(told);
  const tell = (words) => (told.textContent = words);

  place.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-chat-form]");
    if (!form || event.defaultPrevented) return;
    event.preventDefault();
    step(form, event.submitter);
  });
  place.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-chat-step]");
    if (!link) return;
    event.preventDefault();
    load(link.dataset.chatStep);
  });
  place.addEventListener("chat-load", (event) => load(event.detail?.address ?? place.dataset.chat, event.detail));
  let retry;
  sweep();
  const sendOn = stranded(place, tell);
  if ("chatNow" in place.dataset) load(place.dataset.chat, { quiet: true });

  async function step(form, button) {
    const again = () => form.dispatchEvent(new CustomEvent("unsent")); // it may be pressed again at once
    if (place.classList.contains("is-loading")) return again();
    const markup = await waiting(() => call(form.action, { form: new FormData(form, button) }));
    if (markup !== null) {
      clearTimeout(retry); // what it would have brought is over
      if ("chatForget" in form.dataset) forgetAll();
      return put(markup);
    }
    again();
    says(place.dataset.again);
  }

  async function load(address, { quiet = false, failures = 0 } = {}) {
    clearTimeout(retry); // the last that was asked for counts
    const markup = await waiting(() => call(address));
    if (markup !== null) return put(markup, quiet);
    if (!place.querySelector("[data-room]")) put("", true); // what was said stays in sight
    says(place.dataset.lost);
    clearTimeout(retry);
    retry = setTimeout(load, pause(failures), address, { quiet, failures: failures + 1 });
  }

  // The answer's words; null where none of ours came: who stands between has pages for everything.
  async function waiting(work) {
    place.classList.add("is-loading");
    try {
      const answer = await work();
      return isOurs(answer) && answer.status < 500 ? await answer.text() : null;
    } catch {
      return null;
    } finally {
      place.classList.remove("is-loading");
    }
  }

  function says(words) {
    let line = place.querySelector(":scope > .chat-lost");
    if (!line) {
      line = document.createElement("p");
      line.className = "chat-lost";
      place.prepend(line);
    }
    line.textContent = words;
    tell(words);
  }

  function put(markup, quiet = false) {
    const page = new DOMParser().parseFromString(markup, "text/html");
    const before = place.querySelector("[data-room]");
    const wasHere = before?.contains(document.activeElement);
    // A whole page (a refusal of the house) shows what it says, without what stands around it.
    place.replaceChildren(...(page.querySelector("main") ?? page.body).childNodes);
    place.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: place } }));
    sendOn({ anew: true });
    const after = place.querySelector("[data-room]");
    if (quiet && wasHere) return after?.querySelector("[data-chat-focus]")?.focus({ preventScroll: true });
    const stages = [before?.dataset.stage, after?.dataset.stage];
    const isOver = stages.every(Boolean) && stages[0] !== stages[1] && stages[1] !== "on";
    if (quiet) arrived(place);
    if (quiet) return tell(isOver ? after.querySelector("[data-chat-focus]").textContent : "");
    tell("");
    focus(place);
  }
}
