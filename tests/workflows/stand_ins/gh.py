"""A stand-in for `gh api`: issues and comments of one repository, kept in a JSON file.

GH_TOKEN is the permissions of the job, as the runner gives them; a call without the right one is
refused as GitHub does. Filters are run by jq itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jq

STATE = Path(os.environ["STAND_IN_STATE"]) / "github.json"
BOT = {"login": "github-actions[bot]", "type": "Bot"}
ROOT = r"repos/acme/apps/issues"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("api", choices=["api"])
    parser.add_argument("path")
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--method", default="GET")
    parser.add_argument("--jq", default=".")
    parser.add_argument("-f", dest="raw", action="append", default=[])
    parser.add_argument("-F", dest="typed", action="append", default=[])
    given = parser.parse_args()
    state = json.loads(STATE.read_text())
    state["calls"].append(f"{given.method} {given.path}")
    answer, needed = _answer(given.method, urlsplit(given.path), _fields(given), state)
    held = dict(each.split(":") for each in os.environ["GH_TOKEN"].split(","))
    if given.method != "GET" and not any(held.get(what) == "write" for what in needed):
        sys.stderr.write("gh: Resource not accessible by integration (HTTP 403)\n")
        return 1
    STATE.write_text(json.dumps(state))
    if not given.silent:
        for value in jq.compile(given.jq).input_value(answer):
            sys.stdout.write(f"{value if isinstance(value, str) else json.dumps(value)}\n")
    return 0


def _fields(given: argparse.Namespace) -> dict[str, str]:
    fields = dict(each.split("=", 1) for each in given.raw)
    for each in given.typed:
        name, value = each.split("=", 1)
        fields[name] = Path(value[1:]).read_text() if value.startswith("@") else value
    assert all(len(text) <= 65_536 for text in fields.values()), "GitHub refuses longer ones"
    return fields


def _answer(method: str, url, fields: dict[str, str], state: dict) -> tuple[object, tuple]:
    both = ("issues", "pull-requests")
    issues, comments = state["issues"], state["comments"]
    if method == "GET" and url.path == ROOT:
        asked = parse_qs(url.query)
        assert asked["creator"] == [BOT["login"]]
        wanted = asked["state"][0]
        return [i for i in issues if i["state"] == wanted and i["user"] == BOT], ()
    if method == "POST" and url.path == ROOT:
        issue = {"number": len(issues) + 1, "state": "open", "user": BOT, **fields}
        issues.append(issue)
        return issue, ("issues",)
    if found := re.fullmatch(rf"{ROOT}/(\d+)/comments", url.path):
        number = int(found[1])
        if method == "GET":
            return [c for c in comments if c["number"] == number], ()
        comments.append({"id": len(comments) + 1, "number": number, "user": BOT, **fields})
        return comments[-1], both
    if method == "PATCH" and (found := re.fullmatch(rf"{ROOT}/comments/(\d+)", url.path)):
        comments[int(found[1]) - 1].update(fields)
        return {}, both
    if method == "PATCH" and (found := re.fullmatch(rf"{ROOT}/(\d+)", url.path)):
        issues[int(found[1]) - 1].update(fields)
        return {}, ("issues",)
    raise SystemExit(f"the stand-in knows no {method} {url.path}")


if __name__ == "__main__":
    sys.exit(main())
