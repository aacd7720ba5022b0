"""Which frames are worth a detector: checked before they are decoded, passed where it moves."""
