"""What a start from past searches gains, replayed from a table of evaluations on public tables."""
