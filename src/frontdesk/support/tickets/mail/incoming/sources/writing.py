"""The demo's door: a page on which anybody writes a mail to support, or answers one of the demo's mailbox."""

from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from frontdesk.accounts.mailbox import reading
from frontdesk.support.tickets.mail import addresses
from frontdesk.support.tickets.mail.incoming import storing


class WriteForm(forms.Form):
    """A mail as somebody's mail program would send it."""

    sender = forms.EmailField(label=_("From"), help_text=_("Anybody's: nothing proves it, as with any mail."))
    to = forms.EmailField(label=_("To"))
    subject = forms.CharField(label=_("Subject"), max_length=200, required=False)
    text = forms.CharField(label=_("Text"), max_length=50_000, widget=forms.Textarea(attrs={"rows": 10}))
    file = forms.FileField(label=_("Attachment"), required=False)
    answers = forms.CharField(widget=forms.HiddenInput, required=False, max_length=500)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """Write it; what is sent goes the way of every mail."""
    if not settings.FRONTDESK_DEMO:
        raise Http404
    if request.method == "POST":
        form = WriteForm(request.POST, request.FILES)
        if form.is_valid():
            values = form.cleaned_data
            storing.store(_raw(values), source="demo", envelope_from=values["sender"], envelope_to=values["to"])
            messages.success(request, gettext("It is on its way. Support has it within a few seconds."))
            return redirect("mailbox:list")
    else:
        form = WriteForm(initial=_answering(request.GET.get("answer", "")))
    return render(request, "tickets/demo_write.html", {"form": form}, status=422 if form.is_bound else 200)


def _answering(name: str) -> dict[str, str]:
    """What a mail program fills in when somebody answers a mail, or writes a new one."""
    mail = reading.find(name) if name else None
    if mail is None:
        return {"to": addresses.support_address()}
    quoted = "\n".join(f"> {line}" for line in mail.text.strip().splitlines())
    subject = mail.subject if mail.subject.lower().startswith("re:") else f"Re: {mail.subject}"
    head = gettext("On %(day)s, %(who)s wrote:") % {"day": f"{mail.at:%Y-%m-%d %H:%M}", "who": mail.reply_to}
    return {
        "sender": mail.to,
        "to": addresses.bare(mail.reply_to),
        "subject": subject[:200],
        "text": f"\n\n{head}\n{quoted}\n",
        "answers": mail.message_id,
    }


def _raw(values: dict[str, Any]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = values["sender"], values["to"], " ".join(values["subject"].split())
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=values["sender"].rpartition("@")[2])
    answers = "".join(sign for sign in values["answers"] if sign.isprintable())
    if answers.startswith("<") and answers.endswith(">"):
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(values["text"].replace("\r\n", "\n"))
    file: UploadedFile | None = values["file"]
    if file is not None:
        kind, _slash, inner = (file.content_type or "application/octet-stream").partition("/")
        mail.add_attachment(file.read(), maintype=kind, subtype=inner or "octet-stream", filename=file.name)
    return mail.as_bytes()
