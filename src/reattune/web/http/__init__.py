"""Around every request: headers, failures of the database, files that come in, what the log may say."""
