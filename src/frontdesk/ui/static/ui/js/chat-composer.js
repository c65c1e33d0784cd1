// Where one writes in a chat: Enter sends, Shift Enter begins a line; what is typed is kept; files go up at once.
import { call, fields } from "./chat-call.js";
import emoji from "./chat-emoji.js";
import * as kept from "./kept.js";

export const draftOf = (room) => `chat-draft:${room.dataset.room}`;

export default function composer(room, { send, types }) {
  const form = room.querySelector("[data-composer-chat]");
  const { text } = form.elements;
  const chips = form.querySelector("[data-chips]");
  const draft = draftOf(room);
  const says = room.querySelector("[data-says]");
  const files = new Map(); // chip: {id, name}, or null while it is on its way
  let wanted = false;

  text.value ||= kept.get(draft) ?? "";
  const keep = () => (text.value ? kept.set(draft, text.value) : kept.remove(draft));

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });
  text.addEventListener("keydown", (event) => {
    // On a phone Enter begins a line; there the button sends.
    const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing && !matchMedia("(pointer: coarse)").matches;
    if (!sends) return;
    event.preventDefault();
    go();
  });
  text.addEventListener("input", () => {
    keep(); // at once: the talk may be over with the next wake
    types(Boolean(text.value));
  });

  function go() {
    const words = text.value.trim();
    wanted = [...files.values()].includes(null);
    if (wanted) return (says.textContent = room.dataset.filesWait);
    if (!words && !files.size) return text.focus();
    send(words, [...files.values()]);
    files.clear();
    chips.replaceChildren();
    text.value = "";
    keep();
    text.focus();
  }

  form.querySelector("[data-attach-chat]").addEventListener("change", (event) => {
    for (const file of event.target.files) attach(file);
    event.target.value = "";
  });
  text.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length) return;
    event.preventDefault();
    pasted.forEach(attach);
  });

  async function attach(file) {
    const chip = document.createElement("li");
    chip.className = "file";
    chip.textContent = `${file.name} …`;
    chips.append(chip);
    files.set(chip, null);
    const answer = await call(room.dataset.upload, { form: fields({ files: file }) }).then((it) => it.json(), () => ({}));
    const [arrived] = answer.files ?? [];
    chip.textContent = arrived?.name ?? answer.words ?? `${file.name}: ${room.dataset.fileLost}`;
    chip.classList.toggle("is-refused", !arrived);
    if (arrived) files.set(chip, arrived);
    else files.delete(chip);
    const remove = chip.appendChild(document.createElement("button"));
    Object.assign(remove, { type: "button", className: "icon-button", textContent: "×" });
    remove.setAttribute("aria-label", `${room.dataset.remove} ${file.name}`);
    remove.addEventListener("click", () => {
      files.delete(chip);
      chip.remove();
      text.focus();
    });
    if (wanted && ![...files.values()].includes(null)) {
      says.textContent = "";
      if (arrived) go();
    }
  }

  emoji(form, (sign) => {
    text.setRangeText(sign, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
