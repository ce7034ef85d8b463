#!/usr/bin/env bash
# Keeps a process running: starts it again when it dies, and says so. Usage: deploy/keep.sh NAME COMMAND...
# A process that dies at once waits longer each time, at most 30 seconds.
set -u
name=$1 delay=1
shift
trap 'kill "$child" 2>/dev/null; wait "$child"; exit 0' TERM INT
while true; do
  started=$SECONDS
  "$@" &
  child=$!
  wait "$child"
  code=$?
  [ $((SECONDS - started)) -gt 60 ] && delay=1
  echo "$name ended with code $code; starting it again in $delay s. The page stays up meanwhile." >&2
  sleep "$delay" &
  wait $!
  delay=$((delay * 2 > 30 ? 30 : delay * 2))
done
