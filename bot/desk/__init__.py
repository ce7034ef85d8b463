"""The desk's core: people, sessions, the audit trail, decisions on facts, and the service's notices."""
