"""Cameras of rendered scenes in a running city: pictures are made in processes beside it.

So the loop in which a thousand sensors live never waits for a picture.
"""
