#!/bin/sh
# A stand-in for python: makes a venv that has our program, and notes what pip is asked for.
set -eu
echo "$*" >>"$STAND_IN_STATE/python"
if [ "$1 $2" = "-m venv" ]; then
  mkdir -p "$3/bin"
  ln -s "$0" "$3/bin/python"
  ln -s "$STAND_IN_STATE/bin/the-provision" "$3/bin/provision"
fi
