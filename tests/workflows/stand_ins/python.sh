#!/bin/sh
# A stand-in for python: makes a venv that has our program, and notes what pip is asked for.
# A script is run by the real one.
set -eu
[ "$1" = "-m" ] || exec "$STAND_IN_PYTHON" "$@"
echo "$*" >>"$STAND_IN_STATE/python"
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  ln -s "$0" "$3/bin/python"
  ln -s "$STAND_IN_STATE/bin/the-provision" "$3/bin/provision"
fi
