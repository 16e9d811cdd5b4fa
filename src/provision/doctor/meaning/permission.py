"""User permissions: which verb needs which."""

from __future__ import annotations

from provision.doctor.meaning.meaning import Meaning
from provision.org.permission import NEEDS, UserPermission, permission_table

__all__ = ["permission_meaning"]

_WHOLE_TABLE = "permissions"


def permission_meaning(word: str) -> Meaning | None:
    """The table of all permissions, or what one is for, by its label or API name."""
    folded = word.casefold()
    if folded == _WHOLE_TABLE:
        return Meaning(f"permissions: which verb needs which\n\n{permission_table()}", ())
    for need in NEEDS:
        for permission in need.any_of:
            if folded in {permission.name.casefold(), permission.label.casefold()}:
                return _of_one(permission)
    return _begun(folded)


def _begun(folded: str) -> Meaning | None:
    """The only permission whose label begins with two words or more: Modify Metadata."""
    begun = {
        permission
        for need in NEEDS
        for permission in need.any_of
        if " " in folded and permission.label.casefold().startswith(f"{folded} ")
    }
    return _of_one(begun.pop()) if len(begun) == 1 else None


def _of_one(permission: UserPermission) -> Meaning:
    needs = [need for need in NEEDS if permission in need.any_of]
    purposes = "; ".join(dict.fromkeys(need.purpose for need in needs))
    verbs = ", ".join(dict.fromkeys(str(group) for need in needs for group in need.verbs))
    facts = (("API name", permission.name), ("needed", purposes), ("by", verbs))
    return Meaning(f"{permission.label} (user permission)", facts)
