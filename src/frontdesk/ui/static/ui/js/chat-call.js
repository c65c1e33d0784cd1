// How the chat talks to the server: on our own pages by cookie and token; in a frame on another site, where cookies may
// be blocked, by headers that no foreign page can send.
import * as kept from "./kept.js";

export const isBox = "chatBox" in document.documentElement.dataset;
const KIND = "Frontdesk-Chat";
const SECRET = "Frontdesk-Chat-Secret";
const PATIENCE = 20_000;
const SOON = 3; // seconds
const STALE = 10; // a token that does not hold any more; a page that is loaded anew has another

export async function call(address, { form, last = false } = {}) {
  const headers = { [KIND]: isBox ? "box" : "piece" };
  const secret = isBox && kept.get(SECRET);
  if (secret) headers[SECRET] = secret;
  if (isBox) headers["Accept-Language"] = document.documentElement.lang;
  if (form && !isBox) headers["X-CSRFToken"] = token();
  const options = { method: form ? "POST" : "GET", body: form, headers, cache: "no-store", keepalive: last };
  const answer = await fetch(address, last ? options : { ...options, signal: AbortSignal.timeout(PATIENCE) });
  const given = isBox && answer.headers.get(SECRET);
  if (given) kept.set(SECRET, given);
  else if (given === "") kept.remove(SECRET); // somebody is signed in, or says that this is not them
  return answer;
}

const FIELD = "[name='csrfmiddlewaretoken']"; // any on the page does, while the place for the chat is empty
const token = () => (document.querySelector(`[data-chat] ${FIELD}`) ?? document.querySelector(FIELD))?.value ?? "";

// What is written goes to its chat: {} once it is there, {wait: seconds} when it is to be tried again, {refused: "why"}
// when that does not help. Only our own word counts: what stands between may answer with a page of its own.
export async function say(address, { id, text, files }, refused) {
  const answer = await call(address, { form: fields({ client_id: id, text, attachment: files.map((each) => each.id) }) });
  const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
  if (isOurs && answer.ok) return {};
  const isFinal = isOurs && answer.status >= 400 && answer.status < 500 && ![403, 429].includes(answer.status);
  if (!isFinal) return { wait: Number(answer.headers.get("Retry-After")) || (answer.status === 403 ? STALE : SOON), status: answer.status };
  return { refused: (await answer.json()).words || refused };
}

export function fields(values) {
  const form = new FormData();
  for (const [name, value] of Object.entries(values)) for (const each of [value].flat()) form.append(name, each);
  return form;
}
