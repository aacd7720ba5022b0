"""Rendered CCTV: meshes, light and pictures of a scene, with exact truth."""
