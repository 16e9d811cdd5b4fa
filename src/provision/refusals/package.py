"""Refusals of deploys and retrieves as jobs, and of the files that they carry."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Refusal, Sure, Where, one

__all__ = ["ROWS"]

_DEPLOY: Final = (Where.DEPLOY, Where.SOAP)
_LOCAL: Final = "the words are the local org's (inferred)"

ROWS: Final = (
    Refusal(
        "bad-file",
        "The org cannot read a metadata file.",
        one(
            "An element is unknown to this API version or type, or the XML is broken.",
            "The message names the element: check it with `provision explain`, and --api-version.",
        ),
        _DEPLOY,
        "org-protocol 5.4",
        Sure.OBSERVED,
        texts=("error parsing file", "invalid at this location in type", "is not an api version"),
    ),
    Refusal(
        "package-incomplete",
        "package.xml does not match the files of the deploy.",
        one(
            "A file that package.xml names is missing, or package.xml is. Names of folders and "
            "suffixes are abbreviated (extlClntAppGlobalOauthSets, .ecaGlblOauth, .ecaPlcy).",
            "Make the files with `provision render`.",
        ),
        _DEPLOY,
        "org-protocol 5.4; eca-metadata 1.1",
        Sure.OBSERVED,
        texts=(
            "was named in package.xml, but was not found in zipped directory",
            "not found in zipped directory",
            "no package.xml found",
            "not found in package.xml",
        ),
    ),
    Refusal(
        "unknown-type-in-package",
        "package.xml names a metadata type that the org does not know.",
        one(
            "The type came with a newer API version, or is misspelt.",
            "Check --api-version, and the name with `provision explain TYPE`.",
        ),
        (*_DEPLOY, Where.REST),
        "org-protocol 5.4",
        Sure.OBSERVED,
        texts=(
            "unknown type name * specified in package.xml",
            "entity type: * is unknown",
            "unknown type:*",
        ),
    ),
    Refusal(
        "bad-zip",
        "The org cannot read the zip file of a deploy.",
        one(
            "It is not a zip file, is not base64, or is too large.",
            "Make the files with `provision render`, and zip them again.",
        ),
        (*_DEPLOY, Where.REST),
        f"Salesforce's metadata guide; {_LOCAL}",
        Sure.INFERRED,
        texts=(
            "the zip file can't be read",
            "the zipfile is not base64",
            "maximum size of the zip's content exceeded",
        ),
    ),
    Refusal(
        "not-retrieved",
        "The org has no component of that type and name.",
        one(
            "The name is wrong, or the app is not in this org. The retrieve still succeeds.",
            "See Setup > External Client App Manager for the names.",
        ),
        _DEPLOY,
        "org-protocol 3.7",
        Sure.OBSERVED,
        texts=("entity of type * named * cannot be found",),
    ),
    Refusal(
        "deploy-over",
        "The deploy has already ended, or belongs to another org.",
        one(
            "It ended before it was cancelled or asked about, or its id is another org's.",
            "See Setup > Deployment Status.",
        ),
        (*_DEPLOY, Where.REST),
        f"Salesforce's metadata guide; {_LOCAL}",
        Sure.INFERRED,
        texts=(
            "deployment already completed",
            "no deployresult found for id",
            "no such retrieve",
        ),
    ),
    Refusal(
        "deploy-not-finalized",
        "The org carried out a deploy, but could not finalize it.",
        one(
            "A step after the deploy failed.",
            "Run `provision diff` to see what the org has, and apply again.",
        ),
        _DEPLOY,
        "org-protocol 3.8 (source-deploy-retrieve)",
        Sure.OBSERVED,
        codes=("FinalizingFailed",),
    ),
    Refusal(
        "validation-not-deployable",
        "A validation can be deployed once, within 10 days, if it ran tests.",
        one("The validation is too old, failed, or ran no tests.", "Deploy again."),
        _DEPLOY,
        "Salesforce's metadata guide, deployRecentValidation",
        Sure.DOCUMENTED,
        texts=("the validation isn't one that can be deployed",),
    ),
)
