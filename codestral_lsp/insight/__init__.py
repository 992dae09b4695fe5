"""What happened, for the user to see: traces of requests. Stays on this machine."""
