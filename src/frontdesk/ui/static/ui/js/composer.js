// The composer of a conversation: keeps the draft, offers ready replies and colleagues, sends with Ctrl Enter, attaches,
// and asks what is new whenever it is woken. What cannot be kept just now is tried again. In a chat, chat-desk.js sends.
import files from "./composer-files.js";
import news from "./composer-news.js";
import { call, trouble, whileThere } from "./desk-call.js";
import offer from "./offers.js";

const KEEP_AFTER = 700;

export default async function enhance(form) {
  const text = form.elements.text;
  const says = form.querySelector("[data-draft-says]");
  let kept = fields();
  let keeping;

  function fields() {
    const data = new FormData(form);
    data.delete("files");
    data.delete("seen");
    data.delete("csrfmiddlewaretoken"); // another token is no change of the draft
    return new URLSearchParams(data).toString();
  }

  // Answers whether all is kept.
  async function keep({ last = false } = {}) {
    clearTimeout(keeping);
    const now = fields();
    if (now === kept || form.dataset.sent) return true;
    try {
      const answer = await call(form.dataset.keep, { form: new URLSearchParams(now), last });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      kept = now;
      says.textContent = text.value.trim() ? form.dataset.saved : "";
      return true;
    } catch {
      says.textContent = trouble() || form.dataset.unsaved;
      if (!last) keeping = setTimeout(keep, 5000);
      return false;
    }
  }

  // What is in the form now was sent, or begins anew: nothing of it is left to keep.
  function begun() {
    clearTimeout(keeping);
    kept = fields();
    says.textContent = "";
  }

  const later = () => {
    clearTimeout(keeping);
    keeping = setTimeout(keep, KEEP_AFTER);
  };
  if (text.value !== text.defaultValue) {
    kept = ""; // somebody was faster than this script
    later();
  }
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("pagehide", () => keep({ last: true }));
  document.addEventListener("visibilitychange", () => document.hidden && keep({ last: true }));
  whileThere(form, () => (says.textContent = trouble()));
  document.addEventListener("htmx:beforeSwap", (event) => event.detail.target.id === "talk" && form.isConnected && keep({ last: true }));

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const send = [...form.querySelectorAll("[data-send]")].find((button) => button.checkVisibility());
    form.requestSubmit(send);
  });
  form.querySelector("[data-discard]")?.addEventListener("click", () => {
    text.value = "";
    form.querySelector("[data-files]").replaceChildren();
    keep();
  });

  files(form, { keep, later });
  offer(form, text);
  const ask = news(form, { keep });
  if (form.dataset.deskChat) (await import("./chat-desk.js")).default(form, { ask, begun });
}
