#!/usr/bin/env bash
# Drives real editors against the real server: VS Code in Chromium, Neovim headless and in a terminal, Emacs.
#   run.sh [FILE ...]        only these of tests/editors/*.test.ts
#   run.sh latency.ts        no tests: how long a user waits for ghost text (see there)
#   run.sh film.ts FILE      no tests: a picture that moves (see there)
#   CODESTRAL_EDITORS_DIR    where the editors are kept (see setup.sh)
#   CODESTRAL_SCREENSHOTS    a folder for pictures of what was seen
#   CODESTRAL_TEST_SERVER    another server command than the development environment's
#   CODESTRAL_TEST_NVIM_PLUGINS  a folder with nvim-cmp/ and blink.cmp/ (see neovim-menus.test.ts)
#   CODESTRAL_RECORD=1       write what the editors sent into tests/fixtures/clients
# What cannot run here is skipped, and said at the end. Exit status: 0 when everything that ran passed.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
export CODESTRAL_EDITORS_DIR=${CODESTRAL_EDITORS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/codestral-lsp-editors}
NODE=$CODESTRAL_EDITORS_DIR/node/node_modules/.bin/node
TMPDIR=$(mktemp -d)
export TMPDIR
report=$TMPDIR/report
# What the editors and servers leave behind goes when all went well, and can be looked into when it did not.
trap 'status=$?; if [ $status = 0 ]; then rm -rf "$TMPDIR"; else echo "run: what was left behind is in $TMPDIR" >&2; fi' EXIT

"$HERE/setup.sh" || echo "run: not everything could be set up; what needs it is skipped" >&2
if [ ! -x "$NODE" ] || [ ! -d "$HERE/node_modules" ]; then
  echo "run: SKIPPED ALL: no Node.js 24 or no driver packages (see above)" >&2
  exit 0
fi

extension=$ROOT/editors/vscode
export CODESTRAL_VSIX=$CODESTRAL_EDITORS_DIR/codestral-lsp.vsix
"${PYTHON:-$ROOT/.venv/bin/python}" "$extension/wheels.py" || exit 1
(cd "$extension" && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-fund --no-audit; } &&
  npm run --silent check && npm test --silent && npm run --silent package -- --out "$CODESTRAL_VSIX") || exit 1
(cd "$HERE" && npm run --silent check) || exit 1

cd "$HERE" || exit 1
if [ "${1:-}" = latency.ts ] || [ "${1:-}" = film.ts ]; then "$NODE" "$@"; exit; fi
[ $# -gt 0 ] || set -- *.test.ts
"$NODE" --test --test-concurrency=1 --test-timeout=900000 \
  --test-reporter=spec --test-reporter-destination=stdout --test-reporter=tap --test-reporter-destination="$report" \
  "$@"
status=$?
echo
grep -E '^\s*(not )?ok .*# SKIP' "$report" | sed -E 's/^ *(not )?ok [0-9]+ - (.*) # SKIP/SKIPPED: \2:/' >&2
exit $status
