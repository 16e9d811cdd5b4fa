#!/usr/bin/env bash
# Makes one report.md of what the jobs of $SHARDS shards left in $SHARDS_DIRECTORY, and one exit code.
set -euo pipefail

mapfile -t codes < <(find "$SHARDS_DIRECTORY" -name exit-code | sort)
records=()
for file in "${codes[@]}"; do
  record=$(dirname -- "$file")/rows.jsonl
  if [[ -e $record ]]; then records+=("$record"); fi
done
code=0
if [[ ${#codes[@]} -eq 0 ]]; then
  echo "::error::no job left anything"
  exit 1
elif [[ $SHARDS -gt 1 && ${#records[@]} -gt 0 ]]; then
  provision report merge --format markdown --output report.md "${records[@]}" || code=$?
  test -s report.md
  cat report.md >>"$GITHUB_STEP_SUMMARY"
else # one job says all there is to say; so does any of several that ended before their first org
  code=$(<"${codes[0]}")
  cp -- "$(dirname -- "${codes[0]}")/report.md" report.md
fi
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
