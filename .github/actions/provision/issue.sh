#!/usr/bin/env bash
# Keeps one issue about drift: opened or brought up to date for exit code 4, closed for 0.
set -euo pipefail

export MARKER="<!-- provision drift: $NAME -->"
{
  echo "$MARKER"
  cat report.md
  printf '\n_By [this run](%s). This issue is closed by the first run that finds no drift._\n' "$RUN_URL"
} >issue.md
issues=repos/$GITHUB_REPOSITORY/issues
own='.[] | select(.pull_request == null and ((.body // "") | startswith(env.MARKER))) | .number'
query='state=open&creator=github-actions%5Bbot%5D&per_page=100'
numbers=$(gh api --paginate "$issues?$query" --jq "$own")
number=${numbers%%$'\n'*}
case $EXIT_CODE in
  4)
    if [[ -n $number ]]; then
      gh api --silent --method PATCH "$issues/$number" -F body=@issue.md
    else
      gh api --silent --method POST "$issues" -f title="Drift: $NAME" -F body=@issue.md
    fi
    ;;
  0)
    if [[ -n $number ]]; then
      gh api --silent --method POST "$issues/$number/comments" -f body="No drift: $RUN_URL"
      gh api --silent --method PATCH "$issues/$number" -f state=closed -f state_reason=completed
    fi
    ;;
  *)
    echo "::error::exit code $EXIT_CODE says nothing of drift"
    exit 1
    ;;
esac
