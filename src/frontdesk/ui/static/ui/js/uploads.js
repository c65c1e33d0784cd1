// Files go up as soon as they are chosen, with progress, and can be removed again. Without this they go with the form.
import hold from "./hold.js";

export default function enhance(field) {
  const input = field.querySelector('input[type="file"]');
  const rows = field.querySelector("[data-uploads-rows]");
  const says = field.querySelector("[data-uploads-says]");
  const form = input.form;
  const during = hold(form, (isHeld) => isHeld && (says.textContent = says.dataset.waits));

  const say = (name, what) => (says.textContent = `${name} ${what}`);

  const send = (file) =>
    new Promise((done) => {
      const row = waitingRow(file);
      rows.append(row);
      const request = new XMLHttpRequest();
      request.open("POST", field.dataset.uploads);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) row.querySelector("progress").value = event.loaded / event.total;
      };
      request.onloadend = () => {
        const piece = document.createElement("template");
        if (request.status === 200) piece.innerHTML = request.responseText;
        const arrived = piece.content.querySelector('[name="attachment"]') !== null;
        if (request.status === 200) row.replaceWith(piece.content);
        else row.querySelector(".row-end").textContent = field.dataset.failed;
        if (arrived) say(file.name, says.dataset.done);
        done(arrived);
      };
      request.send(fields(form, file));
    });

  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    during(async () => {
      let all = true;
      for (const file of files) all = (await send(file)) && all;
      return all;
    });
  });

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove]");
    if (!button) return;
    const row = button.closest("li");
    const address = field.dataset.removal.replace("00000000-0000-0000-0000-000000000000", button.dataset.remove);
    fetch(address, { method: "POST", body: fields(form), credentials: "same-origin" });
    say(row.querySelector(".row-title").textContent, says.dataset.gone);
    row.remove();
    input.focus();
  });
}

function fields(form, file) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "upload_key"]) {
    const found = form.elements[name];
    if (found) data.append(name, found.value);
  }
  if (file) data.append("files", file);
  return data;
}

function waitingRow(file) {
  const row = document.createElement("li");
  row.className = "row";
  const main = document.createElement("div");
  main.className = "row-main";
  const title = document.createElement("strong");
  title.className = "row-title";
  title.textContent = file.name;
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", file.name);
  const end = document.createElement("div");
  end.className = "row-end error fine";
  main.append(title, bar);
  row.append(main, end);
  return row;
}
