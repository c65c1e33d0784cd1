// Signing out (data-sign-out) leaves no draft of a chat behind in this browser, which somebody else may use next. What
// was sent and has not arrived stays: only its writer can send or see it.
import { forgetAll } from "./chat-draft.js";

export default function enhance(form) {
  form.addEventListener("submit", forgetAll);
}
