"""What an import must not lose, merge or leave leading nowhere, whatever one of its files says."""

from pathlib import Path
from urllib.parse import unquote

import pytest
from django.db import connection

from frontdesk.support.helpcentre import rendering
from frontdesk.support.helpcentre.models import Article, Category, Revision
from frontdesk.support.helpcentre.search import finding
from tests.helpcentre.test_importing import GERMAN, SECOND, counts, take

pytestmark = pytest.mark.django_db


def test_a_long_slug_of_other_letters_is_found(tmp_path: Path) -> None:
    slug = "パ" * 120
    done = take(tmp_path, a=f"---\ntitle: パスワード\nslug: {slug}\nlanguage: ja\n---\n本文。")
    assert (counts(done), done.wrong) == ((1, 0, 0), {})
    (hit,) = finding.find("パスワード", language="ja")
    assert unquote(hit.url) == f"/help/articles/{slug}/"


def test_what_the_database_cannot_keep_costs_the_others_nothing(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("alter table helpcentre_revision add constraint unkept check (title <> 'Unkept')")
    unkept = "---\ntitle: Unkept\nslug: unkept\nreasons: [code_unknown]\nrelated: [second]\n---\ntext"
    done = take(tmp_path, a=SECOND, b=unkept, c=GERMAN)
    assert counts(done) == (2, 0, 0)
    assert list(done.wrong) == ["b.md"]
    assert "the database cannot keep it" in done.wrong["b.md"]
    assert not Article.objects.filter(slug="unkept").exists()
    assert counts(take(tmp_path)) == (0, 0, 2), "and every further run comes as far"


@pytest.mark.parametrize("field", ["title", "category", "keywords", "reasons", "slug"])
@pytest.mark.parametrize("sign", ["\\0", "\\ud800"])
def test_signs_that_cannot_be_kept_cost_their_file_alone(tmp_path: Path, field: str, sign: str) -> None:
    said = {"title": "x", field: f'"a{sign}b"'}
    head = "\n".join(f"{name}: {value}" for name, value in said.items())
    done = take(tmp_path, bad=f"---\n{head}\n---\ntext", good=SECOND)
    assert list(done.wrong) == ["bad.md"]
    assert "cannot be kept" in done.wrong["bad.md"]
    assert counts(done) == (1, 0, 0)


def test_categories_of_different_names_stay_apart(tmp_path: Path) -> None:
    names = ["C++", "C#", "c", "Пароли и вход в систему", "Пароли и вход на сайт", "v1.2", "v12", "***"]
    files = {f"a{number}": f"---\ntitle: t\ncategory: '{name}'\n---\ntext" for number, name in enumerate(names)}
    for _again in range(2):
        done = take(tmp_path, **files)
        assert done.wrong == {}
        held = {article.slug: article.category for article in Article.objects.select_related("category")}
        titles = [held[f"a{number}"].titles["en"] for number in range(len(names))]  # type: ignore[union-attr] # each has one
        assert titles == [{"c": "C", "v12": "V12"}.get(name, name) for name in names]
    assert Category.objects.count() == len(names)


def test_a_category_that_an_editor_called_otherwise_is_found_again(tmp_path: Path) -> None:
    text = "---\ntitle: t\ncategory: Éditions & prix\n---\ntext"
    take(tmp_path, a="---\ntitle: t\ncategory: Your Account\n---\ntext", b="---\ntitle: t\ncategory: Été\n---\ntext")
    Category.objects.filter(slug="your-account").update(titles={"en": "Account and sign-in"})
    Category.objects.filter(slug="ete").update(titles={"en": "Summer"})
    done = take(tmp_path, c=text)
    assert counts(done) == (1, 0, 2)
    assert set(Category.objects.values_list("slug", flat=True)) == {"your-account", "ete", "editions-prix"}
    assert Category.objects.get(slug="your-account").titles == {"en": "Account and sign-in"}


LINKS = """---
title: Links
slug: links
---
[one](second.md) [two](../en/second.md#the-way "Title") [three](second) [four](./second.md?x=1)
[site](/shop/) [world](https://example.org/a.md) [mail](mailto:a@example.org)
[gone](gone.md) ![picture](other.bmp) `[code](second.md)` [five][ref] [space](<second.md>)

```
[code](second.md)
```

[ref]: second.md
"""


def test_links_between_files_lead_to_articles(tmp_path: Path) -> None:
    done = take(tmp_path, en__links=LINKS, en__second=SECOND, de__second=GERMAN)
    said = Revision.objects.get(title="Links").body
    page = "/help/articles/second/"
    assert f'[one]({page}) [two]({page}#h-the-way "Title") [three]({page}) [four]({page})' in said
    assert "[site](/shop/) [world](https://example.org/a.md) [mail](mailto:a@example.org)" in said
    assert "[gone](gone.md) ![picture](other.bmp) `[code](second.md)` [five][ref]" in said
    assert f"[space](<{page}>)" in said
    assert "```\n[code](second.md)\n```" in said
    assert f"[ref]: {page}" in said
    assert done.doubtful == {"en/links.md": "its link to gone.md leads to no file of the import"}
    assert counts(take(tmp_path)) == (0, 0, 3)


def test_an_anchor_leads_to_its_heading(tmp_path: Path) -> None:
    take(tmp_path, a="---\ntitle: A\n---\n[x](#The-Way) [y](b.md#größe)", b="---\ntitle: B\n---\n## Größe\ntext")
    assert Revision.objects.get(title="A").body == "[x](#h-the-way) [y](/help/articles/b/#h-größe)"
    assert [heading.anchor for heading in rendering.headings_of(Revision.objects.get(title="B").body)] == ["h-größe"]
