// How what an agent wrote in a chat gets to the server, from the chat's page and from the strip: {} once it is there,
// {wait: seconds} when it is to be tried again, {refused: "why"} when that does not help; it throws without a connection.
const TOO_MANY = 429;
const REFUSED = [409, 422];
const GONE = [404, 410];

export default async function send({ id, text, files: { files = [], kind } }, { address, token, gone }) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: token, client_id: id, kind, text });
  for (const file of files) body.append("attachment", file);
  const answer = await fetch(address, { method: "POST", body, headers: { "X-Part": "said" } });
  if (answer.status === TOO_MANY) return { wait: Number(answer.headers.get("Retry-After")) || 2 };
  if (GONE.includes(answer.status)) return { refused: gone };
  const isOurs = !answer.redirected && answer.headers.get("Content-Type")?.startsWith("application/json");
  if (isOurs && answer.ok) return {};
  if (!isOurs || !REFUSED.includes(answer.status)) throw new Error(answer.status);
  return { refused: (await answer.json()).problem };
}
