// What this agent wrote in chats and has not arrived, of conversations whose page is not open here: the strip sends it on,
// and shows it until the server has it. Of what was refused they decide; its words stay in sight to be copied.
import deliver from "./chat-desk-send.js";
import outbox, { rooms } from "./chat-outbox.js";
import { renew, token, trouble } from "./desk-call.js";

const NOBODY = "00000000-0000-0000-0000-000000000000";

// Gives what looks for more: a page that is left, or another tab, may have some by then.
export default function enhance(strip) {
  const menu = strip.querySelector("[data-chat-unsent]");
  const mine = `desk:${menu.dataset.chatUnsent}:`;
  const blank = menu.querySelector("template");
  const list = menu.querySelector("[data-unsent-list]");
  const boxes = new Map();
  const shown = new Map(); // room: what of it is listed
  const isElsewhere = (room) => strip.isConnected && !document.querySelector(`[data-desk-chat="${room.slice(5)}"]`);

  function begin(room) {
    const conversation = room.slice(mine.length);
    const address = menu.dataset.write.replace(NOBODY, conversation);
    const options = () => ({ address, token: token(), blank });
    const made = outbox(room, {
      async send(entry) {
        const became = await deliver(entry, options());
        return became.stale && (await renew()) ? { wait: 0.1 } : became;
      },
      show: (entries, state) => show(room, entries, state),
      isThere: () => isElsewhere(room),
    });
    boxes.set(room, made);
  }

  function look() {
    for (const room of rooms(mine)) if (!boxes.has(room) && isElsewhere(room)) begin(room);
    for (const [room, box] of boxes) {
      if (isElsewhere(room)) box.flush();
      else show(room, [], "");
    }
  }

  function show(room, entries, state) {
    shown.set(room, entries.map((entry) => [room, entry, state]));
    const all = [...shown.values()].flat().filter(([, entry]) => entry.id);
    menu.hidden = !all.length;
    menu.querySelector("[data-number]").textContent = all.length;
    list.replaceChildren(...all.map((each) => line(...each)));
  }

  function line(room, { id, text, refused }, state) {
    const made = blank.content.firstElementChild.cloneNode(true);
    const where = made.querySelector("[data-where]");
    where.href = where.dataset.where.replace(NOBODY, room.slice(mine.length));
    made.querySelector("[data-words]").textContent = text;
    made.querySelector("[data-says]").textContent = refused || (state === "waiting" ? trouble() || blank.dataset.failed : blank.dataset.sending);
    for (const deed of ["retry", "drop"]) {
      const button = made.querySelector(`[data-${deed}]`);
      button.hidden = !refused;
      button.addEventListener("click", () => boxes.get(room)[deed](id));
    }
    return made;
  }

  look();
  return look;
}
