"""One format of data sets per module, each with its `FORMAT`."""
