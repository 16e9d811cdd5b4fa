"""The labels of standard profiles in the languages of orgs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from provision.catalogue.canonical import fold_name

__all__ = ["same_profile"]

# OBS for Japanese; the others from memory. A label is suggested only
# where the org has a profile of that label, so that a wrong one here suggests nothing. The last of
# each is the name that the profile's own metadata has, which a policy does not take (OBS).
_LABELS: Final = (
    (
        "System Administrator",
        "システム管理者",
        "Systemadministrator",
        "Administrateur système",
        "Administrador del sistema",
        "Administrador do sistema",
        "Amministratore del sistema",
        "Systeembeheerder",
        "시스템 관리자",
        "系统管理员",
        "Admin",
    ),
    (
        "Standard User",
        "標準ユーザー",
        "Standardbenutzer",
        "Utilisateur standard",
        "Usuario estándar",
        "Usuário padrão",
        "Utente standard",
        "Standaardgebruiker",
        "표준 사용자",
        "标准用户",
        "Standard",
    ),
)


def same_profile(label: str, known: Sequence[str]) -> str:
    """The label among ``known`` of the profile that ``label`` means elsewhere, or nothing."""
    folded = {fold_name(name): name for name in known}
    for labels in _LABELS:
        names = [fold_name(each) for each in labels]
        if fold_name(label) in names:
            return next((folded[name] for name in names if name in folded), "")
    return ""
