"""Home Assistant's device classes as observed properties.

Sources: https://www.home-assistant.io/integrations/sensor/#device-class and
https://www.home-assistant.io/integrations/binary_sensor/#device-class
"""

from __future__ import annotations

MEASURED = {
    "aqi": "air_quality_index",
    "atmospheric_pressure": "air_pressure",
    "carbon_dioxide": "co2",
    "carbon_monoxide": "co",
    "humidity": "relative_humidity",
    "nitrogen_dioxide": "no2",
    "nitrogen_monoxide": "no",
    "ozone": "o3",
    "pm1": "pm1",
    "pm10": "pm10",
    "pm25": "pm2_5",
    "power": "active_power",
    "precipitation_intensity": "rain_rate",
    "signal_strength": "signal_strength",
    "sound_pressure": "sound_level",
    "sulphur_dioxide": "so2",
}
"""Classes whose property has another name; any other class is its own property's name."""

BINARY = {
    "battery": ("battery_low", "{low}"),
    "carbon_monoxide": ("co_alarm", "{alarm}"),
    "door": ("door_open", "{open}"),
    "garage_door": ("door_open", "{open}"),
    "gas": ("gas_alarm", "{alarm}"),
    "heat": ("heat_alarm", "{alarm}"),
    "moisture": ("water_leak", "{alarm}"),
    "motion": ("motion", "{motion}"),
    "moving": ("moving", "{moving}"),
    "occupancy": ("motion", "{motion}"),
    "opening": ("opening", "{open}"),
    "power": ("power_present", "{present}"),
    "presence": ("presence", "{present}"),
    "safety": ("safety_alarm", "{alarm}"),
    "smoke": ("smoke_alarm", "{alarm}"),
    "sound": ("sound_detected", "{detected}"),
    "tamper": ("tamper", "{alarm}"),
    "vibration": ("vibration", "{detected}"),
    "window": ("window_open", "{open}"),
}
"""Property and unit of the classes that say yes (1) or no (0)."""
