"""Units as Home Assistant writes them, as UCUM codes, and between each other."""

from __future__ import annotations

from smartopia.contract.properties import PROPERTIES

UCUM = {
    "°C": "Cel",
    "°F": "[degF]",
    "K": "K",
    "%": "%",
    "ppm": "[ppm]",
    "ppb": "[ppb]",
    "µg/m³": "ug/m3",
    "ug/m³": "ug/m3",
    "mg/m³": "mg/m3",
    "Pa": "Pa",
    "hPa": "hPa",
    "kPa": "kPa",
    "mbar": "mbar",
    "bar": "bar",
    "lx": "lx",
    "W": "W",
    "kW": "kW",
    "VA": "V.A",
    "var": "var",
    "Wh": "W.h",
    "kWh": "kW.h",
    "V": "V",
    "mV": "mV",
    "A": "A",
    "mA": "mA",
    "Hz": "Hz",
    "dB": "dB",
    "dBA": "dB[SPL]",
    "dBm": "dB[mW]",
    "lqi": "{lqi}",
    "m/s": "m/s",
    "km/h": "km/h",
    "mph": "[mi_i]/h",
    "kn": "[kn_i]",
    "mm": "mm",
    "cm": "cm",
    "m": "m",
    "km": "km",
    "in": "[in_i]",
    "ft": "[ft_i]",
    "mm/h": "mm/h",
    "in/h": "[in_i]/h",
    "L": "L",
    "m³": "m3",
    "m³/h": "m3/h",
    "L/min": "L/min",
    "µS/cm": "uS/cm",
    "pH": "[pH]",
    "°": "deg",
    "s": "s",
    "min": "min",
    "h": "h",
    "d": "d",
    "B": "By",
    "kB": "kBy",
}

_LINEAR = {
    ("[degF]", "Cel"): (5 / 9, -160 / 9),
    ("K", "Cel"): (1.0, -273.15),
    ("km/h", "m/s"): (1 / 3.6, 0.0),
    ("[mi_i]/h", "m/s"): (0.44704, 0.0),
    ("[kn_i]", "m/s"): (1852 / 3600, 0.0),
    ("m/s", "km/h"): (3.6, 0.0),
    ("mg/m3", "ug/m3"): (1000.0, 0.0),
    ("[in_i]/h", "mm/h"): (25.4, 0.0),
    ("dB", "dB[SPL]"): (1.0, 0.0),
}
"""(factor, offset) from one unit to another."""

# Both ways of writing a micro sign are met.
_MICRO = str.maketrans({"μ": "µ"})


def to_ucum(unit: str | None) -> str:
    """The UCUM code of a unit; one without unit counts as a pure number, `1`.

    Raises:
        ValueError: the unit is not known; says so.
    """
    if not unit or not unit.strip():
        return "1"
    code = UCUM.get(unit.strip().translate(_MICRO))
    if code is None:
        raise ValueError(f"the unit {unit!r} is not known; map its topic as a source of your own")
    return code


def into_property(observed_property: str, unit: str) -> tuple[str, float, float]:
    """The unit a property is given in, and (factor, offset) into it from another.

    Raises:
        ValueError: the one cannot become the other.
    """
    known = PROPERTIES.get(observed_property)
    if known is None or known.unit == unit:
        return unit, 1.0, 0.0
    if (unit, known.unit) not in _LINEAR:
        raise ValueError(
            f"{observed_property} is given in {known.unit}, which {unit} cannot become"
        )
    return (known.unit, *_LINEAR[unit, known.unit])
