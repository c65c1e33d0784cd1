"""Every table that can hold something about a person is shown to them and erased with them, or says why not."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from frontdesk.accounts.models import Person
from frontdesk.core import personal

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.GenericIPAddressField)
# Columns that name a person by uuid, where core and others may have no foreign key.
WHO = {"person", "actor", "created_by", "approved_by", "owner", "user"}


def can_hold_personal_data(model: type[models.Model]) -> bool:
    return any(_personal(field) for field in model._meta.get_fields() if field.concrete)


def _personal(field: Any) -> bool:
    if field.related_model is Person or field.name in WHO:
        return True
    inner = field.base_field if isinstance(field, ArrayField) else field
    return isinstance(inner, TEXT) and not inner.choices


def speaking() -> dict[str, type[models.Model]]:
    """Every model of the installation, ours and the libraries', that can hold personal data."""
    return {model._meta.label: model for model in apps.get_models() if can_hold_personal_data(model)}


def test_every_table_is_shown_to_the_person_or_says_why_not() -> None:
    covered = {label for exporter in personal.exporters() for label in exporter.covers} | set(personal.NOT_SHOWN)
    assert sorted(set(speaking()) - covered) == []


def test_every_table_is_erased_with_the_person_or_says_why_not() -> None:
    covered = {label for eraser in personal.erasers() for label in eraser.covers} | set(personal.NOT_ERASED)
    assert sorted(set(speaking()) - covered) == []


def test_every_table_that_points_to_a_person_is_erased() -> None:
    """A reason is not enough for rows tied to somebody, except where the library's table stays empty."""
    erased = {label for eraser in personal.erasers() for label in eraser.covers}
    tied = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and field.related_model is Person
    }
    assert sorted(tied - erased - {"admin.LogEntry"}) == []


def test_what_is_spoken_for_exists_and_has_a_reason() -> None:
    known = {model._meta.label for model in apps.get_models()}
    named = {label for shown in personal.exporters() for label in shown.covers}
    named |= {label for eraser in personal.erasers() for label in eraser.covers}
    assert named | set(personal.NOT_SHOWN) | set(personal.NOT_ERASED) <= known
    assert all(reason.strip() for reason in [*personal.NOT_SHOWN.values(), *personal.NOT_ERASED.values()])


def test_a_new_table_with_a_name_in_it_would_be_found() -> None:
    assert can_hold_personal_data(apps.get_model("licensing", "Activation"))
    assert can_hold_personal_data(apps.get_model("account", "EmailAddress"))
    assert can_hold_personal_data(apps.get_model("procrastinate", "ProcrastinateJob"))
    assert not can_hold_personal_data(apps.get_model("core", "ClockOffset"))


# What a copy leaves out, of tables that it shows: proofs, keys, places in the storage, and what other columns say.
LEFT_OUT = re.compile(
    r"(^|_)(hash|hashes|digest|path|key|nonce|fingerprint|sealed_data|id|password|template|html|secret_hint|state_mark|data"
    r"|short_password|must_reset_password|actor|approved_by|created_by|subject|person|user|owner|groups|permissions"
    r"|label|count|made|grant_ref|devices_to_free|offered_by|list_path|personal|sealed_key"
    r"|reply_token|file|ref|customer_ref|action_url|return_url|cancel_url|keep_devices|next_step)$"
)
# Shown under another name.
RENAMED = {"subject_type": "object", "actor_kind": "who", "kind": "of_batch", "reason": "why", "license": "of_license"}


def test_every_column_that_says_something_is_in_the_copy() -> None:
    missing = []
    for exporter in personal.exporters():
        for label in exporter.covers:
            for field in apps.get_model(label)._meta.get_fields():
                shown = {field.name, RENAMED.get(field.name)} & set(exporter.columns)
                if field.concrete and not shown and isinstance(field, TEXT) and not LEFT_OUT.search(field.name):
                    missing.append(f"{label}.{field.name}")
    assert missing == []
