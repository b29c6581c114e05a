"""The person's app. Views are thin: open the journal, ask one pure function, render."""
