"""What several rooms of pages use: access, drafts, form fields, charts, the words of the screens, parts of pages."""
