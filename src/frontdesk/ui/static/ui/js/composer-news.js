// What is new in a conversation, appended as it comes; what somebody else said counts as read only when nothing is being
// written. In a chat the state of the customer comes along, and where it began or ended the page follows.
import { call } from "./desk-call.js";

const TYPING = 6000;
const HERE = 20_000; // so often it says that somebody is here; colleagues see it, and an open desk gets conversations

export default function follow(form, { keep }) {
  const text = form.elements.text;
  const heard = form.querySelector("[data-heard]");
  const messages = document.getElementById("messages");
  const scroll = document.querySelector("[data-talk-scroll]");
  let timer;
  let written;
  let asking = null;
  let again = false;
  let answers = answering();
  form.addEventListener("live", (event) => (event.detail?.kind === "typing" ? typing() : look()));
  form.addEventListener("input", () => answering() !== answers && look());
  form.querySelector("[data-heard-read]")?.addEventListener("click", () => {
    read(heard.dataset.last);
    heard.hidden = true;
    text.focus();
  });
  const target = scroll.querySelector(".is-new");
  if (target) target.scrollIntoView();
  else if (!location.hash) scroll.scrollTop = scroll.scrollHeight;
  seen(form.dataset.seenUpto);
  look();
  return look;

  function answering() {
    return text.value.trim() && form.elements.kind.value === "agent" ? 1 : 0;
  }

  // One question at a time; whoever asks meanwhile waits for the next.
  async function look() {
    clearTimeout(timer);
    if (!form.isConnected) return;
    if (asking) {
      again = true;
      return asking;
    }
    asking = all();
    await asking;
    asking = null;
    timer = setTimeout(look, HERE);
  }

  async function all() {
    do {
      again = false;
      if (!document.hidden && !form.dataset.sent) await ask().catch(() => {});
    } while (again && form.isConnected);
  }

  async function ask() {
    const last = Math.max(0, ...[...messages.querySelectorAll("[data-sequence]")].map((each) => Number(each.dataset.sequence)));
    answers = answering();
    const answer = await call(form.dataset.news, { form: new URLSearchParams({ after: last, answering: answers }) });
    // Signed out meanwhile: what is written and could not be kept stays, and goes on once its writer is back.
    if (answer.redirected) return (await keep()) && location.reload();
    if (!answer.ok) return;
    const news = await answer.json();
    form.dispatchEvent(new CustomEvent("answered"));
    replace("presence", news.presence);
    if (news.chat) {
      if (news.chat.mode !== (form.dataset.mode ?? "")) return anew();
      replace("chat-bar", news.chat.bar);
    }
    if (news.messages) append(news);
    if (news.chat) seen(news.chat.seen);
  }

  function replace(id, html) {
    const element = document.getElementById(id);
    if (!element || element.dataset.shown === html) return;
    if (element.dataset.shown === undefined && element.innerHTML.trim() === html) return;
    if (element.contains(document.activeElement) || element.querySelector("details[open], dialog[open]")) return;
    element.dataset.shown = html;
    element.innerHTML = html;
    window.htmx?.process(element);
    element.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: element } }));
  }

  function append(news) {
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    messages.insertAdjacentHTML("beforeend", news.messages);
    typing(false);
    form.dispatchEvent(new CustomEvent("said"));
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    if (!news.heard || !text.value.trim() || "chatOn" in form.dataset) read(news.last);
    else {
      heard.hidden = false;
      heard.dataset.last = news.last;
    }
  }

  // Answers, by hand or by a macro, say what had been read when they were sent.
  function read(last) {
    for (const each of document.querySelectorAll("[data-seen]")) each.value = last;
  }

  // Below the last of ours that the customer has seen.
  function seen(upto) {
    const mark = document.getElementById("seen-mark");
    if (!mark) return;
    const ours = [...messages.querySelectorAll(".bubble.ours[data-sequence]")].filter((each) => Number(each.dataset.sequence) <= Number(upto));
    mark.hidden = !ours.length;
    if (ours.length && ours.at(-1).nextElementSibling !== mark) ours.at(-1).after(mark);
  }

  // The customer writes: nothing is kept of it, so it shows for as long as somebody thinks about a word.
  function typing(isOn = true) {
    const line = document.getElementById("chat-typing");
    if (!line) return;
    clearTimeout(written);
    const atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
    line.hidden = !isOn;
    if (atEnd) scroll.scrollTop = scroll.scrollHeight;
    if (isOn) written = setTimeout(typing, TYPING, false);
  }

  // It is no chat any more, or has become one, or somebody else has it: the page as it stands now, and the draft in it.
  async function anew() {
    const had = document.activeElement === text;
    if (!(await keep())) return; // the page would come without it
    if (!window.htmx) return location.reload();
    await window.htmx.ajax("GET", location.href, { target: "#talk", swap: "outerHTML", headers: { "X-Part": "talk" } });
    const now = document.querySelector("[data-composer] textarea");
    if (had && now) now.focus();
  }
}
