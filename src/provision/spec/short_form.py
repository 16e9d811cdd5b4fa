"""The short forms that change a key's name, written out."""

from __future__ import annotations

from provision.findings import Finding
from provision.spec.node import Entry, MappingNode, ScalarNode, SequenceNode

__all__ = ["written_out"]


def written_out(root: MappingNode, problems: list[Finding]) -> MappingNode:
    """``root`` with `oauth.callback_url: X` as `oauth.callback_urls: [X]`."""
    oauth = root.entries.get("oauth")
    if oauth is None or not isinstance(oauth.node, MappingNode):
        return root
    entries = dict(oauth.node.entries)
    short = entries.pop("callback_url", None)
    if short is None:
        return root
    if "callback_urls" in entries:
        problems.append(
            short.key.problem("oauth.callback_url: callback_urls is here too; write one of them")
        )
    elif not isinstance(short.node, ScalarNode):
        problems.append(
            short.key.problem("oauth.callback_url: it takes one URL; for more, use callback_urls")
        )
    elif short.node.value is None:
        entries["callback_urls"] = short
    else:
        urls = SequenceNode(short.node.position, (short.node,))
        entries["callback_urls"] = Entry(short.key, urls)
    written = Entry(oauth.key, MappingNode(oauth.node.position, entries))
    return MappingNode(root.position, {**root.entries, "oauth": written})
