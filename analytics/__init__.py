"""Analytics: rules over what sensors observe, and eyes on what cameras see."""
