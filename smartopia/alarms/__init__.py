"""The life of an alert, after ISA-18.2 and with CAP's words."""
