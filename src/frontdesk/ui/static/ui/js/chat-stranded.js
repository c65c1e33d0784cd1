// What was written in a chat that this page does not show any more, and has not arrived: it is sent on under the number
// that it has. What is refused is shown, to be copied or removed. All this only once the server has said that the chat is
// theirs who sit here now: another's words wait unseen in a shared browser, until their writer is back.
import { call, renew, say } from "./chat-call.js";
import { isOurs } from "./chat-deliver.js";
import outbox, { pause, rooms } from "./chat-outbox.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";
const DESK = "desk:";
const LAST = 999_999_999; // behind whatever was said, and the largest that the server takes
const OTHERS = {};

// Gives what shows it again, when the place has got something else to show, and looks for more.
export default function enhance(place, tell) {
  const at = (what) => place.dataset[what];
  const boxes = new Map(); // room: its outbox; null while it is asked for, OTHERS when it is not theirs
  const shown = new Map(); // room: its lines
  const late = new Set(); // what did not go at the first try stays in sight until it is there
  const end = (room) => `${at("news").replace(NOBODY, room)}?after=${LAST}`;
  const isElsewhere = (room) => place.isConnected && !document.querySelector(`[data-room="${room}"]`);
  const card = document.createElement("div");
  card.className = "card stack chat-stranded";

  async function begin(room, failures = 0) {
    boxes.set(room, null);
    const theirs = await isTheirs(room);
    if (!isElsewhere(room)) return boxes.delete(room);
    if (theirs === undefined) return setTimeout(begin, pause(failures), room, failures + 1);
    if (!theirs) return boxes.set(room, OTHERS);
    const isThere = () => isElsewhere(room) && boxes.get(room) !== OTHERS;
    boxes.set(room, outbox(room, { send: (entry) => send(room, entry), show: (...now) => show(room, ...now), isThere }));
  }

  async function send(room, entry) {
    const became = await say(at("say").replace(NOBODY, room), entry, place.dataset, end(room));
    if (became.stale) await renew(at("chat"));
    if (!became.gone) return became;
    // Who sits here now is somebody else: it waits for its writer, out of sight.
    boxes.set(room, OTHERS);
    shown.delete(room);
    put();
    return { wait: 1 };
  }

  async function isTheirs(room) {
    const answer = await call(end(room)).catch(() => null);
    if (!answer || !isOurs(answer)) return undefined;
    return answer.ok ? true : answer.status === 404 ? false : undefined;
  }

  // `anew`: who sits here may have shown meanwhile that a chat is theirs.
  function look({ anew = false } = {}) {
    if (anew) for (const [room, box] of boxes) if (box === OTHERS) boxes.delete(room);
    for (const room of rooms()) if (!room.startsWith(DESK) && !boxes.has(room) && isElsewhere(room)) begin(room);
    for (const [room, box] of boxes) {
      if (isElsewhere(room)) box?.flush?.();
      else shown.delete(room);
    }
    put();
  }

  function show(room, entries, state) {
    if (state === "waiting") for (const { id } of entries) late.add(id);
    const told = entries.filter(({ id, refused }) => id && (refused || late.has(id)));
    shown.set(room, told.map((entry) => line(room, entry)));
    put();
  }

  function put() {
    const lines = [...shown.values()].flat();
    const heading = document.createElement("strong");
    heading.textContent = at("stranded");
    card.replaceChildren(heading, ...lines);
    if (lines.length && !card.isConnected) tell(at("stranded"));
    if (lines.length) place.prepend(card);
    else card.remove();
  }

  function line(room, { id, text, files, refused }) {
    const made = document.createElement("div");
    const words = made.appendChild(document.createElement("p"));
    words.className = "chat-bubble talk-text";
    words.dir = "auto";
    words.textContent = [text, ...files.map(({ name }) => `📎 ${name}`)].filter(Boolean).join("\n");
    const under = made.appendChild(document.createElement("p"));
    under.className = "fine";
    under.textContent = refused ?? at("waits");
    if (refused) under.append(" ", button("retry", room, id), " ", button("drop", room, id));
    return made;
  }

  function button(deed, room, id) {
    const made = document.createElement("button");
    Object.assign(made, { type: "button", className: "link", textContent: at(deed) });
    made.addEventListener("click", () => boxes.get(room)[deed](id));
    return made;
  }

  look();
  return look;
}
