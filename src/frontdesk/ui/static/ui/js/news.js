// Asks for what is new (htmx listens for "news") while somebody looks; a page in the background waits until it is seen.
const EVERY = 20_000;

export default function enhance(element) {
  const ask = () => {
    if (!element.isConnected) return stop();
    if (document.visibilityState === "visible") element.dispatchEvent(new Event("news"));
  };
  const timer = setInterval(ask, EVERY);
  const stop = () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ask);
  };
  document.addEventListener("visibilitychange", ask);
}
