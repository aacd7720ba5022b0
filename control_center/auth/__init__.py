"""Who may look and act: passwords, sessions, roles."""
