"""The Research Organization Registry: its dumps, read into a folder of facts."""

from datasets.intake.ror.importer import Imported, import_ror

__all__ = ["Imported", "import_ror"]
