"""Static files under hashed names."""

import shutil
from pathlib import Path

import frontdesk.ui
from frontdesk.ui.storage import StaticFiles


def test_scripts_import_each_other_under_their_hashed_names(tmp_path: Path) -> None:
    source = Path(frontdesk.ui.__file__).parent / "static" / "ui"
    shutil.copytree(source, tmp_path / "ui")
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    names = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")]
    problems = [
        error for *_, error in storage.post_process({name: (storage, name) for name in names}) if error is not True
    ]
    assert not [error for error in problems if isinstance(error, Exception)]

    main = (tmp_path / storage.stored_name("ui/js/main.js")).read_text()
    assert 'import("./code-field.js")' not in main
    for name in ("menu", "code-field", "dialog"):
        assert f'"./{Path(storage.stored_name(f"ui/js/{name}.js")).name}"' in main
