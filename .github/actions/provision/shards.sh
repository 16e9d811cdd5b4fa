#!/usr/bin/env bash
# Gives the output shards, for a matrix: ["1/3","2/3","3/3"].
set -euo pipefail

if [[ ! $NAME =~ ^[A-Za-z0-9_.-]{1,64}$ ]]; then
  echo "::error::the name is to be up to 64 letters, digits, and . _ -"
  exit 2
fi
if [[ ! $SHARDS =~ ^[1-9][0-9]{0,2}$ || $SHARDS -gt 256 ]]; then # a matrix has 256 jobs at most
  echo "::error::shards is to be a number from 1 to 256"
  exit 2
fi
list=$(seq -s '","' -f "%g/$SHARDS" "$SHARDS")
echo "shards=[\"$list\"]" >>"$GITHUB_OUTPUT"
