// The composer of a conversation: keeps the draft, offers ready replies and colleagues, sends with Ctrl Enter, attaches,
// and asks what is new whenever it is woken. What cannot be kept just now is tried again.
import hold from "./hold.js";
import offer from "./offers.js";

const KEEP_AFTER = 700;
const HERE = 20_000; // so often it says that somebody is here; colleagues see it, and an open desk gets conversations

export default function enhance(form) {
  const text = form.elements.text;
  const says = form.querySelector("[data-draft-says]");
  const heard = form.querySelector("[data-heard]");
  const files = form.querySelector("[data-files]");
  let kept = fields();
  let keeping;

  function fields() {
    const data = new FormData(form);
    data.delete("files");
    data.delete("seen");
    return new URLSearchParams(data).toString();
  }

  async function keep({ last = false } = {}) {
    clearTimeout(keeping);
    const now = fields();
    if (now === kept || form.dataset.sent) return;
    try {
      const answer = await fetch(form.dataset.keep, { method: "POST", body: new URLSearchParams(now), keepalive: last });
      if (!answer.ok) throw new Error(answer.status);
      kept = now;
      says.textContent = text.value.trim() ? form.dataset.saved : "";
    } catch {
      says.textContent = form.dataset.unsaved;
      if (!last) keeping = setTimeout(keep, 5000);
    }
  }

  const later = () => {
    clearTimeout(keeping);
    keeping = setTimeout(keep, KEEP_AFTER);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  addEventListener("pagehide", () => keep({ last: true }));
  document.addEventListener("visibilitychange", () => document.hidden && keep({ last: true }));
  document.addEventListener("htmx:beforeSwap", (event) => event.detail.target.id === "talk" && form.isConnected && keep({ last: true }));

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const send = [...form.querySelectorAll("[data-send]")].find((button) => button.checkVisibility());
    form.requestSubmit(send);
  });
  form.querySelector("[data-discard]")?.addEventListener("click", () => {
    text.value = "";
    files.replaceChildren();
    keep();
  });

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

  offer(form, text);

  // What is new: appended as it comes; but what somebody else said counts as read only when nothing is being written.
  let timer;
  let asking = false;
  let again = false;
  let answers = answering();
  form.addEventListener("live", follow);
  form.addEventListener("input", () => answering() !== answers && follow());
  follow();

  function answering() {
    return text.value.trim() && form.elements.kind.value === "agent" ? 1 : 0;
  }

  async function follow() {
    clearTimeout(timer);
    if (!form.isConnected) return form.removeEventListener("live", follow);
    if (asking) return (again = true);
    asking = true;
    again = false;
    if (!document.hidden && !form.dataset.sent) await ask().catch(() => {});
    asking = false;
    timer = setTimeout(follow, again ? 0 : HERE);
  }

  async function ask() {
    const messages = document.getElementById("messages");
    const last = Math.max(0, ...[...messages.querySelectorAll("[data-sequence]")].map((each) => Number(each.dataset.sequence)));
    answers = answering();
    const body = new URLSearchParams({ csrfmiddlewaretoken: form.elements.csrfmiddlewaretoken.value, after: last, answering: answers });
    const answer = await fetch(form.dataset.news, { method: "POST", body });
    if (answer.redirected) return location.reload(); // signed out meanwhile; the draft is kept
    if (!answer.ok) return;
    const news = await answer.json();
    const presence = document.getElementById("presence");
    if (presence.innerHTML.trim() !== news.presence) presence.innerHTML = news.presence;
    if (!news.messages) return;
    const scroll = document.querySelector("[data-talk-scroll]");
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    messages.insertAdjacentHTML("beforeend", news.messages);
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    if (!news.heard || !text.value.trim()) read(news.last);
    else {
      heard.hidden = false;
      heard.dataset.last = news.last;
    }
  }

  // Answers, by hand or by a macro, say what had been read when they were sent.
  function read(last) {
    for (const each of document.querySelectorAll("[data-seen]")) each.value = last;
  }

  form.querySelector("[data-heard-read]")?.addEventListener("click", () => {
    read(heard.dataset.last);
    heard.hidden = true;
    text.focus();
  });
  const scroll = document.querySelector("[data-talk-scroll]");
  const target = scroll.querySelector(".is-new");
  if (target) target.scrollIntoView();
  else if (!location.hash) scroll.scrollTop = scroll.scrollHeight;
}
