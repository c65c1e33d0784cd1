"""String foreign keys escape import-linter, so the models themselves are walked: foreign keys point down only."""

from django.apps import apps
from django.db import models

# From the top down; siblings share a row and may not point at each other.
LAYERS: list[set[str]] = [
    {"project"},
    {"portal", "console", "gateway"},
    {"fulfilment"},
    {"licensing", "billing", "billing_sandbox", "chat", "forum"},
    {"tickets"},
    {"helpcentre"},
    {"catalog"},
    {"accounts"},
    {"ui"},
    {"core"},
]
HEIGHT = {label: -row for row, labels in enumerate(LAYERS) for label in labels}


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("frontdesk.")]


def test_every_model_lives_in_a_known_layer() -> None:
    assert {model._meta.app_label for model in ours()} <= set(HEIGHT)


def test_foreign_keys_point_down_only() -> None:
    labels: dict[object, str] = {model: model._meta.app_label for model in ours()}
    wrong = []
    for model, here in [(model, model._meta.app_label) for model in ours()]:
        for field in model._meta.get_fields():
            there = labels.get(field.related_model) if field.concrete else None
            if there and here != there and HEIGHT[there] >= HEIGHT[here]:
                wrong.append(f"{here}.{model.__name__}.{field.name} → {there}")
    assert wrong == []


def test_core_knows_nobody() -> None:
    relations = [
        field
        for model in ours()
        if model._meta.app_label == "core"
        for field in model._meta.get_fields()
        if field.is_relation
    ]
    assert relations == []
