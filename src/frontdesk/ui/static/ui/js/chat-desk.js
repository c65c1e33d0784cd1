// A chat at the desk: while it is on, Enter sends, without a new page. What is sent stands in the page at once, under its
// own number, and is kept in this browser until the server has it, also beyond the chat's end: then it goes by mail.
import deliver from "./chat-desk-send.js";
import outbox, { number } from "./chat-outbox.js";

const TYPING = 3000;

export default function enhance(form, { ask, begun }) {
  const text = form.elements.text;
  const waiting = document.getElementById("chat-waiting");
  const blank = document.getElementById("chat-unsent");
  const scroll = document.querySelector("[data-talk-scroll]");
  let last = [[], ""];
  let typed = 0;
  const box = outbox(`desk:${form.dataset.deskChat}`, { send, show, isThere: () => form.isConnected });

  form.addEventListener("said", () => show(...last));
  form.addEventListener("answered", box.found);
  waiting.addEventListener("click", decide);
  if ("chatOn" in form.dataset) talk();

  function talk() {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.defaultPrevented || event.target !== text) return;
      event.preventDefault();
      form.requestSubmit([...form.querySelectorAll("[data-send]")].find((button) => button.checkVisibility()));
    });
    form.addEventListener("submit", write, true);
    form.addEventListener("input", tell);
    const isFree = document.activeElement === document.body || document.activeElement?.closest("[data-chat-strip]");
    if (isFree) text.focus({ preventScroll: true });
  }

  function write(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    const files = [...form.querySelectorAll('[data-files] [name="attachment"]')].map((each) => each.value);
    if (!text.value.trim() && !files.length) return text.focus();
    const words = text.value;
    const id = form.elements.client_id.value;
    text.value = "";
    form.querySelector("[data-files]").replaceChildren();
    form.elements.client_id.value = number();
    begun();
    box.put(words, { files, kind: form.elements.kind.value }, id);
    scroll.scrollTop = scroll.scrollHeight;
    text.focus();
  }

  async function send(entry) {
    const token = form.elements.csrfmiddlewaretoken.value;
    const became = await deliver(entry, { address: form.action, token, gone: blank.dataset.gone });
    if (!became.wait && !became.refused) await ask();
    return became;
  }

  // What is under way stands below what was said, until it is among it.
  function show(entries, state) {
    last = [entries, state];
    const there = new Set([...document.querySelectorAll("#messages [data-number]")].map((each) => each.dataset.number));
    const left = entries.filter((each) => !there.has(each.id));
    waiting.replaceChildren(...left.map((each) => bubble(each, state)));
    if (left.some((each) => each.refused)) waiting.scrollIntoView({ block: "end" });
  }

  function bubble({ id, text: words, files, refused }, state) {
    const made = blank.content.firstElementChild.cloneNode(true);
    made.dataset.unsent = id;
    made.classList.toggle("note", files.kind === "note");
    made.querySelector("[data-words]").textContent = words;
    made.querySelector("[data-says]").textContent = refused || (state === "waiting" ? blank.dataset.failed : blank.dataset.sending);
    made.querySelector("[data-refused]").hidden = !refused;
    return made;
  }

  // Of what was refused: once more, or back to where it was written, before what has been typed since.
  function decide(event) {
    const id = event.target.closest("[data-unsent]")?.dataset.unsent;
    if (event.target.closest("[data-retry]")) box.retry(id);
    if (!event.target.closest("[data-back]")) return;
    const words = last[0].find((each) => each.id === id)?.text ?? "";
    box.drop(id);
    text.value = [words, text.value].filter((each) => each.trim()).join("\n\n");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  // The customer sees that somebody is writing, though never a note.
  function tell() {
    if (form.elements.kind.value !== "agent" || !text.value.trim() || Date.now() - typed < TYPING) return;
    typed = Date.now();
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value });
    fetch(form.dataset.typing, { method: "POST", body }).catch(() => {});
  }
}
