"""The situations process: what cameras see, in order, becomes alerts."""
