"""Understanding: Rasa components that find the topic of a message."""
