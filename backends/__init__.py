"""Engines that hold memory on a device."""
