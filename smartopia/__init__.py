"""What every part of Smartopia shares. Imports none of the parts."""

__version__ = "0.1.0"
