"""Trust: which certificates an org's own may come from, read once and not for each connection."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from ssl import SSLContext
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

if TYPE_CHECKING:
    from requests.adapters import _HostParams, _PoolKwargs

__all__ = ["TrustingAdapter"]


class TrustingAdapter(HTTPAdapter):
    """An adapter whose connections share one TLS context for each CA file.

    urllib3 reads the CA file for each connection that it opens: 20 ms of CPU for the usual one,
    four times where four reads are made at once. Connections through a proxy are left as they are,
    since a proxy may be reached over TLS of its own. A file is looked for once an adapter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._contexts: dict[bool | str, SSLContext | None] = {}

    def build_connection_pool_key_attributes(
        self,
        request: requests.PreparedRequest,
        verify: bool | str,  # noqa: FBT001  # the signature is requests'
        cert: str | tuple[str, str] | None = None,
    ) -> tuple[_HostParams, _PoolKwargs]:
        """What a connection is pooled by; requests' own contract."""
        host, tls = super().build_connection_pool_key_attributes(request, verify, cert)
        context = self._context(verify)
        if context is not None and host["scheme"] == "https":
            tls.pop("ca_certs", None)
            tls["ssl_context"] = context
        return host, tls

    def cert_verify(
        self,
        conn: Any,  # noqa: ANN401  # the signature is requests'
        url: str,
        verify: bool | str,  # noqa: FBT001
        cert: str | tuple[str, str] | None,
    ) -> None:
        """Tell a pool whom to trust, unless its context knows; requests' own contract."""
        if conn.proxy is not None or cert or self._context(verify) is None:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]  # stub

    def _context(self, verify: bool | str) -> SSLContext | None:  # noqa: FBT001  # as requests'
        if verify not in self._contexts:
            file = _ca_file(verify)
            known = _context(file, file.stat().st_mtime_ns) if file else None
            self._contexts[verify] = known
        return self._contexts[verify]


def _ca_file(verify: bool | str) -> Path | None:  # noqa: FBT001
    """The CA file that requests means by ``verify``; ``None`` if that is no file."""
    if verify is False:
        return None
    file = Path(DEFAULT_CA_BUNDLE_PATH if verify is True else verify)
    return file if file.is_file() else None


@cache
def _context(file: Path, changed: int) -> SSLContext:  # noqa: ARG001  # a changed file is another
    context = create_urllib3_context()
    context.load_verify_locations(file)
    return context
