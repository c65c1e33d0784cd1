// A button that may be pressed only after some seconds (data-wait) counts them down. The server keeps count as well.
export default function enhance(holder) {
  const button = holder.querySelector("button");
  const words = button.querySelector("span");
  const before = words.textContent;
  const until = Date.now() + 1000 * Number(holder.dataset.wait);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    words.textContent = left > 0 ? `${before} (${left})` : before;
    if (left > 0) setTimeout(tick, 250);
  };
  tick();
}
