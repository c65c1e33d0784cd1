// The talk itself (data-room): what is said comes by "live" and is fetched after the last sequence that is known; what is
// written goes to the outbox; and the server hears that somebody is here, types, and has read.
import { call, fields, say } from "./chat-call.js";
import { isOurs } from "./chat-deliver.js";
import composer from "./chat-composer.js";
import * as drafts from "./chat-draft.js";
import outbox, { number, pause } from "./chat-outbox.js";
import past from "./chat-past.js";

const HERE = 20_000;
const TYPES = 5000; // so often it says that somebody types; the server forgets it soon
const FOLLOWS = 5 * 60; // seconds within which lines of one author stand together
const NEAR = 120;

export default function enhance(room) {
  const at = (what) => room.dataset[what];
  const lines = room.querySelector("[data-lines]");
  const scroll = room.querySelector("[data-scroll]");
  const waiting = room.querySelector("[data-waiting]");
  const says = room.querySelector("[data-says]");
  const isPast = room.querySelector("[data-newest]") !== null; // an older part: what is new does not belong behind it
  let upto = Number(at("upto"));
  let asking = false;
  let again = false;
  let typedAt = 0;
  let quiet;
  let hereTimer;
  let newsTimer;

  const isShown = () => !document.hidden && room.checkVisibility() && !("away" in document.documentElement.dataset);
  const since = () => `${at("news")}?after=${upto}`;
  const isNear = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
  const toEnd = () => (scroll.scrollTop = scroll.scrollHeight);

  // What is new.
  async function news() {
    if (!room.isConnected) return;
    if (asking) return (again = true);
    asking = true;
    do {
      again = false;
      again = (await ask().catch(soon)) || again;
    } while (again && room.isConnected);
    asking = false;
  }

  // It did not get through: not every page is told once it would.
  function soon() {
    clearTimeout(newsTimer);
    newsTimer = setTimeout(news, pause(2));
    return false;
  }

  async function ask() {
    const answer = await call(since());
    if (!isOurs(answer)) throw new Error(answer.status);
    if (answer.status === 404 || answer.status === 403) return renew();
    if (!answer.ok) return false;
    const found = await answer.json();
    box.found();
    if (found.stage !== at("stage")) return renew();
    if (!isPast) {
      add(found.lines);
      upto = Math.max(upto, found.upto);
    }
    const status = room.querySelector("[data-status]");
    if (status.dataset.status !== found.status) status.innerHTML = status.dataset.status = found.status;
    room.querySelector("[data-typing]").hidden = !found.typing;
    if (found.typing) room.querySelector("[data-typing-words]").textContent = found.typing;
    mark(found.read);
    return found.more && !isPast;
  }

  function renew() {
    room.dispatchEvent(new CustomEvent("chat-load", { bubbles: true, detail: { address: at("piece"), quiet: true } }));
    return false;
  }

  function add(markup) {
    const piece = document.createElement("template");
    piece.innerHTML = markup;
    const fresh = [...piece.content.querySelectorAll("[data-sequence]")].filter(
      ({ dataset }) => !lines.querySelector(`[data-sequence="${dataset.sequence}"]`),
    );
    if (!fresh.length) return;
    const stays = isNear();
    for (const line of fresh) {
      const before = lines.lastElementChild?.dataset;
      const follows = before?.by === line.dataset.by && line.dataset.at - before.at < FOLLOWS;
      line.classList.toggle("is-follow", follows);
      lines.append(line);
      if (line.dataset.sent) box.drop(line.dataset.sent);
    }
    lines.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: lines } }));
    if (stays) toEnd();
    count();
    here();
  }

  // Below the last line of one's own: whether it has arrived, or was seen.
  function mark(read) {
    room.querySelector("[data-mark]")?.remove();
    const own = [...lines.querySelectorAll("[data-sent]")].at(-1);
    if (!own || own !== lines.lastElementChild) return;
    const line = document.createElement("p");
    line.className = "chat-mark";
    line.dataset.mark = "";
    line.textContent = Number(own.dataset.sequence) <= read ? at("seen") : at("sentWords");
    own.append(line);
  }

  // What has not arrived.
  const underWay = new Map(); // id: entry
  const box = outbox(at("room"), {
    async send(entry) {
      const became = await say(at("say"), entry, room.dataset, since());
      if (became.stale) renew();
      if (!became.wait && !became.refused) news();
      return became;
    },
    show,
    isThere: () => room.isConnected,
  });

  // What has arrived, be it through another tab, stays below until it is among the lines: nothing vanishes meanwhile.
  function show(entries, state) {
    const stays = isNear();
    const isNew = ({ id }) => id && !lines.querySelector(`[data-sent="${id}"]`);
    const here = entries.filter(isNew);
    const ids = new Set(entries.map(({ id }) => id));
    const arrived = [...underWay.values()].filter((entry) => !ids.has(entry.id) && isNew(entry));
    underWay.clear();
    for (const entry of [...arrived, ...here]) if (!entry.refused) underWay.set(entry.id, entry);
    waiting.replaceChildren(
      ...arrived.map((entry) => pending(entry, at("sentWords"))),
      ...here.map((entry, place) => pending(entry, at(state === "sending" && !place ? "sending" : "waits"))),
    );
    const words = !here.length ? "" : state === "waiting" ? at("waits") : "";
    const told = here.some(({ refused }) => refused) ? says.dataset.unsent : words;
    if (says.textContent !== told) says.textContent = told;
    if (stays && here.length) toEnd();
  }

  function pending({ id, text, files, refused }, state) {
    const line = document.createElement("div");
    line.className = `chat-line ours is-pending${refused ? " is-refused" : ""}`;
    line.dataset.pending = id;
    const words = line.appendChild(document.createElement("div"));
    words.className = "chat-bubble talk-text";
    words.dir = "auto";
    words.textContent = [text, ...files.map(({ name }) => `📎 ${name}`)].filter(Boolean).join("\n");
    const under = line.appendChild(document.createElement("p"));
    under.className = "chat-mark";
    under.textContent = refused ?? state;
    if (refused) {
      under.append(" ", button(at("retry"), () => box.retry(id)), " ", button(at("drop"), () => box.drop(id)));
    }
    return line;
  }

  function button(words, press) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "link", textContent: words });
    made.addEventListener("click", press);
    return made;
  }

  // Who is here, and up to where they have read; unread lines are counted where nobody sees them.
  let readUpto = Number(at("readUpto")); // on whichever page that was
  async function here({ typing, last = false } = {}) {
    clearTimeout(hereTimer);
    if (!room.isConnected) return;
    if ("on" in room.dataset) hereTimer = setTimeout(here, HERE);
    if (!isShown() && !last) return;
    readUpto = Math.max(readUpto, upto);
    count();
    const form = fields({ upto: readUpto, typing: (typing ?? Date.now() - typedAt < TYPES) ? 1 : 0 });
    await call(last ? at("left") : at("here"), { form, last }).catch(() => {});
    if (!last && room.querySelector("[data-queue]")) news(); // of those before them nobody tells this page
  }

  function count() {
    const isNew = ({ dataset }) => Number(dataset.sequence) > readUpto && !dataset.sent;
    const unread = isShown() ? 0 : [...lines.querySelectorAll("[data-sequence]")].filter(isNew).length;
    room.dispatchEvent(new CustomEvent("chat-unread", { bubbles: true, detail: { unread, isOn: "on" in room.dataset || unread > 0 } }));
  }

  if ("on" in room.dataset) {
    composer(room, {
      send: (text, files) => {
        typedAt = 0;
        box.put(text, files);
        if (isPast) return renew(); // to where it stands
        toEnd();
      },
      types: (isTyping) => {
        clearTimeout(quiet);
        if (isTyping) quiet = setTimeout(here, TYPES, { typing: false });
        if (isTyping && Date.now() - typedAt < TYPES - 1000) return;
        typedAt = isTyping ? Date.now() : 0;
        here({ typing: isTyping });
      },
    });
    addEventListener("pagehide", () => here({ typing: false, last: true }));
    here();
  } else {
    // It ended while something was being written: whoever wrote it decides.
    drafts.take(at("room")).then(({ text, files }) => {
      if (text.trim() || files.length) box.put(text.trim(), files, number(), at("begun"));
    });
    here(); // its end is read, and need not be shown again
  }
  past(room);
  room.addEventListener("live", news);
  room.addEventListener("chat-shown", () => {
    toEnd();
    here();
    news();
  });
  document.addEventListener("visibilitychange", () => document.hidden || here());
  new ResizeObserver(() => room.contains(document.activeElement) && toEnd()).observe(scroll);
  mark(Number(at("read")));
  toEnd();
  count();
  news();
}
