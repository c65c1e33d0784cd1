// Keeps relative times true while a page stays open. "Now" is the server's, so a wrong clock or a travelled demo shows no nonsense.
const root = document.documentElement;
const shift = root.dataset.now ? Date.parse(root.dataset.now) - Date.now() : 0;
const format = new Intl.RelativeTimeFormat(root.lang, { numeric: "always" });
const steps = [["minute", 60], ["hour", 3600], ["day", 86400], ["week", 604800], ["month", 2629800], ["year", 31557600]];

function say(element) {
  const seconds = (Date.parse(element.dateTime) - Date.now() - shift) / 1000;
  if (Math.abs(seconds) < 45) return;
  const [unit, size] = steps.findLast(([, size]) => Math.abs(seconds) >= size * 1.2) ?? steps[0];
  const words = format.format(Math.round(seconds / size) || Math.sign(seconds), unit);
  if (element.textContent !== words) element.textContent = words;
}

export default function enhance(element) {
  setInterval(say, 60_000, element);
}
