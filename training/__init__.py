"""Learning what words say, from sentences written for it. Not shipped: what it writes is (`reattune/content/`)."""
