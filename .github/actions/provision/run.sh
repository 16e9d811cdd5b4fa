#!/usr/bin/env bash
# Runs one verb: secrets into its environment, its report into $DIRECTORY, its exit code told.
set -euo pipefail

fail() {
  echo "::error::$1"
  exit 2
}

# Put the lines NAME=VALUE of $1 into the environment. With $2, the log shows no value of them.
take_variables() {
  local line value
  while IFS= read -r line; do
    line=${line%$'\r'}
    if [[ -z $line || $line == \#* ]]; then continue; fi
    # The line itself stays unsaid: it may be a secret.
    [[ $line =~ ^[A-Za-z_][A-Za-z0-9_]*= ]] || fail "a line of the variables is not NAME=VALUE"
    value=${line#*=}
    # A shorter mask would blacken parts of every other word.
    if [[ -n ${2-} && ${#value} -ge 4 ]]; then echo "::add-mask::${value//'%'/%25}"; fi
    export "${line?}"
  done <<<"$1"
}

# Put a private key where the fleet looks for it, for the time of this script.
put_private_key() {
  key=${PRIVATE_KEY_FILE:-$RUNNER_TEMP/provision.key}
  [[ ! -e $key ]] || fail "$key is there already: a private key is not written over it"
  trap 'rm -f -- "$key"' EXIT
  mkdir -p -- "$(dirname -- "$key")"
  (umask 077 && printf '%s\n' "$PROVISION_PRIVATE_KEY_PEM" >"$key")
  unset PROVISION_PRIVATE_KEY_PEM
  PROVISION_PRIVATE_KEY=$(realpath -- "$key")
  export PROVISION_PRIVATE_KEY
}

# Add to $arguments each line of $2, behind the option $1 if there is one.
add_lines() {
  local line
  while IFS= read -r line; do
    if [[ -n $line ]]; then arguments+=(${1:+"$1"} "$line"); fi
  done <<<"$2"
}

take_variables "$VARIABLES"
take_variables "${PROVISION_VARIABLES-}" masked
unset PROVISION_VARIABLES
if [[ -n ${PROVISION_PRIVATE_KEY_PEM-} ]]; then put_private_key; fi
[[ -n $FLEET || -n $SPECS ]] || fail "name a fleet or specs"
[[ -z $FLEET || -z $SPECS ]] || fail "name a fleet or specs, not both"

declare -A endings=(
  [text]=txt [json]=json [markdown]=md [html]=html [junit]=xml [sarif]=sarif [github]=log
)
report=$DIRECTORY/report.${endings[$FORMAT]-$FORMAT}
mkdir -p -- "$DIRECTORY"
began=$DIRECTORY/began
touch -- "$began"

arguments=("$VERB")
add_lines --var "$VARS"
if [[ $VERB != validate ]]; then  # which knows no org, and no report
  add_lines --org "$ORGS"
  arguments+=(--format "$FORMAT" --output "$report")
  if [[ $SHARD != 1/1 ]]; then arguments+=(--shard "$SHARD"); fi
  if [[ $PRINT_CHECKSUM == true ]]; then arguments+=(--checksum); fi
  add_lines "" "$ARGS"
fi
arguments+=(--)
add_lines "" "$FLEET$SPECS"

# What an org or a spec says must not be taken for a command to the runner.
token=stop-$RANDOM$RANDOM$RANDOM$RANDOM
echo "::stop-commands::$token"
code=0
if [[ $PRINT_CHECKSUM == true ]]; then
  checksum=$(provision "${arguments[@]}") || code=$?
  printf '%s\n' "$checksum"
else
  provision "${arguments[@]}" || code=$?
fi
echo "::$token::"

echo "$code" >"$DIRECTORY/exit-code"
if [[ $VERB != validate && $FORMAT == markdown ]]; then
  if [[ ! -s $report ]]; then
    printf '### provision %s: exit code %s\n\nThe log of the job says why.\n' "$VERB" "$code" >"$report"
  fi
  cat -- "$report" >>"$GITHUB_STEP_SUMMARY"
fi
if [[ $FORMAT == github && -s $report ]]; then cat -- "$report"; fi
{
  echo "exit-code=$code"
  echo "checksum=${checksum-}"
  if [[ -s $report ]]; then echo "report=$report"; fi
} >>"$GITHUB_OUTPUT"
if [[ -n $FLEET && -d .provision/runs ]]; then
  record=$(find .provision/runs -name rows.jsonl -newer "$began")
  if [[ -n $record ]]; then
    cp -- "$record" "$DIRECTORY/rows.jsonl"
    echo "record=$DIRECTORY/rows.jsonl" >>"$GITHUB_OUTPUT"
  fi
fi
rm -f -- "$began"
[[ " $ACCEPT " == *" $code "* ]] || exit "$code"
