"""Counters for Prometheus. Labels are closed lists: never text, never an id of a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The gateway's own series, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.messages = Counter(
            "chat_messages",
            "Turns by language, outcome and topic",
            ["language", "outcome", "topic"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "chat_answer_seconds",
            "Time to answer a turn",
            registry=self.registry,
            buckets=(0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self.feedback = Counter(
            "chat_feedback",
            "Feedback by language, topic and reason",
            ["language", "topic", "helpful", "reason"],
            registry=self.registry,
        )
        self.problems = Counter("chat_problems", "Problem documents by kind", ["kind"], registry=self.registry)
        self.conversations = Gauge("chat_conversations", "Conversations in memory", registry=self.registry)
        self.facts = Gauge("facts", "Facts by state", ["state"], registry=self.registry)
        self.facts_readable = Gauge("facts_store_readable", "1 while it can be read", registry=self.registry)
