// The chat for another site of the vendor's: a button, and a frame behind it. It needs of that site's policy only
// script-src and frame-src of our origin; it styles itself without inline styles, and speaks with the frame alone.
(() => {
  const script = document.currentScript;
  const about = "%CHAT%";
  const origin = new URL(script.src).origin;
  if (window.FrontdeskChat) return;
  const language = (script.dataset.language || document.documentElement.lang || navigator.language).slice(0, 2);
  const words = about.words[language] ?? about.words.en;
  const side = script.dataset.side === "left" ? "left" : "right";
  const ON = "frontdesk-chat-on";
  const READY_MS = 10_000; // its scripts come one after the other, and some phones are slow
  const OPEN = "frontdesk-chat-open";

  const css = `
    :host { all: initial; }
    button { position: fixed; bottom: 16px; ${side}: 16px; z-index: 2147483000; display: flex; align-items: center; gap: 8px;
      min-height: 48px; padding: 8px 18px; border: 0; border-radius: 99px; background: ${shade(48)}; color: #fff;
      font: 600 16px/1.25 system-ui, sans-serif; box-shadow: 0 4px 20px rgb(10 15 30 / .28); cursor: pointer; }
    button:hover { background: ${shade(41)}; }
    button:focus-visible { outline: 3px solid ${shade(41)}; outline-offset: 3px; }
    svg { width: 22px; height: 22px; fill: none; stroke: currentcolor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
    b { min-width: 20px; padding: 0 5px; border-radius: 99px; background: #fff; color: ${shade(41)}; font-size: 13px; line-height: 20px; text-align: center; }
    [hidden] { display: none !important; }
    iframe { position: fixed; bottom: 76px; ${side}: 16px; z-index: 2147483001; width: min(400px, calc(100vw - 32px));
      height: min(640px, calc(100vh - 96px)); border: 0; border-radius: ${Math.max(about.radius, 4)}px; background: Canvas;
      box-shadow: 0 0 0 1px rgb(20 30 50 / .08), 0 16px 48px rgb(10 15 30 / .28); color-scheme: light dark; }
    a { position: fixed; bottom: 76px; ${side}: 16px; z-index: 2147483001; max-width: calc(100vw - 32px); box-sizing: border-box;
      padding: 12px 18px; border-radius: ${Math.max(about.radius, 4)}px; background: #fff; color: ${shade(41)};
      font: 600 16px/1.25 system-ui, sans-serif; box-shadow: 0 0 0 1px rgb(20 30 50 / .08), 0 4px 20px rgb(10 15 30 / .28); }
    a:focus-visible { outline: 3px solid ${shade(41)}; outline-offset: 3px; }
    :not(.is-open) > a, :not(.is-refused) > a, .is-refused > iframe { display: none; }
    @media (max-width: 640px), (max-height: 480px) {
      iframe { inset: var(--top, 0) 0 auto; width: 100%; height: var(--height, 100%); border-radius: 0; }
      .is-open:not(.is-refused) button { display: none; }
    }`;

  function shade(lightness) {
    return `oklch(${lightness}% ${about.chroma} ${about.hue})`;
  }

  const host = document.createElement("div");
  host.setAttribute("role", "complementary");
  host.setAttribute("aria-label", words.chat);
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  const holder = root.appendChild(document.createElement("div"));

  const button = holder.appendChild(document.createElement("button"));
  button.type = "button";
  button.setAttribute("aria-expanded", "false");
  const svg = button.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "svg"));
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path")).setAttribute("d", "M7.9 20A9 9 0 1 0 4 16.1L2 22Z");
  button.appendChild(document.createElement("span")).textContent = script.dataset.label || words.chat;
  const count = button.appendChild(document.createElement("b"));
  count.hidden = true;

  let frame;
  let isReady = false;
  let wantsFocus = false;
  const isOpen = () => Boolean(frame) && !frame.hidden;

  const matter = {};
  for (const name of ["article", "reason", "area", "product"]) if (script.dataset[name]) matter[name] = script.dataset[name];

  // Where the frame stays empty: the chat on a page of its own. A window that opens by itself would be held back.
  const link = holder.appendChild(document.createElement("a"));
  Object.assign(link, { href: `${origin}/chat/?${new URLSearchParams(matter)}`, target: "_blank", rel: "noopener", textContent: words.open });

  function load() {
    if (frame) return;
    frame = document.createElement("iframe");
    const query = { site: location.origin, from: location.origin + location.pathname, language, ...matter };
    frame.src = `${origin}/chat/box/?${new URLSearchParams(query)}`;
    frame.title = `${words.chat} – ${about.brand}`;
    frame.hidden = true;
    frame.addEventListener("load", () => setTimeout(() => isReady || refused(), READY_MS));
    holder.append(frame);
  }

  // The settings do not name this site, its own policy forbids the frame, or nothing comes just now.
  function refused() {
    console.warn(`${origin} shows its chat only on sites that its settings name, and whose policy allows the frame; or it is away.`);
    const hadFocus = root.activeElement === frame;
    holder.classList.add("is-refused");
    if (hadFocus && isOpen()) link.focus();
  }

  function tell() {
    if (isReady) frame.contentWindow.postMessage({ frontdesk: "chat", shown: isOpen(), focus: wantsFocus }, origin);
    wantsFocus = false;
  }

  function open({ focus = true } = {}) {
    load();
    if (!isReady && holder.classList.contains("is-refused")) frame.src += ""; // once more, beside the link
    frame.hidden = false;
    holder.classList.add("is-open");
    button.setAttribute("aria-expanded", "true");
    keep(OPEN, "1");
    wantsFocus = focus;
    if (focus) (frame.checkVisibility() ? frame : link).focus();
    tell();
  }

  function close() {
    if (!isOpen()) return;
    frame.hidden = true;
    holder.classList.remove("is-open");
    button.setAttribute("aria-expanded", "false");
    keep(OPEN, "");
    button.focus();
    tell();
  }

  addEventListener("message", ({ origin: from, source, data }) => {
    if (from !== origin || source !== frame?.contentWindow || data?.frontdesk !== "chat") return;
    if (data.ready) {
      isReady = true;
      const hadFocus = root.activeElement === link;
      holder.classList.remove("is-refused");
      if (hadFocus) frame.focus();
      wantsFocus = isOpen() && root.activeElement === frame; // they may have gone elsewhere since they opened it
      tell();
    }
    if (data.small) close();
    if ("unread" in data) {
      count.hidden = !data.unread;
      count.textContent = data.unread > 9 ? "9+" : data.unread;
      count.setAttribute("aria-label", `${data.unread} ${words.unread}`);
      keep(ON, data.on ? "1" : "");
    }
  });
  button.addEventListener("click", () => (isOpen() ? close() : open()));
  document.addEventListener("keydown", (event) => event.key === "Escape" && close());

  // A phone's keyboard hides the lower part of the page: the frame keeps to what is seen.
  const view = window.visualViewport;
  const fit = () => {
    holder.style.setProperty("--top", `${view.offsetTop}px`);
    holder.style.setProperty("--height", `${view.height}px`);
  };
  view?.addEventListener("resize", fit);
  view?.addEventListener("scroll", fit);

  function keep(name, value) {
    try {
      sessionStorage.setItem(name, value);
    } catch {
      // Forbidden: then it is closed on the next page.
    }
  }

  function kept(name) {
    try {
      return sessionStorage.getItem(name);
    } catch {
      return null;
    }
  }

  function begin() {
    document.body.append(host);
    const isNarrow = matchMedia("(max-width: 640px), (max-height: 480px)").matches;
    if (kept(OPEN) && !isNarrow) open({ focus: false });
    else if (kept(ON)) load();
  }

  window.FrontdeskChat = { open, close };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
