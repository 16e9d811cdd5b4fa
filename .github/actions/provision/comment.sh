#!/usr/bin/env bash
# Writes report.md to the pull request: into the comment that is there from last time, if one is.
set -euo pipefail

export MARKER="<!-- provision plan: $NAME -->"
{
  echo "$MARKER"
  cat report.md
  printf '\n_For %s, by [this run](%s)._\n' "$COMMIT" "$RUN_URL"
} >comment.md
comments=repos/$GITHUB_REPOSITORY/issues
# Who else writes the marker into a comment does not get it written over.
own='.[] | select(.user.login == "github-actions[bot]" and (.body | startswith(env.MARKER))) | .id'
ids=$(gh api --paginate "$comments/$NUMBER/comments?per_page=100" --jq "$own")
id=${ids%%$'\n'*}
if [[ -n $id ]]; then
  gh api --silent --method PATCH "$comments/comments/$id" -F body=@comment.md
else
  gh api --silent --method POST "$comments/$NUMBER/comments" -F body=@comment.md
fi
