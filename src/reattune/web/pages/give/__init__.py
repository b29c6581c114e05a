"""What somebody lets another see: sharing, handing the phone over, and what became of it."""
