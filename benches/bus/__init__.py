"""What it costs to take a message from one place to another, beside the peers a user would choose instead."""
