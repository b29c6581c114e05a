"""What somebody lets another see: a choice of lines, with other people's names taken out. Pure."""
