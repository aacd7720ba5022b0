"""Frames as they came, sealed: who makes evidence cannot read it, who reads it needs the key.

Detectors hold the public key only. Sealing is HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM);
the head in front of the ciphertext tells the key, the camera and the time, and is authenticated
with it: a picture cannot be passed off as another camera's or another minute's.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from psycopg import AsyncConnection
from pydantic import ValidationError

from smartopia.contract.base import Instant, Message
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError, EvidenceError
from smartopia.settings import Settings
from smartopia.store.queries import load_queries

_SQL = load_queries("smartopia", "sql/evidence.sql")
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MAGIC = b"SEV1"
# Magic, key id, length of the context.
_HEAD = struct.Struct(">4s8sH")
KeyId = bytes


class _Context(Message):
    site: str
    device: str
    time: Instant


@dataclass(frozen=True, slots=True)
class Original:
    """A frame as it came, opened.

    Attributes:
        taken_at: phenomenon time.
    """

    camera: DeviceKey
    taken_at: datetime
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals frames by a public key. It can open none, not even its own.

    Attributes:
        key: the 32 bytes of the public key.
    """

    key: bytes

    def __call__(self, jpeg: bytes, camera: DeviceKey, taken_at: datetime) -> bytes:
        """The sealed bytes of this frame: some 200 more than it has; a quarter of a millisecond.

        Args:
            taken_at: phenomenon time.
        """
        context = _Context(site=camera.site, device=camera.device, time=taken_at)
        told = context.model_dump_json().encode()
        head = _HEAD.pack(_MAGIC, key_id(self.key), len(told)) + told
        return head + _SUITE.encrypt(jpeg, X25519PublicKey.from_public_bytes(self.key), info=head)


def key_id(public: bytes) -> KeyId:
    """What sealed bytes name their key by: the first 8 bytes of its SHA-256."""
    return hashlib.sha256(public).digest()[:8]


def load_sealer(settings: Settings) -> Sealer | None:
    """The sealer of SMARTOPIA_EVIDENCE_PUBLIC_KEY; None where none is set: nothing can be kept.

    Raises:
        ConfigurationError: it is no key.
    """
    text = settings.evidence_public_key
    if not text:
        return None
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != 32:
        raise ConfigurationError(
            "SMARTOPIA_EVIDENCE_PUBLIC_KEY is no key of 32 bytes in base64; take the one that "
            "`smartopia evidence-keys FILE` prints"
        )
    return Sealer(key)


def open_sealed(keys: Mapping[KeyId, X25519PrivateKey], sealed: bytes) -> Original:
    """The frame in these bytes.

    Raises:
        EvidenceError: its key is not among these, or a byte was changed since it was sealed.
    """
    if len(sealed) < _HEAD.size:
        raise EvidenceError(f"{len(sealed)} bytes are no sealed picture")
    magic, named, length = _HEAD.unpack_from(sealed)
    head, encrypted = sealed[: _HEAD.size + length], sealed[_HEAD.size + length :]
    if magic != _MAGIC:
        raise EvidenceError(f"this is no sealed picture: it begins with {magic!r}, not {_MAGIC!r}")
    key = keys.get(named)
    if key is None:
        raise EvidenceError(
            f"it was sealed for the key {named.hex()}, which is not among ours "
            f"({', '.join(known.hex() for known in keys) or 'there are none'})"
        )
    try:
        jpeg = _SUITE.decrypt(encrypted, key, info=head)
        context = _Context.model_validate_json(head[_HEAD.size :])
    except (InvalidTag, ValidationError):
        raise EvidenceError("its bytes are not those that were sealed") from None
    return Original(DeviceKey(context.site, context.device), context.time, jpeg)


async def keep_sealed(
    connection: AsyncConnection[Any],
    alert_id: int,
    sealed: bytes,
    taken_at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a sealed frame as evidence of an alert, until it expires; the caller commits."""
    await connection.execute(
        _SQL["insert_sealed"],
        {
            "alert_id": alert_id,
            "taken_at": taken_at,
            "sealed": sealed,
            "expires_at": expires_at,
        },
    )
