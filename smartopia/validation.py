"""What a validation found, in words."""

from __future__ import annotations

from pydantic import ValidationError


def problems_of(error: ValidationError, whole: str = "") -> list[str]:
    """Each problem as `where: what`, without the input: that may be a secret.

    Args:
        whole: stands for the place of a problem that is of no one field.
    """
    return [
        f"{'.'.join(map(str, one['loc'])) or whole}: {one['msg']}"
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
