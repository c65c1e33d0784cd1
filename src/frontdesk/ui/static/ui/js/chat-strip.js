// The chats of the desk, on each of its pages: fresh when the desk is woken, also while nobody looks at the page, so that
// its title counts, a quiet sound is heard and the system tells, where the agent has switched these on in this browser.
import { sweep } from "./chat-draft.js";
import unsent from "./chat-unsent.js";
import { adopt, call } from "./desk-call.js";

const FRESH_AFTER = 20_000; // waiting times go on, and an open desk keeps its agent online
const SOONEST = 1000;
const QUIET = 1500; // several tabs, one sound
const base = () => document.title.replace(/^\(\d+\) /, "");

export default function enhance(strip) {
  const rows = strip.querySelector("[data-chat-rows]");
  sweep();
  const sendOn = unsent(strip);
  let timer;
  let asked = 0;
  let asking = false;
  let again = false;
  let known = null;
  strip.addEventListener("live", refresh);
  document.addEventListener("htmx:afterSettle", () => {
    count();
    sendOn(); // a conversation may have left the page
  });
  signal(strip, "chat-sound", async () => sound(true));
  signal(strip, "chat-notify", async () => (await window.Notification?.requestPermission()) === "granted");
  refresh();

  async function refresh() {
    clearTimeout(timer);
    if (!strip.isConnected) return;
    if (asking) return (again = true);
    const soon = SOONEST - (Date.now() - asked);
    if (soon > 0) return (timer = setTimeout(refresh, soon));
    asking = true;
    again = false;
    asked = Date.now();
    sendOn();
    await ask().catch(() => {});
    asking = false;
    timer = setTimeout(refresh, again ? SOONEST : FRESH_AFTER);
  }

  async function ask() {
    const answer = await call(strip.dataset.chatStrip, { headers: { "X-Part": "strip", "X-Talk": document.getElementById("talk")?.dataset.talk ?? "" } });
    if (!answer.ok || !adopt(answer)) return; // another's chats are not shown here
    const html = await answer.text();
    if (rows.contains(document.activeElement) && document.activeElement.matches("button")) return;
    const focused = document.activeElement?.dataset?.chatRow;
    rows.innerHTML = html;
    window.htmx?.process(rows);
    rows.dispatchEvent(new CustomEvent("htmx:load", { bubbles: true, detail: { elt: rows } }));
    if (focused) rows.querySelector(`[data-chat-row="${focused}"]`)?.focus({ preventScroll: true });
    count();
    announce();
  }

  function count() {
    const number = Number(rows.querySelector("[data-chat-count]")?.dataset.chatCount ?? 0);
    const title = `${number ? `(${number}) ` : ""}${base()}`;
    if (document.title !== title) document.title = title;
  }

  // What is new since the last look: a chat that came, or a message in one.
  function announce() {
    const now = new Map([...rows.querySelectorAll("[data-chat-news]")].map((each) => [each.dataset.chatNews, each]));
    const fresh = known ? [...now].filter(([news]) => !known.has(news)) : [];
    known = new Set(now.keys());
    if (!fresh.length) return;
    if (read("chat-sound") === "on" && Date.now() - Number(read("chat-rang") ?? 0) > QUIET) sound();
    if (read("chat-notify") !== "on" || !document.hidden || window.Notification?.permission !== "granted") return;
    for (const [, row] of fresh) {
      const told = new Notification(row.dataset.chatWho, { body: row.dataset.chatWords, tag: row.dataset.chatRow });
      told.onclick = () => {
        window.focus();
        row.click();
      };
    }
  }
}

// A switch of this browser; it goes on only by a press, and only where the system lets it.
function signal(strip, name, begin) {
  const button = strip.querySelector(`[data-signal="${name}"]`);
  if (!button) return;
  const show = () => button.setAttribute("aria-pressed", String(read(name) === "on"));
  show();
  button.addEventListener("click", async () => {
    const on = read(name) === "on" ? false : await begin();
    write(name, on ? "on" : "off");
    show();
  });
}

// Two soft notes; pages may only sound once somebody has pressed something in them.
let audio;
function sound() {
  write("chat-rang", String(Date.now()));
  audio ??= window.AudioContext ? new AudioContext() : null;
  if (!audio) return false;
  audio.resume();
  for (const [at, pitch] of [[0, 660], [0.14, 880]]) {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const from = audio.currentTime + at;
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0, from);
    volume.gain.linearRampToValueAtTime(0.08, from + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.0001, from + 0.35);
    tone.connect(volume).connect(audio.destination);
    tone.start(from);
    tone.stop(from + 0.4);
  }
  return true;
}

function read(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Forbidden: then it holds for no longer than this press.
  }
}
