"""Following a big reaction back: the trail, echoes, people, patterns, beliefs, and trying it elsewhere."""
