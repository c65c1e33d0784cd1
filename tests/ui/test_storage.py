"""Static files under hashed names."""

from pathlib import Path

from django.core.management import call_command
from pytest_django.fixtures import Settings


def test_scripts_import_each_other_under_their_hashed_names(tmp_path: Path, settings: Settings) -> None:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "frontdesk.ui.storage.StaticFiles"}}
    call_command("collectstatic", interactive=False, verbosity=0)
    (main,) = [path for path in (tmp_path / "ui" / "js").glob("main.*.js") if path.suffix == ".js"]
    text = main.read_text()
    assert 'import("./code-field.js")' not in text
    for name in ("menu", "code-field", "dialog"):
        (hashed,) = (tmp_path / "ui" / "js").glob(f"{name}.*.js")
        assert f'"./{hashed.name}"' in text
