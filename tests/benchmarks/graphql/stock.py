"""The usual way to serve GraphQL in Python: Strawberry types, SQLAlchemy's ORM, a DataLoader for each link.

`uvicorn tests.benchmarks.graphql.stock:app` serves the release file that RELEASE names. Lists of links are cut in SQL
with a window function, so that no more rows are made into objects than are shown.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, ForeignKey, Select, create_engine, func, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info

engine = create_engine(
    f"sqlite:///file:{os.environ['RELEASE']}?mode=ro&immutable=1&uri=true", pool_size=64, max_overflow=0
)


class Base(DeclarativeBase):
    """The tables of the release that the questions need."""


class Organizations(Base):
    __tablename__ = "organizations"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str | None]
    name_sort: Mapped[str]


class Alliances(Base):
    __tablename__ = "alliances"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    founded: Mapped[str | None]
    website: Mapped[str | None]
    name_sort: Mapped[str]


class Memberships(Base):
    __tablename__ = "memberships"
    id: Mapped[str] = mapped_column(primary_key=True)
    alliance: Mapped[str] = mapped_column(ForeignKey("alliances.id"))
    organization: Mapped[str] = mapped_column(ForeignKey("organizations.id"))
    role: Mapped[str]
    organization_sort: Mapped[str]
    alliance_sort: Mapped[str]


class Agreements(Base):
    __tablename__ = "agreements"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    signed: Mapped[str | None]
    signed_latest: Mapped[str | None]
    signed_sort: Mapped[str]
    alliance: Mapped[str | None] = mapped_column(ForeignKey("alliances.id"))


class Parties(Base):
    __tablename__ = "parties"
    id: Mapped[str] = mapped_column(primary_key=True)
    agreement: Mapped[str] = mapped_column(ForeignKey("agreements.id"))
    actor: Mapped[str]
    actor_type: Mapped[str]
    role: Mapped[str]
    actor_sort: Mapped[str]


class Claims(Base):
    __tablename__ = "claims"
    id: Mapped[str] = mapped_column(primary_key=True)
    record: Mapped[str]
    record_type: Mapped[str]
    column: Mapped[str]
    source: Mapped[str | None] = mapped_column(ForeignKey("sources.id"))


class Sources(Base):
    __tablename__ = "sources"
    id: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    title: Mapped[str]


Loader = DataLoader[Any, Any]


def by_id(model: type[Any]) -> Loader:
    """Loads records by their ids."""

    async def load(keys: list[str]) -> list[Any]:
        with Session(engine) as session:
            found = {row.id: row for row in session.scalars(select(model).where(model.id.in_(keys)))}
        return [found.get(key) for key in keys]

    return DataLoader(load_fn=load)


def children(model: type[Any], parent: str, *order: str) -> Loader:
    """Loads the first rows of each parent; a key is (parent's id, how many)."""

    async def load(keys: list[tuple[str, int]]) -> list[list[Any]]:
        most = max(first for _, first in keys)
        owner = getattr(model, parent)
        place = func.row_number().over(partition_by=owner, order_by=[getattr(model, name) for name in (*order, "id")])
        ids = [key for key, _ in keys]
        ranked = select(model, place.label("place")).where(owner.in_(ids)).subquery()
        entity = aliased(model, ranked)
        query = select(entity).where(ranked.c.place <= most).order_by(ranked.c[parent], ranked.c.place)
        found: dict[Hashable, list[Any]] = defaultdict(list)
        with Session(engine) as session:
            for row in session.scalars(query):
                found[getattr(row, parent)].append(row)
        return [found[key][:first] for key, first in keys]

    return DataLoader(load_fn=load)


async def _claims(keys: list[tuple[str, str]]) -> list[list[Claims]]:
    found: dict[str, list[Claims]] = defaultdict(list)
    ids, columns = [id for id, _ in keys], {column for _, column in keys}
    where = (Claims.record_type == "agreement", Claims.record.in_(ids), Claims.column.in_(columns))
    with Session(engine) as session:
        for row in session.scalars(select(Claims).where(*where).order_by(Claims.id)):
            found[row.record].append(row)
    return [found[id] for id, _ in keys]


LOADERS: dict[str, Callable[[], Loader]] = {
    "organization": lambda: by_id(Organizations),
    "alliance": lambda: by_id(Alliances),
    "source": lambda: by_id(Sources),
    "members": lambda: children(Memberships, "alliance", "organization_sort"),
    "memberships": lambda: children(Memberships, "organization", "alliance_sort"),
    "parties": lambda: children(Parties, "agreement", "actor_sort"),
    "claims": lambda: DataLoader(load_fn=_claims),
}
Context = Info[dict[str, Loader], None]


def load(info: Context, name: str, key: Hashable) -> Awaitable[Any]:
    """What the loader of that name gives for a key."""
    return info.context[name].load(key)


@strawberry.type
class Organization:
    row: strawberry.Private[Organizations]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.row.id)

    @strawberry.field
    def name(self) -> str:
        return self.row.name

    @strawberry.field
    def country(self) -> str | None:
        return self.row.country

    @strawberry.field
    async def memberships(self, info: Context, first: int = 20) -> list[Membership]:
        return [Membership(row=row) for row in await load(info, "memberships", (self.row.id, first))]


@strawberry.type
class Alliance:
    row: strawberry.Private[Alliances]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.row.id)

    @strawberry.field
    def name(self) -> str:
        return self.row.name

    @strawberry.field
    def kind(self) -> str:
        return self.row.kind

    @strawberry.field
    def founded(self) -> str | None:
        return self.row.founded

    @strawberry.field
    def website(self) -> str | None:
        return self.row.website

    @strawberry.field
    async def memberships(self, info: Context, first: int = 20) -> list[Membership]:
        return [Membership(row=row) for row in await load(info, "members", (self.row.id, first))]


@strawberry.type
class Membership:
    row: strawberry.Private[Memberships]

    @strawberry.field
    def role(self) -> str:
        return self.row.role

    @strawberry.field
    async def organization(self, info: Context) -> Organization:
        return Organization(row=await load(info, "organization", self.row.organization))

    @strawberry.field
    async def alliance(self, info: Context) -> Alliance:
        return Alliance(row=await load(info, "alliance", self.row.alliance))


@strawberry.type
class Source:
    row: strawberry.Private[Sources]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.row.id)

    @strawberry.field
    def url(self) -> str:
        return self.row.url

    @strawberry.field
    def title(self) -> str:
        return self.row.title


@strawberry.type
class Claim:
    row: strawberry.Private[Claims]

    @strawberry.field
    async def source(self, info: Context) -> Source | None:
        return Source(row=await load(info, "source", self.row.source)) if self.row.source else None


@strawberry.type
class Party:
    row: strawberry.Private[Parties]

    @strawberry.field
    def role(self) -> str:
        return self.row.role

    @strawberry.field
    async def actor(self, info: Context) -> Organization:
        return Organization(row=await load(info, "organization", self.row.actor))


@strawberry.type
class Agreement:
    row: strawberry.Private[Agreements]

    @strawberry.field
    def id(self) -> strawberry.ID:
        return strawberry.ID(self.row.id)

    @strawberry.field
    def title(self) -> str:
        return self.row.title

    @strawberry.field
    def signed(self) -> str | None:
        return self.row.signed

    @strawberry.field
    async def parties(self, info: Context, first: int = 20) -> list[Party]:
        return [Party(row=row) for row in await load(info, "parties", (self.row.id, first))]

    @strawberry.field
    async def alliance(self, info: Context) -> Alliance | None:
        return Alliance(row=await load(info, "alliance", self.row.alliance)) if self.row.alliance else None

    @strawberry.field
    async def claims(self, info: Context, column: str) -> list[Claim]:
        return [Claim(row=row) for row in await load(info, "claims", (self.row.id, column))]


@strawberry.type
class Hit:
    id: strawberry.ID
    label: str


@strawberry.type
class Hits:
    total_count: int
    nodes: list[Hit]


@strawberry.type
class Signatories:
    total_count: int
    nodes: list[Organization]


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class AgreementPage:
    nodes: list[Agreement]
    page_info: PageInfo


def rows(query: Select[Any]) -> Sequence[Any]:
    """The records of a query."""
    with Session(engine) as session:
        return session.scalars(query).all()


def count(query: Select[Any]) -> int:
    """How many rows a query has."""
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def within(first: str, last: str) -> tuple[ColumnElement[bool], ...]:
    """Conditions of being signed between two days."""
    return Agreements.signed_sort >= first, Agreements.signed_sort <= last, Agreements.signed_latest <= last


SEARCH = text(
    "SELECT e.id, e.label FROM search_index JOIN search_entries e ON e.entry = search_index.rowid "
    "WHERE search_index MATCH :words AND e.type = 'agreement' ORDER BY bm25(search_index), e.entry LIMIT :first"
)
COUNT = text(
    "SELECT count(*) FROM search_index JOIN search_entries e ON e.entry = search_index.rowid "
    "WHERE search_index MATCH :words AND e.type = 'agreement'"
)


@strawberry.type
class Query:
    @strawberry.field
    def alliance(self, id: strawberry.ID) -> Alliance | None:
        with Session(engine) as session:
            found = session.get(Alliances, str(id))
        return Alliance(row=found) if found else None

    @strawberry.field
    def organization(self, id: strawberry.ID) -> Organization | None:
        with Session(engine) as session:
            found = session.get(Organizations, str(id))
        return Organization(row=found) if found else None

    @strawberry.field
    def alliances(self, first: int) -> list[Alliance]:
        query = select(Alliances).order_by(Alliances.name_sort, Alliances.id).limit(first)
        return [Alliance(row=row) for row in rows(query)]

    @strawberry.field
    def agreements(self, from_day: str, to_day: str, alliance: str, first: int) -> list[Agreement]:
        query = select(Agreements).where(Agreements.alliance == alliance, *within(from_day, to_day))
        query = query.order_by(Agreements.signed_sort, Agreements.id).limit(first)
        return [Agreement(row=row) for row in rows(query)]

    @strawberry.field
    def signatories(self, from_day: str, to_day: str, country: str, first: int) -> Signatories:
        party = select(Parties.id).join(Agreements, Agreements.id == Parties.agreement)
        party = party.where(Parties.actor_type == "organization", Parties.actor == Organizations.id)
        party = party.where(*within(from_day, to_day))
        query = select(Organizations).where(Organizations.country == country, party.exists())
        found = rows(query.order_by(Organizations.name_sort, Organizations.id).limit(first))
        return Signatories(total_count=count(query), nodes=[Organization(row=row) for row in found])

    @strawberry.field
    def search(self, text: str, first: int) -> Hits:
        with Session(engine) as session:
            found = session.execute(SEARCH, {"words": text, "first": first}).all()
            total = session.scalar(COUNT, {"words": text}) or 0
        return Hits(total_count=total, nodes=[Hit(id=strawberry.ID(row.id), label=row.label) for row in found])

    @strawberry.field
    def agreement_page(self, first: int, offset: int) -> AgreementPage:
        order = (Agreements.signed_sort, Agreements.id)
        found = rows(select(Agreements).order_by(*order).limit(first + 1).offset(offset))
        nodes = [Agreement(row=row) for row in found[:first]]
        return AgreementPage(nodes=nodes, page_info=PageInfo(has_next_page=len(found) > first))


class App(GraphQL[dict[str, Loader], None]):
    """Strawberry's own ASGI application, with new loaders for each request."""

    async def get_context(self, request: Any, response: Any) -> dict[str, Loader]:
        """The loaders of a request."""
        return {name: make() for name, make in LOADERS.items()}


app = App(strawberry.Schema(Query), graphql_ide=None)
