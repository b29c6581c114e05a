"""What somebody's words are about, and how alike two texts are. Knows texts, not journals."""
