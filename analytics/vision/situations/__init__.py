"""Situations: what goes on before a camera, from its tracks; pure, without IO and clock."""
