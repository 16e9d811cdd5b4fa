"""Consumer keys, secrets and certificates: how an app gets and rotates them."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Final

from provision.catalogue.certificate import certificate_body, certificate_der
from provision.catalogue.component import Value
from provision.localorg.domain.org import Org, random_text
from provision.localorg.domain.problem import Refused
from provision.localorg.quirks import ConsumerKeyOnCreate, OmittedCertificate, SuppliedSecret
from provision.localorg.store.consumers import Consumer
from provision.localorg.store.ids import short_id

__all__ = ["create", "fill_certificate", "new_key", "new_secret", "oauth_link", "write_key"]

# DOC (ConnectedApp): 8 to 256 letters and digits. Keys that orgs generate also contain dots and
# underscores, and it must be possible to deploy a key that was retrieved.
_CHOSEN_KEY: Final = re.compile(r"[A-Za-z0-9._]{8,256}")
_KEY_LENGTH: Final = 85  # OBS: the length of all four generated keys in the corpus
_SECRET_LENGTH: Final = 64
_KEY_IGNORED: Final = "We couldn't update your OAuth link: the consumer key can't be changed."


def new_key() -> str:
    """A consumer key like those that orgs generate."""
    return "3MVG9" + random_text(_KEY_LENGTH - len("3MVG9"))


def new_secret() -> str:
    """A consumer secret."""
    return random_text(_SECRET_LENGTH).upper()


def create(org: Org, app_id: str) -> Consumer:
    """Add the consumer of an app that has new OAuth settings. It has no key yet."""
    consumer = Consumer(
        org.database.new_id("888"), org.id, app_id, key="", secret="", minted=org.clock.now()
    )
    org.consumers.put(consumer)
    return consumer


def oauth_link(org: Org, app_id: str) -> str:
    """``<org id>:<consumer id>``, both of 15 characters (OBS); empty without a consumer."""
    consumer = org.consumers.of_app(app_id)
    return f"{org.short_id}:{short_id(consumer.id)}" if consumer else ""


def write_key(
    org: Org,
    app_id: str,
    fields: MutableMapping[str, Value],
    *,
    is_new: bool,
    ignore_warnings: bool,
) -> str:
    """Set an app's key and secret from its global settings. Returns the warning, if any.

    Removes ``consumerKey`` and ``consumerSecret`` from ``fields``: the consumer stores them.
    """
    wanted = fields.pop("consumerKey", None)
    secret = fields.pop("consumerSecret", None)
    consumer = org.consumers.of_app(app_id) or create(org, app_id)
    if is_new:
        keeps_secret = org.quirks.supplied_secret is SuppliedSecret.STORED and secret is not None
        consumer = replace(
            consumer,
            key=_first_key(org, None if wanted is None else str(wanted)),
            secret=str(secret) if keeps_secret else new_secret(),
            minted=org.clock.now(),
        )
        org.consumers.put(consumer)
        return ""
    _rotate(org, consumer, fields, ignore_warnings=ignore_warnings)
    # OBS: a changed key is ignored, and the component counts as a success all the same.
    return _KEY_IGNORED if wanted is not None and wanted != consumer.key else ""


def _first_key(org: Org, wanted: str | None) -> str:
    choice = org.quirks.consumer_key_on_create
    if wanted is None or choice is ConsumerKeyOnCreate.IGNORED:
        return new_key()
    if choice is ConsumerKeyOnCreate.REFUSED:
        raise Refused(
            "INVALID_FIELD",
            "You can't set consumerKey: Salesforce generates the consumer key.",
            element="consumerKey",
        )
    if not _CHOSEN_KEY.fullmatch(wanted):
        raise Refused(
            "INVALID_FIELD",
            "The consumerKey must have 8 to 256 letters and digits.",
            element="consumerKey",
        )
    taken = org.consumers.with_key(wanted) or org.consumers.staged_with_key(wanted)
    if taken is not None:
        raise Refused(
            "DUPLICATE_VALUE", "The consumer key is already taken.", element="consumerKey"
        )
    return wanted


def _rotate(
    org: Org, consumer: Consumer, fields: Mapping[str, Value], *, ignore_warnings: bool
) -> None:
    key = fields.get("shouldRotateConsumerKey") is True
    secret = fields.get("shouldRotateConsumerSecret") is True
    if not key and not secret:
        return
    if not ignore_warnings:  # DOC: rotation is a warning, and the deploy must ignore warnings
        raise Refused(
            "INVALID_FIELD",
            "Rotating the consumer key or secret breaks every client that uses the old one."
            " Deploy with ignoreWarnings to go on.",
        )
    org.consumers.put(
        replace(
            consumer,
            key=new_key() if key else consumer.key,
            secret=new_secret() if secret else consumer.secret,
            minted=org.clock.now(),
        )
    )


def fill_certificate(
    org: Org, fields: MutableMapping[str, Value], kept: Mapping[str, Value]
) -> None:
    """Store a certificate as the org returns it: base64 in lines of 64, without header (OBS).

    One live report says that a redeploy without the certificate clears it. A quirk keeps it.
    """
    given = fields.get("certificate")
    if isinstance(given, str):
        fields["certificate"] = certificate_body(certificate_der(given))
    elif org.quirks.omitted_certificate is OmittedCertificate.KEPT and "certificate" in kept:
        fields["certificate"] = kept["certificate"]
