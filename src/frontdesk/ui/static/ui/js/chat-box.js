// The chat in a frame on another site of the vendor's (data-chat-box="its origin"). It speaks with that page alone.
import { focus, left } from "./chat-focus.js";
import { lasts } from "./kept.js";

const root = document.documentElement;
const site = root.dataset.chatBox;

export default function enhance(place) {
  const tell = (message) => parent.postMessage({ frontdesk: "chat", ...message }, site);
  root.dataset.away = ""; // until the page says that it shows the frame

  document.querySelector("[data-chat-forgets]").hidden = lasts();

  addEventListener("message", (event) => {
    if (event.origin !== site || event.source !== parent || event.data?.frontdesk !== "chat") return;
    if (event.data.shown) {
      delete root.dataset.away;
      place.querySelector("[data-room]")?.dispatchEvent(new CustomEvent("chat-shown"));
      if (event.data.focus) focus(place);
    } else {
      root.dataset.away = "";
      left(place);
    }
  });
  document.addEventListener("click", (event) => event.target.closest("[data-chat-small]") && tell({ small: true }));
  document.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && tell({ small: true }));
  place.addEventListener("chat-unread", ({ detail }) => tell({ unread: detail.unread, on: detail.isOn }));
  tell({ ready: true });
}
