"""The addresses of records: `/id` leads to `/doc`, `/doc` gives it in the format asked for, `/same` finds it."""

from __future__ import annotations

import re
from urllib.parse import quote

import apsw
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from datasets.shapes.model import Entity, Kind, Shapes, Values
from datasets.text import fold
from linked_data.linked import Part
from linked_data.mapping import SOURCE
from linked_data.memento import Addresses, http_date, published
from service import linked_documents
from service.answers import answered
from service.documents import ALL, FORMATS, OFFER_OF, OFFERS, Format
from service.faces import Receive, Scope, Send
from service.leasing import refuse_writing
from service.negotiation import choose
from service.problems import Problem, not_acceptable, not_found
from service.rows import row
from service.signposting import Signposts
from service.switching import Held

_LONGEST_ID = 300


def entity_of(shapes: Shapes, name: str) -> Entity:
    """The entity of a name in an address. Raises Problem 404 with the names that there are."""
    for entity in shapes.entities:
        if entity.name == name:
            return entity
    raise not_found(f"There is no type {name!r}; there are {', '.join(e.name for e in shapes.entities)}.")


def address(root: str, kind: str, type: str, id: str, suffix: str = "") -> str:
    """The path of a record: `kind` is `id` or `doc`."""
    return f"{root}/{kind}/{type}/{quote(id, safe='')}{suffix}"


def resolve(connection: apsw.Connection, entity: Entity, id: str) -> str | None:
    """The id under which a record stands now; None where there never was one. Raises Problem 410."""
    if len(id) > _LONGEST_ID:
        return None
    if row(connection, f'SELECT 1 AS found FROM "{entity.plural}" WHERE id = ?', (id,)):
        return id
    former = row(connection, "SELECT target FROM redirects WHERE type = ? AND id = ?", (entity.name, id))
    if former is None:
        return None
    if not former["target"]:
        raise Problem(410, f"The {entity.name} {id!r} was withdrawn.", {"tombstone": {"type": entity.name, "id": id}})
    return str(former["target"])


async def standing(held: Held, type: str, id: str) -> tuple[Entity, str]:
    """The entity and the present id of a record in an address. Raises Problem 404 or 410."""
    entity = entity_of(held.release.shapes, type)
    found = await held.reader.read(lambda connection: resolve(connection, entity, id))
    if found is None:
        raise not_found(f"There is no {entity.name} {id!r} in release {held.release.id}.")
    return entity, found


async def thing(request: Request, held: Held) -> Response:
    """The thing itself is no document: 303 to the document about it; a former id is 308 to the present one."""
    type, id = request.path_params["type"], request.path_params["id"]
    beside = await linked_documents.beside(held, entity_of(held.release.shapes, type), id)
    if beside is not None:
        of = beside.id if isinstance(beside, Part) else id
        return RedirectResponse(address(held.root, "doc", type, of), 303, {"Vary": "Accept"})
    entity, present = await standing(held, type, id)
    if present != id:
        return RedirectResponse(address(held.root, "id", entity.name, present), 308)
    return RedirectResponse(address(held.root, "doc", entity.name, id), 303, {"Vary": "Accept"})


async def documents(request: Request, held: Held) -> Response:
    """Where all documents stand: 303 to what their terms mean."""
    return RedirectResponse(f"{held.root}/ns", 303)


async def graph(request: Request, held: Held) -> Response:
    """A graph of evidence: 303 to who says what is in it, that of all claims to the catalogue, which describes it."""
    name = request.path_params["name"]
    if name == "claims":
        return RedirectResponse(f"{held.root}/catalog", 303, {"Vary": "Accept"})
    type, _, id = name.partition("/")
    if type != SOURCE:
        raise not_found(f"There is no graph {name!r}; there are `claims` and `{SOURCE}/` with the id of each source.")
    entity, present = await standing(held, type, id)
    if present != id:
        return RedirectResponse(address(held.root, "graph", entity.name, present), 308)
    return RedirectResponse(address(held.root, "doc", entity.name, id), 303, {"Vary": "Accept"})


async def same(request: Request, held: Held) -> Response:
    """The record with an external identifier: 303 to its address. Case, spaces and address are folded."""
    scheme, value = request.path_params["scheme"], request.path_params["value"]
    values = identifiers(held.release.shapes)
    if values is None:
        raise not_found("This release has no external identifiers.")
    found = await held.reader.read(
        lambda connection: _identified(connection, held.release.shapes, values, scheme, value)
    )
    if found is None:
        raise not_found(f"No record has the {scheme} identifier {value!r}.")
    return RedirectResponse(address(held.root, "id", *found), 303)


def identifiers(shapes: Shapes) -> Values | None:
    """The compound values that are external identifiers, known by their RDF class."""
    return next((v for v in shapes.values if "schema:PropertyValue" in v.classes), None)


def _identified(
    connection: apsw.Connection, shapes: Shapes, values: Values, scheme: str, value: str
) -> tuple[str, str] | None:
    registry = next(c for c in values.columns if c.kind is Kind.CODE)
    text = next(c for c in values.columns if c.kind is Kind.TEXT)
    bare = re.sub(r"\s+", "", value).rsplit("/", 1)[-1]
    for candidate in dict.fromkeys((value, bare, bare.lower(), bare.upper(), fold(value))):
        sql = f'SELECT subject FROM "{values.name}" WHERE "{text.name}" = ? AND "{registry.name}" = ? ORDER BY subject'
        found = row(connection, sql, (candidate, fold(scheme)))
        if found:
            subject = str(found["subject"])
            type_ = row(connection, "SELECT type FROM subjects WHERE id = ?", (subject,))
            return (str(type_["type"]), subject) if type_ else (shapes.targets(values.subject)[0].name, subject)
    return None


def split(name: str) -> tuple[str, Format | None]:
    """Id and format of the last part of a document's address; no format where no suffix names one."""
    found = max((f for f in ALL if name.endswith(f".{f.suffix}")), key=lambda f: len(f.suffix), default=None)
    return (name.removesuffix(f".{found.suffix}"), found) if found else (name, None)


class Document:
    """`/doc/{type}/{name}`: the record in the format that the suffix names, else in the one that Accept asks for."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        refuse_writing(scope)
        parameters = scope["path_params"]
        id, named = split(parameters["name"])
        held: Held = scope["state"]["held"]
        content = OFFER_OF[named] if named else self._negotiated(scope, held, parameters["type"], id)
        scope["state"]["document"] = (parameters["type"], id, named or OFFERS[content], named is not None, content)
        await answered(self._respond, content, scope, receive, send)

    def _negotiated(self, scope: Scope, held: Held, type: str, id: str) -> str:
        """The media type that the client wants most, with the profile where it asks for one. Raises Problem 406."""
        wanted = choose(Request(scope).headers.get("accept"), tuple(OFFERS))
        if wanted is None:
            raise not_acceptable(
                [(offer, address(held.root, "doc", type, id, f".{f.suffix}")) for offer, f in OFFERS.items()]
            )
        return wanted

    async def _document(self, held: Held, type: str, id: str) -> tuple[Entity, str]:
        """The entity and the present id of what has a document: a record or a vocabulary. Raises Problem 404 or 410."""
        entity = entity_of(held.release.shapes, type)
        if isinstance(await linked_documents.beside(held, entity, id), linked_documents.Vocabulary):
            return entity, id
        return await standing(held, type, id)

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: Held = scope["state"]["held"]
        type, id, chosen, named, content = scope["state"]["document"]
        entity, present = await self._document(held, type, id)
        suffix = f".{chosen.suffix}"
        response: Response
        if present != id:
            response = RedirectResponse(address(held.root, "doc", entity.name, present, suffix if named else ""), 308)
        else:
            body = await chosen.body(held, entity, id, Request(scope, receive))
            times = Addresses("", entity.name, id).links()
            headers = {"Link": f"{Signposts(held, entity, id, FORMATS).header(chosen)}, {times}"}
            if held.root:
                headers["Memento-Datetime"] = http_date(published(held.release.id))
            if not named:
                headers["Content-Location"] = address(held.root, "doc", entity.name, id, suffix)
            text = "; charset=utf-8" if content.startswith("text/") else ""
            response = Response(body, headers=headers, media_type=content + text)
        await response(scope, receive, send)


DOCUMENT = Document()
