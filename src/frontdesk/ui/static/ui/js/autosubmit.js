// A form whose fields count as soon as they are changed; without the script it has a button.
export default function enhance(form) {
  form.addEventListener("change", () => form.requestSubmit());
}
