"""Explain: what a term means, be it a key, a field, an error, a code or a word of this program."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Final, TypeAlias

from provision.catalogue.catalogue import CORE_TYPES, path_of
from provision.catalogue.scope import SCOPES
from provision.doctor.explain_spec import (
    Explanation,
    explained_key,
    keys_and_fields,
    known_fields,
    of_metadata,
    of_value,
    spec_keys,
)
from provision.doctor.glossary import EXIT_CODES, GATES, TERMS, VOCABULARY
from provision.errors import GateName
from provision.refusals.dictionary import REFUSALS, find_all
from provision.refusals.refusal import Refusal, folded
from provision.spec.combination.judge import COMBINATIONS
from provision.spec.hint import keys_meant_by

__all__ = ["explain", "near_terms"]

_EXIT_CODE: Final = re.compile(r"(?:exit)?[ _-]*(?:code|status)?[ :=_-]*(\d{1,3})", re.IGNORECASE)
_INTERRUPTED: Final = 130  # 128 and the number of SIGINT, as shells have it
_ALL_PERMISSIONS: Final = "permissions"

_Explainer: TypeAlias = Callable[[str], Iterable[Explanation]]


def explain(term: str) -> tuple[Explanation, ...]:
    """Everything that ``term`` means; nothing if it is unknown.

    Exact names win over values, values over the names that other tools use, and those over texts
    that only look like the term.
    """
    for explainer in _EXPLAINERS:
        found = tuple(explainer(term))
        if found:
            return found
    return ()


def near_terms(term: str) -> Sequence[str]:
    """The names nearest to ``term``."""
    names: dict[str, str] = {}
    for known in known_fields():
        names.setdefault(known.field.name.casefold(), known.field.name)
        names.setdefault(known.title.casefold(), known.title)
    for path in spec_keys():
        names.setdefault(path.casefold(), path)
        names.setdefault(path.rpartition(".")[2].casefold(), path)
    for name in (
        *TERMS,
        *VOCABULARY,
        *(name for scope in SCOPES for name in (*scope.names, scope.token)),
        *(code for row in REFUSALS for code in row.codes),
    ):
        names.setdefault(name.casefold(), name)
    near = get_close_matches(term.casefold(), names, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(names[name] for name in near))


def _of_exit_code(term: str) -> Iterator[Explanation]:
    """An exit code as ``6``, ``exit 6`` or ``REFUSED``."""
    found = _EXIT_CODE.fullmatch(term.strip())
    for code, meaning in EXIT_CODES.items():
        if term.upper() == code.name or (found and int(found[1]) == code):
            yield Explanation(f"exit {code.value} ({code.name})", (("means", meaning),))
    if found and int(found[1]) == _INTERRUPTED:
        facts = (("means", "Interrupted (Ctrl-C) before anything was written."),)
        yield Explanation(f"exit {_INTERRUPTED}", facts)


def _of_name(term: str) -> Iterator[Explanation]:
    """Whatever of a spec or of metadata has exactly this name."""
    yield from keys_and_fields(term)
    yield from of_metadata(term)


def _of_foreign_name(term: str) -> Iterator[Explanation]:
    """The keys for what connected apps and other tools call so."""
    for path in keys_meant_by(term):
        yield from keys_and_fields(path)


def _of_term(term: str) -> Iterator[Explanation]:
    """A term of Salesforce or OAuth; blanks do not count: ``UseAnyApiClient``."""
    wanted = _without_blanks(term)
    for name, row in TERMS.items():
        if wanted in map(_without_blanks, (name, *row.others)):
            facts = (("what", row.what), ("where", row.where), ("not", row.unlike))
            yield Explanation(f"{name} ({row.sort})", facts)
            return


def _without_blanks(text: str) -> str:
    return text.casefold().replace(" ", "")


def _of_vocabulary(term: str) -> Iterator[Explanation]:
    meaning = VOCABULARY.get(term.casefold())
    if meaning:
        yield Explanation(f"{term.casefold()} (word of provision)", (("means", meaning),))


def _of_refusal(text: str) -> Iterator[Explanation]:
    """What an org or a client answered, or a part of it."""
    for row in find_all(text):
        flows = ", ".join(flow.value for flow in row.flows)
        several = len(row.causes) > 1
        yield Explanation(
            f"{row.sign_in(folded(text))} (refusal{f' of a {flows} login' if flows else ''})",
            (
                ("means", row.means),
                *(
                    (f"cause {number}" if several else "next step", f"{each.text} {each.next_step}")
                    for number, each in enumerate(row.causes, start=1)
                ),
                ("may pass", _lag(row)),
                ("said by", ", ".join(where.value for where in row.where)),
                ("source", f"{row.source} ({row.sure.value})"),
            ),
        )


def _lag(row: Refusal) -> str:
    keys = dict.fromkeys(
        ".".join(path_of(kind, field.name))
        for kind in CORE_TYPES
        for field in kind.fields
        if row.name in field.lag
    )
    return f"for some minutes after a change of {', '.join(keys)}" if keys else ""


def _of_permission(term: str) -> Iterator[Explanation]:
    """A user permission by label or API name, or the table of all permissions.

    Two words or more are enough if only one label begins with them: ``Modify Metadata``.
    """
    # Late: the org loads requests and simple-salesforce, which no other term needs.
    from provision.org.permission import NEEDS, permission_table

    folded_term = term.casefold()
    if folded_term == _ALL_PERMISSIONS:
        yield Explanation(f"permissions: which verb needs which\n\n{permission_table()}", ())
        return
    known = dict.fromkeys(permission for need in NEEDS for permission in need.any_of)
    named = [p for p in known if folded_term in {p.name.casefold(), p.label.casefold()}]
    begun = [p for p in known if p.label.casefold().startswith(f"{folded_term} ")]
    if not named and " " in folded_term and len(begun) == 1:
        named = begun
    for permission in named[:1]:
        needs = [need for need in NEEDS if permission in need.any_of]
        purposes = "; ".join(dict.fromkeys(need.purpose for need in needs))
        verbs = ", ".join(dict.fromkeys(str(group) for need in needs for group in need.verbs))
        facts = (("API name", permission.name), ("needed", purposes), ("by", verbs))
        yield Explanation(f"{permission.label} (user permission)", facts)


def _of_check(term: str) -> Iterator[Explanation]:
    from provision.doctor.diagnosis import CHECKS

    for check in CHECKS:
        if check.id == term:
            facts = (("must hold", check.title), ("fix", check.fix))
            yield Explanation(f"{check.id} (check of doctor)", facts)


def _of_gate(term: str) -> Iterator[Explanation]:
    for gate, refuses in GATES.items():
        if term.casefold() in {gate.value, f"{gate.value} gate", f"--allow {gate.value}"}:
            lift = "nothing" if gate is GateName.STALE else f"--allow {gate.value}"
            facts = (("refuses", refuses), ("lifted by", lift))
            yield Explanation(f"{gate.value} (gate)", facts)


def _of_combination(term: str) -> Iterator[Explanation]:
    for each in COMBINATIONS:
        if term.casefold() == each.id.casefold():
            yield Explanation(
                f"{each.id} (fields that do not go together)",
                (
                    ("what", each.title),
                    ("severity", each.severity.value),
                    ("next step", each.next_step),
                    ("source", each.source),
                ),
            )


def _of_spelled_name(words: str) -> Iterator[Explanation]:
    """The value, key or field that people name in their own spelling: ``callback URL``."""
    spelled = "_".join(words.replace("-", " ").split())
    value = tuple(of_value(spelled))
    if value:
        yield from value
        return
    for name in (spelled, f"{spelled}s", spelled.replace("_", "")):
        yield from keys_and_fields(name)


def _of_end_of_path(words: str) -> Iterator[Explanation]:
    for path, key in spec_keys().items():
        if path.endswith(f".{words}"):
            yield explained_key(key)


_EXPLAINERS: Final[Sequence[_Explainer]] = (
    _of_exit_code,
    _of_name,
    of_value,
    _of_foreign_name,
    _of_term,
    _of_vocabulary,
    _of_refusal,
    _of_permission,
    _of_check,
    _of_gate,
    _of_combination,
    _of_spelled_name,
    _of_end_of_path,
)
