#!/bin/sh
# The main job, end to end, in a folder of its own (.demo, or the one named): nothing of yours is
# touched.
set -eu

here=$(cd "$(dirname "$0")/../.." && pwd)
demo=${1:-$here/.demo}
rm -rf "$demo"
mkdir "$demo"
cp -R "$here/manifests" "$demo/manifests"
cd "$demo"

step() {
    printf '\n== %s\n' "$1"
    shift
    printf '$ %s\n' "$*"
    "$@"
}

expect() { # the exit code that a command is expected to end with
    wanted=$1
    shift
    code=0
    step "$@" || code=$?
    [ "$code" -eq "$wanted" ] || { echo "demo: exit $code, expected $wanted"; exit 1; }
    printf '(exit %s)\n' "$code"
}

spec=manifests/salesforce-cli.yaml

step "A private key and a certificate" \
    provision keys new salesforce-cli --directory manifests/keys
step "The app, from the spec into the embedded local org, proven with a real login" \
    provision apply $spec --org local --yes
step "A second apply changes nothing" \
    provision apply $spec --org local --yes
step "Somebody changes the session timeout and the permitted users behind its back" \
    python "$here/docs/demo/drift.py"
expect 4 "diff finds it" \
    provision diff $spec --org local
step "apply repairs it" \
    provision apply $spec --org local --yes
expect 0 "diff agrees" \
    provision diff $spec --org local

printf '\nThe spec is %s/%s; the local org is %s/.provision/localorg.db.\n' "$demo" "$spec" "$demo"
