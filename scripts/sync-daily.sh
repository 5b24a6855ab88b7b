#!/usr/bin/env bash
# What cron calls: sync, then build. One at a time; the exit code is that of the first step that failed.
#   15 5 * * *  /path/to/fieldmart/scripts/sync-daily.sh >> /var/log/fieldmart.log 2>&1
# Options are handed to `fieldmart sync`. FIELDMART_LOCK names the lock file (default data/sync-daily.lock).
set -uo pipefail
umask 077
cd "$(dirname "$0")/.."

lock="${FIELDMART_LOCK:-data/sync-daily.lock}"
mkdir -p "$(dirname "$lock")"

# The system gives the lock back when its holder dies, so none is ever stale. Where there is no flock, the warehouse's
# own lock still keeps a second run out.
if command -v flock > /dev/null; then
  exec 9>> "$lock"
  if ! flock --nonblock 9; then
    pid="$(head -c 20 "$lock" | tr -cd 0-9)"
    echo "sync-daily: cannot start: another sync-daily${pid:+ (pid $pid)} holds $lock; wait for it to end" >&2
    exit 5
  fi
  echo "$$" > "$lock"
fi

node dist/bin/fieldmart.js sync "$@"
status=$?
[ "$status" -eq 0 ] || exit "$status"
node dist/bin/fieldmart.js build
