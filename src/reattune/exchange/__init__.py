"""Taking a journal along and bringing one in: formats that can be read without Reattune."""
