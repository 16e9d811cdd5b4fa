from __future__ import annotations

from provision.catalogue.catalogue import CORE_TYPES, OAUTH_POLICIES, POLICIES
from provision.catalogue.field import Role
from provision.spec.model import Oauth, Policies, SpecDocument
from provision.spec.word import WORDS, path_of


def test_every_word_names_a_field_that_a_spec_may_set():
    for word in WORDS:
        field = word.type.field(word.field)
        assert field is not None
        assert field.role is Role.SPEC


def test_no_field_has_two_words():
    fields = [(word.type.name, word.field) for word in WORDS]
    assert len(fields) == len(set(fields))


def test_every_key_of_the_document_is_a_word_or_a_container():
    keys = {
        *((key,) for key in SpecDocument.model_fields),
        *(("oauth", key) for key in Oauth.model_fields),
        *(("policies", key) for key in Policies.model_fields),
    }
    containers = {("app",), ("accept",), ("oauth",), ("policies",), ("metadata",)}
    choices = {("oauth", "consumer_key")}  # says who chooses a value, and not which
    assert {word.path for word in WORDS} == keys - containers - choices


def test_the_path_of_a_field_is_its_word_or_its_place_in_the_block():
    assert path_of(OAUTH_POLICIES, "sessionTimeoutInMinutes") == ("policies", "session_timeout")
    assert path_of(POLICIES, "startUrl") == ("metadata", POLICIES.name, "startUrl")
    assert path_of(OAUTH_POLICIES, "isClientCredentialsFlowEnabled") == (
        "oauth",
        "client_credentials",
    )


def test_every_field_has_a_path():
    for metadata_type in CORE_TYPES:
        for field in metadata_type.fields:
            assert path_of(metadata_type, field.name)
