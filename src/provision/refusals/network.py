"""Refusals before an org was asked: names, connections and certificates, in clients' words."""

from __future__ import annotations

from typing import Final

from provision.refusals.refusal import Cause, Refusal, Sure, Where, one

__all__ = ["ROWS"]

_CLIENTS: Final = (Where.SF, Where.LIBRARY)
_NODE: Final = "system and TLS errors of Node.js and OpenSSL; the causes are inferred"

ROWS: Final = (
    Refusal(
        "host-unknown",
        "The host name cannot be resolved.",
        (
            Cause(
                "The URL is misspelled, or the org's My Domain was renamed.",
                "Set the instance URL to the My Domain URL that Setup > My Domain shows.",
            ),
            Cause(
                "This machine cannot reach a name server.",
                "Check its network, its VPN and its proxy.",
            ),
        ),
        _CLIENTS,
        _NODE,
        Sure.INFERRED,
        texts=("name or service not known", "nodename nor servname provided"),
        codes=("ENOTFOUND", "EAI_AGAIN", "NameResolutionError"),
    ),
    Refusal(
        "not-connected",
        "The connection was refused, or broken off.",
        (
            Cause(
                "Nothing listens at that host and port: a local org may have ended.",
                "Check the instance URL. Start a local org with `provision localorg serve`.",
            ),
            Cause(
                "A firewall or a proxy blocks the connection.",
                "Allow https to the org's host, or set HTTPS_PROXY.",
            ),
        ),
        _CLIENTS,
        _NODE,
        Sure.INFERRED,
        texts=("connection refused", "connection reset", "socket hang up"),
        codes=("ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"),
    ),
    Refusal(
        "certificate-not-trusted",
        "The client does not trust the server's certificate.",
        (
            Cause(
                "A proxy intercepts the connection, with its own certificate.",
                "Have the client trust the proxy's CA: NODE_EXTRA_CA_CERTS for the sf CLI, "
                "REQUESTS_CA_BUNDLE for Python.",
            ),
            Cause(
                "It is a local org, which makes its own certificate.",
                "Set the same variables to the file that `provision localorg serve` names.",
            ),
        ),
        _CLIENTS,
        f"{_NODE}; org-protocol 1",
        Sure.INFERRED,
        texts=(
            "self signed certificate",
            "self-signed certificate",
            "unable to get local issuer certificate",
            "unable to verify the first certificate",
            "certificate verify failed",
        ),
        codes=(
            "CERTIFICATE_VERIFY_FAILED",
            "SELF_SIGNED_CERT_IN_CHAIN",
            "DEPTH_ZERO_SELF_SIGNED_CERT",
            "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
            "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
        ),
    ),
    Refusal(
        "http-forbidden",
        "The org, or a proxy in front of it, forbids the request, and no code says why.",
        (
            Cause(
                "The user lacks a permission, such as API Enabled.",
                "Run `provision doctor`.",
            ),
            Cause(
                "A proxy or a firewall answered instead of the org.",
                "Check the proxy, and where the request is sent from.",
            ),
        ),
        (Where.REST, Where.TOKEN),
        "HTTP status codes (RFC 9110); the causes are inferred",
        Sure.INFERRED,
        codes=("HTTP 403", "ERROR_HTTP_403"),
        wraps=True,
    ),
    Refusal(
        "http-unauthorized",
        "The org does not accept the session, and no code says why.",
        one("The session has ended, or belongs to another org.", "Log in again."),
        (Where.REST,),
        "HTTP status codes (RFC 9110); the causes are inferred",
        Sure.INFERRED,
        codes=("HTTP 401", "ERROR_HTTP_401"),
        wraps=True,
    ),
)
