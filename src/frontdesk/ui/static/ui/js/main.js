// Loads a helper only where the page has something for it to help. Everything works without any of them.
import "./menu.js";

const helpers = [
  ["[data-code]", () => import("./code-field.js")],
  ["[data-copy]", () => import("./copy.js")],
  ["[data-dialog], dialog.dialog", () => import("./dialog.js")],
  ["[data-message]", () => import("./toast.js")],
  ["time[data-relative]", () => import("./relative-time.js")],
  ["[data-password]", () => import("./password.js")],
  ["[data-tabs]", () => import("./tabs.js")],
  ["[data-theme-toggle]", () => import("./theme-toggle.js")],
  ["[data-passkey]", () => import("./passkey.js")],
  ["[data-print]", () => import("./print.js")],
  ["[data-drop]", () => import("./file-drop.js")],
  ["[data-palette]", () => import("./palette.js")],
  ["[data-wait]", () => import("./wait.js")],
  ["[data-poll]", () => import("./poll.js")],
  ["[data-live]", () => import("./live.js")],
  ["[data-recalculate]", () => import("./recalculate.js")],
  ["[data-sent], [data-draft-done], [data-draft]", () => import("./draft.js")],
  ["[data-uploads]", () => import("./uploads.js")],
  ["[data-keys]", () => import("./keys.js")],
  ["[data-inbox-list]", () => import("./inbox-list.js")],
  ["[data-composer]", () => import("./composer.js")],
  ["[data-chat-frame]", () => import("./chat-box.js")],
  ["[data-chat]", () => import("./chat.js")],
  ["[data-room]", () => import("./chat-room.js")],
  ["[data-chat-corner]", () => import("./chat-launcher.js")],
  ["[data-keyboard]", () => import("./keyboard.js")],
  ["[data-suggest]", () => import("./suggest.js")],
  ["[data-chat-strip]", () => import("./chat-strip.js")],
  ["[data-sign-out]", () => import("./sign-out.js")],
  ["[data-autosubmit]", () => import("./autosubmit.js")],
  ["[data-search]", () => import("./search.js")],
  ["[data-quote], [data-picture]", () => import("./forum.js")],
  ["form", () => import("./busy.js")],
];

async function help(root) {
  for (const [selector, load] of helpers) {
    const found = [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
    if (!found.length) continue;
    const { default: enhance } = await load();
    for (const element of found) {
      element.helped ??= new Set();
      if (element.helped.has(selector)) continue;
      element.helped.add(selector);
      await enhance(element); // some load more of themselves
    }
  }
}

help(document).then(() => (document.documentElement.dataset.ready = ""));

// htmx, where a page uses it: the token goes along, and what it brings in is helped as well.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  if (token) event.detail.headers["X-CSRFToken"] = token;
});
document.addEventListener("htmx:load", (event) => help(event.detail.elt));
