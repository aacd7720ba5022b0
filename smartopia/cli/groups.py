"""Command groups put together from entry points, so that `smartopia` imports no part."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

import click


class EntryPointGroup(click.Group):
    """A group with commands of installed parts besides its own, loaded when asked for."""

    def __init__(self, *args: Any, entry_points: str, **more: Any) -> None:  # noqa: ANN401
        """`entry_points` is the group of entry points that name the commands."""
        super().__init__(*args, **more)
        self._group = entry_points

    def _entry_points(self) -> dict[str, EntryPoint]:
        return {entry.name: entry for entry in entry_points(group=self._group)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, by name."""
        return sorted({*super().list_commands(ctx), *self._entry_points()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A command of our own, or of an installed part."""
        own = super().get_command(ctx, cmd_name)
        entry = self._entry_points().get(cmd_name)
        if own is not None or entry is None:
            return own
        command = entry.load()
        if not isinstance(command, click.Command):
            raise click.ClickException(f"{entry.value} is no command")
        return command
