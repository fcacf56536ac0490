"""The whole HTTP surface on one page."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route

from service import (
    cards,
    compare,
    dictionary,
    embeds,
    exports,
    health,
    home,
    news,
    overviews,
    questions,
    record,
    releases,
    static,
    suggestions,
)
from service.areas import Areas, Everywhere
from service.faces import FaceRow
from service.leasing import CurrentRelease, FaceApp, Get, OlderRelease, PageApp


def routes(rows: Sequence[FaceRow]) -> list[BaseRoute]:
    """What stands where.

    What is read from a release has two addresses: at the root for the current release, below `/releases/{id}` for
    each that is kept.
    """
    release = Areas(release_routes(rows))
    everything = [
        Route("/health/live", Get(health.live)),
        Route("/health/ready", Get(health.ready)),
        Route("/health/fresh", Get(health.fresh)),
        Route("/metrics", Get(health.metrics)),
        Route("/robots.txt", Get(static.robots)),
        Route("/static/{name:path}", Get(static.static)),
        Route("/releases", Get(releases.index)),
        Route("/releases/{release}", Get(releases.root)),
        Route("/releases/{release}/manifest.json", Get(releases.manifest)),
        Route("/releases/{release}/files/{file:path}", Get(releases.file)),
        Mount("/releases/{release}", app=OlderRelease(release)),
        Everywhere(CurrentRelease(release)),
    ]
    return [Everywhere(Areas(everything))]


def release_routes(rows: Sequence[FaceRow]) -> list[BaseRoute]:
    """What is read from a release. A record's page stands at its own address beside its other formats."""
    page = PageApp
    return [
        Route("/", page(home.home)),
        Route("/about", page(home.about)),
        Route("/problems", page(home.problems)),
        Route("/search", page(home.search)),
        Route("/search/suggest", page(suggestions.suggest)),
        Route("/questions", page(questions.index)),
        Route("/questions/{name}", page(questions.question)),
        Route("/countries", page(overviews.countries)),
        Route("/map", page(overviews.world)),
        Route("/timeline", page(overviews.foundings)),
        Route("/network", page(overviews.network)),
        Route("/compare", page(compare.compare)),
        Route("/dictionary", page(dictionary.dictionary)),
        Route("/news", page(news.news)),
        Route("/embed/{what}", page(embeds.overview)),
        Route("/embed/{what}/{type}/{id}", page(embeds.record)),
        Route("/card.png", page(cards.whole)),
        Route("/card/{type}/{name}", page(cards.record)),
        Route("/list/{type}/{id}/{file}", page(exports.listed)),
        Route("/id/{type}/{id}", page(record.thing)),
        Route("/doc/", page(record.documents)),
        Route("/doc/{type}/{name}", record.DOCUMENT),
        Route("/graph/{name:path}", page(record.graph)),
        Route("/same/{scheme}/{value:path}", page(record.same)),
        *(Route(path, FaceApp(row)) for row in rows for path in row.paths),
        *(Route(f"{path}/{{rest:path}}", FaceApp(row)) for row in rows for path in row.paths),
    ]
