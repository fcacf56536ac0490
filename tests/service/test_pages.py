"""Pages for people: words, sentences, pictures, citations, lists as files, comparisons, overviews."""

from __future__ import annotations

import csv
import dataclasses
import gzip
import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from starlette.testclient import TestClient

from datasets.release import pointer
from datasets.release.open import Release
from service import citations, pages, reports
from service.words import article, counted, dated, language_name, when

LOTUS, ORCHID = "/doc/alliance/lotus-network.html", "/doc/alliance/orchid-alliance.html"


@pytest.mark.parametrize(
    ("edtf", "words", "in_a_sentence"),
    [
        ("2017-04-29", "29 April 2017", "on 29 April 2017"),
        ("2017-04", "April 2017", "in April 2017"),
        ("2017", "2017", "in 2017"),
        ("2009~", "about 2009", "in about 2009"),
        ("2001?", "perhaps 2001", "in perhaps 2001"),
        ("2016-21", "spring 2016", "in spring 2016"),
        ("201X", "the 2010s", "in the 2010s"),
        ("2016-XX-XX", "2016", "in 2016"),
        ("2016-04-XX", "April 2016", "in April 2016"),
        ("2018/2020", "between 2018 and 2020", "between 2018 and 2020"),
        ("2018/..", "2018 or later", "2018 or later"),
        ("/2018", "2018 or before", "2018 or before"),
        ("no date", "no date", "no date"),
    ],
)
def test_dates_in_words(edtf: str, words: str, in_a_sentence: str) -> None:
    assert (when(edtf), dated(edtf)) == (words, in_a_sentence)


def test_articles_and_plurals() -> None:
    assert [article(n) for n in ("university", "alliance", "institutional alliance", "umbrella", "figure")] == [
        "a university", "an alliance", "an institutional alliance", "an umbrella", "a figure",
    ]  # fmt: skip
    assert [counted(1, "countries"), counted(1, "members"), counted(1200, "members")] == [
        "1 country", "1 member", "1,200 members",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        (
            ORCHID,
            "Orchid River Universities Alliance (ORUA) is a university network (scope: Orchid River), founded on 29 April",
        ),
        (
            "/doc/organization/jade-university.html",
            "Jade University (JU) is a university in Beijing, China, founded in 1911. 1 alliance is ",
        ),
        ("/doc/figure/f-l00002.html", "A figure: 14, countries, exact, as counted in 2016."),
        ("/doc/country/TH.html", "Thailand is a country."),
    ],
)
def test_a_record_says_first_what_it_is(client: TestClient, path: str, sentence: str) -> None:
    found = re.search(r'<p class="lead">(.*?)</p>', client.get(path).text)
    assert found
    assert found[1].startswith(sentence)


def test_the_map_lies_over_outlines_that_are_kept_for_ever(client: TestClient) -> None:
    page = client.get(ORCHID).text
    assert f'<image href="{pages.WORLD_PATH}"' in page
    answer = client.get(pages.WORLD_PATH)
    assert answer.headers["content-type"] == "image/svg+xml"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    plain = client.get(pages.WORLD_PATH, headers={"Accept-Encoding": "identity"})
    assert plain.content == answer.content == pages.WORLD
    assert plain.headers["etag"] != answer.headers["etag"]
    again = client.get(pages.WORLD_PATH, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert len(gzip.compress(page.encode())) < 100_000


def test_reported_figures_stand_beside_what_is_recorded(client: TestClient) -> None:
    page = client.get(LOTUS).text
    section = page[page.index('<h2 id="figures"') :]
    assert "never subtracted" in section
    assert re.search(r"Recorded here, with a source for each: \d+ members", section)
    assert 'href="/doc/source/lotus-2016"' in section[: section.index("</section>")]


def test_lists_are_sorted_by_what_is_asked(client: TestClient) -> None:
    def since(path: str) -> list[str]:
        page = client.get(path).text
        section = page[page.index('<h2 id="members"') :].partition("</section>")[0]
        return re.findall(r'<td class="short">(\d{4}[^<]*|)</td>', section)[::2]

    dates = [d for d in since(f"{ORCHID}?members_sort=since") if d]
    assert dates == sorted(dates)
    assert len(dates) > 1
    assert client.get(f"{ORCHID}?members_sort=nonsense").status_code == 200
    assert client.get(f"{ORCHID}?members=none").status_code == 400


def test_a_citation_names_release_and_permalink(client: TestClient, published: Path, ids: tuple[str, ...]) -> None:
    current = pointer.current(published)
    assert current
    release = Release.open(current)
    cited = citations.citation(release, "A & B: 100 %", "/doc/alliance/orchid-alliance")
    permalink = f"http://world.example/releases/{ids[-1]}/doc/alliance/orchid-alliance"
    assert cited.text == f"Tests (2026). A & B: 100 %. In: The small world, release {ids[-1]}. Tests. {permalink}"
    assert r"title = {{A \& B: 100 \%}}" in cited.bibtex
    assert f"url = {{{permalink}}}" in cited.bibtex
    item = json.loads(cited.csl)[0]
    assert (item["URL"], item["issued"]) == (permalink, {"date-parts": [[2026, 3, 31]]})
    for _ in range(2):
        assert client.get(permalink.removeprefix("http://world.example"), follow_redirects=True).status_code == 200


def test_errors_are_reported_where_the_setting_or_the_release_says(published: Path) -> None:
    current = pointer.current(published)
    assert current
    release = Release.open(current)
    nowhere = dataclasses.replace(release, manifest={**release.manifest, "contact": ""})
    mail = dataclasses.replace(release, manifest={**release.manifest, "contact": "mailto:a@b.example"})
    assert reports.report(nowhere, "", "X", "http://p") == ""
    assert reports.report(mail, "", "X & Y", "http://p").startswith(
        "mailto:a@b.example?subject=Error%20in%20X%20%26%20Y&"
    )
    issue = reports.report(mail, "https://issues.example/new?labels=data", "X", "http://p")
    assert issue.startswith("https://issues.example/new?labels=data&title=Error+in+X&body=Page%3A+http%3A%2F%2Fp")


def test_a_list_is_given_whole_in_every_format(client: TestClient, ids: tuple[str, ...]) -> None:
    base = "/list/alliance/orchid-alliance/members"
    told = client.get(f"{base}.json").json()
    assert told["about"]["release"] == ids[-1]
    assert told["about"]["rows"] == str(len(told["rows"]))
    rows = list(csv.DictReader(io.StringIO(client.get(f"{base}.csv").content.decode("utf-8-sig"))))
    assert [r["organization"] for r in rows[: len(told["rows"])]] == [r["organization"] for r in told["rows"]]
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{base}.xlsx").content))
    assert book["Data"].max_row - 1 == len(told["rows"])
    assert book["About this file"]["B4"].value == "CC-BY-4.0"
    places = client.get(f"{base}.geojson")
    assert places.headers["content-type"] == "application/geo+json"
    features = places.json()["features"]
    assert len(features) == len(told["rows"])
    for feature, row in zip(features, told["rows"], strict=True):
        known = row["latitude"] is not None
        assert feature["geometry"] == (
            {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]} if known else None
        )
    assert client.get("/list/alliance/orchid-alliance/figures.geojson").status_code == 404
    assert client.get("/list/alliance/orchid-alliance/nothing.csv").status_code == 404
    assert client.get("/list/alliance/nobody/members.csv").status_code == 404


def test_two_alliances_side_by_side(client: TestClient) -> None:
    page = client.get("/compare?a=orchid-alliance&b=lotus-network").text
    both, first, second = (int(n) for n in re.findall(r"\d+", page[page.index("They share") :])[:3])
    shared = client.get("/questions/shared-members.json?alliance=orchid-alliance&other=lotus-network").json()["rows"]
    assert both == len({row["organization"] for row in shared})
    assert first > 0
    assert second > 0
    assert client.get("/compare?a=orchid-alliance&b=nobody").status_code == 404
    assert client.get("/compare?c=1").status_code == 400
    assert "Only in" not in client.get("/compare").text


@pytest.mark.parametrize("path", ["/countries", "/map", "/timeline", "/network", "/dictionary", "/news", "/compare"])
def test_overviews_stand_for_older_releases_too(client: TestClient, ids: tuple[str, ...], path: str) -> None:
    assert client.get(path).status_code == 200
    older = client.get(f"/releases/{ids[0]}{path}")
    assert older.status_code == 200
    assert f'href="/releases/{ids[0]}/questions"' in older.text


def test_releases_say_what_changed(client: TestClient, ids: tuple[str, ...]) -> None:
    assert "first release that is kept" in client.get(f"/releases/{ids[0]}/news").text
    assert "all records and statements are the same" in client.get("/news").text
    page = client.get("/releases", headers={"Accept": "text/html"}).text
    assert "Nothing changed against the one before it." in page


def test_languages_have_names() -> None:
    assert [language_name(tag) for tag in ("en", "zh-Hant", "ms", "el", "yue", "qq")] == [
        "English", "Chinese", "Malay", "Modern Greek", "Yue Chinese", "",
    ]  # fmt: skip


def test_what_no_source_says_is_told(client: TestClient) -> None:
    page = client.get(LOTUS).text
    assert "No source used here says anything of: ended, secretariat organization" in page
    assert "That is not the same as none." in page
    assert "says anything of" not in client.get("/doc/country/TH.html").text
