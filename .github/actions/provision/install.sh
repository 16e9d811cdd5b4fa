#!/usr/bin/env bash
# Installs provision into a venv of its own, and puts it on the PATH of the steps that follow.
set -euo pipefail

root=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
venv=$RUNNER_TEMP/provision-venv
python -m venv "$venv"
pip=("$venv/bin/python" -m pip --disable-pip-version-check --quiet install)
if [[ -n $REQUIREMENT ]]; then
  "${pip[@]}" "$REQUIREMENT"
else
  "${pip[@]}" -c "$root/requirements/constraints.txt" "$root"
fi
echo "$venv/bin" >>"$GITHUB_PATH"
