// How what an agent wrote in a chat gets to the server, from the chat's page and from the strip. Gives and throws as
// `deliver` does. `blank` is the template of what is not sent, which has the words for it.
import deliver, { asks } from "./chat-deliver.js";
import { author, renew, trouble } from "./desk-call.js";

const PATIENCE = 20_000;
const HELD = 5; // seconds, while the page cannot send for somebody who is signed in no more: the strip asks who is

export default async function send({ id, text, files: { files = [], kind } }, { address, token, blank }) {
  if (trouble()) return { wait: HELD };
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, client_id: id, kind, text });
  for (const file of files) body.append("attachment", file);
  const headers = { "X-Part": "said", ...asks("desk"), ...author() };
  const answer = await fetch(address, { method: "POST", body, headers, signal: AbortSignal.timeout(PATIENCE) });
  return deliver(id, answer, blank.dataset, renew);
}
