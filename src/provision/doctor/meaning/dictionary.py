"""The dictionary: a word of whatever sort, looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from provision.doctor.meaning.exit_code import exit_code_meaning
from provision.doctor.meaning.field import KnownField, field_meaning, known_fields
from provision.doctor.meaning.key import key_meaning, spec_keys
from provision.doctor.meaning.meaning import Meaning
from provision.doctor.meaning.refusal import refusal_meanings
from provision.doctor.meaning.scope import scope_meaning
from provision.doctor.meaning.term import term_meaning

__all__ = ["look_up", "look_up_refusal", "near_words"]

_METADATA: Final = "metadata."


def look_up(word: str) -> tuple[Meaning, ...]:
    """Everything that ``word`` means: an exit code, a key of a spec, a metadata field, a scope.

    A key comes with the fields that it sets. A name alone is looked for everywhere.
    """
    code = exit_code_meaning(word)
    if code:
        return (code,)
    scope = scope_meaning(word)
    return (*_keys_and_fields(word.casefold()), *((scope,) if scope else ()))


def look_up_refusal(text: str) -> tuple[Meaning, ...]:
    """What ``text`` means as something that an org said, a term, or a check of doctor."""
    found = refusal_meanings(text)
    if found:
        return found
    # Late: the checks load requests and simple-salesforce, which no other word needs.
    from provision.doctor.meaning.check import check_meaning
    from provision.doctor.meaning.permission import permission_meaning

    meaning = term_meaning(text) or permission_meaning(text) or check_meaning(text)
    return (meaning,) if meaning else ()


def near_words(word: str) -> Sequence[str]:
    """The names nearest to ``word``."""
    names: dict[str, str] = {}
    for known in known_fields():
        names.setdefault(known.field.name.casefold(), known.field.name)
        names.setdefault(known.title.casefold(), known.title)
    for path in spec_keys():
        names.setdefault(path.casefold(), path)
        names.setdefault(path.rpartition(".")[2].casefold(), path)
    near = get_close_matches(word.casefold(), names, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(names[name] for name in near))


def _keys_and_fields(folded: str) -> Iterator[Meaning]:
    keys = [key for path, key in spec_keys().items() if folded in _names_of_key(path)]
    paths = {key.path for key in keys}
    yield from map(key_meaning, keys)
    for known in known_fields():
        if known.path in paths or folded in _names_of_field(known):
            yield field_meaning(known)


def _names_of_key(path: str) -> tuple[str, str]:
    return path.casefold(), path.rpartition(".")[2].casefold()


def _names_of_field(known: KnownField) -> tuple[str, ...]:
    title = known.title.casefold()
    return title, f"{_METADATA}{title}", known.name.casefold(), known.field.name.casefold()
