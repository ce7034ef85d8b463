"""Facts: the ledger of what is established, the store of checks and decisions, the watcher of sources."""
