#!/usr/bin/env bash
# Shows how far each entity is. Takes the options of `fieldmart progress`: --entity NAME[,NAME…], --json, --watch.
set -euo pipefail
cd "$(dirname "$0")/.."
exec node dist/bin/fieldmart.js progress "$@"
