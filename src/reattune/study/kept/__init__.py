"""A study that is kept from day to day: only clients with something new are read again."""
