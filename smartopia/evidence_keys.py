"""The keys that open evidence: a file of the control center's, renewed every month.

A key that was replaced is dropped once all that was sealed with it has expired: from then on
not even a forgotten copy of the database can be opened.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import AwareDatetime, Base64UrlBytes, BaseModel, ConfigDict, Field, ValidationError

from smartopia.errors import ConfigurationError
from smartopia.evidence import KeyId, key_id
from smartopia.private_files import check_private, write_private
from smartopia.validation import problems_of

RENEW_AFTER = timedelta(days=30)
# The longest evidence is kept, and a day for clocks and for what is still on its way.
DROP_AFTER = timedelta(days=31)


class EvidenceKey(BaseModel):
    """One key.

    Attributes:
        private: its 32 bytes.
        retired_at: when another took its place; None for the one that is sealed with.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    private: Annotated[Base64UrlBytes, Field(min_length=32, max_length=32, repr=False)]
    made_at: AwareDatetime
    retired_at: AwareDatetime | None = None

    @property
    def opener(self) -> X25519PrivateKey:
        """As the cipher takes it."""
        return X25519PrivateKey.from_private_bytes(self.private)

    @property
    def public(self) -> bytes:
        """The 32 bytes detectors seal with."""
        return self.opener.public_key().public_bytes_raw()


class EvidenceKeys(BaseModel):
    """All keys, the newest last."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: Annotated[tuple[EvidenceKey, ...], Field(min_length=1)]

    @property
    def public_key(self) -> str:
        """What SMARTOPIA_EVIDENCE_PUBLIC_KEY is to be."""
        return base64.b64encode(self.keys[-1].public).decode()

    def openers(self) -> dict[KeyId, X25519PrivateKey]:
        """Each private key by what sealed bytes call it."""
        return {key_id(key.public): key.opener for key in self.keys}


def new_key(now: datetime) -> EvidenceKey:
    """A key at random."""
    private = base64.urlsafe_b64encode(X25519PrivateKey.generate().private_bytes_raw())
    return EvidenceKey(private=private, made_at=now)


def renewed(keys: Sequence[EvidenceKey], now: datetime) -> EvidenceKeys:
    """The keys as they should be now: the newest not old, and none that nothing needs."""
    kept = [key for key in keys if key.retired_at is None or now - key.retired_at < DROP_AFTER]
    if not kept or now - kept[-1].made_at >= RENEW_AFTER:
        kept = [
            key if key.retired_at else key.model_copy(update={"retired_at": now}) for key in kept
        ]
        kept.append(new_key(now))
    return EvidenceKeys(keys=tuple(kept))


def read_keys(file: Path) -> EvidenceKeys:
    """The keys in this file.

    Raises:
        ConfigurationError: it cannot be read, is open to others, or holds no keys.
    """
    try:
        check_private(file)
        return EvidenceKeys.model_validate_json(file.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"the evidence keys {file}: {error.strerror}") from None
    except ValidationError as error:
        raise ConfigurationError(f"the evidence keys {file}: {problems_of(error)[0]}") from None


def renew_file(file: Path, now: datetime) -> EvidenceKeys:
    """Make the file where there is none, and renew its keys where it is time.

    Raises:
        ConfigurationError: it cannot be read, is open to others, or holds no keys.
    """
    before = read_keys(file).keys if file.exists() else ()
    keys = renewed(before, now)
    if keys.keys != before:
        write_private(file, keys.model_dump(mode="json"))
    return keys
