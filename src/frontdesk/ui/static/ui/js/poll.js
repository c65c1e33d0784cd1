// A page that waits for an outcome (data-poll="state") asks for itself again, ever less often, and shows what is new.
const FIRST = 1500;
const LONGEST = 15000;

export default function enhance(holder) {
  let pause = FIRST;
  const look = async () => {
    pause = Math.min(pause * 1.5, LONGEST);
    const state = await now().catch(() => holder.dataset.poll);
    if (state !== holder.dataset.poll) return location.reload();
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
}

async function now() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[data-poll]")?.dataset.poll;
}
