"""Many journals for many people: settings from the environment, processes behind a proxy, health, logs."""
