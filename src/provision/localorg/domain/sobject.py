"""What an sObject is: a kind of record, with its columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from provision.catalogue.field import MetadataType
from provision.localorg.store.rows import Json

__all__ = ["SYSTEM", "Column", "SObject", "Write", "flag", "link", "text"]


class Write(Enum):
    """When a column may be written over REST."""

    NEVER = 0
    ON_CREATE = 1
    ALWAYS = 2


@dataclass(frozen=True, slots=True)
class Column:
    """One column. ``references`` names the sObject that an id points to."""

    name: str
    type: str = "string"
    write: Write = Write.NEVER
    required: bool = False
    references: str = ""
    default: Json = None

    @property
    def relationship(self) -> str:
        """The name by which a query follows the reference."""
        return self.name.removesuffix("Id") if self.references else ""


@dataclass(frozen=True, slots=True)
class SObject:
    """One sObject. ``metadata_type`` is set if its records are views of components."""

    name: str
    label: str
    prefix: str
    columns: tuple[Column, ...]
    createable: bool = False
    deletable: bool = False
    metadata_type: MetadataType | None = None

    def column(self, name: str) -> Column | None:
        """The column of this name, whatever its case, or ``None``."""
        folded = name.lower()
        return next((column for column in self.columns if column.name.lower() == folded), None)

    def relationship(self, name: str) -> Column | None:
        """The reference column that a query follows by this name, or ``None``."""
        folded = name.lower()
        return next(
            (column for column in self.columns if folded == column.relationship.lower() != ""), None
        )


SYSTEM: Final = (
    Column("Id", "id"),
    Column("CreatedDate", "datetime"),
    Column("CreatedById", "reference", references="User"),
    Column("LastModifiedDate", "datetime"),
    Column("LastModifiedById", "reference", references="User"),
    Column("SystemModstamp", "datetime"),
)
"""The columns that almost every sObject has."""


def text(name: str, write: Write = Write.ALWAYS, *, required: bool = False) -> Column:
    """A text column."""
    return Column(name, write=write, required=required)


def flag(name: str, *, default: bool = False, write: Write = Write.NEVER) -> Column:
    """A boolean column."""
    return Column(name, "boolean", write, default=default)


def link(
    name: str, references: str, write: Write = Write.ON_CREATE, *, required: bool = False
) -> Column:
    """A column with ids of another sObject."""
    return Column(name, "reference", write, required=required, references=references)
