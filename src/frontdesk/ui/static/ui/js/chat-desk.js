// A chat at the desk: while it is on, Enter sends, without a new page. What is sent stands in the page at once, under its
// own number, and is kept in this browser until the server has it, also beyond the chat's end: then it goes by mail.
import deliver from "./chat-desk-send.js";
import outbox, { number } from "./chat-outbox.js";
import { chip, chosen } from "./composer-files.js";
import { call, renew, token, trouble, whileThere } from "./desk-call.js";

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
  whileThere(form, () => show(...last));
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
    const files = chosen(form);
    if (!text.value.trim() && !files.length) return text.focus();
    const words = text.value;
    const id = form.elements.client_id.value;
    text.value = "";
    form.querySelector("[data-files]").replaceChildren();
    form.elements.client_id.value = number();
    begun();
    const [ids, names] = ["id", "name"].map((what) => files.map((each) => each[what]));
    box.put(words, { files: ids, names, kind: form.elements.kind.value }, id);
    scroll.scrollTop = scroll.scrollHeight;
    text.focus();
  }

  async function send(entry) {
    const became = await deliver(entry, { address: form.action, token: token(), blank });
    if (became.stale && (await renew())) return { wait: 0.1 };
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
    made.querySelector("[data-says]").textContent = refused || (state === "waiting" ? trouble() || blank.dataset.failed : blank.dataset.sending);
    made.querySelector("[data-refused]").hidden = !refused;
    return made;
  }

  // Of what was refused: once more, or back to where it was written.
  function decide(event) {
    const shown = event.target.closest("[data-unsent]");
    const entry = last[0].find((each) => each.id === shown?.dataset.unsent);
    if (!entry) return;
    if (event.target.closest("[data-retry]")) box.retry(entry.id);
    if (!event.target.closest("[data-back]")) return;
    if (!back(entry)) return (shown.querySelector("[data-says]").textContent = blank.dataset[`mixed${entry.files.kind}`]);
    box.drop(entry.id);
  }

  // Before what has been typed since, with its files, and as what it was written: a note must not leave the house for
  // having stood in the field while "Answer" was chosen. Into words of the other kind it does not go.
  function back({ text: words, files: { kind, files, names = [] } }) {
    const { value: current } = form.elements.kind;
    const isBusy = text.value.trim() || chosen(form).length;
    if (isBusy && current !== kind) return false;
    form.elements.kind.value = kind;
    const there = text.value.trim() === words.trim() ? [words] : [words, text.value]; // a kept draft may hold it still
    text.value = there.filter((each) => each.trim()).join("\n\n");
    const known = new Set(chosen(form).map((each) => each.id));
    for (const [at, id] of files.entries()) if (!known.has(id)) chip(form, { id, name: names[at] ?? `📎 ${at + 1}` });
    for (const kind of ["change", "input"]) text.dispatchEvent(new Event(kind, { bubbles: true }));
    text.focus();
    return true;
  }

  // The customer sees that somebody is writing, though never a note.
  function tell() {
    if (form.elements.kind.value !== "agent" || !text.value.trim() || Date.now() - typed < TYPING) return;
    typed = Date.now();
    call(form.dataset.typing, { form: new URLSearchParams() }).catch(() => {});
  }
}
