"""The dictionary: a word of whatever sort, looked up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Final

from provision.catalogue.scope import SCOPES
from provision.doctor.meaning.exit_code import exit_code_meaning
from provision.doctor.meaning.field import KnownField, field_meaning, known_fields
from provision.doctor.meaning.key import key_meaning, spec_keys
from provision.doctor.meaning.meaning import Meaning
from provision.doctor.meaning.metadata_type import setting_meaning, type_meaning
from provision.doctor.meaning.refusal import refusal_meanings
from provision.doctor.meaning.scope import scope_meaning
from provision.doctor.meaning.term import TERMS, term_meaning
from provision.doctor.meaning.value import value_meaning
from provision.doctor.meaning.vocabulary import VOCABULARY, vocabulary_meaning
from provision.refusals.dictionary import REFUSALS
from provision.spec.hint import keys_meant_by

__all__ = ["look_up", "look_up_refusal", "look_up_spelled", "near_words"]

_METADATA: Final = "metadata."


def look_up(word: str) -> tuple[Meaning, ...]:
    """Everything that ``word`` means: an exit code, a key of a spec, metadata, a scope.

    A key comes with the fields that it sets. A name alone is looked for everywhere; a value of a
    field, or a name that connected apps have for one, is told where it is nothing else.
    """
    code = exit_code_meaning(word)
    if code:
        return (code,)
    named = (scope_meaning(word), type_meaning(word), setting_meaning(word))
    found = (*_keys_and_fields(word.casefold()), *filter(None, named))
    if found:
        return found
    value = value_meaning(word)
    return (value,) if value else tuple(_elsewhere(word))


def look_up_spelled(words: str) -> tuple[Meaning, ...]:
    """The key, or the field, that ``words`` name as people say it: ``callback URL``.

    Nothing but a name that fits as a whole: for what is no word of a spec, metadata or an error.
    """
    spelled = "_".join(words.replace("-", " ").split())
    value = value_meaning(spelled)
    return (
        ((value,) if value else ())
        or tuple(
            meaning
            for ending in (spelled, f"{spelled}s", spelled.replace("_", ""))
            for meaning in _keys_and_fields(ending.casefold())
        )
        or tuple(
            key_meaning(key) for path, key in spec_keys().items() if path.endswith(f".{words}")
        )
    )


def look_up_refusal(text: str) -> tuple[Meaning, ...]:
    """What ``text`` means as something that an org said, or a term.

    Terms are Salesforce's and OAuth's, permissions, checks of doctor, gates, combinations of
    fields, and the words of this program.
    """
    term = term_meaning(text) or vocabulary_meaning(text)
    found = (term,) if term else refusal_meanings(text)
    if found:
        return found
    # Late: the checks load requests and simple-salesforce, which no other word needs.
    from provision.doctor.meaning.check import check_meaning
    from provision.doctor.meaning.guard import guard_meaning
    from provision.doctor.meaning.permission import permission_meaning

    kinds = (permission_meaning, check_meaning, guard_meaning)
    meaning = next(filter(None, (kind(text) for kind in kinds)), None)
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
    for name in (
        *TERMS,
        *VOCABULARY,
        *_scopes(),
        *(code for row in REFUSALS for code in row.codes),
    ):
        names.setdefault(name.casefold(), name)
    near = get_close_matches(word.casefold(), names, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(names[name] for name in near))


def _elsewhere(word: str) -> Iterator[Meaning]:
    """What connected apps and other tools call a key or a field."""
    for path in keys_meant_by(word):
        yield from _keys_and_fields(path.casefold())


def _scopes() -> Iterator[str]:
    for scope in SCOPES:
        yield from (*scope.names, scope.token)


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
