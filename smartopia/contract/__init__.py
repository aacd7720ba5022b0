"""The message contract, version 1: what travels between devices and the platform."""

VERSION = 1
