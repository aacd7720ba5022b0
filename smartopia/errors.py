"""Every error Smartopia raises on purpose. Each message says what to do next.

SmartopiaError
+-- ConfigurationError      a setting, file or argument is wrong
+-- AlreadyRunningError     another `up` owns this data directory
+-- UnavailableError        the broker or the database cannot be reached now
+-- RefusedMessageError     a message breaks the contract; it goes to quarantine
+-- AlarmConflictError      the alert has changed since the operator looked
+-- AlarmTransitionError    the alert's state does not allow this action
+-- ViewConflictError       a camera's view was drawn anew since its drawer began
+-- StageError              a device may not go to the field yet
+-- DetectorMissingError    no detector weights; everything else goes on
+-- FrameRefusedError       a picture is not one we decode
+-- EvidenceError           a sealed picture cannot be opened
+-- TruthError              a revealed truth is not the one that was sealed
"""

from __future__ import annotations

from enum import StrEnum


class SmartopiaError(Exception):
    """The base of all errors raised on purpose."""


class ConfigurationError(SmartopiaError):
    """A setting, file or argument is wrong; the message names it and what is allowed."""


class AlreadyRunningError(SmartopiaError):
    """Another `smartopia up` owns this data directory."""


class UnavailableError(SmartopiaError):
    """The broker or the database cannot be reached now; the caller tries again."""


class Reason(StrEnum):
    """Why a message was refused. Stored with it, counted, and shown."""

    UNKNOWN_TOPIC = "unknown_topic"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNKNOWN_DEVICE = "unknown_device"
    UNKNOWN_DATASTREAM = "unknown_datastream"
    MALFORMED = "malformed"
    WRONG_TYPE = "wrong_type"
    WRONG_UNIT = "wrong_unit"
    UNSOUND_VIEW = "unsound_view"
    ABSURD_TIME = "absurd_time"
    TOO_LARGE = "too_large"
    BAD_FRAME = "bad_frame"
    REUSED_SEQUENCE = "reused_sequence"
    FLOODING = "flooding"


class RefusedMessageError(SmartopiaError):
    """A message breaks the contract.

    Attributes:
        reason: the machine-readable code kept in quarantine.
        detail: what is wrong, where, and what is allowed.
    """

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class FrameRefusedError(RefusedMessageError):
    """A picture is not one we decode: truncated, huge, or no JPEG."""

    def __init__(self, detail: str) -> None:
        super().__init__(Reason.BAD_FRAME, detail)


class AlarmConflictError(SmartopiaError):
    """The alert has changed since the operator looked; look again, then decide."""


class AlarmTransitionError(SmartopiaError):
    """The alert's state does not allow this action."""


class ViewConflictError(SmartopiaError):
    """Somebody else has drawn a camera's view since; look at theirs, then draw again."""


class StageError(SmartopiaError):
    """A device may not go from the sandbox to the field yet; the message says what is missing."""


class DetectorMissingError(SmartopiaError):
    """No detector weights are to be had; the message says where to put them."""


class EvidenceError(SmartopiaError):
    """A sealed picture cannot be opened; the message says why."""


class TruthError(SmartopiaError):
    """A truth is not what was sealed before its run, or a seal is not to be had."""
