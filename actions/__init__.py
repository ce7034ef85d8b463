"""rasa-sdk custom actions: they return the name of a response and typed values, never sentences."""
