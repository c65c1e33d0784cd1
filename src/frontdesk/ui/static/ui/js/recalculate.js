// Options that a price depends on: a change presses "Update" by itself, where it would otherwise be pressed.
export default function enhance(holder) {
  const button = holder.querySelector('button[name="update"]');
  holder.addEventListener("change", () => button.form.requestSubmit(button));
}
