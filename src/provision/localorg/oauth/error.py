"""OAuth errors, as the token endpoint writes them."""

from __future__ import annotations

__all__ = ["OAuthError"]


class OAuthError(Exception):
    """``error`` and ``error_description`` of an OAuth answer (``facts``, section 7)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description
        self.status = status
