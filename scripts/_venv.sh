# Sourced by the other scripts: makes .venv where missing and brings it up to date with
# pyproject.toml. Needs only Python 3.11 to 3.13 with venv.
# $extras: the extras to install.
set -eu
cd "$(dirname "$0")/.."

find_python() {
  for candidate in ${SMARTOPIA_PYTHON:-} python3 python3.13 python3.12 python3.11; do
    if "$candidate" -c 'import sys, venv; raise SystemExit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  echo "Smartopia needs Python 3.11, 3.12 or 3.13 with the venv module (Debian: apt install python3-venv)." >&2
  exit 1
}

stamp=".venv/installed-$extras"
if [ ! -x .venv/bin/python ]; then
  "$(find_python)" -m venv .venv
fi
# The stamp holds what was installed: a changed pyproject.toml installs again.
wanted="$(cksum pyproject.toml)"
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  echo "Installing Smartopia [$extras] into .venv: some minutes the first time, most of them for torch." >&2
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -e ".[$extras]"
  echo "$wanted" > "$stamp"
fi
PATH="$PWD/.venv/bin:$PATH"
export PATH
