"""Checks of the values for a login: hosts, keys, names. None is quoted: it may be a secret."""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from provision.org.instance_url import InstanceUrl, InstanceUrlRefused
from provision.refusals.refusal import Known
from provision.sensitive_text import sensitive_kind

__all__ = [
    "alias_fault",
    "audience_fault",
    "consumer_key_fault",
    "known_of",
    "login_host_doubt",
    "login_host_fault",
    "token_host_fault",
    "username_fault",
]

# DOC: My Domain URL formats. The last two are Salesforce's government and China clouds.
_MY_DOMAIN: Final = re.compile(
    r".+\.my\.(salesforce\.com|salesforce\.mil|sfcrmproducts\.cn)", re.IGNORECASE
)
_SHARED: Final = re.compile(r"(login|test|welcome)\.salesforce\.(com|mil)", re.IGNORECASE)
# DOC: hosts for pages, which have no token endpoint.
_PAGES: Final = re.compile(
    r".+\.(lightning\.force|salesforce-setup|visualforce|visual\.force|vf\.force|content\.force|"
    r"documentforce|file\.force|salesforce-experience)\.(com|mil)",
    re.IGNORECASE,
)
_INSTANCE: Final = re.compile(r"[a-z0-9-]+\.salesforce\.(com|mil)", re.IGNORECASE)
_USE: Final = "use the org's My Domain URL, as in https://example.my.salesforce.com"

_USERNAME: Final = re.compile(r"[^\s@,:/<>]+@[^\s@,:/<>]+\.[^\s@,:/<>.]+")
_CONSUMER_KEY: Final = re.compile(r"[!-~]+")


def login_host_fault(url: str) -> str:
    """Why no external client app can log in at ``url``; empty if one may be able to.

    OBS (n8n#28990, cli#3325): the shared login hosts have not found external client apps since
    Spring '26; client credentials never worked there. The answer only quotes the host.
    """
    host = _host(url)
    if _SHARED.fullmatch(host):
        return f"external client apps cannot log in at {host}; {_USE}"
    if _PAGES.fullmatch(host):
        return f"{host} is a host for pages, and accepts no logins of apps; {_USE}"
    if _INSTANCE.fullmatch(host):
        return f"{host} is not a My Domain, and external client apps can only log in there; {_USE}"
    return ""


def token_host_fault(url: str) -> str:
    """Why ``url`` cannot have an access token; empty if it can. An org may have older hosts.

    DOC: a token is for the instance URL that came with it, which is never a shared login host.
    """
    host = _host(url)
    if _SHARED.fullmatch(host):
        return f"{host} is where users of all orgs log in, and not the host of one org; {_USE}"
    return ""


def known_of(url: str) -> frozenset[Known]:
    """What is known of a login that was sent to ``url``."""
    return frozenset({Known.MY_DOMAIN}) if _is_my_domain(url) else frozenset()


def _is_my_domain(url: str) -> bool:
    """Whether apps can surely log in at ``url``: it is a My Domain, or a local org."""
    host = _host(url)
    return bool(_MY_DOMAIN.fullmatch(host)) or _is_this_machine(host)


def login_host_doubt(url: str) -> str:
    """Why apps may not be able to log in at ``url``; empty if they surely can or surely cannot."""
    host = _host(url)
    if _is_my_domain(url) or login_host_fault(url):
        return ""
    return f"{host} does not look like a My Domain; if logins are refused, {_USE}"


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").rstrip(".")


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def consumer_key_fault(text: str) -> str:
    """Why ``text`` cannot be a consumer key; empty if it can."""
    if not sensitive_kind(text) and "://" not in text and _CONSUMER_KEY.fullmatch(text):
        return ""
    return f"it is not a consumer key{_holding(text)}"


def username_fault(text: str) -> str:
    """Why ``text`` cannot be a username; empty if it can."""
    if not sensitive_kind(text) and _USERNAME.fullmatch(text):
        return ""
    return f"it is not a username, which looks like an email address{_holding(text)}"


def alias_fault(text: str) -> str:
    """Why ``text`` cannot be an alias or a username of the `sf` CLI; empty if it can."""
    if not text.strip():
        return "it is empty"
    if text.startswith("-") or "://" in text or sensitive_kind(text) or not text.isprintable():
        return f"it is not an alias or a username{_holding(text)}"
    return ""


def audience_fault(text: str) -> str:
    """Why ``text`` cannot be an audience; empty if it can.

    An audience is a login host, an org, or a site, whose URL may have a path.
    """
    try:
        parts = urlsplit(text)
        InstanceUrl(f"{parts.scheme}://{parts.netloc}")
    except (ValueError, InstanceUrlRefused):
        return f"it is not the https URL of a login host{_holding(text)}"
    if parts.query or parts.fragment or sensitive_kind(text):
        return f"it is not only the URL of a login host{_holding(text)}"
    return ""


def _holding(text: str) -> str:
    kind = sensitive_kind(text)
    return f": it holds {kind}" if kind else ""
