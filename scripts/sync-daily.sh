#!/usr/bin/env bash
# What cron calls: sync, then build. One at a time; the exit code is that of the first step that failed.
#   15 5 * * *  /path/to/fieldmart/scripts/sync-daily.sh >> /var/log/fieldmart.log 2>&1
# Options are handed to `fieldmart sync`. FIELDMART_LOCK names the lock (default data/sync-daily.lock).
set -uo pipefail
cd "$(dirname "$0")/.."

lock="${FIELDMART_LOCK:-data/sync-daily.lock}"
mkdir -p "$(dirname "$lock")"

# A folder is made by one process only. The one who made it writes its process id; a lock whose process is gone is stale.
take_lock() {
  if mkdir "$lock" 2>/dev/null; then
    echo "$$" > "$lock/pid"
    return 0
  fi
  local holder
  holder="$(cat "$lock/pid" 2>/dev/null || true)"
  if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
    echo "sync-daily: the lock $lock was left by process $holder, which is gone; taking it over" >&2
    rm -rf "$lock"
    mkdir "$lock" 2>/dev/null && echo "$$" > "$lock/pid"
    return
  fi
  echo "sync-daily: cannot start: process ${holder:-unknown} holds $lock; wait for it to end" >&2
  return 1
}

take_lock || exit 5
trap 'rm -rf "$lock"' EXIT

node dist/bin/fieldmart.js sync "$@"
status=$?
[ "$status" -eq 0 ] || exit "$status"
node dist/bin/fieldmart.js build
