// Files of the composer: they go up as soon as they are chosen, and can be removed again. Sending waits for them.
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
    const item = document.createElement("li");
    const chip = item.appendChild(document.createElement("span"));
    chip.className = "file";
    chip.textContent = `${file.name} …`;
    files.append(item);
    const body = new FormData();
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    body.append("file", file);
    const answer = await fetch(form.dataset.upload, { method: "POST", body }).then((it) => it.json(), () => ({}));
    if (!answer.id) {
      chip.classList.add("is-refused");
      chip.textContent = answer.refused ?? `${file.name}: ${form.dataset.unsaved}`;
      return false;
    }
    chip.textContent = answer.name;
    const remove = chip.appendChild(document.createElement("button"));
    Object.assign(remove, { type: "button", className: "icon-button", textContent: "×" });
    remove.dataset.fileRemove = "";
    remove.setAttribute("aria-label", `${form.dataset.remove} ${answer.name}`);
    const hidden = item.appendChild(document.createElement("input"));
    Object.assign(hidden, { type: "hidden", name: "attachment", value: answer.id });
    return true;
  }
}
