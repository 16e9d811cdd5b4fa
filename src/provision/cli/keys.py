"""`provision keys`: private keys and certificates on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provision.cli.console import Console

__all__ = ["new"]


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
    directory: Annotated[
        Path, typer.Option("--directory", metavar="DIR", help="Where to put the two files.")
    ] = Path("keys"),
    bits: Annotated[int, typer.Option("--bits", min=2048, max=4096, help="RSA key size.")] = 2048,
    days: Annotated[
        int, typer.Option("--days", min=1, max=3650, help="How long the certificate is valid.")
    ] = 365,
    subject: Annotated[
        str,
        typer.Option("--subject", help="Common name. [default: NAME]", show_default=False),
    ] = "",
) -> None:
    """Create DIR/NAME.key (mode 0600) and a self-signed DIR/NAME.crt. Never overwrites."""
    from datetime import UTC, datetime

    from provision.keys.pair import new_pair

    key, certificate = new_pair(
        name, directory, bits=bits, subject=subject or name, days=days, now=datetime.now(UTC)
    )
    Console().result(f"{key}\n{certificate}")
