// The button in the corner (data-chat-corner) opens the chat as a panel, which stays open, or small with a count of what
// is new, from page to page of a tab. It asks the server only when a chat is on (a cookie says so) or when it is opened.
import { call } from "./chat-call.js";
import { isOurs } from "./chat-deliver.js";

const OPEN = "chat-open";
const NARROW = "(max-width: 40rem), (max-height: 30rem)";

export default function enhance(corner) {
  const button = corner.querySelector("[data-chat-open]");
  const panel = corner.querySelector("dialog");
  const place = panel.querySelector("[data-chat]");
  const count = corner.querySelector("[data-chat-count]");
  let isLoaded = false;

  button.setAttribute("role", "button");
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", panel.id);
  button.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (panel.open) panel.close();
    else open();
  });
  button.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    button.click();
  });
  corner.querySelector("[data-chat-small]").addEventListener("click", () => panel.close());
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !panel.matches(":modal")) panel.close();
  });
  panel.addEventListener("close", () => {
    button.setAttribute("aria-expanded", "false");
    keep("");
    button.focus();
  });
  corner.addEventListener("chat-unread", ({ detail }) => show(detail.unread));

  function open({ quiet = false } = {}) {
    if (matchMedia(NARROW).matches) panel.showModal();
    else panel.show();
    button.setAttribute("aria-expanded", "true");
    keep("1");
    if (!isLoaded) place.dispatchEvent(new CustomEvent("chat-load", { detail: { address: place.dataset.chat, quiet } }));
    else place.querySelector("[data-room]")?.dispatchEvent(new CustomEvent("chat-shown"));
    isLoaded = true;
    if (!quiet) place.querySelector("[data-chat-focus]")?.focus();
    else if (!panel.matches(":modal")) document.activeElement?.blur(); // nobody asked for it on this page
  }

  function show(unread) {
    count.hidden = !unread;
    count.querySelector("[data-number]").textContent = unread > 9 ? "9+" : unread;
  }

  // A chat is on: what came while no page was open, and from now on what comes while the panel is small.
  async function look() {
    if (isLoaded) return;
    const answer = await call(corner.dataset.state).catch(() => null);
    if (!answer?.ok || !isOurs(answer)) return;
    const state = await answer.json();
    show(state.unread);
    corner.classList.toggle("is-on", state.is_on);
    if (!state.is_on || "live" in corner.dataset) return;
    corner.dataset.live = state.topic;
    corner.dataset.liveTicket = state.ticket;
    corner.addEventListener("live", look);
    corner.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: corner } }));
  }

  const isOn = document.cookie.split("; ").includes("chat_on=1");
  if (kept() && !matchMedia(NARROW).matches) open({ quiet: true });
  else if (isOn) look();
}

function kept() {
  try {
    return sessionStorage.getItem(OPEN);
  } catch {
    return null;
  }
}

function keep(value) {
  try {
    sessionStorage.setItem(OPEN, value);
  } catch {
    // Forbidden: then it is small on the next page.
  }
}
