"""The one place where an entity is declared. `SHAPES` is what this version of the code publishes."""

from datasets.shapes.agreement import AGREEMENT, PARTY
from datasets.shapes.alliance import ALLIANCE
from datasets.shapes.claim import CLAIM
from datasets.shapes.concept import CONCEPT, COUNTRY
from datasets.shapes.event import EVENT
from datasets.shapes.figure import FIGURE
from datasets.shapes.membership import MEMBER_SPANS, MEMBERSHIP
from datasets.shapes.model import (
    Column,
    Entity,
    Family,
    Group,
    Kind,
    Link,
    Node,
    Ranking,
    Reverse,
    Scheme,
    Shapes,
    Spans,
    Values,
    Weight,
)
from datasets.shapes.official import OFFICIAL
from datasets.shapes.organization import ORGANIZATION
from datasets.shapes.source import SOURCE
from datasets.shapes.values import IDENTIFIERS, NAMES
from datasets.shapes.vocabularies import PREFIXES, SCHEMES

__all__ = [
    "SHAPES",
    "Column",
    "Entity",
    "Family",
    "Group",
    "Kind",
    "Link",
    "Node",
    "Ranking",
    "Reverse",
    "Scheme",
    "Shapes",
    "Spans",
    "Values",
    "Weight",
]

_ENTITIES = (
    COUNTRY,
    CONCEPT,
    SOURCE,
    ORGANIZATION,
    ALLIANCE,
    MEMBERSHIP,
    AGREEMENT,
    PARTY,
    EVENT,
    FIGURE,
    OFFICIAL,
    CLAIM,
)

SHAPES = Shapes(
    entities=_ENTITIES,
    families=(
        Family(
            name="actor",
            plural="actors",
            doc="An alliance or an organization: whoever can take part in an agreement.",
            members=("alliance", "organization"),
        ),
        Family(
            name="subject",
            plural="subjects",
            doc="An alliance, organization, agreement or event: whatever a figure can count. They share one id space.",
            members=("alliance", "organization", "agreement", "event"),
        ),
        Family(
            name="record",
            plural="records",
            doc="Any record that claims can be about.",
            members=tuple(e.name for e in _ENTITIES if e is not CLAIM),
        ),
    ),
    values=(NAMES, IDENTIFIERS),
    spans=(MEMBER_SPANS,),
    schemes=SCHEMES,
    prefixes=PREFIXES,
)
