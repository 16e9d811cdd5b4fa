"""PEM: the blocks of a text file that may hold several, with other text between them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

__all__ = ["PemBlock", "pem_blocks"]

_BLOCK: Final = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----.*?-----END (?P=label)-----", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class PemBlock:
    """One block, from its BEGIN line to its END line. Its content is never shown."""

    label: str
    text: bytes = field(repr=False)

    @property
    def is_private_key(self) -> bool:
        """Whether this is a private key, of whatever kind and form."""
        return self.label.endswith("PRIVATE KEY")


def pem_blocks(data: bytes) -> tuple[PemBlock, ...]:
    """The blocks of ``data`` in order; none if it is not PEM."""
    return tuple(
        PemBlock(found["label"].decode("ascii"), found.group()) for found in _BLOCK.finditer(data)
    )
