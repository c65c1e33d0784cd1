// A form that a mail's link has filled in is sent as soon as it is open: one click, and no scanner of mails does it.
export default function enhance(form) {
  form.requestSubmit();
}
