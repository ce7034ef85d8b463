"""The desk, the staff's side of the service: its pages, and the gate before them."""
