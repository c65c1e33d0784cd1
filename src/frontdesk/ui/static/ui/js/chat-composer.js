// Where one writes in a chat: Enter sends, Shift Enter begins a line; what is typed is kept; files go up at once.
import { call, fields } from "./chat-call.js";
import * as drafts from "./chat-draft.js";
import emoji from "./chat-emoji.js";

export default function composer(room, { send, types }) {
  const form = room.querySelector("[data-composer-chat]");
  const { text } = form.elements;
  const chips = form.querySelector("[data-chips]");
  const draft = drafts.read(room.dataset.room);
  const says = room.querySelector("[data-says]");
  const files = new Map(); // chip: {id, name}, or null while it is on its way
  let wanted = false;

  text.value ||= draft.text;
  const keep = () => drafts.write(room.dataset.room, { text: text.value, files: [...files.values()].filter(Boolean) });

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
    if ([...words].length > room.dataset.most) return (says.textContent = room.dataset.tooLong);
    wanted = isUploading();
    if (wanted) return (says.textContent = room.dataset.filesWait);
    if (!words && !files.size) return text.focus();
    says.textContent = "";
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

  const isUploading = () => [...files.values()].includes(null);

  for (const file of draft.files) removal(show(file.name, file).chip, file.name);

  function show(words, file) {
    const chip = chips.appendChild(document.createElement("li"));
    chip.className = "file";
    const name = chip.appendChild(document.createElement("span"));
    name.textContent = words;
    files.set(chip, file);
    return { chip, name };
  }

  async function attach(file) {
    const { chip, name } = show(`${file.name} …`, null);
    removal(chip, file.name);
    const answer = await call(room.dataset.upload, { form: fields({ files: file }), isSlow: true })
      .then((it) => it.json())
      .catch(() => ({})); // no connection, or somebody's page
    if (!room.isConnected || !files.has(chip)) return; // shown anew, or removed meanwhile
    const [arrived] = answer.files ?? [];
    name.textContent = arrived?.name ?? answer.words ?? `${file.name}: ${room.dataset.fileLost}`;
    chip.classList.toggle("is-refused", !arrived);
    if (arrived) files.set(chip, { ...arrived, at: Date.now() });
    else files.delete(chip);
    keep();
    if (!wanted || isUploading()) return;
    says.textContent = "";
    if (arrived) go();
  }

  function removal(chip, name) {
    const remove = chip.appendChild(document.createElement("button"));
    Object.assign(remove, { type: "button", className: "icon-button", textContent: "×" });
    remove.setAttribute("aria-label", `${room.dataset.remove} ${name}`);
    remove.addEventListener("click", () => {
      files.delete(chip);
      chip.remove();
      keep();
      if (wanted && !isUploading()) wanted = says.textContent = "";
      text.focus();
    });
  }

  emoji(form, (sign) => {
    text.setRangeText(sign, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  });
}
