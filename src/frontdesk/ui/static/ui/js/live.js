// What waits for a topic (data-live="topic", data-live-ticket="where a ticket is asked for") gets the event "live" when
// something may be new for it, and then fetches for itself: htmx by hx-trigger="live", modules by listening. Whatever
// was missed is fetched with it, so a lost wake costs time, never a message. Without a stream it looks every six seconds.
import { isLive, onWake, want } from "./live-stream.js";

const LOOK_EVERY = 6000;
const SPREAD = 1500; // milliseconds over which pages fetch that were all told at once
const waiting = new Set();

export default function enhance(element) {
  waiting.add(element);
  wanted();
}

// Of those that are still on the page.
function present() {
  for (const element of waiting) if (!element.isConnected) waiting.delete(element);
  return [...waiting];
}

function wanted() {
  want(new Map(present().map((element) => [element.dataset.live, element.dataset.liveTicket])));
}

// A hidden page fetches when it is looked at again, since what it shows counts as read; but for what only counts and
// tells (data-live-hidden).
function tell(concerns, kind = "") {
  for (const element of present()) {
    if (document.hidden && element.dataset.liveHidden === undefined) continue;
    if (concerns(element.dataset.live)) element.dispatchEvent(new CustomEvent("live", { detail: { kind } }));
  }
}

onWake((topics, { spread = false, kind = "" } = {}) => {
  setTimeout(tell, spread ? Math.random() * SPREAD : 0, (topic) => !topics || topics.includes(topic), kind);
});

setInterval(() => {
  wanted();
  tell((topic) => !isLive(topic));
}, LOOK_EVERY);

const now = () => tell(() => true);
document.addEventListener("visibilitychange", now);
addEventListener("online", now);
addEventListener("pageshow", (event) => event.persisted && now());
