// How the chat talks to the server: on our own pages by cookie and token; in a frame on another site, where cookies may
// be blocked, by headers that no foreign page can send.
import deliver, { asks, isOurs } from "./chat-deliver.js";
import * as kept from "./kept.js";

export const isBox = "chatBox" in document.documentElement.dataset;
const SECRET = "Frontdesk-Chat-Secret";
const PATIENCE = 20_000;
const SLOW = 150_000; // files: the server itself waits for two minutes

export async function call(address, { form, last = false, isSlow = false } = {}) {
  const headers = asks(isBox ? "box" : "piece");
  const secret = isBox && kept.get(SECRET);
  if (secret) headers[SECRET] = secret;
  if (isBox) headers["Accept-Language"] = document.documentElement.lang;
  if (form && !isBox) headers["X-CSRFToken"] = token();
  const options = { method: form ? "POST" : "GET", body: form, headers, cache: "no-store", keepalive: last };
  const answer = await fetch(address, last ? options : { ...options, signal: AbortSignal.timeout(isSlow ? SLOW : PATIENCE) });
  const given = isBox && answer.headers.get(SECRET);
  if (given) kept.set(SECRET, given);
  else if (given === "") kept.remove(SECRET); // somebody is signed in, or says that this is not them
  return answer;
}

const FIELD = "[name='csrfmiddlewaretoken']"; // any on the page does, while the place for the chat is empty
const token = () => (document.querySelector(`[data-chat] ${FIELD}`) ?? document.querySelector(FIELD))?.value ?? "";

// Another token for what is sent from here: this page was made before somebody signed in anew. `address`: of a piece.
export async function renew(address) {
  const answer = await call(address).catch(() => null);
  if (!answer?.ok || !isOurs(answer)) return;
  const piece = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = piece.querySelector(FIELD)?.value;
  if (now) for (const field of document.querySelectorAll(FIELD)) field.value = now;
}

// What is written goes to its chat. `words`: the data of the place where it stands; `news`: the address of what is new in
// it. Gives and throws as `deliver` does.
export async function say(address, { id, text, files }, words, news) {
  const form = fields({ client_id: id, text, attachment: files.map((each) => each.id) });
  const reaches = () => call(news).then(isOurs, () => false);
  return deliver(id, await call(address, { form }), words, reaches);
}

export function fields(values) {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) for (const each of [value].flat()) form.append(name, each);
  return form;
}
