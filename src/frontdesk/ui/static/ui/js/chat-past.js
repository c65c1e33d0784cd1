// What a talk does not show at once: what was said before, and all of a long message. Both come into the talk itself,
// since a guest has no other page for them, and a frame on another site could not open one.
import { call } from "./chat-call.js";

const SETTLED = 1000; // until then readers have looked at what was inserted

export default function past(room) {
  const lines = room.querySelector("[data-lines]");
  const scroll = room.querySelector("[data-scroll]");
  const says = room.querySelector("[data-says]");

  room.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-earlier], a[data-whole]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (link.getAttribute("aria-busy")) return;
    link.setAttribute("aria-busy", "true");
    const deed = "whole" in link.dataset ? whole(link) : earlier(link);
    deed.catch(() => says && (says.textContent = room.closest("[data-again]")?.dataset.again ?? "")).finally(() => link.removeAttribute("aria-busy"));
  });

  async function earlier(link) {
    const first = lines.querySelector("[data-sequence]")?.dataset.sequence ?? 0;
    const answer = await call(`${link.dataset.earlier}?before=${first}`);
    if (!answer.ok) throw new Error(answer.status);
    const found = await answer.json();
    const below = scroll.scrollHeight - scroll.scrollTop;
    lines.setAttribute("aria-live", "off"); // else all of it would be read aloud
    lines.insertAdjacentHTML("afterbegin", found.lines);
    setTimeout(() => lines.setAttribute("aria-live", "polite"), SETTLED);
    lines.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: lines } }));
    if (!found.more) link.parentElement.remove();
    scroll.scrollTop = scroll.scrollHeight - below;
    scroll.focus({ preventScroll: true });
  }

  async function whole(link) {
    const answer = await call(link.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const words = page.querySelector("main .talk-text");
    if (!answer.ok || !words) throw new Error(answer.status);
    const bubble = link.closest(".chat-bubble");
    bubble.replaceChildren(...words.childNodes);
    bubble.tabIndex = -1;
    bubble.focus({ preventScroll: true });
  }
}
