"""`smartopia evidence-keys`: the keys of evidence, where the parts run elsewhere."""

from __future__ import annotations

from pathlib import Path

import click

from smartopia.clock import utc_now


@click.command("evidence-keys")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def evidence_keys(file: Path) -> None:
    """Make the keys that open evidence, or renew them where they are a month old.

    Prints the public key, for SMARTOPIA_EVIDENCE_PUBLIC_KEY of the detectors. FILE is for
    SMARTOPIA_EVIDENCE_KEYS of the control center alone. `smartopia up` does both by itself.
    """
    from smartopia.evidence_keys import renew_file  # noqa: PLC0415 - keeps the others quick

    click.echo(renew_file(file, utc_now()).public_key)
