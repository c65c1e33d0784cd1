"""The catalogue in the back office. Editing what a plan contains makes a new version of it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from frontdesk.catalog import plans, products, releases
from frontdesk.catalog.admin_forms import AddFileForm, PlanForm, ProductForm, ReleaseForm, RemoveFileForm
from frontdesk.catalog.models import Plan, PlanVersion, Price, Product, Release, ReleaseFile
from frontdesk.core.actors import Actor
from frontdesk.core.backoffice import BackOfficeAdmin, Deed, ReadOnlyInline
from frontdesk.core.money import Money

CHANGE_RELEASE = "catalog.change_release"


@admin.register(Product)
class ProductAdmin(BackOfficeAdmin):
    """Products; the slug is built into shipped copies and fixed after the first save."""

    saves = adds = True
    form = ProductForm
    list_display = ("name", "slug", "reference_currency", "is_listed")
    list_filter = ("is_listed",)
    search_fields = ("name", "slug")
    fields = ("name", "slug", "tagline", "description", "icon", "reference_currency", "is_listed", "reason")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What licences and prices refer to stays."""
        return ("slug", "reference_currency") if obj else ()

    def save_by_verb(self, *, actor: Actor, obj: Product, form: Any, change: bool) -> Model:
        """Create, or rename, describe and list as far as something changed."""
        data = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        if not change:
            return products.create(actor=actor, **data)
        products.rename(actor=actor, product=obj, name=data["name"])
        products.describe(
            actor=actor, product=obj, tagline=data["tagline"], description=data["description"], icon=data["icon"]
        )
        return products.set_listed(actor=actor, product=obj, is_listed=data["is_listed"])


class VersionsInline(ReadOnlyInline):
    """Every version that was ever sold."""

    model = PlanVersion
    ordering = ("-number",)
    fields = readonly_fields = (
        "number",
        "device_limit",
        "term_months",
        "code_days",
        "trial_days",
        "prices_shown",
        "created_at",
    )

    @admin.display(description=_("prices"))
    def prices_shown(self, version: PlanVersion) -> str:
        """All prices, in the reader's way of writing, with that of one more device."""
        return ", ".join(_price(price) for price in version.prices.all())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With prices, at one query."""
        return super().get_queryset(request).prefetch_related("prices")


def _price(price: Price) -> str:
    if price.device_minor is None:
        return str(price.money)
    device = Money(price.device_minor, price.currency)
    return str(_("%(price)s (one more device %(device)s)")) % {"price": price.money, "device": device}


@admin.register(Plan)
class PlanAdmin(BackOfficeAdmin):
    """Plans: how they are shown can be changed; what they contain gets a new version."""

    saves = adds = True
    form = PlanForm
    inlines = (VersionsInline,)
    list_display = ("name", "product", "slug", "is_listed", "position")
    list_filter = ("product", "is_listed")
    search_fields = ("name", "slug", "product__name")
    fieldsets = (
        (None, {"fields": ("product", "slug", "name", "is_listed", "position")}),
        (
            _("What is sold from now on"),
            {
                "fields": (
                    "device_limit",
                    "prices",
                    "device_prices",
                    "trial_days",
                    "term_months",
                    "code_days",
                    "grace_days",
                    "lease_days",
                    "offline_lease_days",
                    "swap_limit",
                    "features",
                ),
                "description": _(
                    "Changing anything here makes a new version. Licences and codes that exist keep theirs."
                ),
            },
        ),
        (None, {"fields": ("reason",)}),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A plan stays with its product, under its short name."""
        return ("product", "slug") if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who may only look sees how the plan is shown, and its versions."""
        if obj and not self.has_change_permission(request, obj):
            return self.fieldsets[:1]
        return self.fieldsets

    def save_by_verb(self, *, actor: Actor, obj: Plan, form: Any, change: bool) -> Model:
        """Create or present the plan, and make a version if its content is new."""
        assert isinstance(form, PlanForm)  # noqa: S101 - the admin's own form
        data = form.cleaned_data
        if change:
            shown = {name: data[name] for name in ("name", "is_listed", "position")}
            plan = plans.present(actor=actor, plan=obj, **shown)
        else:
            made = {name: data[name] for name in ("product", "slug", "name", "is_listed", "position")}
            plan = plans.create(actor=actor, **made)
        if form.content_changed:
            plans.new_version(actor=actor, plan=plan, **form.content)
        return plan


class FilesInline(ReadOnlyInline):
    """The files of a release."""

    model = ReleaseFile
    fields = readonly_fields = ("platform", "filename", "size", "sha256")


def _publish(actor: Actor, release: Release, data: Mapping[str, Any]) -> None:
    releases.publish(actor=actor, release=release)


def _withdraw(actor: Actor, release: Release, data: Mapping[str, Any]) -> None:
    releases.withdraw(actor=actor, release=release)


def _add_file(actor: Actor, release: Release, data: Mapping[str, Any]) -> None:
    releases.add_file(actor=actor, release=release, platform=data["platform"], source_file=data["file"])


def _remove_file(actor: Actor, release: Release, data: Mapping[str, Any]) -> None:
    releases.remove_file(actor=actor, file=release.files.get(pk=data["file"]))


@admin.register(Release)
class ReleaseAdmin(BackOfficeAdmin):
    """Releases: made, given files, published, withdrawn."""

    saves = adds = True
    form = ReleaseForm
    inlines = (FilesInline,)
    list_display = ("version", "product", "channel", "state", "is_public")
    list_filter = ("product", "channel")
    search_fields = ("version", "product__name")
    fields = ("product", "version", "channel", "notes", "is_public", "reason")
    deeds = (
        Deed(
            name="add-file",
            label=_("Add a file"),
            permission=CHANGE_RELEASE,
            run=_add_file,
            done=_("The file is stored and signed."),
            warning=_("Its size and SHA-256 are measured and signed. A file is never replaced once it is published."),
            form=AddFileForm,
            icon="upload_file",
        ),
        Deed(
            name="remove-file",
            label=_("Remove a file"),
            permission=CHANGE_RELEASE,
            run=_remove_file,
            done=_("The file is removed."),
            form=RemoveFileForm,
            icon="delete",
            applies=lambda release: release.published_at is None and release.files.exists(),
        ),
        Deed(
            name="publish",
            label=_("Publish"),
            permission=CHANGE_RELEASE,
            run=_publish,
            done=_("The release is published."),
            warning=_("From now on products and the downloads page offer it, if it is the highest version."),
            icon="publish",
            applies=lambda release: release.published_at is None or release.withdrawn_at is not None,
        ),
        Deed(
            name="withdraw",
            label=_("Withdraw"),
            permission=CHANGE_RELEASE,
            run=_withdraw,
            done=_("The release is withdrawn."),
            warning=_("It is not offered any more, and download links that were given out stop working."),
            icon="undo",
            applies=lambda release: release.published_at is not None and release.withdrawn_at is None,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """What is signed into the files stays."""
        return ("product", "version", "channel", "state") if obj else ()

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """The state is shown once there is one."""
        return (*self.fields[:3], "state", *self.fields[3:]) if obj else self.fields

    @admin.display(description=_("state"))
    def state(self, release: Release) -> str:
        """Draft, published or withdrawn, and since when."""
        if release.withdrawn_at:
            return str(_("Withdrawn %(date)s")) % {"date": date_format(release.withdrawn_at)}
        if release.published_at:
            return str(_("Published %(date)s")) % {"date": date_format(release.published_at)}
        return str(_("Draft"))

    def save_by_verb(self, *, actor: Actor, obj: Release, form: Any, change: bool) -> Model:
        """Create, or change the notes and who may download."""
        data = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        if not change:
            return releases.create(actor=actor, **data)
        return releases.annotate(actor=actor, release=obj, notes=data["notes"], is_public=data["is_public"])
