// Files of the composer: they go up as soon as they are chosen, and can be removed again. Sending waits for them.
import { call } from "./desk-call.js";
import hold from "./hold.js";

export default function enhance(form, { keep, later }) {
  const says = form.querySelector("[data-draft-says]");
  const files = form.querySelector("[data-files]");
  const during = hold(form, (isHeld) => (says.textContent = isHeld ? form.dataset.waits : ""));

  form.querySelector("[data-attach]")?.addEventListener("change", (event) => {
    const chosen = [...event.target.files];
    event.target.value = "";
    during(async () => {
      let all = true;
      for (const file of chosen) all = (await attach(file)) && all;
      keep();
      return all;
    });
  });
  files.addEventListener("click", (event) => {
    if (!event.target.closest("[data-file-remove]")) return;
    event.target.closest("li").remove();
    later();
  });

  async function attach(file) {
    const item = files.appendChild(document.createElement("li"));
    const shown = item.appendChild(document.createElement("span"));
    shown.className = "file";
    shown.textContent = `${file.name} …`;
    const body = new FormData();
    body.append("file", file);
    const answer = await call(form.dataset.upload, { form: body, isSlow: true }).then((it) => it.json()).catch(() => ({}));
    if (answer.id) return Boolean(chip(form, answer, item));
    shown.classList.add("is-refused");
    shown.textContent = answer.refused ?? `${file.name}: ${form.dataset.unsaved}`;
    return false;
  }
}

// The files that go with what is being written.
export function chosen(form) {
  const fields = form.querySelectorAll('[data-files] [name="attachment"]');
  return [...fields].map((each) => ({ id: each.value, name: each.closest("li").querySelector("[data-file-name]").textContent }));
}

// One that is there, by its name, with what removes it.
export function chip(form, { id, name }, item = document.createElement("li")) {
  const shown = document.createElement("span");
  shown.className = "file";
  const words = shown.appendChild(document.createElement("span"));
  words.textContent = name;
  words.dataset.fileName = "";
  const remove = shown.appendChild(document.createElement("button"));
  Object.assign(remove, { type: "button", className: "icon-button", textContent: "×" });
  remove.dataset.fileRemove = "";
  remove.setAttribute("aria-label", `${form.dataset.remove} ${name}`);
  const hidden = document.createElement("input");
  Object.assign(hidden, { type: "hidden", name: "attachment", value: id });
  item.replaceChildren(shown, hidden);
  if (!item.isConnected) form.querySelector("[data-files]").append(item);
  return item;
}
