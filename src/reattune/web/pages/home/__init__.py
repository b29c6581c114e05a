"""Where one finds one's way: Today, the journal from its beginning, and the guides."""
