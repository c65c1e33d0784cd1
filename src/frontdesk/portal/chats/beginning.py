"""What happens between the question and the chat: what the address says, who asks, and how it begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from frontdesk.core import reasons
from frontdesk.core.numbers import whole
from frontdesk.core.reasons import Reason
from frontdesk.portal import matters
from frontdesk.portal.chats import telling
from frontdesk.portal.chats.askers import Asker
from frontdesk.portal.chats.forms import BeginForm, CodeForm
from frontdesk.portal.matters import About
from frontdesk.portal.people import ip_prefix
from frontdesk.support.chat import beginning, settings, visitors
from frontdesk.support.chat.errors import CodeWrong
from frontdesk.support.chat.models import Chat, Visitor
from frontdesk.support.helpcentre import selectors as articles
from frontdesk.support.helpcentre.models import Translation
from frontdesk.support.tickets.conversations.opening import Matter, Requester
from frontdesk.support.tickets.models import Area

CARRIED = ("article", "reason", "area", "site", *matters.KINDS)  # what an address may say, beside `from`


@dataclass(frozen=True)
class Context:
    """Where somebody comes from: the page, the article or the reason that they read, a thing of theirs, a site."""

    page: str
    site: str
    article: Translation | None
    reason: Reason | None
    about: About | None
    area: Area | None
    areas: list[Area]
    values: Mapping[str, str]

    @property
    def query(self) -> str:
        """The same, for the next address."""
        return urlencode(self.values)

    @property
    def matter(self) -> Matter:
        """What the conversation is about, as far as the address says."""
        own = self.about.matter if self.about else Matter()
        product = own.product or (self.article.article.product if self.article else None)
        code = self.reason.code if self.reason else ""
        return Matter(self.area, product, own.license, own.activation, code, own.plan_name)

    @property
    def label(self) -> str:
        """What it is about, in words."""
        if self.about:
            return self.about.label
        if self.article and self.article.published:
            return self.article.published.title
        return str(self.reason.title) if self.reason else ""


def context_of(request: HttpRequest, asker: Asker) -> Context:
    """What the address says; of things only what is this person's."""
    values = {name: request.GET[name][:500] for name in ("from", *CARRIED) if request.GET.get(name)}
    article = articles.published(values["article"]) if "article" in values else None
    behind = article.article.reasons.values_list("code", flat=True).first() if article else None
    reason = reasons.find(values.get("reason", "") or behind or "")
    areas = list(Area.objects.all())
    area = next((each for each in areas if each.slug == values.get("area")), None)
    area = area or next((each for each in areas if reason and reason.code in each.reason_codes), None)
    wanted = values.get("site", "") if asker.is_boxed else ""
    site = wanted if wanted and wanted in settings.sites() else ""
    return Context(
        page="" if wanted and not site else telling.told(values.get("from", ""), site),
        site=site,
        article=article,
        reason=reason,
        about=matters.named_in(values, asker.person),
        area=area,
        areas=areas,
        values=values,
    )


def form_of(request: HttpRequest, asker: Asker, context: Context, *, is_sent: bool) -> BeginForm:
    """The question's form."""
    data = request.POST if is_sent else None
    return BeginForm(data, asker=asker, areas=context.areas, area=context.area)


def ask_for_code(form: BeginForm, request: HttpRequest) -> CodeForm:
    """Mail the code, and keep what was asked in the form that takes it. Raises TooManyAttempts."""
    said = form.cleaned_data
    visitor = visitors.ask(said["email"], said["name"], get_language() or "", ip_prefix=ip_prefix(request))
    kept = {name: said.get(name, "") for name in ("text", "area", "name", "email", "client_id")}
    return CodeForm(initial={**kept, "visitor": visitor.pk})


def prove(form: CodeForm, request: HttpRequest) -> tuple[str, Visitor]:
    """The secret for the guest's browser, and who they are. Raises CodeWrong, TooManyAttempts."""
    visitor = Visitor.objects.filter(pk=form.cleaned_data["visitor"]).first()
    secret = visitors.prove(visitor, form.cleaned_data["code"], ip_prefix=ip_prefix(request)) if visitor else ""
    known = visitors.known(secret) if secret else None
    if known is None:
        raise CodeWrong
    return secret, known


def begin(asker: Asker, form: BeginForm, context: Context) -> Chat:
    """Begin the chat. Raises what `support.chat.beginning.begin` raises."""
    article = context.article.article if context.article else None
    return beginning.begin(
        actor=asker.actor,
        requester=_requester(asker),
        text=form.cleaned_data["text"],
        client_id=form.cleaned_data["client_id"],
        page=context.page,
        site=context.site,
        area=form.chosen_area() or context.area,
        article=article,
        visitor=asker.visitor,
        matter=context.matter,
    )


def _requester(asker: Asker) -> Requester:
    if asker.person:
        return Requester(asker.person.email, asker.person.name, person=asker.person, is_proved=True)
    assert asker.visitor is not None  # noqa: S101 - the views ask for the code first
    return visitors.requester(asker.visitor)


def contact_url(context: Context) -> str:
    """The contact form, with what the address says."""
    query = urlencode({name: value for name, value in context.values.items() if name not in {"from", "site"}})
    return f"{reverse('contact:form')}?{query}" if query else reverse("contact:form")


def number(value: str) -> int:
    """A sequence out of an address."""
    return whole(value, most=10**9) or 0
