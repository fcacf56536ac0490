"""All rules, in the order of the catalogue. A new rule is one function or class, and one bad example in the tests."""

from datasets.intake.rules.coordinates import COORDINATES
from datasets.intake.rules.expectations import EXPECTATION_RULES
from datasets.intake.rules.files import FILES
from datasets.intake.rules.identifiers import IDENTIFIERS
from datasets.intake.rules.identity import IDENTITY
from datasets.intake.rules.kinds import KINDS
from datasets.intake.rules.pins import PIN_RULES
from datasets.intake.rules.records import RECORDS
from datasets.intake.rules.redirects import REDIRECT_RULES
from datasets.intake.rules.references import REFERENCES
from datasets.intake.rules.rule import Rule
from datasets.intake.rules.sets import SETS
from datasets.intake.rules.sources import SOURCES_RULES
from datasets.intake.rules.texts import TEXTS
from datasets.intake.rules.times import TIMES

GROUPS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("Files and columns", FILES),
    ("Text", TEXTS),
    ("Ids and records", (*RECORDS, *IDENTITY)),
    ("Kinds of value", KINDS),
    ("Lists", SETS),
    ("Codes and links", REFERENCES),
    ("Sources", SOURCES_RULES),
    ("Identifiers", IDENTIFIERS),
    ("Coordinates", COORDINATES),
    ("Times", TIMES),
    ("Redirects", REDIRECT_RULES),
    ("Pins", PIN_RULES),
    ("Releases and expectations", EXPECTATION_RULES),
)
"""The rules by what they are about."""

RULES: tuple[Rule, ...] = tuple(rule for _, rules in GROUPS for rule in rules)
"""All rules."""
