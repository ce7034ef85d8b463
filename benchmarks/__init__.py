"""Speed, memory and comparisons: measured here, never in a timed unit test."""
