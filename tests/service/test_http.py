"""What every answer of the service has in common."""

import gzip
import json
import re

import httpx2 as httpx
import pytest
from starlette.testclient import TestClient

from service.pages import SCRIPT_PATH
from service.problems import KINDS

PAGES = ("/", "/about", "/problems", "/search?q=lotus", "/doc/alliance/lotus-network", "/doc/country/KZ.html")
ERRORS = (
    ("GET", "/nothing", 404),
    ("GET", "/doc/alliance/none", 404),
    ("GET", "/doc/none/none", 404),
    ("GET", "/id/alliance/none", 404),
    ("GET", "/same/ror/none", 404),
    ("GET", "/same/none/none", 404),
    ("GET", "/releases/none", 404),
    ("GET", "/releases/2020-01-01-0123456789/", 404),
    ("GET", "/releases/../../etc/passwd", 404),
    ("GET", "/releases/..%2f..%2fetc/", 404),
    ("GET", "/static/none.css", 404),
    ("GET", "/doc/alliance/tamarind-club", 410),
    ("GET", "/id/alliance/tamarind-club", 410),
    ("GET", "/browse/none", 404),
    ("GET", "/browse/none.json", 404),
    ("GET", "/browse/alliances/none", 404),
    ("GET", "/browse/alliances/none.json", 404),
    ("GET", "/browse/alliances/alliances/none", 404),
    ("GET", "/browse/alliances/alliances.json?_sort=none", 400),
    ("GET", "/browse/alliances/alliances?_where=1", 403),
    ("GET", "/browse/alliances/alliances?" + 7 * "_facet=kind&", 400),
    ("GET", "/browse/-/sql.json?sql=drop+table+alliances", 400),
    ("GET", "/browse/-/sql.txt?sql=select+1", 404),
    ("GET", "/browse/-/export/none/alliances.csv", 404),
    ("GET", "/browse/-/export/alliances/none.csv", 404),
    ("GET", "/browse/-/export/alliances/alliances.geojson", 404),
    ("GET", "/browse/-/export/alliances/alliances.csv?_sort=none", 400),
    ("POST", "/browse/alliances", 405),
    ("GET", "/ns.none", 404),
    ("GET", "/context/none.jsonld", 404),
    ("POST", "/", 405),
    ("DELETE", "/doc/alliance/lotus-network", 405),
    ("PUT", "/id/alliance/lotus-network", 405),
    ("POST", "/releases", 405),
    ("PATCH", "/health/live", 405),
    ("POST", "/ns", 405),
    ("DELETE", "/shapes.ttl", 405),
    ("PUT", "/catalog", 405),
    ("PATCH", "/.well-known/void", 405),
    ("GET", "/?" + "a" * 9000, 414),
    ("GET", "/doc/alliance/lotus-network.html?members=x", 400),
    ("GET", "/doc/alliance/lotus-network.html?members=0", 400),
)


@pytest.mark.parametrize(("method", "path", "status"), ERRORS)
def test_every_error_has_one_shape(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path, headers={"Accept": "*/*"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert set(body) >= {"type", "title", "status", "detail", "instance", "request_id"}
    assert body["status"] == status
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["type"] in {kind.type for kind in KINDS}
    assert "Traceback" not in answer.text
    if status == 405:
        assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(("method", "path", "status"), ERRORS)
def test_browsers_get_errors_as_pages(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["vary"]
    assert answer.headers["x-request-id"] in answer.text


@pytest.mark.parametrize("path", ["/graphql", "/releases/2026-01-31-0123456789/graphql"])
def test_graphql_has_its_own_shape_of_errors_whoever_tells_of_them(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}?query={'a' * 9000}", headers={"Accept": "application/graphql-response+json"})
    assert answer.status_code == 414
    assert answer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "URI_TOO_LONG"


def test_a_problem_type_leads_to_its_description(client: TestClient) -> None:
    page = client.get("/problems").text
    for kind in KINDS:
        assert f'id="{kind.slug}"' in page
        assert kind.type.startswith("/problems#")


def test_406_lists_what_there_is(client: TestClient) -> None:
    answer = client.get("/doc/alliance/lotus-network", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    formats = answer.json()["formats"]
    assert {"type": "text/html", "href": "/doc/alliance/lotus-network.html"} in formats
    expanded = 'type="application/ld+json"; profile="http://www.w3.org/ns/json-ld#expanded"'
    assert f'</doc/alliance/lotus-network.expanded.jsonld>; rel="alternate"; {expanded}' in answer.headers["link"]
    for offered in formats:
        assert client.get(offered["href"], headers={"Accept": "image/png"}).status_code == 200


def test_a_withdrawn_record_leaves_a_tombstone(client: TestClient) -> None:
    body = client.get("/doc/alliance/tamarind-club").json()
    assert body["tombstone"] == {"type": "alliance", "id": "tamarind-club"}


@pytest.mark.parametrize("path", [*PAGES, "/nothing", "/releases", "/health/live", "/metrics", "/browse/"])
def test_security_and_cors_headers_stand_everywhere(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe-eval" not in headers["content-security-policy"]
    assert re.search(r"script-src[^;]*unsafe-inline", headers["content-security-policy"]) is None
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["access-control-allow-origin"] == "*"
    assert "ETag" in headers["access-control-expose-headers"]
    assert "server" not in headers
    assert "set-cookie" not in headers


def test_preflight_allows_reading_from_anywhere(client: TestClient) -> None:
    answer = client.options("/doc/alliance/lotus-network", headers={"Access-Control-Request-Method": "GET"})
    assert answer.status_code == 204
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert "If-None-Match" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abcdef-0123.ABC_", True), ("short", False), ("a" * 65, False), ("has space", False), ('quote"quote"', False)],
)
def test_a_sane_request_id_is_kept(client: TestClient, given: str, kept: bool) -> None:
    answer = client.get("/health/live", headers={"X-Request-Id": given})
    assert (answer.headers["x-request-id"] == given) is kept


def test_request_ids_differ(client: TestClient) -> None:
    assert len({client.get("/health/live").headers["x-request-id"] for _ in range(5)}) == 5


@pytest.mark.parametrize("path", PAGES)
def test_a_known_answer_is_not_sent_again(client: TestClient, path: str) -> None:
    first = client.get(path, headers={"Accept-Encoding": "identity"})
    assert first.status_code == 200
    tag = first.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        again = client.get(path, headers={"Accept-Encoding": "identity", "If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "content-length" not in again.headers or again.headers["content-length"] == "0"
        assert set(again.headers["vary"].split(", ")) <= set(first.headers["vary"].split(", "))
    assert client.get(path, headers={"Accept-Encoding": "identity", "If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_head_is_get_without_the_body(client: TestClient, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.content == b""
    assert head.status_code == get.status_code == 200
    for name in ("etag", "content-type", "content-length", "vary", "cache-control"):
        assert head.headers.get(name) == get.headers.get(name), name


def test_head_of_an_error_has_no_body(client: TestClient) -> None:
    answer = client.head("/nothing")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("path", PAGES)
def test_codings_have_their_own_tags_and_the_same_content(client: TestClient, path: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as coded:
        raw = b"".join(coded.iter_raw())
    assert coded.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw) == plain.content
    assert int(coded.headers["content-length"]) == len(raw) < len(plain.content)
    assert coded.headers["etag"] != plain.headers["etag"]
    assert "Accept-Encoding" in plain.headers["vary"]
    assert "Accept-Encoding" in coded.headers["vary"]
    assert "content-encoding" not in plain.headers


def test_a_second_answer_comes_from_the_cache_and_is_the_same(client: TestClient) -> None:
    path = "/doc/organization/jade-university"
    first, second = client.get(path), client.get(path)
    assert first.content == second.content
    ignored = {"x-request-id", "date"}
    assert {k: v for k, v in first.headers.items() if k not in ignored} == {
        k: v for k, v in second.headers.items() if k not in ignored
    }
    assert client.get("/metrics").text.count("alliances_cache_hits_total{") == 1


@pytest.mark.parametrize(
    ("path", "target", "status"),
    [
        ("/browse", "/browse/", 308),
        ("/id/alliance/lotus-network", "/doc/alliance/lotus-network", 303),
        ("/id/organization/qinghe-college", "/id/organization/jade-university", 308),
        ("/doc/organization/qinghe-college", "/doc/organization/jade-university", 308),
        ("/doc/organization/qinghe-college.html", "/doc/organization/jade-university.html", 308),
        ("/doc/membership/m-o0000z", "/doc/membership/m-o00005", 308),
        ("/same/ror/02jade174", "/id/organization/jade-university", 303),
        ("/same/ROR/02JADE174", "/id/organization/jade-university", 303),
        ("/same/ror/https://ror.org/02jade174", "/id/organization/jade-university", 303),
        ("/same/isni/0000 0001 2345 6789", "/id/organization/jade-university", 303),
        ("/same/wikidata/q900000001", "/id/organization/jade-university", 303),
    ],
)
def test_redirects_are_path_absolute(client: TestClient, path: str, target: str, status: int) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (status, target)


def test_redirects_of_an_older_release_stay_in_it(client: TestClient, ids: tuple[str, ...]) -> None:
    root = f"/releases/{ids[0]}"
    assert client.get(root).headers["location"] == f"{root}/"
    assert client.get(f"{root}/id/alliance/lotus-network").headers["location"] == f"{root}/doc/alliance/lotus-network"
    assert client.get(f"{root}/same/ror/02jade174").headers["location"] == f"{root}/id/organization/jade-university"


def test_an_older_release_is_served_whole_and_links_within_itself(client: TestClient, ids: tuple[str, ...]) -> None:
    root = f"/releases/{ids[0]}"
    page = client.get(f"{root}/doc/alliance/lotus-network")
    assert page.status_code == 200
    assert ids[0] in page.text
    links = set(re.findall(r'href="(/[^"]*)"', page.text))
    leaving = {link for link in links if not link.startswith((root, "/static/", "/releases"))}
    assert leaving == {"/"}
    assert page.headers["etag"] != client.get("/doc/alliance/lotus-network").headers["etag"]
    assert "max-age=86400" in page.headers["cache-control"]
    assert "no-cache" in client.get("/doc/alliance/lotus-network").headers["cache-control"]


def test_health(client: TestClient, ids: tuple[str, ...]) -> None:
    assert client.get("/health/live").json() == {"status": "live"}
    assert client.get("/health/ready").json() == {"status": "ready", "release": ids[-1]}
    assert client.get("/health/fresh").json()["release"] == ids[-1]
    for path in ("live", "ready", "fresh"):
        assert client.get(f"/health/{path}").headers["cache-control"] == "no-store"


def test_metrics_are_prometheus_text(client: TestClient) -> None:
    client.get("/doc/alliance/lotus-network")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert re.search(r'alliances_requests_total\{worker="\d+",area="doc",method="GET",status="200"\} \d+', answer.text)
    for line in answer.text.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+(\{(\w+="[^"]*",?)+\})? -?[0-9.e+inf-]+', line), line


def test_unknown_paths_make_no_new_series(client: TestClient) -> None:
    for number in range(3):
        client.get(f"/surprise-{number}")
    assert "surprise" not in client.get("/metrics").text


@pytest.mark.parametrize(
    "path", ["/browse/a/b/c/d/e", "/browse/nothing", "/browse/alliances/nothing", "/browse/alliances/alliances/nothing"]
)
def test_what_datasette_does_not_have_is_said_to_the_client_alone(
    client: TestClient, path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert client.get(path).status_code == 404
    said = capfd.readouterr()
    assert "Traceback" not in said.out + said.err


def test_releases_as_json_and_as_page(client: TestClient, ids: tuple[str, ...]) -> None:
    listed = client.get("/releases", headers={"Accept": "application/json"}).json()["releases"]
    assert [release["id"] for release in listed] == list(reversed(ids))
    assert [release["current"] for release in listed] == [True, False, False]
    page = client.get("/releases", headers={"Accept": "text/html"})
    tag = page.headers["etag"]
    again = client.get("/releases", headers={"Accept": "text/html", "If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/releases", headers={"Accept": "application/json", "If-None-Match": tag}).status_code == 200
    assert all(id in page.text for id in ids)


def files(client: TestClient, id: str) -> list[dict[str, str]]:
    manifest = json.loads(client.get(f"/releases/{id}/manifest.json").content)
    found: list[dict[str, str]] = manifest["files"]
    return found


def test_every_file_of_every_release_is_what_its_manifest_says(client: TestClient, ids: tuple[str, ...]) -> None:
    import hashlib

    for id in ids:
        for file in files(client, id):
            answer = client.get(f"/releases/{id}/files/{file['name']}", headers={"Accept-Encoding": "gzip"})
            assert answer.status_code == 200
            assert hashlib.sha256(answer.content).hexdigest() == file["sha256"]
            assert answer.headers["etag"] == f'"{file["sha256"]}"'
            assert answer.headers["content-type"].partition(";")[0] == file["media_type"]
            assert f"{id}-{file['name']}" in answer.headers["content-disposition"]
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["accept-ranges"] == "bytes"


def test_a_download_can_be_continued(client: TestClient, ids: tuple[str, ...]) -> None:
    path = f"/releases/{ids[-1]}/files/shapes.json"
    whole = client.get(path)

    def part(span: str, **more: str) -> httpx.Response:
        return client.get(path, headers={"Range": span, **more})

    size = len(whole.content)
    assert part("bytes=10-19").content == whole.content[10:20]
    assert part("bytes=10-19").headers["content-range"] == f"bytes 10-19/{size}"
    assert part("bytes=-10").content == whole.content[-10:]
    assert part(f"bytes={size - 5}-").content == whole.content[-5:]
    assert part("bytes=10-19", **{"If-Range": whole.headers["etag"]}).status_code == 206
    assert part("bytes=10-19", **{"If-Range": '"other"'}).content == whole.content
    for ignored in ("lines=1-2", "bytes=5-2", "bytes=a-b", "bytes=", "bytes=1-2,5-6", "nonsense"):
        assert (part(ignored).status_code, part(ignored).content) == (200, whole.content), ignored
    beyond = part(f"bytes={size}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"
    assert beyond.headers["content-type"] == "application/problem+json"
    assert client.get(path, headers={"If-None-Match": whole.headers["etag"]}).status_code == 304
    head = client.head(path)
    assert (head.content, head.headers["content-length"]) == (b"", str(size))


@pytest.mark.parametrize("name", ["none.csv", "manifest.json", "..%2fmanifest.json", ".building", ""])
def test_only_files_of_the_release_are_given(client: TestClient, ids: tuple[str, ...], name: str) -> None:
    assert client.get(f"/releases/{ids[-1]}/files/{name}").status_code == 404


def test_the_stylesheet_is_kept_for_ever(client: TestClient) -> None:
    found = re.search(r'href="(/static/style\.[0-9a-f]+\.css)"', client.get("/").text)
    assert found
    answer = client.get(found[1])
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get(found[1], headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


@pytest.mark.parametrize("path", PAGES)
def test_pages_call_nothing_outside_and_have_one_script_of_ours(client: TestClient, path: str) -> None:
    text = client.get(path).text
    # A block of data for search engines is no script: nothing runs it.
    scripts = re.findall(r"<script[^>]*>", text.replace('<script type="application/ld+json">', ""))
    assert scripts == [f'<script defer src="{SCRIPT_PATH}">']
    assert "style=" not in text
    for loaded in re.findall(r'(?:src|<link[^>]*rel="(?:stylesheet|icon)"[^>]*href)="([^"]*)"', text):
        assert loaded.startswith("/static/")
